"""Lists written by other programs, with their forms of dates, headings and footers."""

import datetime
from pathlib import Path

import pytest

from borderdesk.base.errors import UserError
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.kinds.written_day import typed_day
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
PROGRAMME = {"programme": "Khu vực biên giới"}
HEAD = ["TT", "Họ tên chủ hộ", "Xã", "Thôn, bản", "Số CMND/CCCD", "Ngày ký"]


def read(desk, path, type_name="pledge", fixed=PROGRAMME):
    return desk.sheets.import_sheet(type_name, path, SheetRequest(fixed=fixed))


def entries(desk, type_name):
    return [one.values for one in desk.lists.stream(type_name, Filter())]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv"])
def test_what_calc_saves_is_the_same_list_in_every_format(post_desk, ending):
    outcome = read(post_desk, DATA / f"calc.{ending}")
    assert (outcome.accepted, [one.row.number for one in outcome.refused]) == (3, [8])
    assert outcome.hidden == ([] if ending == "csv" else [6])
    assert outcome.others == [(9, "Tổng cộng")]
    homes = {one["head"]: one["citizen_id"] for one in entries(post_desk, "household")}
    assert homes == {
        "Nông Văn Hòa": "020393227120",
        "Vi Ngọc Yến": "020172242081",
        "Lương Văn Lệ": "020190758790",
    }
    days = {one["signed_on"] for one in entries(post_desk, "pledge")}
    assert days == {datetime.date(2023, m, d) for m, d in ((12, 1), (4, 25), (5, 4))}


def test_the_fonts_of_an_xls_say_how_its_text_is_encoded(post_desk):
    outcome = read(post_desk, DATA / "calc_vntime.xls")
    assert outcome.accepted == 37
    assert [one.row.number for one in outcome.refused] == [15, 17, 21]
    heads = {one["head"] for one in entries(post_desk, "household")}
    assert {"La Thị Hưng", "Đàm Thế Ước", "Lương Văn Thưởng", "Dương Thế Lệ"} <= heads


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("ngày 05 tháng 3 năm 2023", "05/3/2023"),
        ("Ngày 5/3/2023", "5/3/2023"),
        ("5 tháng ba năm 2023", "5/3/2023"),
        ("05 / 03 / 2023", "05/03/2023"),
        ("5/3/2023 12:00:00 AM", "5/3/2023"),
        ("5/3/2023 SA", "5/3/2023"),
        ("Chủ nhật, 5/3/2023", "5/3/2023"),
        ("Thứ 3, ngày 7/3/2023", "7/3/2023"),
        ("05-Mar-2023", "05/3/2023"),
        ("5-thg 3-2023", "5/3/2023"),
        ("'05/03/2023", "05/03/2023"),
        ("5\\3\\2023", "5/3/2023"),
        ("2023/3/5", "2023-03-05"),
        ("2023-03-05T00:00:00", "2023-03-05"),
        ("20230305", "2023-03-05"),
        ("05032023", "05032023"),
        ("12/25/2023", "12/25/2023"),
        ("tháng 3/2023", "tháng 3/2023"),
        ("chưa rõ", "chưa rõ"),
    ],
)
def test_dates_are_read_in_all_the_usual_forms_and_never_swapped(written, typed):
    assert typed_day(written, CellReading()) == typed


def test_a_date_without_its_year_takes_that_of_the_title_or_is_asked_about():
    assert typed_day("5/3", CellReading(2023)) == "5/3/2023"
    with pytest.raises(FieldError):
        typed_day("5/3", CellReading())


