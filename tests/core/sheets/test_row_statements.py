"""Rows that are no records by their own words, records that look like footers, and facts given by
the sheet's name, headings or type."""

import datetime
import shutil

import openpyxl
import pytest
from openpyxl.comments import Comment

from borderdesk.base.errors import UserError
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

TITLE = ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"]
HEAD = ["TT", "Họ và tên", "Thôn", "Xã", "Ngày ký"]
PLACE = ["Nà Mỏ", "Cao Lâu"]
DAY = datetime.date(2023, 3, 5)


def test_members_below_the_head_are_no_households(post_desk, tmp_path):
    path = sheet(
        tmp_path, TITLE, ["TT", "Họ và tên", "Quan hệ với chủ hộ", "Thôn", "Xã", "Ngày ký"],
        [1, "Nông Văn An", "Chủ hộ", *PLACE, "5/3/2023"],
        [2, "Lý Thị Hoa", "Vợ", *PLACE, "5/3/2023"],
        [None, "Nông Văn Bình", "con", "", "", ""],
        [3, "Vy Văn Long", "CHỦ HỘ", *PLACE, "6/3/2023"],
        [4, "Hoàng Văn Tư", "", *PLACE, "6/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {"Nông Văn An", "Vy Văn Long", "Hoàng Văn Tư"}
    assert (outcome.rows, outcome.members, outcome.others) == (3, [4], [(5, "Nông Văn Bình")])
    assert any(text.endswith("(không phải chủ hộ) không tính: 4.") for text in messages(outcome))


def test_who_signed_for_a_head_is_no_member_of_its_own(post_desk, tmp_path):
    path = sheet(
        tmp_path, TITLE,
        ["TT", "Họ tên chủ hộ", "Người ký", "Quan hệ với chủ hộ", "Thôn", "Xã", "Ngày ký"],
        [1, "Nông Văn An", "Lý Thị Hoa", "Vợ", *PLACE, "5/3/2023"],
        [2, "Vy Văn Long", "Vy Văn Long", "Chủ hộ", *PLACE, "6/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {"Nông Văn An", "Vy Văn Long"}
    assert (outcome.accepted, outcome.members) == (2, [])


@pytest.mark.parametrize(
    ("heading", "said", "taken"),
    [
        ("Ký cam kết", "chưa ký", False),
        ("Ký cam kết", "Chưa", False),
        ("Đã ký", "không", False),
        ("Ghi chú", "Chưa ký.", False),
        ("Kết quả", "không ký", False),
        ("Ký tên", "Vắng", False),
        ("Ký tên", "vang", False),
        ("Ký tên", "Vàng", True),
        ("Đã ký", "Vàng", True),
        ("Ký cam kết", "đã ký", True),
        ("Ký cam kết", "x", True),
        ("Ghi chú", "chưa có điện thoại", True),
        ("Tôn giáo", "không", True),
        ("Ghi chú", "Trùng với số 12", False),
        ("Ghi chú", "(trùng)", False),
        ("Ghi chú", "Trùng tên với ông Tư", True),
        ("Ghi chú", "Bỏ", False),
        ("Ghi chú", "Bố", True),
        ("Ghi chú", "Vắng nhà", False),
        ("Ghi chú", "Đi vắng, vợ ký thay", True),
        ("Ghi chú", "Hoãn", False),
        ("Ghi chú", "HỦY", False),
        ("Tình trạng", "chưa", False),
        ("Kết quả", "không", True),
        ("Cán bộ ghi", "Huy", True),
        ("Ghi chú", "Hoàn", True),
        ("Nghĩa vụ quân sự", "hoãn", True),
        ("Hộ chiếu", "Chưa làm", True),
    ],
)
def test_a_row_that_says_it_was_not_signed_is_refused(post_desk, tmp_path, heading, said, taken):
    rows = [[1, "Nông Văn An", *PLACE, "5/3/2023", said], [2, "Lý Thị Hoa", *PLACE, "5/3/2023", ""]]
    path = sheet(tmp_path, TITLE, [*HEAD, heading], *rows)
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert len(records) == (2 if taken else 1)
    told = [one.reason for one in outcome.refused]
    assert len(told) == (0 if taken else 1)
    assert all(said in reason and heading in reason for reason in told)


def test_the_day_of_the_signature_is_no_record_in_the_column_of_days(post_desk, tmp_path):
    path = sheet(
        tmp_path, TITLE, HEAD, [1, "Nông Văn An", *PLACE, "5/3/2023"],
        [None, None, None, None, "Cao Lâu, ngày 10 tháng 3 năm 2023"],
        [None, "Người lập biểu", None, None, "TM. UBND XÃ"],
        [None, None, None, None, "KT. CHỦ TỊCH"],
        [None, "Nguyễn Văn Tý", None, None, "Hoàng Văn Sửu"],
    )  # fmt: skip
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (len(records), outcome.refused) == (1, [])
    assert [number for number, _words in outcome.others] == [4, 5, 6, 7]


def test_a_group_with_its_number_of_households_is_a_caption(post_desk, tmp_path):
    path = sheet(
        tmp_path, ["DANH SÁCH HỘ KÝ CAM KẾT XÃ CAO LÂU NĂM 2023"], ["TT", "Họ và tên", "Ngày ký"],
        ["I", "Thôn Nà Mỏ", "2 hộ"], [1, "Nông Văn An", "5/3/2023"], [],
        [2, "Lý Thị Hoa", "ngày 5 tháng 3"],
        ["II", "Thôn Pò Phấy", "12 hộ gia đình"], [1, "Vy Văn Long", "5 tháng 3"],
    )  # fmt: skip
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert outcome.refused == []
    assert {hamlet for _commune, hamlet in homes(post_desk).values()} == {
        "Thôn Nà Mỏ",
        "Thôn Pò Phấy",
    }
    assert [one["signed_on"] for one in records] == [DAY] * 3


@pytest.mark.parametrize(
    ("name", "title", "taken"),
    [
        ("Tháng 3", "NĂM 2023", True),
        ("T03", "NĂM 2023", True),
        ("3-2023", "", True),
        ("Thang 3.2023", "", True),
        ("Tháng 4", "THÁNG 3 NĂM 2023", True),
        ("3", "NĂM 2023", False),
        ("T13", "NĂM 2023", False),
        ("Sheet3", "NĂM 2023", False),
    ],
)
def test_a_sheet_called_by_its_month_gives_it_to_bare_days(post_desk, tmp_path, name, title, taken):
    path = tmp_path / "list.xlsx"
    rows = [[f"DANH SÁCH {title}"], HEAD, [1, "Nông Văn An", *PLACE, 5]]
    files.write_sheets(path, {name: rows})
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one["signed_on"] for one in records] == ([DAY] if taken else [])
    assert any("lấy từ tiêu đề" in text for text in messages(outcome)) is taken


@pytest.mark.parametrize("old", [files.as_tcvn3, files.as_vni])
def test_new_headings_above_a_list_in_an_old_font_are_read(post_desk, tmp_path, old):
    people = [("Nông Văn Được", "Nà Mỏ"), ("Lý Thị Hương", "Pò Phấy"), ("Vy Văn Trưởng", "Nà Mỏ")]
    rows = [[1, old(name), old(hamlet), old("Cao Lâu"), "5/3/2023"] for name, hamlet in people]
    for head in (HEAD, [old(text) for text in HEAD]):
        path = files.write_csv(tmp_path / "l.csv", [TITLE, head, *rows[:2], head, *rows[2:]])
        request = SheetRequest(fixed=PROGRAMME)
        outcome = post_desk.part(SheetImport).dry_run("pledge", path, request)
        assert (outcome.rows, outcome.accepted) == (3, 3)
    _outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {name for name, _hamlet in people}


def test_a_list_without_rows_and_an_empty_sheet_say_so(post_desk, tmp_path):
    outcome, _records = read(post_desk, "pledge", sheet(tmp_path, TITLE, HEAD), PROGRAMME)
    assert messages(outcome) == ["Dưới dòng tiêu đề cột (dòng 2) không có dòng số liệu nào."]
    with pytest.raises(UserError, match="Trang tính không có dữ liệu"):
        read(post_desk, "pledge", sheet(tmp_path), PROGRAMME)


def test_a_list_of_another_type_is_told_by_the_command(post_template, tmp_path, cli_inline):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    head = ["TT", "Ngày", "Nội dung", "Xã", "Từ mốc", "Đến mốc", "Số người"]
    row = [1, "5/3/2023", "Phát quang đường thông tầm nhìn", "Cao Lâu", "1140", "1142", 12]
    path = sheet(tmp_path, ["KẾT QUẢ PHÁT QUANG NĂM 2023"], head, row)
    told = "Danh sách này giống danh sách “Phát quang, tu sửa”: hãy nhập ở trang đó."
    for type_name, other in (("pledge", True), ("household", True), ("clearing", False)):
        ran = cli_inline("--desk", folder, "sheet", type_name, path, "--dry-run")
        assert (told in ran.stderr.splitlines()) is other


def test_an_apostrophe_before_a_number_is_none_of_it(post_desk, tmp_path):
    rows = [
        [n, f"Nông Văn {name}", *PLACE, "'5/3/2023", f"{mark}02008300123{n}"]
        for n, (name, mark) in enumerate(zip(("An", "Ba", "Tư"), "'’`", strict=True))
    ]
    path = sheet(tmp_path, TITLE, [*HEAD, "Số CCCD"], *rows)
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.refused, len(records)) == ([], 3)


def test_what_the_spreadsheet_does_not_show_is_told(post_desk, tmp_path):
    path = sheet(tmp_path, TITLE, [*HEAD, "Số CCCD", "Dân tộc"],
                 [1, "Nông Văn An", *PLACE, "5/3/2023", "020083001231", "Nùng"])  # fmt: skip
    assert not any("ẩn" in text for text in messages(read(post_desk, "pledge", path, PROGRAMME)[0]))
    book = openpyxl.load_workbook(path)
    for letter in ("F", "G", "H"):
        # Hidden columns that are not read, or blank ones, are not mentioned.
        book.active.column_dimensions[letter].hidden = True
    book.active["B3"].comment = Comment("đã mất năm 2022", "A")
    book.save(path)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert messages(outcome)[:2] == [
        "Các cột đang ẩn cũng được đọc: Số CCCD.",
        "Tệp có ghi chú gắn vào ô; các ghi chú đó không được đọc.",
    ]


@pytest.mark.parametrize(
    ("head", "marks", "taken"),
    [
        (["Đã ký", "Chưa ký"], [("x", None), (None, "x"), (None, None), (1, 0), (0, 1)], [0, 2, 3]),
        (["Chưa ký"], [(None,), ("x",), ("không",), (True,), (0,)], [0, 2, 4]),
        (["Ký cam kết"], [("x",), (None,), ("X",), ("vắng",), (False,)], [0, 1, 2]),
        (["Đã ký"], [(None,), (None,), (None,), (None,), ("không",)], [0, 1, 2, 3]),
        (["Ký nhận"], [("đã ký",), (None,), ("vắng",), ("x",), (None,)], [0, 1, 3, 4]),
    ],
)
def test_a_mark_says_who_did_not_sign(post_desk, tmp_path, head, marks, taken):
    names = ["Nông Văn An", "Lý Thị Hoa", "Vy Văn Long", "Hoàng Văn Tư", "Chu Thị Ún"]
    rows = [
        [n, name, *PLACE, *mark, "5/3/2023"]
        for n, (name, mark) in enumerate(zip(names, marks, strict=True))
    ]
    path = sheet(tmp_path, TITLE, [*HEAD[:4], *head, HEAD[4]], *rows)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {names[n] for n in taken}
    assert len(outcome.refused) == len(names) - len(taken)


def test_beside_hamlets_who_did_not_sign_are_counted(post_desk, tmp_path):
    head = ["TT", "Thôn", "Xã", "Số hộ", "Đã ký", "Chưa ký", "Ngày ký", "Số biên bản"]
    path = sheet(tmp_path, TITLE, head, [1, *PLACE, 50, 49, 1, "5/3/2023", "BB 3"])
    _outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert len(records) == 1


def test_a_name_alone_among_records_is_one_and_below_them_signs(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["THÔN NÀ MỎ, XÃ CAO LÂU"],
        ["Chủ hộ", "Số CCCD"],
        ["Nông Văn An", "020080012345"],
        ["Lý Thị Hoa"],
        [],
        ["Vy Văn Long"],
        ["Hoàng Văn Tư", "020080012346"],
        ["Ghi chú khác"],
        ["Chu Thị Ún"],
        ["Vi Văn Dũng", "020080012347"],
        ["Nông Văn Trưởng"],
    )
    outcome, records = read(post_desk, "household", path)
    assert [one["head"] for one in records] == [
        "Nông Văn An", "Lý Thị Hoa", "Vy Văn Long", "Hoàng Văn Tư", "Vi Văn Dũng",
    ]  # fmt: skip
    assert [number for number, _words in outcome.others] == [8, 9, 11]


REGISTRATION = ["TT", "Đối tượng", "Họ tên chủ hộ", "Tên tập thể", "Xã", "Thôn", "Từ ngày"]


def test_a_number_that_only_some_rows_have_a_use_for_refuses_none(post_desk, tmp_path):
    path = sheet(
        tmp_path, [*REGISTRATION, "Số thành viên"],
        [1, "Hộ gia đình", "Nông Văn An", None, "Cao Lâu", "Nà Mỏ", "5/3/2023", 5],
        [2, "Tập thể", None, "Tổ tự quản Nà Mỏ", "Cao Lâu", "Nà Mỏ", "6/3/2023", 12],
        [3, "Hộ gia đình", None, None, "Cao Lâu", "Nà Mỏ", "6/3/2023", 4],
    )  # fmt: skip
    outcome, (home, group) = read(post_desk, "registration", path)
    assert (home.get("members"), group["members"]) == (None, 12)
    told = "Các dòng không dùng mục “Số thành viên” nên ô này được bỏ qua: 2."
    assert told in list(messages(outcome))
    # A row refused for another reason gets no advice to leave that out.
    (refused,) = outcome.refused
    assert (refused.row.number, "Số thành viên" in refused.reason) == (4, False)


@pytest.mark.parametrize("type_name", ["pledge", "household"])
def test_a_sum_among_the_names_is_none_though_its_place_and_day_are_filled_down(
    post_desk, tmp_path, type_name
):
    path = sheet(
        tmp_path, TITLE, HEAD,
        [1, "Nông Văn An", *PLACE, "5/3/2023"],
        [2, "Lý Thị Hoa", *PLACE, "5/3/2023"],
        [None, "Cộng: 02 hộ", *PLACE, "5/3/2023"],
        [3, "Vy Văn Long", "Pò Mã", "Xuất Lễ", "6/3/2023"],
        [None, "Tổng số hộ", "Pò Mã", "Xuất Lễ", "6/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, type_name, path, PROGRAMME if type_name == "pledge" else {})
    assert {*homes(post_desk)} == {"Nông Văn An", "Lý Thị Hoa", "Vy Văn Long"}
    assert [number for number, _words in outcome.others] == [5, 7]


@pytest.mark.parametrize("beside", ["Cộng tác viên", "Tổng hợp", "Dân quân"])
def test_words_of_a_sum_in_a_column_that_is_not_read_take_no_name_away(post_desk, tmp_path, beside):
    head = ["Đoàn thể", "Chủ hộ", "Thôn", "Xã", "Ngày ký"]
    path = sheet(
        tmp_path, head,
        [beside, "Nông Văn An", *PLACE, "5/3/2023"],
        [None, "Tổng số", *PLACE, "5/3/2023"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {"Nông Văn An"}
    assert [number for number, _words in outcome.others] == [3]


@pytest.mark.parametrize("end", ["nay", "Đến nay", "Không thời hạn", "-"])
def test_a_registration_without_an_end_has_none(post_desk, tmp_path, end):
    head = ["TT", "Tên tổ tự quản", "Đối tượng", "Xã", "Từ ngày", "Đến ngày"]
    path = sheet(tmp_path, head, [1, "Tổ số 1", "Tập thể", "Cao Lâu", "5/3/2019", end])
    _outcome, (group,) = read(post_desk, "registration", path)
    assert group.get("to_on") is None
