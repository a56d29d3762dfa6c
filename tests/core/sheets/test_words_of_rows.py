"""Words and columns that qualify a value: districts, years, reasons, synonyms."""

from decimal import Decimal

import pytest

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.schema.kinds import LATE, FieldError
from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.records.incident import Incident
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets.sheet_files import opened
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

OUTREACH = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Lượt người", "Ghi chú"]
PATROL = ["Ngày", "Hình thức", "Từ mốc", "Đến mốc", "Xã", "Quân số", "Kết quả"]
DRUGS = "Phòng, chống ma túy"
OUTREACH_ROW = [1, "5/3/2023", "Tập trung", DRUGS, "Cao Lâu", 50, None]


@pytest.mark.parametrize(
    ("commune", "district", "found"),
    [
        ("Mẫu Sơn", "Lộc Bình", "06532-2023"),
        ("Mẫu Sơn", "H. Cao Lộc", "06238-2023"),
        ("Mẫu Sơn", None, "06238-2023"),
        ("Thụy Hùng", "Văn Lãng", "06136-2023"),
        ("Thụy Hùng", "huyện Cao Lộc", "06208-2023"),
        ("Thụy Hùng", None, None),
        ("Mẫu Sơn", "Tràng Định", None),
        ("Xuất Lễ", "Cao Lộc", "06202-2023"),
    ],
)
def test_a_column_of_districts_tells_communes_of_one_name_apart(
    post_desk, tmp_path, commune, district, found
):
    head = ["TT", "Chủ hộ", "Thôn", "Xã", "Huyện", "Ngày ký"]
    path = sheet(tmp_path, head, [1, "Nông Văn Bình", "Pò Mã", commune, district, "4/3/2023"])
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one["commune"] for one in records] == ([found] if found else [])
    assert outcome.table.ignored() == []
    outside = any("Ngoài địa bàn" in text for text in messages(outcome))
    assert outside == (found not in (None, "06238-2023", "06202-2023"))


@pytest.mark.parametrize(
    ("title", "day", "taken", "told"),
    [
        ("THÁNG 01 NĂM 2023", "20/12", None, False),
        ("THÁNG 01 NĂM 2023", "05/01", "2023-01-05", False),
        ("THÁNG 12 NĂM 2023", "05/01", "2023-01-05", False),
        ("THÁNG 01 NĂM 2023", "05/01/2022", "2022-01-05", True),
        ("THÁNG 01 NĂM 2023", "05/01/22", "2022-01-05", True),
        ("THÁNG 01 NĂM 2023", "05/01/23", "2023-01-05", False),
        ("THÁNG 01 NĂM 2023", "20/12/2022", "2022-12-20", True),
        ("TỪ 15/12/2022 ĐẾN 14/01/2023", "20/12/2022", "2022-12-20", False),
    ],
)
def test_a_day_of_another_year_than_the_title_says(post_desk, tmp_path, title, day, taken, told):
    path = sheet(
        tmp_path,
        [f"KẾT QUẢ TUYÊN TRUYỀN {title}"],
        OUTREACH,
        [1, day, "Tập trung", DRUGS, "Cao Lâu", 50],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [f"{one['held_on']}" for one in records] == ([taken] if taken else [])
    assert any("Khác năm" in text for text in messages(outcome)) == told


@pytest.mark.parametrize(
    ("note", "is_taken"),
    [
        ("hoãn do mưa", False),
        ("Hoãn đến 12/3", False),
        ("đã hủy vì dịch", False),
        ("không tổ chức được", False),
        ("chưa thực hiện do mưa", False),
        ("hoàn thành sớm", True),
        ("hủy 5 kg pháo", True),
        ("không ai vắng", True),
    ],
)
def test_what_was_put_off_for_a_reason_is_no_record(post_desk, tmp_path, note, is_taken):
    row = [1, "5/3/2023", "Tập trung", DRUGS, "Cao Lâu", 50, note]
    outcome, records = read(post_desk, "outreach", sheet(tmp_path, OUTREACH, row))
    assert (len(records), len(outcome.refused)) == (is_taken, not is_taken)


@pytest.mark.parametrize("swapped", [False, True])
def test_turns_are_asked_for_and_not_the_people_who_made_them(post_desk, tmp_path, swapped):
    heads = ["Lượt người", "Số người tham gia"] if swapped else ["Số người tham gia", "Lượt người"]
    figures = [54, 18] if swapped else [18, 54]
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Công việc", "Xã", *heads],
        [1, "5/4/2023", "Phát quang đường tuần tra", "Cao Lâu", *figures],
    )
    _outcome, (work,) = read(post_desk, "clearing", path)
    assert work["participants"] == 54


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ("Bình thường", "unchanged"),
        ("Không phát hiện vi phạm.", "unchanged"),
        ("Phát hiện vi phạm", "violation"),
        ("Mốc hư hỏng", "damage"),
        ("Tốt", None),
    ],
)
def test_a_choice_has_the_words_that_posts_use_for_it(post_desk, tmp_path, written, result):
    path = sheet(
        tmp_path,
        ["Ngày", "Hình thức", "Mốc", "Xã", "Quân số", "Kết quả", "Nội dung phát hiện"],
        ["5/4/2023", "Đơn phương", "1175-1178", "Cao Lâu", 8, written, "mốc 1176 nứt"],
    )
    _outcome, records = read(post_desk, "patrol", path)
    assert [one["result"] for one in records] == ([result] if result else [])