def test_signatures_behind_the_sum_are_no_records(post_desk, tmp_path):
    rows = [
        ["DANH SÁCH HỘ KÝ CAM KẾT"],
        ["Quý I năm 2023"],
        HEAD,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["I", "Thôn Co Loi"],
        [1, "Nông Văn An", "Mẫu Sơn", "Co Loi", "không", "4/2"],
        ["Cộng thôn Co Loi: 1 hộ"],
        ["", "Tổng cộng: 1 hộ"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "ĐỒN TRƯỞNG"],
        ["", "(Ký, ghi rõ họ tên)", "", "", "", "(Ký tên, đóng dấu)"],
        ["", "Nguyễn Văn Bình", "", "", "", "Trung tá Hoàng Văn Tú"],
    ]
    outcome = read(post_desk, files.write_openpyxl(tmp_path / "s.xlsx", rows))
    # The title above is not the first row of a two-row heading.
    assert (outcome.table.first, outcome.table.last, outcome.table.year) == (3, 3, 2023)
    assert (outcome.rows, outcome.accepted) == (1, 1)
    assert [number for number, _words in outcome.others] == [4, 5, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(
    "headings",
    [
        "STT|Họ và tên|Xã, phường, thị trấn|Thôn/Bản/Khu phố|CMND|Ngày, tháng, năm ký",
        "Số TT|HỌ VÀ TÊN CHỦ HỘ|ĐỊA BÀN XÃ|KHU DÂN CƯ|CMTND/CCCD|NGÀY KÝ CAM KẾT",
        "TT|Đại diện hộ|Địa điểm (xã)|Xóm|Số thẻ CCCD|Ký ngày",
        "TT|Họ tên chủ hộ (ghi rõ)|Xã/TT|Tổ dân phố|Số ĐDCN/CCCD|Ngày\nký",
        "No.|Head of household|Commune|Hamlet|Citizen ID|Signed on",
        "tt|ho ten chu ho|xa|thon, ban|so cmnd/cccd|ngay ky",
    ],
)
def test_headings_of_other_lists_are_known(post_desk, tmp_path, headings):
    row = [1, "Nông Văn An", "Mẫu Sơn", "Co Loi", "020393227120", "4/2/2023"]
    path = files.write_openpyxl(tmp_path / "h.xlsx", [headings.split("|"), row])
    outcome = read(post_desk, path)
    assert (outcome.accepted, outcome.table.ignored()) == (1, [])
    (home,) = entries(post_desk, "household")
    assert (home["head"], home["citizen_id"]) == ("Nông Văn An", "020393227120")


def test_one_id_under_two_names_is_refused_and_not_passed_over(post_desk, tmp_path):
    rows = [
        [n, head, "Mẫu Sơn", "Co Loi", "020393227120", "4/2/2023"]
        for n, head in enumerate(("Nông Văn An", "Lý Thị Bé", "Nông Văn An"), 1)
    ]
    outcome = read(post_desk, files.write_openpyxl(tmp_path / "i.xlsx", [HEAD, *rows]))
    assert (outcome.accepted, outcome.same) == (1, 1)
    assert [one.row.number for one in outcome.refused] == [3]
    assert "tên khác" in outcome.refused[0].reason


def test_bytes_that_are_no_utf8_spoil_their_own_row(post_desk, tmp_path):
    lines = [",".join(HEAD).replace("Thôn, bản", "Thôn")] + [
        f"{n},{head},Mẫu Sơn,Co Loi,,4/2/2023" for n, head in ((1, "Vi Văn Tỵ"), (2, "Lý Thị Bé"))
    ]
    path = tmp_path / "b.csv"
    path.write_bytes("\n".join(lines).encode().replace("Tỵ".encode(), b"T\xe1\xbb"))
    outcome = read(post_desk, path)
    assert (outcome.accepted, [one.row.number for one in outcome.refused]) == (1, [2])


def test_a_pick_is_known_wherever_its_commas_stand(post_desk, tmp_path):
    head = ["TT", "Hình thức", "Ngày", "Xã", "Thôn", "Số buổi", "Lượt người", "Tờ rơi", "Chủ đề"]
    topics = "Luật Biên phòng Việt Nam, Phòng chống ma túy"
    row = [1, "tập trung", "1/3/2023", "Mẫu Sơn", "Co Loi", "1", "40.0", "-", topics]
    path = files.write_openpyxl(tmp_path / "o.xlsx", [head, row])
    assert read(post_desk, path, "outreach", {}).accepted == 1
    (one,) = entries(post_desk, "outreach")
    assert (one["topics"], one["attendance"]) == (["bien_phong", "ma_tuy"], 40)
    assert "leaflets" not in one


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("05/VI/2023", "05/6/2023"),
        ("5-xii-2023", "5-12-2023"),
        ("ngày 5 tháng VI năm 2023", "5/6/2023"),
        ("5/x/2023", "5/x/2023"),
        ("5/6/2023 (thứ hai)", "5/6/2023"),
        ("5/6/2023 (CN)", "5/6/2023"),
        ("5/6/2023, thứ 2", "5/6/2023"),
        ("(Thứ Hai) 5/6/2023", "5/6/2023"),
        ("Thứ hai ngày 5/6/2023", "5/6/2023"),
        ("5/6/2023 sáng", "5/6/2023"),
        ("15 T6", "15 T6"),
        ("5/sáu/2023", "5/6/2023"),
        ("5/6 năm 2023", "5/6/2023"),
    ],
)
def test_a_date_is_read_with_its_weekday_and_in_roman_figures(written, typed):
    assert typed_day(written, CellReading(2023, 1)) == typed


AMERICAN = ["02/08/2023", "04/21/2023", "08/07/2023", "03/15/2023"]


@pytest.mark.parametrize("before", [0, 70], ids=["at the top", "far down"])
def test_days_with_the_month_first_are_never_turned_round(post_desk, tmp_path, before):
    path = tmp_path / "list.csv"
    days = ["02/08/2023"] * before + AMERICAN
    rows = [f"{number};{day};Cao Lâu;Nà Mỏ;40" for number, day in enumerate(days, start=1)]
    path.write_text("\n".join(["TT;Ngày;Xã;Thôn;Lượt người", *rows]), encoding="utf-8")
    given = SheetRequest(fixed={"form": "Tập trung", "topics": "Luật Biên giới quốc gia"})
    outcome = post_desk.sheets.import_sheet("outreach", path, given)
    assert (outcome.accepted, [one.row.number for one in outcome.refused]) == (
        0,
        [*range(2, before + 6)],
    )
    assert all("tháng trước ngày" in one.reason for one in outcome.refused)


