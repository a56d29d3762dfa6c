"""A date in separate columns for day, month and year."""

import datetime

import openpyxl
import pytest

from borderdesk.sheets.imports.mapping_memory import mapping_of
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import OUTREACH, PROGRAMME, TOPIC, read, sheet

LAST = ["Tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", 40]
DAY = datetime.date(2023, 6, 5)


FIXED = {"from_marker": "1141", "to_marker": "1143", "communes": "Cao Lâu", "result": "unchanged"}


def heads(days, *above):
    """Rows of headings with these in place of the date's, those above them first."""
    blank = [None] * (len(days) - 1)
    if not above:
        return [[OUTREACH[0], *days, *OUTREACH[2:]]]
    lower = [None, *days, *[None] * len(OUTREACH[2:])]
    return [[OUTREACH[0], above[0], *blank, *OUTREACH[2:]], lower]


def cells_of(path):
    """The cells of the date in the last row, as in the file."""
    row = [*openpyxl.load_workbook(path).active.values][-1][1:4]
    return [DAY if isinstance(one, datetime.datetime) else one for one in row]


def days_of(desk, path):
    outcome, records = read(desk, "outreach", path)
    return outcome, [one["held_on"] for one in records]


@pytest.mark.parametrize("title", ["KẾT QUẢ", "KẾT QUẢ THÁNG 2 NĂM 2023"])
@pytest.mark.parametrize(
    ("headings", "cells", "merged"),
    [
        (heads(["Ngày", "Tháng", "Năm"]), [5, 6, 2023], ()),
        (heads(["Ngày", "Tháng", "Năm"], "Thời gian"), [5, 6, 2023], ("B2:D2", "A2:A3")),
        (heads(["Ngày", "Tháng", "Năm"], "Ngày tháng năm"), ["05", "06", "2023"], ()),
        (heads(["Năm", "Tháng", "Ngày"], "Thời gian"), ["năm 2023", "VI", "ngày 5"], ("B2:D2",)),
        (heads(["Tháng", "Ngày", "Năm"]), ["tháng 6", 5.0, 23], ()),
        (heads(["Ngày", "Tháng", "Năm"]), [5, "Tháng sáu", 2023], ()),
        (heads(["Ngày tháng năm", None, None]), [5, 6, 2023], ("B2:D2",)),
        # Beside a complete date the other columns are only for sorting.
        (heads(["Ngày", "Tháng", "Năm"]), [DAY, 6, 2023], ()),
        (heads(["Ngày", "Tháng", "Năm"]), ["5/6/2023", 6, 2023], ()),
    ],
)  # fmt: skip
def test_a_day_in_three_columns_is_one(post_desk, tmp_path, title, headings, cells, merged):
    path = sheet(tmp_path, [title], *headings, [1, *cells, *LAST], merged=merged)
    outcome, days = days_of(post_desk, path)
    assert (days, outcome.rows) == ([DAY], 1)
    # The month of the title was not used.
    assert not any("tiêu đề" in text for text in messages(outcome))
    # Where it is another one, that is told.
    ((state, (shown,)),) = outcome.shown.items()
    assert state == ("doubtful" if "THÁNG" in title else "new")
    assert [*shown.row.cells[1:4]] == cells_of(path)


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize(("title", "told"), [("Năm 2023", True), ("Danh sách", False)])
def test_a_day_without_its_year_takes_that_of_the_title(post_desk, tmp_path, title, told, merged):
    headings = heads(["Ngày", "Tháng"], *(["Thời gian"] if merged else []))
    spans = ("B2:C2", "A2:A3") if merged else ()
    path = sheet(tmp_path, [title], *headings, [1, 5, 6, *LAST], merged=spans)
    outcome, days = days_of(post_desk, path)
    assert days == ([DAY] if told else [])
    assert [one.reason for one in outcome.refused] == ([] if told else ["Thiếu năm."])
    assert any("Năm được lấy từ tiêu đề" in text for text in messages(outcome)) is told


def test_refused_rows_keep_their_three_cells_and_are_read_again(post_desk, tmp_path):
    rows = [[1, 31, 6, 2023, *LAST], [2, '"', '"', '"', *LAST[:-1], 41], [3, 7, "", 2023, *LAST]]
    head = heads(["Ngày tháng năm", None, None])
    outcome, days = days_of(post_desk, sheet(tmp_path, *head, *rows, merged=("B1:D1",)))
    assert days == []
    assert [one.row.cells[1:4] for one in outcome.refused][:1] == [[31.0, 6.0, 2023.0]]
    assert outcome.refused[2].reason == "Thiếu tháng."
    target = tmp_path / "refused.xlsx"
    outcome.save_refused(target)
    book = openpyxl.load_workbook(target)
    assert [book.active.cell(2, n).value for n in (2, 3, 4)] == [31, 6, 2023]
    book.active["B2"].value, book.active["C4"].value = 5, 6
    book.save(target)
    outcome, days = days_of(post_desk, target)
    assert days == [DAY, DAY, datetime.date(2023, 6, 7)]