def test_words_of_a_choice_are_understood_where_they_are_typed():
    field = Incident.columns()["status"]
    assert field.read("đang điều tra", NEUTRAL) == "open"
    with pytest.raises(FieldError):
        field.clean("đang điều tra", NEUTRAL)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Phát quang, tu sửa đường tuần tra", None),
        ("Đã tu sửa đường tuần tra", "road_repair"),
        ("Phát quang tầm nhìn", "sight_line"),
        ("Phát quang đường biên", None),
    ],
)
def test_a_cell_of_two_choices_is_asked_about(post_desk, tmp_path, written, kind):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Công việc", "Xã", "Số người"],
        [1, "5/4/2023", written, "Cao Lâu", 18],
    )
    _outcome, records = read(post_desk, "clearing", path)
    assert [one["kind"] for one in records] == ([kind] if kind else [])


@pytest.mark.parametrize("line", ["NĂM 2023", "II. Năm 2023:", "Quý I/2023", "QUÝ I NĂM 2023"])
def test_a_line_of_a_year_ends_the_one_above_it(post_desk, tmp_path, line):
    path = sheet(
        tmp_path,
        ["NĂM 2022"],
        OUTREACH,
        ["Tháng 12"],
        [1, 5, "Tập trung", DRUGS, "Cao Lâu", 50],
        [line],
        [2, 6, "Tập trung", DRUGS, "Cao Lâu", "khoảng 40"],
        ["Tháng 01"],
        [3, 7, "Tập trung", DRUGS, "Cao Lâu", 30],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [f"{one['held_on']}" for one in records] == ["2022-12-05", "2023-01-07"]
    # The month above was one of the other year.
    (refused,) = outcome.refused
    assert "Thiếu tháng" in refused.reason


@pytest.mark.parametrize(
    ("line", "day"),
    [
        (["", "", "", "", "", "", 2045], "2023-01-06"),
        (["", "", "", "", "", "", 2022], "2023-01-06"),
        ([2045], "2023-01-06"),
        ([2022], "2022-01-06"),
        (["Năm 2022"], "2022-01-06"),
    ],
)
def test_a_number_alone_is_a_year_only_where_it_may_be_one(post_desk, tmp_path, line, day):
    path = sheet(
        tmp_path,
        ["LỊCH NĂM 2023"],
        ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"],
        [1, "5/1", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", "Nà Mỏ", 40],
        line,
        [2, "6/1", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", "Nà Mỏ", 41],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [one["held_on"].isoformat() for one in records] == ["2023-01-05", day]
    assert [number for number, _text in outcome.others] == [4]


def test_columns_that_serve_the_reading_say_so(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Họ tên chủ hộ", "Huyện", "Xã", "Thôn", "Nhân khẩu", "Ngày ký"],
        [1, "Nông Văn Bình", "Cao Lộc", "Xuất Lễ", "Pò Mã", 4, "5/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    uses = [_(outcome.table.uses.get(place, "-")) for place in (0, 1, 2, 5)]
    assert uses == ["(số thứ tự)", "-", "(dùng để phân biệt xã)", "-"]


@pytest.mark.parametrize(
    ("title", "heading", "day"),
    [
        ("DANH SÁCH", "Ngày ký năm 2023", "2023-03-05"),
        ("DANH SÁCH NĂM 2024", "Ngày ký (năm 2023)", "2023-03-05"),
        ("DANH SÁCH NĂM 2024", "Ngày ký", "2024-03-05"),
    ],
)
def test_the_year_above_the_days_is_theirs(post_desk, tmp_path, title, heading, day):
    path = sheet(
        tmp_path,
        [title],
        ["TT", "Họ tên chủ hộ", "Thôn", "Xã", heading],
        [1, "Nông Văn An", "Pò Mã", "Xuất Lễ", "5/3"],
    )
    _outcome, (pledge,) = read(post_desk, "pledge", path, PROGRAMME)
    assert pledge["signed_on"].isoformat() == day


def test_what_was_done_there_is_no_part_of_the_name_in_a_title(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH CÁC HỘ THÔN NÀ MỎ, XÃ CAO LÂU KÝ CAM KẾT NĂM 2023"],
        ["TT", "Họ tên chủ hộ", "Ngày ký"],
        [1, "Nông Văn An", "5/3"],
    )
    _outcome, _pledges = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {"Nông Văn An": ("06196-2023", "Thôn Nà Mỏ")}


def test_a_column_of_units_holds_for_the_figures_beside_it(post_desk, tmp_path):
    figures = [
        (1.2, "km", 1200), ("1,25", "Km", 1250), ("1.200", "m", 1200), (300.0, "m", 300),
        ("300m", "km", 300), (1.5, "", Decimal("1.5")), (3.0, "đoạn", None),
        ("1,2 (2 đoạn)", "km", None),
    ]  # fmt: skip
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Loại việc", "Xã", "Khối lượng", "ĐVT", "Lượt người"],
        *[
            [n, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", figure, unit, n]
            for n, (figure, unit, _metres) in enumerate(figures, 1)
        ],
    )
    outcome, records = read(post_desk, "clearing", path)
    found = {one["participants"]: one["length_m"] for one in records}
    assert [found.get(n) for n in range(1, len(figures) + 1)] == [one[2] for one in figures]
    assert [one.row.number for one in outcome.refused] == [8, 9]
    assert outcome.table.ignored() == []
    assert not any("không ghi đơn vị" in text for text in messages(outcome))
    unsaid = "Cột đơn vị tính bỏ trống nên số được hiểu theo đơn vị của trường."
    assert f"1 dòng (7): {unsaid}" in messages(outcome)
    # The refused ones are written as they stand.
    outcome.save_refused(tmp_path / "r.xlsx")
    assert [cell.value for cell in opened(tmp_path / "r.xlsx")["E"][1:]] == [3, "1,2 (2 đoạn)"]


def test_money_in_the_unit_of_the_column_beside_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày xảy ra", "Xã", "Vụ việc", "Số đối tượng", "ĐVT", "Số tiền phạt", "Tình trạng"],
        [1, "5/1/2023", "Cao Lâu", "Buôn lậu", 2, "triệu đồng", 3.5, "Đang xử lý"],
    )
    _outcome, (incident,) = read(post_desk, "incident", path)
    assert (incident["fine_vnd"], incident["persons"]) == (3_500_000, 2)


def test_a_mark_in_a_column_of_units_is_the_unit_above(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Loại việc", "Xã", "Khối lượng", "ĐVT", "Lượt người"],
        *[
            [n, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", figure, unit, n]
            for n, (figure, unit) in enumerate(((5, "nt"), (1.2, "km"), (2, '"'), (3, "-nt-")), 1)
        ],
    )
    outcome, records = read(post_desk, "clearing", path)
    found = {one["participants"]: one["length_m"] for one in records}
    # Of a mark with nothing above it no unit is known.
    assert (found, len(outcome.refused)) == ({2: 1200, 3: 2000, 4: 3000}, 1)


def test_headings_of_days_with_a_weekday_and_of_numbers_apart(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["S\nT\nT", "Thứ, ngày, tháng", "Hình thức", "Nội dung", "Xã", "Lượt người"],
        [1, "Thứ 5, 5/1/2023", "Tập trung", f"Luật Biên giới quốc gia + {DRUGS}", "Cao Lâu", 40],
    )
    outcome, (record,) = read(post_desk, "outreach", path)
    assert (record["held_on"].isoformat(), len(record["topics"])) == ("2023-01-05", 2)
    assert outcome.table.ignored() == []


@pytest.mark.parametrize("mark", [", ", " - ", " – ", "/", " và ", " + ", "\n"])
def test_the_communes_of_a_patrol_may_be_parted_by_any_mark(post_desk, tmp_path, mark):
    row = ["5/1/2023", "Đơn phương", "1178", "1184", f"Cao Lâu{mark}Xuất Lễ", 8, "Nguyên trạng"]
    _outcome, (patrol,) = read(post_desk, "patrol", sheet(tmp_path, PATROL, row))
    assert patrol["communes"] == ["06196-2023", "06202-2023"]


def test_a_patrol_without_communes_has_those_of_its_markers(post_desk, tmp_path):
    rows = [
        ["5/1/2023", "Đơn phương", "1178", "1184", None, 8, "Nguyên trạng"],
        ["7/1/2023", "Đơn phương", "1178", "9999", None, 8, "Nguyên trạng"],
    ]
    outcome, (patrol,) = read(post_desk, "patrol", sheet(tmp_path, PATROL, *rows))
    assert patrol["communes"] == ["06196-2023", "06202-2023"]
    assert [one.row.number for one in outcome.refused] == [3]
    assert "1 dòng (2): Xã được lấy theo các mốc." in messages(outcome)


@pytest.mark.parametrize(
    ("heading", "length"),
    [("Số km", "1500"), ("Số mét", "1.5"), ("Dài (km)", "1500"), ("Dài", "1.5")],
)
def test_a_unit_in_a_heading_needs_no_brackets(post_desk, tmp_path, heading, length):
    row = ["5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", "1,5", 8]
    path = sheet(tmp_path, ["Ngày", "Công việc", "Xã", heading, "Số người"], row)
    request = SheetRequest(mapping={fold(heading): "length_m"})
    outcome = post_desk.sheets.import_sheet("clearing", path, request)
    (work,) = post_desk.lists.stream("clearing", Filter())
    assert work.values["length_m"] == Decimal(length)
    assert any("không ghi đơn vị" in text for text in messages(outcome)) == (heading == "Dài")


@pytest.mark.parametrize(
    ("text", "partner"),
    [
        ("Công an xã Xuất Lễ", ["cong_an"]),
        ("Hội Phụ nữ xã; Đoàn Thanh niên huyện Cao Lộc", ["phu_nu", "thanh_nien"]),
        ("Đội bóng xã Xuất Lễ", None),
    ],
)
def test_a_partner_may_have_its_place_behind_it(post_desk, tmp_path, text, partner):
    head = [*OUTREACH[1:-1], "Lực lượng phối hợp"]
    path = sheet(tmp_path, head, ["5/1/2023", "Tập trung", DRUGS, "Cao Lâu", 40, text])
    outcome, records = read(post_desk, "outreach", path)
    assert [one["partners"] for one in records] == ([partner] if partner else [])
    assert any("Mục ghi thêm chữ" in told for told in messages(outcome)) == bool(partner)


def test_a_topic_may_have_words_before_it(post_desk, tmp_path):
    row = ["5/1/2023", "Tập trung", f"Tuyên truyền về {DRUGS.lower()}", "Cao Lâu", 40]
    _outcome, (held,) = read(post_desk, "outreach", sheet(tmp_path, OUTREACH[1:-1], row))
    assert held["topics"] == ["ma_tuy"]


def test_who_represents_a_collective_is_no_household(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH TẬP THỂ ĐĂNG KÝ, XÃ XUẤT LỄ"],
        ["TT", "Tên tập thể", "Người đại diện", "Đoạn đường biên (từ mốc - đến mốc)", "Ngày ký"],
        [1, "Tổ tự quản Co Cam", "Lý Văn Sáng", "1180-1182", "3/3/2023"],
    )
    outcome, (group,) = read(post_desk, "registration", path)
    assert (group["name"], group.get("household")) == ("Tổ tự quản Co Cam", None)
    assert (group["from_marker"], group["to_marker"]) == ("1180", "1182")
    assert "1 dòng (3): Đã bỏ tên người, vì dòng này ghi tên đối tượng khác." in messages(outcome)


@pytest.mark.parametrize(
    "road",
    ["Đường lên mốc 1166", "đường bê tông lên cột mốc 1166", "Tuyến đường kiểm tra mốc 1166"],
)
def test_a_track_is_named_by_the_marker_that_it_leads_to(post_desk, tmp_path, road):
    head = ["TT", "Tên công trình", "Xã", "Ngày hoàn thành", "Dài (m)", "Kết cấu"]
    path = sheet(tmp_path, head, [1, road, "Cao Lâu", "30/4/2023", 350, "BTXM"])
    _outcome, (track,) = read(post_desk, "track", path)
    assert track["lines"] == [{"marker": "1166", "length_m": 350}]
    assert track["surface"] == "concrete"


@pytest.mark.parametrize(
    ("heading", "cell", "hamlet"),
    [("Khu", 1, "Khu 1"), ("THÔN", "2", "Thôn 2"), ("Tổ dân phố", 3, "Tổ dân phố 3")],
)
def test_a_number_alone_has_the_word_of_its_heading(post_desk, tmp_path, heading, cell, hamlet):
    path = sheet(tmp_path, ["TT", "Chủ hộ", heading, "Xã"], [1, "Nông Văn Bình", cell, "Xuất Lễ"])
    read(post_desk, "household", path)
    assert homes(post_desk) == {"Nông Văn Bình": ("06202-2023", hamlet)}


def test_a_patrol_without_ends_has_those_of_the_markers_it_inspected(post_desk, tmp_path):
    head = ["Ngày", "Hình thức", "Mốc kiểm tra", "Quân số", "Kết quả"]
    rows = [
        ["5/1/2023", "Đơn phương", "1178, 1179, 1181", 8, "Nguyên trạng"],
        ["6/1/2023", "Đơn phương", "mốc cũ", 8, "Nguyên trạng"],
    ]
    outcome, (patrol,) = read(post_desk, "patrol", sheet(tmp_path, head, *rows))
    assert (patrol["from_marker"], patrol["to_marker"]) == ("1178", "1181")
    assert patrol["communes"] == ["06196-2023", "06202-2023"]
    assert "1 dòng (2): Mốc đầu và mốc cuối được lấy từ “…”." in messages(outcome)
    assert [one.row.number for one in outcome.refused] == [3]


def test_units_right_below_the_headings_are_those_of_the_columns(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Công việc", "Xã", "Số người", "Khối lượng"],
        [None, None, None, None, "(người)", "(km)"],
        [1, "5/3/2023", "Phát quang đường tuần tra", "Xuất Lễ", 12, "1,5"],
    )
    outcome, (work,) = read(post_desk, "clearing", path)
    assert work["length_m"] == 1500
    assert not any("không ghi đơn vị" in told for told in messages(outcome))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Phát quang đường tuần tra từ mốc 1180 đến mốc 1182", "road_clearing"),
        ("Phát quang tầm nhìn biên giới mốc 1182/1", "sight_line"),
        ("Phát quang đường tuần tra tại mốc 1180, tu sửa đường tuần tra tại mốc 1182", None),
    ],
)
def test_a_kind_of_work_may_have_its_place_behind_it(post_desk, tmp_path, text, kind):
    head = ["TT", "Ngày", "Nội dung", "Xã", "Số người"]
    path = sheet(tmp_path, head, [1, "5/3/2023", text, "Xuất Lễ", 12])
    _outcome, records = read(post_desk, "clearing", path)
    assert [one["kind"] for one in records] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Đường biên, mốc giới giữ nguyên hiện trạng", "unchanged"),
        ("Không có vấn đề gì", "unchanged"),
        ("Phát hiện 2 người vượt biên", None),
        ("Nguyên trạng tại mốc 1180, vi phạm tại mốc 1182", None),
    ],
)
def test_a_result_of_a_patrol_in_the_words_of_books(post_desk, tmp_path, text, result):
    row = ["5/1/2023", "Đơn phương", "1178", "1184", "Cao Lâu", 8, text]
    _outcome, records = read(post_desk, "patrol", sheet(tmp_path, PATROL, row))
    assert [one["result"] for one in records] == ([result] if result else [])


@pytest.mark.parametrize(
    ("side", "found"), [("TQ", "china"), ("Phía bạn", "china"), ("Nội địa", "domestic")]
)
def test_the_side_of_a_partner_stands_beside_its_name(post_desk, tmp_path, side, found):
    head = ["Ngày", "Hình thức", "Đối tác", "Phía", "Nội dung"]
    row = ["5/3/2023", "Trao đổi thư", "Trạm hội đàm Ái Điểm", side, "Thông báo"]
    request = SheetRequest(new_picks=True)
    outcome = post_desk.sheets.import_sheet("coordination", sheet(tmp_path, head, row), request)
    (talk,) = post_desk.lists.stream("coordination", Filter())
    # “Đối tác” is the label of the side, too: its cells say that they are names.
    assert (talk.values["counterpart"], talk.values["kind"]) == (found, "exchange")
    assert talk.values["partner"] == "tram_hoi_dam_ai_diem"
    assert outcome.table.ignored() == []


@pytest.mark.parametrize(
    ("written", "subject"),
    [("HGĐ", "household"), ("Gia đình", "household"), ("TT", "collective"), ("Tổ", "collective")],
)
def test_who_registered_is_said_in_short(post_desk, tmp_path, written, subject):
    head = ["TT", "Đối tượng", "Tên tập thể, hộ gia đình", "Xã", "Thôn", "Từ ngày"]
    row = [1, written, "Nông Văn An", "Cao Lâu", "Nà Mỏ", "5/3/2023"]
    _outcome, (record,) = read(post_desk, "registration", sheet(tmp_path, head, row))
    assert record["subject"] == subject


def test_what_is_said_of_one_row_is_before_what_is_said_of_all(post_desk, tmp_path):
    row = [*OUTREACH_ROW[:-2], "40 (nữ 15)", None]
    outcome, _records = read(post_desk, "outreach", sheet(tmp_path, OUTREACH, row))
    (shown,) = outcome.shown["doubtful"]
    assert [reason.startswith(LATE) for reason in shown.reasons] == [False, True]