def test_one_slip_among_days_is_no_habit_of_the_column(post_desk, tmp_path):
    path = tmp_path / "list.csv"
    days = ["02/08/2023", "04/21/2023", "21/04/2023", "05/05/2023"]
    rows = [f"{number};{day};Cao Lâu;Nà Mỏ;40" for number, day in enumerate(days, start=1)]
    path.write_text("\n".join(["TT;Ngày;Xã;Thôn;Lượt người", *rows]), encoding="utf-8")
    given = SheetRequest(fixed={"form": "Tập trung", "topics": "Luật Biên giới quốc gia"})
    outcome = post_desk.sheets.import_sheet("outreach", path, given)
    assert [one.row.number for one in outcome.refused] == [3]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_list_that_lost_its_letters_is_not_taken(post_desk, tmp_path, encoding):
    path = tmp_path / "list.csv"
    lines = ["TT,Ho ten,Xa,Thon,Ngay ky", "1,Nông Văn Bình,Cao Lâu,Nà Mỏ,12/3/2023"]
    lines += ["2,Lý Thị Thủy,Xuất Lễ,Pò Mã,13/3/2023", "3,Vi Minh Quý,Mẫu Sơn,Co Loi,14/3/2023"]
    path.write_bytes("\n".join(lines).encode(encoding, "replace"))
    with pytest.raises(UserError, match="đã mất khi lưu"):
        post_desk.sheets.dry_run("pledge", path, SheetRequest())


@pytest.mark.parametrize(("last", "doubtful"), [("25/11/2023", 4), ("05/11/2023", 0)])
def test_days_that_a_spreadsheet_may_have_turned_round_are_doubts(
    post_desk, tmp_path, last, doubtful
):
    days = [datetime.date(2023, 8, 7), datetime.date(2023, 2, 8), datetime.date(2023, 3, 4)]
    days += [datetime.date(2023, 1, 12), datetime.date(2023, 5, 5), "21/04/2023", "15/03/2023"]
    rows = [
        [n, day, "Cao Lâu", "Nà Mỏ", 40 + n] for n, day in enumerate([*days, "30/6/2023", last])
    ]
    path = files.write_openpyxl(
        tmp_path / "list.xlsx", [["TT", "Ngày", "Xã", "Thôn", "Lượt người"], *rows]
    )
    fixed = {"form": "Tập trung", "topics": "Luật Biên giới quốc gia"}
    outcome = read(post_desk, path, "outreach", fixed)
    assert outcome.accepted == 9
    rows_told = [rows for doubt, rows in outcome.doubts.items() if "turned day" in doubt]
    assert rows_told == ([[2, 3, 4, 5]] if doubtful else [])


def test_two_days_of_each_kind_are_enough_for_that_doubt(post_desk, tmp_path):
    days = [datetime.date(2023, 8, 7), "15/03/2023", datetime.date(2023, 2, 8), "21/04/2023"]
    rows = [[n, day, "Cao Lâu", "Nà Mỏ", 40 + n] for n, day in enumerate(days)]
    head = ["TT", "Ngày", "Xã", "Thôn", "Lượt người"]
    fixed = {"form": "Tập trung", "topics": "Luật Biên giới quốc gia"}
    for count, told in ((4, [[2, 4]]), (3, [])):
        path = files.write_openpyxl(tmp_path / f"{count}.xlsx", [head, *rows[:count]])
        outcome = post_desk.sheets.dry_run("outreach", path, SheetRequest(fixed=fixed))
        doubts = outcome.doubts.items()
        assert [numbers for doubt, numbers in doubts if "turned day" in doubt] == told


def test_texts_in_the_form_of_formulas_are_texts(post_desk, tmp_path):
    path = tmp_path / "web.csv"
    path.write_text(
        'Họ tên;Số CCCD;Thôn;Xã;Ngày ký\n'
        'Nông Văn Bình;="020080012345";="Pò Mã";Xuất Lễ;12/3/2023\n'
        '=HYPERLINK("x");020080012346;Pò Mã;Xuất Lễ;12/3/2023\n'
    )  # fmt: skip
    request = SheetRequest(fixed={"programme": "Khu vực biên giới"})
    outcome = post_desk.sheets.import_sheet("pledge", path, request)
    homes = [one.values for one in post_desk.lists.stream("household", Filter())]
    assert [(one["citizen_id"], one["hamlet"]) for one in homes if one["head"][0] != "="] == [
        ("020080012345", "Pò Mã")
    ]
    assert outcome.accepted == len(homes)