def test_headings_in_two_rows_come_again_on_every_page(post_desk, tmp_path):
    head = heads(["Ngày", "Tháng", "Năm"], "Thời gian")
    rows = [[n, n, 6, 2023, *LAST] for n in (1, 2)]
    path = files.write_csv(tmp_path / "l.csv", [*head, rows[0], *head, rows[1]])
    outcome, days = days_of(post_desk, path)
    assert (outcome.refused, [day.day for day in days]) == ([], [1, 2])


def test_two_days_in_columns_are_told_apart_by_what_stands_above(post_desk, tmp_path):
    parts = ["Ngày", "Tháng", "Năm"]
    path = sheet(
        tmp_path,
        ["TT", "Ngày kết thúc", None, None, "Ngày bắt đầu", None, None, "Hình thức", "Lượt người"],
        [None, *parts, *parts],
        [1, 7, 3, 2023, 5, "3", 2023, "Đơn phương", 6],
    )
    _outcome, (patrol,) = read(post_desk, "patrol", path, FIXED)
    assert (patrol["started_on"], patrol["ended_on"]) == (
        datetime.date(2023, 3, 5), datetime.date(2023, 3, 7),
    )  # fmt: skip


def test_days_from_one_to_another_stand_in_the_column_of_the_day(post_desk, tmp_path):
    head = ["TT", "Ngày", "Tháng", "Năm", "Hình thức", "Lượt người"]
    path = sheet(tmp_path, head, [1, "5-7", 3, 2023, "Đơn phương", 6])
    _outcome, (patrol,) = read(post_desk, "patrol", path, FIXED)
    assert (patrol["started_on"].day, patrol["ended_on"].day) == (5, 7)


def test_what_a_person_says_of_the_columns_leaves_the_headings_where_they_are(post_desk, tmp_path):
    parts = ["Ngày", "Tháng", "Năm"]
    path = sheet(
        tmp_path,
        ["TT", "Ngày bắt đầu", None, None, "Ngày kết thúc", None, None, "Hình thức", "Lượt người"],
        [None, *parts, *parts],
        [1, 5, 3, 2023, 7, 3, 2023, "Đơn phương", 6],
    )
    part = post_desk.part(SheetImport)
    told = part.dry_run("patrol", path, SheetRequest(fixed=FIXED))
    only = SheetRequest(fixed=FIXED, mapping={"C": "started_on+month"})
    assert part.dry_run("patrol", path, only).accepted == 1
    mapping = {**mapping_of(told.table), "G": "-"}
    assert mapping["C"] == "started_on+month"
    again = part.dry_run("patrol", path, SheetRequest(fixed=FIXED, mapping=mapping))
    assert [(one.rows, one.table.last) for one in (told, again)] == [(1, 2)] * 2
    # The year of the last day is asked for, as it was left out.
    assert [one.accepted for one in (told, again)] == [1, 0]
    assert again.refused[0].reason == "Thiếu năm."


CAPTIONED = (
    ["SỔ PHÁT QUANG NĂM 2023"],
    ["TT", "Ngày", "Xã", "Số người"],
    ["Tháng 3"],
    [1, 5, "Cao Lâu", 15],
    [2, "18", "Cao Lâu", "nhiều"],
    ["", "Cộng tháng 3", "", 15],
    ["", "THÁNG 04/2023"],
    [3, 5, "Cao Lâu", 8],
    ["II. Tháng 2 năm 2024"],
    [4, "5/2", "Cao Lâu", 9],
    [5, 6, "Cao Lâu", "ít"],
)
CLEARING = SheetRequest(fixed={"kind": "Phát quang đường tuần tra"})


def clearing_days(desk, path):
    outcome, records = read(desk, "clearing", path, CLEARING.fixed)
    return outcome, [one["started_on"] for one in records]


@pytest.mark.parametrize("write", [files.write_openpyxl, files.write_csv])
def test_a_line_between_the_rows_gives_them_their_month(post_desk, tmp_path, write):
    path = write(tmp_path / ("l.csv" if write is files.write_csv else "l.xlsx"), CAPTIONED)
    outcome, days = clearing_days(post_desk, path)
    assert days == [
        datetime.date(2023, 3, 5), datetime.date(2023, 4, 5), datetime.date(2024, 2, 5),
    ]  # fmt: skip
    assert any("dòng phía trên" in text for text in messages(outcome))
    assert [one.row.number for one in outcome.refused] == [5, 11]


