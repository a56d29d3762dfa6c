"""Habits of clerks: ditto marks, captions with places, names in two columns, other units."""

import datetime
from decimal import Decimal

import openpyxl
import pytest

from borderdesk.base.i18n import set_language
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.values.title_periods import title_period
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

PROGRAMME = {"programme": "Khu vực biên giới"}
OUTREACH = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"]
TOPIC = "Luật Biên giới quốc gia"
SIGNED = "Lộc Bình, ngày 05 tháng 01 năm 2024"


def read(desk, type_name, path, fixed=None):
    """The outcome, and the values of the records in the order of the sheet."""
    outcome = desk.part(SheetImport).import_sheet(type_name, path, SheetRequest(fixed=fixed or {}))
    assert outcome.accepted + outcome.same + len(outcome.refused) == outcome.rows
    found = {one.id: one.values for one in desk.lists.stream(type_name, Filter())}
    return outcome, [found[record] for record in outcome.records]


def sheet(tmp_path, *rows, merged=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for span in merged:
        book.active.merge_cells(span)
    book.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def homes(desk):
    return {
        one.values["head"]: (one.values["commune"], one.values["hamlet"])
        for one in desk.lists.stream("household", Filter())
    }


@pytest.mark.parametrize("mark", ['"', "nt", "-nt-", "như trên", "//", "”"])
def test_a_mark_of_repetition_means_the_cell_above(post_desk, tmp_path, mark):
    path = sheet(
        tmp_path,
        OUTREACH,
        [1, "5/1/2023", "Tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40],
        [2, "6/1/2023", mark, mark, mark, mark, 41],
        [3, "7/1/2023", mark, mark, mark, mark, mark],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [one["attendance"] for one in records] == [40, 41, 41]
    assert {one["hamlet"] for one in records} == {"Nà Mỏ"}
    assert any("Dấu “như trên”" in text for text in messages(outcome))


def test_a_caption_gives_the_rows_below_it_their_place(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"],
        ["TT", "Họ tên chủ hộ", "Số CCCD", "Ngày ký"],
        ["I", "Xã Xuất Lễ"],
        ["1.", "Thôn Pò Mã: 1 hộ"],
        [1, "Nông Văn Bình", "020080012345", "12/3/2023"],
        ["2.", "Bản Ranh (1 hộ)"],
        [1, "Vi Thị Chanh", "020170012345", "12/3/2023"],
        ["II", "XÃ CAO LÂU"],
        [None, "THÔN NÀ MỎ"],
        [1, "Hoàng Văn Dũng", "020075012345", "13/3/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.rows, outcome.accepted) == (3, 3)
    assert homes(post_desk) == {
        "Nông Văn Bình": ("06202-2023", "Thôn Pò Mã"),
        "Vi Thị Chanh": ("06202-2023", "Bản Ranh"),
        "Hoàng Văn Dũng": ("06196-2023", "Thôn Nà Mỏ"),
    }
    assert len(outcome.others) == 5


def test_a_caption_with_the_sums_of_its_rows_is_no_record(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Hình thức", "Nội dung", "Thôn", "Lượt người"],
        ["I", "Xã Xuất Lễ", None, None, None, 85],
        [1, "5/1/2023", "Tập trung", TOPIC, "Pò Mã", 40],
        [2, "6/1/2023", "Tập trung", TOPIC, "Pò Mã", 45],
        [None, "Cộng tháng 1", None, None, None, 85],
        [None, "Tháng 2"],
        [3, "6/2/2023", "Tập trung", TOPIC, "Pò Mã", 46],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [one["attendance"] for one in records] == [40, 45, 46]
    assert outcome.refused == []
    assert {one["commune"] for one in records} == {"06202-2023"}


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Thôn Pò Mã, xã Xuất Lễ, năm 2023", ("06202-2023", "Thôn Pò Mã")),
        ("THÔN PÒ MÃ - XÃ XUẤT LỄ NĂM 2023", ("06202-2023", "Thôn Pò Mã")),
        ("Xã Xuất Lễ năm 2023: các thôn biên giới", None),
        ("Tại các xã biên giới năm 2023", None),
        (
            "THÔN PÒ MÃ, XÃ XUẤT LỄ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM năm 2023",
            ("06202-2023", "Thôn Pò Mã"),
        ),
    ],
)
def test_a_title_gives_its_place_where_it_is_one(post_desk, tmp_path, title, place):
    head = ["TT", "Họ tên chủ hộ", "Ngày ký"]
    path = sheet(
        tmp_path, ["DANH SÁCH"], title.split(" | "), head, [1, "Nông Văn Bình", "12/3/2023"]
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == ({"Nông Văn Bình": place} if place else {})
    assert len(outcome.refused) == (0 if place else 1)


@pytest.mark.parametrize(
    ("head", "names", "merged"),
    [
        (["Họ", "Tên"], ["Nông Văn", "Bình"], ()),
        (["Họ và tên đệm", "Tên"], ["Nông Văn", "Bình"], ()),
        (["HỌ VÀ TÊN", None], ["Nông Văn", "Bình"], ("B1:C1",)),
    ],
)
def test_a_name_in_two_columns_is_one(post_desk, tmp_path, head, names, merged):
    path = sheet(
        tmp_path,
        ["TT", *head, "Xã", "Thôn", "Ngày ký"],
        [1, *names, "Xuất Lễ", "Pò Mã", "12/3/2023"],
        merged=merged,
    )
    read(post_desk, "pledge", path, PROGRAMME)
    assert list(homes(post_desk)) == ["Nông Văn Bình"]


@pytest.mark.parametrize(
    "address",
    ["Nà Mỏ, Cao Lâu", "Thôn Nà Mỏ - xã Cao Lâu", "Nà Mỏ; Xã Cao Lâu", "Nà Mỏ, Cao Lâu, Cao Lộc"],
)
def test_an_address_is_parted_into_hamlet_and_commune(post_desk, tmp_path, address):
    head = ["TT", "Họ tên", "Địa chỉ", "Ngày ký"]
    path = sheet(tmp_path, head, [1, "Nông Văn Bình", address, "12/3/2023"])
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one.reason for one in outcome.refused] == []
    ((commune, hamlet),) = homes(post_desk).values()
    assert (commune, hamlet.removeprefix("Thôn ")) == ("06196-2023", "Nà Mỏ")


CLEARING = ["TT", "Ngày", "Loại công việc", "Xã", "Lượt người"]


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("1200 - 1205/1", ("1200", "1205/1")),
        ("từ mốc 1200 đến mốc 1205(1)", ("1200", "1205/1")),
        ("1200", ("1200", "1200")),
        ("1200–1203–1205", None),
        ("sông", None),
    ],
)
def test_a_stretch_in_one_cell_is_parted_into_its_markers(post_desk, tmp_path, text, markers):
    path = sheet(
        tmp_path,
        [*CLEARING, "Từ mốc - đến mốc"],
        [1, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", 40, text],
    )
    outcome, records = read(post_desk, "clearing", path)
    assert [(one["from_marker"], one["to_marker"]) for one in records] == [markers] * bool(markers)
    assert len(outcome.refused) == (0 if markers else 1)


@pytest.mark.parametrize(
    ("heading", "cell", "metres"),
    [
        ("Chiều dài (m)", 350, "350"),
        ("Chiều dài (km)", "1,5", "1500"),
        ("Chiều dài (km)", 0.8, "800"),
        ("Chiều dài (km)", "350 m", "350"),
        ("Chiều dài", "1,5 km", "1500"),
        ("Chiều dài", "350 mét", "350"),
        ("Chiều dài (km)", "1.250", None),
        ("Chiều dài (km)", "0.250", "250"),
    ],
)
def test_a_length_in_another_unit_is_turned_into_the_field_s(
    post_desk, tmp_path, heading, cell, metres
):
    path = sheet(
        tmp_path,
        [*CLEARING, heading],
        [1, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", 40, cell],
    )
    _outcome, records = read(post_desk, "clearing", path)
    assert [one["length_m"] for one in records] == ([Decimal(metres)] if metres else [])


@pytest.mark.parametrize(
    ("titles", "heading", "cell", "cost"),
    [
        ([], "Kinh phí (triệu đồng)", "150", 150_000_000),
        ([], "Kinh phí (triệu đồng)", "1,5", 1_500_000),
        ([], "Kinh phí (1.000 đồng)", 150, 150_000),
        ([], "Kinh phí", "120 triệu", 120_000_000),
        ([], "Kinh phí (đồng)", "5.000.000đ", 5_000_000),
        ([["Đơn vị tính: triệu đồng"]], "Kinh phí", 150, 150_000_000),
        ([["ĐVT: mét, nghìn đồng"]], "Kinh phí", 150, 150_000),
        ([["Đơn vị tính: triệu đồng"]], "Kinh phí (dự kiến)", 150, 150_000_000),
    ],
)
def test_money_in_millions_is_not_read_as_single_dong(
    post_desk, tmp_path, titles, heading, cell, cost
):
    head = ["TT", "Ngày hoàn thành", "Xã", heading]
    path = sheet(tmp_path, *titles, head, [1, "5/1/2023", "Cao Lâu", cell])
    outcome, records = read(post_desk, "track", path)
    assert [one.reason for one in outcome.refused] == []
    assert [one["cost_vnd"] for one in records] == [cost]


@pytest.mark.parametrize(
    ("titles", "below", "cost"),
    [
        ([["Đơn vị tính: triệu đồng"]], ["(1)", "(2)", "(3)", "(4)"], 150_000_000),
        ([["Đơn vị tính: triệu đồng"]], ["(A)", "(B)", "(1)", "(2=1x3)"], 150_000_000),
        ([], [None, None, None, "(triệu đồng)"], 150_000_000),
        ([], [None, None, None, "(1.000 đồng)"], 150_000),
        ([], ["(1)", "(2)", "(3)", "(4)"], 150),
    ],
)
def test_the_numbers_of_columns_are_no_units(post_desk, tmp_path, titles, below, cost):
    head = ["TT", "Ngày hoàn thành", "Xã", "Kinh phí"]
    path = sheet(tmp_path, *titles, head, below, [1, "5/1/2023", "Cao Lâu", 150])
    outcome, records = read(post_desk, "track", path)
    assert [one["cost_vnd"] for one in records] == [cost]
    # Where nothing gives the unit, that is told.
    assert any("không ghi đơn vị" in told for told in messages(outcome)) == (cost == 150)


@pytest.mark.parametrize(
    ("form", "topics", "taken"),
    [
        ("tập trung", "Ma túy", ["ma_tuy"]),
        ("Phát thanh", "Phòng chống ma tuý, Luật Biên giới", ["ma_tuy", "bien_gioi"]),
        ("Tập", "Luật Biên giới quốc gia", ["bien_gioi"]),
        ("Tập trung", "Luật", None),
        ("Phát", "Luật Biên giới quốc gia", None),
    ],
)
def test_a_label_cut_short_is_taken_where_it_means_one(post_desk, tmp_path, form, topics, taken):
    path = sheet(tmp_path, OUTREACH, [1, "5/1/2023", form, topics, "Cao Lâu", "Nà Mỏ", 40])
    _outcome, records = read(post_desk, "outreach", path)
    expected = [taken] if taken and form != "Tập" else []
    assert [list(one["topics"]) for one in records] == expected


def test_people_and_groups_in_one_column_of_names(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH ĐĂNG KÝ TỰ QUẢN"],
        ["TT", "Đối tượng", "Tên tập thể, hộ gia đình, cá nhân", "Địa chỉ", None, "Mốc số", None,
         "Ngày đăng ký"],
        [None, None, None, "Thôn", "Xã", "Từ", "Đến", None],
        [1, "Tập thể", "Chi đoàn Nà Mỏ", "Nà Mỏ", "Cao Lâu", 1200, 1201, "5/1/2023"],
        [2, "Hộ gia đình", "Vi Văn Tám", "Bản Vàng", "Cao Lâu", 1203, 1203, "6/1/2023"],
        merged=("D2:E2", "F2:G2"),
    )  # fmt: skip
    outcome, records = read(post_desk, "registration", path)
    assert [one.reason for one in outcome.refused] == []
    assert [(one.get("name"), one["from_marker"], one["to_marker"]) for one in records] == [
        ("Chi đoàn Nà Mỏ", "1200", "1201"),
        (None, "1203", "1203"),
    ]
    assert homes(post_desk) == {"Vi Văn Tám": ("06196-2023", "Bản Vàng")}


def test_a_line_of_units_above_the_headings_is_no_heading(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Đơn vị tính: mét, lượt người"],
        ["STT", "Thời gian", "Nội dung công việc", "Xã", "Lượt người", "Trong đó", None],
        [None, None, None, None, None, "BĐBP", "DQ"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, datetime.date(2023, 1, 5), "Phát quang đường tuần tra", "Cao Lâu", "45 người", 20, 5],
        merged=("F2:G2",),
    )
    outcome, records = read(post_desk, "clearing", path)
    assert isinstance(outcome.table, SheetTable)
    assert (outcome.table.first, outcome.table.last) == (2, 3)
    parts = ("participants", "of_whom_guards", "of_whom_militia")
    assert [tuple(one[key] for key in parts) for one in records] == [(45, 20, 5)]


def test_what_is_written_by_hand_in_csv_is_read_alike(post_desk, tmp_path):
    rows = [OUTREACH, [1, "5/1/2023", "Tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", "40 người"]]
    rows.append([2, "6/1/2023", "nt", "nt", "nt", "nt", "1 045"])
    path = files.write_csv(tmp_path / "list.csv", rows, ";", "utf-8-sig")
    _outcome, records = read(post_desk, "outreach", path)
    assert [one["attendance"] for one in records] == [40, 1045]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("05-07/3", "2023-03-05", "2023-03-07"),
        ("từ 28/2 đến 2/3", "2023-02-28", "2023-03-02"),
        ("Từ ngày 28/12/2022 đến ngày 2/1/2023", "2022-12-28", "2023-01-02"),
        ("5-3-2023", "2023-03-05", None),
    ],
)
def test_days_from_and_to_in_one_cell_are_both_read(post_desk, tmp_path, text, first, last):
    path = sheet(
        tmp_path,
        ["PHÁT QUANG NĂM 2023"],
        ["TT", "Thời gian", "Công việc", "Xã", "Tham gia", None],
        [None, None, None, None, "BĐBP", "Tổng"],
        [1, text, "Phát quang đường tuần tra", "Xuất Lễ", 10, 20],
        merged=("E2:F2",),
    )
    outcome, records = read(post_desk, "clearing", path)
    assert [one.reason for one in outcome.refused] == []
    found = [(str(one["started_on"]), one.get("ended_on"), one["participants"]) for one in records]
    assert found == [(first, last and datetime.date.fromisoformat(last), 20)]


def test_the_list_that_the_program_writes_adds_nothing(post_desk, tmp_path):
    head = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CCCD", "Ngày ký"]
    rows = [
        [1, "Nông Văn An", "Cao Lâu", "Bản Vàng", "020080012345", "1/2/2023"],
        [2, "Lý Thị Bé", "Cao Lâu", "Thôn Pò Phấy", "", "2/2/2023"],
    ]
    path = files.write_openpyxl(tmp_path / "1.xlsx", [head, *rows])
    request = SheetRequest(fixed={"programme": "Khu vực biên giới"})
    assert post_desk.sheets.import_sheet("pledge", path, request).accepted == 2
    as_written = [
        ["Ngày ký", "Nội dung cam kết", "Hộ gia đình", "Xã", "Thôn"],
        ["1/2/2023", "Khu vực biên giới", "Nông Văn An, Bản Vàng", "Xã Cao Lâu", "Bản Vàng"],
        ["2/2/2023", "Khu vực biên giới", "Lý Thị Bé, Thôn Pò Phấy", "Xã Cao Lâu", ""],
        ["2/2/2023", "Khu vực biên giới", "Lý Thị Bé – Pò Phấy", "Xã Cao Lâu", "Pò Phấy"],
    ]
    outcome = post_desk.sheets.import_sheet(
        "pledge", files.write_openpyxl(tmp_path / "2.xlsx", as_written), SheetRequest()
    )
    assert (outcome.accepted, outcome.same, len(outcome.refused)) == (0, 3, 0)
    masked = [["Chủ hộ", "Xã", "Thôn", "Số căn cước", "Hiệu lực từ ngày"],
              ["Nông Văn An", "Cao Lâu", "Bản Vàng", "020•••••2345", "1/2/2023"]]  # fmt: skip
    outcome = post_desk.sheets.dry_run(
        "household", files.write_openpyxl(tmp_path / "3.xlsx", masked), SheetRequest()
    )
    assert ([one.reason for one in outcome.refused], outcome.near) == ([], 1)


def test_columns_of_choices_are_known_by_what_they_hold(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Dạng", "Đối tác", "Bên", "Nội dung"],
        [1, "15/1/2024", "Trao đổi thông tin", "Công an", "Trong nước", "Tình hình"],
        [2, "20/2/2024", "Giao ban", "Công an", "Trong nước", "Tháng hai"],
    )
    outcome, records = read(post_desk, "coordination", path)
    assert [one["kind"] for one in records] == ["exchange", "briefing"]
    assert {(one["partner"], one["counterpart"]) for one in records} == {("cong_an", "domestic")}
    assert any("Dạng → Loại hoạt động, Đối tác → Đơn vị" in text for text in messages(outcome))


def test_a_label_may_stand_behind_other_words_or_be_cut_short_in_any_language(post_desk, tmp_path):
    set_language("en")
    path = sheet(
        tmp_path,
        OUTREACH,
        [1, "5/1/2023", "Tuyên truyền tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40],
        [2, "6/1/2023", "Không tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40],
        [3, "7/1/2023", "Phát thanh", TOPIC, "Cao Lâu", "Nà Mỏ", 40],
        [4, "8/1/2023", "Tập huấn tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40],
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [one["form"] for one in records] == ["session", "broadcast"]
    assert [one.row.number for one in outcome.refused] == [3, 5]


def test_a_list_without_a_year_may_name_a_commune_of_before_in_its_title(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH HỘ GIA ĐÌNH THÔN BẢN VÀNG, XÃ CAO LÂU"],
        ["TT", "Họ và tên chủ hộ", "Số CCCD"],
        [1, "Hoàng Văn Hòa", 20080012345],
        [2, "Hoàng Văn Hải", "020080012346"],
    )
    outcome, _records = read(post_desk, "household", path)
    assert outcome.accepted == 2
    assert set(homes(post_desk).values()) == {("06196-2023", "Thôn Bản Vàng")}


def test_rows_of_texts_below_numbers_of_columns_are_no_headings(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["STT", None, "Tên chủ hộ", "Địa chỉ", "Ngày ký cam kết"],
        ["(1)", None, "(2)", "(3)", "(4)"],
        ["01", None, "Ông Lý A Sùng", "Thôn Bản Vàng, xã Cao Lâu", "02/03/2023"],
        ["02", None, "Vi Thị Nương", "Bản Vàng - Cao Lâu", "03/04/2023"],
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.rows, len(records)) == (2, 2)


def test_words_behind_a_quantity_without_a_unit_are_passed_over_and_told(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Tên mô hình", "Ngày thực hiện", "Xã", "Số lượng"],
        [1, "Lũy tre biên giới Việt", "15/3/2023", "Cao Lâu", "1.500 gốc"],
    )
    outcome, records = read(post_desk, "programme", path)
    assert [one["quantity"] for one in records] == [1500]
    assert any("bỏ chữ đi sau" in text for text in messages(outcome))


def test_a_household_list_with_one_id_under_two_names_adds_nothing_again(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Chủ hộ", "Thôn", "Xã", "CCCD"],
        [1, "Vi Văn Một", "Bản Vàng", "Cao Lâu", "020080012345"],
        [2, "Vi Văn Hai", "Bản Vàng", "Cao Lâu", "020080012345"],
        [3, "Vi Van Mot", "Bản Vàng", "Cao Lâu", "020080012345"],
    )
    outcome, _records = read(post_desk, "household", path)
    assert (outcome.accepted, outcome.near, outcome.same) == (2, 1, 1)
    outcome, _records = read(post_desk, "household", path)
    assert (outcome.accepted, outcome.same) == (0, 3)


def test_what_nobody_said_is_no_reason_while_something_is_missing(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Xã", "Thôn", "Ngày ký"],
        [1, "Cao Lâu", "Bản Vàng", "1/4/2023"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert "Bắt buộc nhập" in outcome.refused[0].reason
    assert "Không dùng" not in outcome.refused[0].reason


def test_a_hidden_sheet_is_read_after_those_that_are_seen_and_told(post_desk, tmp_path):
    heads = ["TT", "Chủ hộ", "Thôn", "Xã", "Ngày ký"]
    book = openpyxl.Workbook()
    book.active.title = "cũ"
    book.create_sheet("mới")
    for page, head in zip(book, ("Vi Văn Cũ", "Vi Văn Mới"), strict=True):
        page.append(heads)
        page.append([1, head, "Bản Vàng", "Cao Lâu", "1/4/2023"])
    book["cũ"].sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "list.xlsx")
    outcome, _records = read(post_desk, "pledge", tmp_path / "list.xlsx", PROGRAMME)
    assert outcome.accepted == 1
    assert list(homes(post_desk)) == ["Vi Văn Mới"]
    request = SheetRequest(sheet="cũ", fixed=PROGRAMME)
    told = messages(post_desk.sheets.dry_run("pledge", tmp_path / "list.xlsx", request))
    assert "Trang tính “cũ” đang bị ẩn." in told


def test_of_an_old_and_a_new_number_the_new_one_is_kept(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Chủ hộ", "Thôn", "Xã", "Số CMND", "Số CCCD"],
        [1, "Vi Văn Một", "Bản Vàng", "Cao Lâu", "082123456", "020070001111"],
        [2, "Vi Văn Hai", "Bản Vàng", "Cao Lâu", "082123457", None],
        [3, "Vi Văn Ba", "Bản Vàng", "Cao Lâu", None, "020070001113"],
    )
    _outcome, records = read(post_desk, "household", path)
    numbers = [one["citizen_id"] for one in records]
    assert numbers == ["020070001111", "082123457", "020070001113"]


def test_who_signs_below_a_list_without_a_sum_is_no_record(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["THÔN BẢN VÀNG, XÃ CAO LÂU"],
        ["STT", "Họ và tên", "Số CCCD", "Ký tên"],
        [1, "Vi Văn Một", "020070001111"],
        ["Danh sách có 01 hộ./."],
        ["TRƯỞNG THÔN", None, "CÁN BỘ BIÊN PHÒNG"],
        ["Hoàng Văn Tới", None, "Nông Văn An"],
    )
    fixed = {**PROGRAMME, "signed_on": "12/5/2023"}
    outcome, _records = read(post_desk, "pledge", path, fixed)
    assert (outcome.rows, outcome.accepted) == (1, 1)


def test_entries_numbered_in_one_cell_and_a_clock_before_the_day(post_desk, tmp_path):
    topics = "1. Luật Biên giới quốc gia; 2. Luật Biên phòng Việt Nam"
    path = sheet(
        tmp_path, OUTREACH, [1, "20h 05/6/2023", "Tập trung", topics, "Cao Lâu", "Nà Mỏ", 40]
    )
    _outcome, records = read(post_desk, "outreach", path)
    assert records[0]["topics"] == ["bien_gioi", "bien_phong"]
    assert records[0]["held_on"] == datetime.date(2023, 6, 5)


def test_what_a_person_says_for_all_rows_may_be_cut_short(post_desk, tmp_path):
    head = ["TT", "Xã", "Thôn", "Chủ hộ", "Ngày ký"]
    path = sheet(tmp_path, head, [1, "Xuất Lễ", "Pò Mã", "Nông Văn Bình", "1/3/2023"])
    outcome, (pledge,) = read(post_desk, "pledge", path, {"programme": "khu vực biên"})
    assert pledge["programme"] == "khu_vuc_bien_gioi"
    assert any("Mục ghi tắt" in text for text in messages(outcome))


def test_what_cannot_hold_for_all_rows_is_said_of_each(post_desk, tmp_path):
    path = sheet(
        tmp_path, OUTREACH[:1] + OUTREACH[2:], [1, "Tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40]
    )
    outcome, _records = read(post_desk, "outreach", path, {"held_on": "5/6"})
    assert [one.reason for one in outcome.refused] == ["Thiếu năm."]


def test_the_title_of_a_further_list_ends_the_place_and_month_of_the_one_above(post_desk, tmp_path):
    head = ["TT", "Họ tên", "Ngày ký"]
    path = sheet(
        tmp_path,
        ["DANH SÁCH KÝ CAM KẾT THÔN PÒ MÃ XÃ XUẤT LỄ THÁNG 3 NĂM 2023"],
        head,
        [1, "Nông Văn Bình", 12],
        ["Tổng hợp: 1 hộ"],
        [2, "Lý Văn Cao", 12],
        ["II. DANH SÁCH KÝ CAM KẾT THÔN NÀ MỎ, XÃ CAO LÂU THÁNG 4/2023"],
        head,
        [1, "Vi Thị Chanh", 13],
        ["III. DANH SÁCH KÝ CAM KẾT XÃ CAO LÂU VÀ XÃ XUẤT LỄ"],
        head,
        [1, "Vi Thị Dung", 14],
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {
        "Nông Văn Bình": ("06202-2023", "Thôn Pò Mã"),
        "Lý Văn Cao": ("06202-2023", "Thôn Pò Mã"),
        "Vi Thị Chanh": ("06196-2023", "Thôn Nà Mỏ"),
    }
    assert [f"{one['signed_on']:%d/%m}" for one in records] == ["12/03", "12/03", "13/04"]
    assert [one.row.number for one in outcome.refused] == [11]
    outcome.save_refused(tmp_path / "refused.xlsx")
    written = [row[0].value for row in files.opened(tmp_path / "refused.xlsx").rows]
    assert written[2:] == ["III. DANH SÁCH KÝ CAM KẾT XÃ CAO LÂU VÀ XÃ XUẤT LỄ", 1]


@pytest.mark.parametrize(
    ("title", "heading", "told"),
    [("", "Chiều dài", True), ("", "Chiều dài (m)", False), ("Đơn vị tính: m", "Chiều dài", False)],
)
def test_a_length_whose_unit_nobody_says_is_told(post_desk, tmp_path, title, heading, told):
    row = [1, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", 40, 1.5]
    path = sheet(tmp_path, [title], [*CLEARING, heading], row)
    outcome, (one,) = read(post_desk, "clearing", path)
    assert one["length_m"] == Decimal("1.5")
    words = "Cột “Chiều dài” không ghi đơn vị, các số được hiểu theo đơn vị: m."
    assert (words in messages(outcome)) == told


def test_a_length_of_many_kilometres_is_doubted(post_desk, tmp_path):
    row = [1, "5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", 40, "1 234"]
    path = sheet(tmp_path, [*CLEARING, "Chiều dài (km)"], row)
    outcome, _records = read(post_desk, "clearing", path)
    assert any("cao bất thường" in text for text in messages(outcome))


def test_who_signs_beside_a_day_is_no_record(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["XÃ XUẤT LỄ NĂM 2023"],
        ["TT", "Họ tên", "Thôn", "Ngày ký"],
        [1, "Nông Văn Bình", "Pò Mã", "12/3"],
        [None, None, None, "Ngày 15/3/2023"],
        [None, "NGƯỜI LẬP BIỂU", None, "15/3/2023"],
        [None, "Lý Văn Lập"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.rows, outcome.accepted) == (1, 1)
    assert [number for number, _words in outcome.others] == [4, 5, 6]


def test_a_group_of_another_kind_ends_the_hamlet_above_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["XÃ XUẤT LỄ NĂM 2023"],
        ["TT", "Họ tên", "Thôn", "Ngày ký"],
        ["- Thôn Pò Mã"],
        [1, "Nông Văn Bình", None, "12/3"],
        ["Cụm Co Loi"],
        [1, "Lý Văn Cao", None, "12/3"],
        [2, "Vi Thị Chanh", "~", "12/3"],
        [3, "Vi Thị Dung", ",,", "12/3"],
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert homes(post_desk) == {"Nông Văn Bình": ("06202-2023", "Thôn Pò Mã")}
    assert [one.row.number for one in outcome.refused] == [6, 7, 8]
    outcome.save_refused(tmp_path / "refused.xlsx")
    # The line of the group goes with them.
    again, _records = read(post_desk, "pledge", tmp_path / "refused.xlsx", PROGRAMME)
    assert (again.accepted, len(again.refused)) == (0, 3)


def test_the_paper_a_form_is_from_says_nothing_of_the_year(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["(Ban hành kèm theo Hướng dẫn số 12/HD-BCH ngày 05/01/2022)"],
        ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"],
        ["Xã: Xuất Lễ", None, "Thôn: Pò Mã"],
        ["TT", "Họ tên", "CCCD", None, "Ngày ký"],
        [None, None, "Số", "Ngày cấp", None],
        [1, "Nông Văn Bình", "020080012345", "5/6/2021", "12/3"],
        merged=("C4:D4",),
    )
    outcome, (pledge,) = read(post_desk, "pledge", path, PROGRAMME)
    assert f"{pledge['signed_on']:%d/%m/%Y}" == "12/03/2023"
    assert homes(post_desk) == {"Nông Văn Bình": ("06202-2023", "Thôn Pò Mã")}
    # Words below one heading of several columns are no record that lacks its day.
    assert (outcome.rows, [number for number, _words in outcome.others]) == (1, [5])


@pytest.mark.parametrize(
    ("titles", "year"),
    [
        (["DANH SÁCH NĂM 2023 (Kèm theo Công văn số 12 ngày 3/1/2024)"], 2023),
        (["DANH SÁCH NĂM 2023 (Kèm theo Công văn số 12)", SIGNED], None),
        (["KẾT QUẢ THỰC HIỆN NGHỊ ĐỊNH 34/2014/NĐ-CP NĂM 2023", SIGNED], None),
        (["KẾT QUẢ THỰC HIỆN NGHỊ ĐỊNH 34/2014/NĐ-CP NĂM 2023"], None),
        (["Mẫu số 2 của Thông tư 12/2019", "Danh sách hộ", "Năm 2023"], 2023),
        (["Danh sách hộ", SIGNED], 2024),
    ],
)
def test_the_year_of_a_signature_is_none_beside_that_of_a_paper(titles, year):
    assert title_period(titles) == (None, year)


def test_a_year_that_begins_before_it_is_asked_for(post_desk, tmp_path):
    title = "NĂM 2023 (từ 15/12/2022 đến 14/12/2023)"
    path = sheet(tmp_path, [title], [*OUTREACH], [1, "20/12", "Tập trung", TOPIC, "Cao Lâu", "", 4])
    outcome, _records = read(post_desk, "outreach", path)
    assert [one.reason for one in outcome.refused] == ["Thiếu năm."]