def test_refused_rows_keep_the_lines_that_say_their_month_and_place(post_desk, tmp_path):
    rows = [row for row in CAPTIONED if len(row) < 3 or row[2] != "Cao Lâu"]
    rows[3:3] = [["Xã Cao Lâu"], [1, 5, "", "nhiều"], ["Xã Xuất Lễ"], [2, 6, "", "ít"]]
    outcome, days = clearing_days(post_desk, files.write_openpyxl(tmp_path / "l.xlsx", rows))
    assert (days, len(outcome.refused)) == ([], 2)
    target = tmp_path / "refused.xlsx"
    outcome.save_refused(target)
    book = openpyxl.load_workbook(target)
    for row in book.active.iter_rows():
        for cell in row:
            cell.value = 7 if cell.value in {"nhiều", "ít"} else cell.value
    book.save(target)
    outcome, records = read(post_desk, "clearing", target, CLEARING.fixed)
    assert [(one["started_on"], post_desk.book.unit_name(one["commune"])) for one in records] == [
        (datetime.date(2023, 3, 5), "Xã Cao Lâu"), (datetime.date(2023, 3, 6), "Xã Xuất Lễ"),
    ]  # fmt: skip


@pytest.mark.parametrize(("title", "year"), [("SỔ PHÁT QUANG NĂM 2023", 2023), ("SỔ", None)])
def test_after_a_december_only_the_title_says_the_year(post_desk, tmp_path, title, year):
    rows = [
        [title],
        ["TT", "Ngày", "Xã", "Số người"],
        ["Tháng 12/2022"], [1, "5/12", "Cao Lâu", 15],
        ["Tháng 1"], [2, 5, "Cao Lâu", 15], [3, "6/1", "Cao Lâu", 15],
    ]  # fmt: skip
    outcome, days = clearing_days(post_desk, files.write_openpyxl(tmp_path / "l.xlsx", rows))
    january = [datetime.date(year, 1, day) for day in (5, 6)] if year else []
    assert days == [datetime.date(2022, 12, 5), *january]
    assert {one.reason for one in outcome.refused} == (set() if year else {"Thiếu năm."})
    assert any("Năm được lấy từ dòng phía trên" in text for text in messages(outcome))


def test_refused_rows_keep_the_line_that_says_their_year(post_desk, tmp_path):
    rows = [
        ["TT", "Ngày", "Xã", "Số người"],
        ["Tháng 4/2023"], [1, 5, "Cao Lâu", 15], ["Tháng 5"], [2, 6, "Cao Lâu", "ít"],
    ]  # fmt: skip
    outcome, days = clearing_days(post_desk, files.write_openpyxl(tmp_path / "l.xlsx", rows))
    assert days == [datetime.date(2023, 4, 5)]
    target = tmp_path / "refused.xlsx"
    outcome.save_refused(target)
    kept = [row[:4] for row in openpyxl.load_workbook(target).active.values]
    assert [row[0] for row in kept[1:]] == ["Tháng 4/2023", "Tháng 5", 2]


def test_a_day_whose_month_alone_is_known_asks_for_the_year(post_desk, tmp_path):
    rows = [["TT", "Ngày", "Xã", "Số người"], ["Tháng 3"], [1, 5, "Cao Lâu", 15]]
    outcome, days = clearing_days(post_desk, files.write_openpyxl(tmp_path / "l.xlsx", rows))
    assert (days, outcome.refused[0].reason) == ([], "Thiếu năm.")


@pytest.mark.parametrize(
    ("first", "last", "cells"),
    [
        (["Ngày"], ["Năm"], ["5/6", 2023]),
        (["Năm"], ["Ngày"], [2023, "05/06"]),
        (["Ngày"], ["Tháng", "Năm"], [5, 6, 2023]),
        (["Ngày"], ["Năm"], [DAY, 2023]),
        (["Năm"], ["Ngày"], [2023, "05/06/2023"]),
    ],
)
def test_the_year_of_the_only_day_may_stand_in_a_far_column(
    post_desk, tmp_path, first, last, cells
):
    head = [OUTREACH[0], *first, *OUTREACH[2:], *last]
    day = len(first) + 1
    path = sheet(tmp_path, head, [1, *cells[: day - 1], *LAST, *cells[day - 1 :]])
    outcome, days = days_of(post_desk, path)
    assert (days, outcome.refused) == ([DAY], [])


def test_a_year_of_another_day_is_not_taken(post_desk, tmp_path):
    head = ["TT", "Từ ngày", "Đến ngày", "Hình thức", "Lượt người", "Năm"]
    path = sheet(tmp_path, head, [1, "5/3", "6/3", "Đơn phương", 6, 2023])
    outcome, _patrols = read(post_desk, "patrol", path, FIXED)
    assert [one.reason for one in outcome.refused] == ["Thiếu năm. Đến ngày: Thiếu năm."]


def test_a_broken_cell_beside_a_day_without_a_column_of_its_year(post_desk, tmp_path):
    head = [OUTREACH[0], "Ngày", "Tháng", *OUTREACH[2:]]
    rows = [[1, 5, 6, *LAST], [2, 5, 6, "Tập trung", TOPIC, "Cao Lâu", "Nà Mỏ", "#REF!"]]
    path = sheet(tmp_path, ["KẾT QUẢ NĂM 2023"], head, *rows)
    outcome, days = days_of(post_desk, path)
    assert days == [DAY]
    assert [(one.row.number, "#REF!" in one.reason) for one in outcome.refused] == [(4, True)]


SIGNERS = ["TT", "Họ và tên", "Thôn", "Xã"]
SIGNER = [1, "Nông Văn An", "Pò Mã", "Xuất Lễ"]
CARD = (["Số", "Ngày", "Nơi cấp"], ["020080012345", "1/2/2023", "Công an tỉnh"])
BIRTH = (["Ngày", "Tháng", "Năm"], [1, 2, 1980])


@pytest.mark.parametrize(("above", "below"), [("CCCD", CARD), ("Ngày sinh", BIRTH)])
@pytest.mark.parametrize("signed", [[], ["6/4/2023"]])
def test_the_day_of_a_card_or_of_a_birth_is_not_that_of_a_pledge(
    post_desk, tmp_path, above, below, signed
):
    headings, cells = below
    path = sheet(
        tmp_path,
        [*SIGNERS, above, None, None, *["Ngày ký" for _day in signed]],
        [None, None, None, None, *headings],
        [*SIGNER, *cells, *signed],
        merged=["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1", "H1:H2"],
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one["signed_on"] for one in records] == [datetime.date(2023, 4, 6) for _day in signed]
    (home,) = post_desk.lists.stream("household", Filter()) if signed else (None,)
    if home is not None and above == "CCCD":
        assert home.values["citizen_id"] == "020080012345"
    assert [one.row.number for one in outcome.refused] == ([] if signed else [3])
    assert not any("Có nhiều cột" in text for text in messages(outcome))


@pytest.mark.parametrize("second", ["16/9/2023", datetime.datetime(2023, 9, 16)])
@pytest.mark.parametrize("below", [[], [[None, None, None, None, "Lần 1", "Lần 2"]]])
def test_a_second_day_below_a_heading_is_no_month_of_the_first(post_desk, tmp_path, below, second):
    head = [*SIGNERS, "Ngày ký", None]
    path = sheet(tmp_path, head, *below, [*SIGNER, "15/3/2023", second], merged=["E1:F1"])
    outcome, (pledge,) = read(post_desk, "pledge", path, PROGRAMME)
    assert pledge["signed_on"] == datetime.date(2023, 3, 15)
    assert any("chưa được đọc: F" in text for text in messages(outcome))
    assert outcome.refused == []


@pytest.mark.parametrize("above", ["title", "line", "sheet"])
def test_a_day_of_another_month_than_is_said_above_it_is_told(post_desk, tmp_path, above):
    turned = datetime.datetime(2023, 5, 3)
    days = ["5/3/2023", turned, "15/4/2023", "20/2/2023", "5/2/2023"]
    title = ["KẾT QUẢ THÁNG 3 NĂM 2023" if above == "title" else "KẾT QUẢ"]
    line = [["Tháng 3 năm 2023"]] if above == "line" else []
    rows = [[number, day, *LAST] for number, day in enumerate(days)]
    path = sheet(tmp_path, title, OUTREACH, *line, *rows)
    if above == "sheet":
        book = openpyxl.load_workbook(path)
        book.active.title = "Tháng 3"
        book.save(path)
    outcome, _records = read(post_desk, "outreach", path)
    # A month of reports may begin in the middle of the one before.
    first = 4 if above == "line" else 3
    told = [numbers for doubt, numbers in outcome.doubts.items() if "another month" in doubt]
    assert told == [[first + 1, first + 2, first + 4]]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("LŨY KẾ ĐẾN HẾT THÁNG 6 NĂM 2023", []),
        ("KẾT QUẢ TÍNH ĐẾN THÁNG 6/2023", []),
        ("KẾT QUẢ THÁNG 6 VÀ LŨY KẾ TỪ ĐẦU NĂM 2023", [3]),
    ],
)
def test_the_last_of_several_months_is_not_that_of_every_row(post_desk, tmp_path, title, told):
    rows = [1, "5/1/2023", *LAST], [2, "5/6/2023", *LAST]
    outcome, _records = read(post_desk, "outreach", sheet(tmp_path, [title], OUTREACH, *rows))
    doubted = [rows for doubt, rows in outcome.doubts.items() if "another month" in doubt]
    assert doubted == ([told] if told else [])
