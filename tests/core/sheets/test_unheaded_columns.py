"""A heading above several columns, in files without merged cells: the cell contents decide, and
columns that stay unclear are left out, which is reported."""

import datetime

import pytest

from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

TITLE = ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"]
FIRST = ["TT", "Họ tên chủ hộ", "Xã", "Thôn"]
HOMES = [["Nông Văn An", "Mẫu Sơn", "Nà Mỏ"], ["Lý Thị Hoa", "Mẫu Sơn", "Nà Mỏ"]]
DAYS = [datetime.date(2023, 3, 5), datetime.date(2023, 12, 15)]
FORMATS = {
    "list.csv": files.write_csv,
    "list.xlsx": files.write_openpyxl,
    "list.ods": files.write_ods,
}


def written(tmp_path, name, head, *rows):
    numbered = [[n, *row] for n, row in enumerate(rows, start=1)]
    return FORMATS[name](tmp_path / name, [TITLE, *head, *numbered])


def with_days(heading, *days, behind=()):
    """The headings, with blank ones after that of the date, and rows with these dates."""
    blank = [""] * (len(days[0]) - 1)
    head = [*FIRST, heading, *blank, *(["Người làm chứng"] if behind else [])]
    return head, *([*home, *day, *behind] for home, day in zip(HOMES, days, strict=True))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("behind", [(), ("Hoàng Văn B",)])
@pytest.mark.parametrize(
    "days",
    [
        [[5, 3, 2023], [15, 12, 2023]],
        [["05", "03", "23"], ["15", "12", "23"]],
        [["ngày 5", "tháng 3", "năm 2023"], ["ngày 15", "tháng 12", "năm 2023"]],
        # The year is the title's.
        [[5, 3], [15, 12]],
    ],
)
def test_a_day_below_one_heading_is_read_in_every_format(post_desk, tmp_path, name, behind, days):
    head, *rows = with_days("Ngày tháng năm", *days, behind=behind)
    outcome, records = read(post_desk, "pledge", written(tmp_path, name, [head], *rows), PROGRAMME)
    assert [one["signed_on"] for one in records] == DAYS
    assert {one.get("witness") for one in records} == {*behind} or {None}
    assert any("theo nội dung các ô: F → Ngày ký: tháng" in text for text in messages(outcome))


@pytest.mark.parametrize("name", FORMATS)
def test_sub_headings_below_an_unmerged_one_are_read(post_desk, tmp_path, name):
    head = [*FIRST, "Ngày tháng năm", "", ""]
    below = ["", "", "", "", "Ngày", "Tháng", "Năm"]
    rows = [[*home, day.day, day.month, day.year] for home, day in zip(HOMES, DAYS, strict=True)]
    path = written(tmp_path, name, [head, below], *rows)
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one["signed_on"] for one in records] == DAYS
    assert not any("không có tiêu đề" in text for text in messages(outcome))


@pytest.mark.parametrize(
    "days",
    [
        # Two days beside one another, and figures that are no day.
        [[5, 3, "6/3/2023"], [15, 12, "7/3/2023"]],
        [[5, 13, 2023], [15, 32, 2023]],
    ],
)
def test_figures_that_are_no_day_are_not_put_together(post_desk, tmp_path, days):
    head, *rows = with_days("Ngày ký", *days)
    path = written(tmp_path, "list.csv", [head], *rows)
    outcome = post_desk.part(SheetImport).dry_run("pledge", path, SheetRequest(fixed=PROGRAMME))
    year_read = [column.key for column in outcome.table.columns].count("signed_on+year")
    assert (outcome.accepted, year_read) == (2 if days[0][1] == 3 else 0, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_below_one_heading_is_whole(post_desk, tmp_path, name):
    head = ["TT", "Họ và tên", "", "Xã", "Thôn", "Ngày ký"]
    rows = [
        ["Nông Văn", "An", "Mẫu Sơn", "Nà Mỏ", "5/3/2023"],
        ["Lý Thị", "Hoa", "Mẫu Sơn", "Nà Mỏ", "15/12/2023"],
    ]
    _outcome, records = read(post_desk, "pledge", written(tmp_path, name, [head], *rows), PROGRAMME)
    assert [one["signed_on"] for one in records] == DAYS
    assert {*homes(post_desk)} == {"Nông Văn An", "Lý Thị Hoa"}


def test_what_stands_beside_whole_names_is_left_out_and_told(post_desk, tmp_path):
    head = ["TT", "Họ và tên", "", "Xã", "Thôn", "Ngày ký"]
    rows = [[HOMES[0][0], "Tày", *HOMES[0][1:], "5/3/2023"],
            [HOMES[1][0], "Nùng", *HOMES[1][1:], "6/3/2023"]]  # fmt: skip
    path = written(tmp_path, "list.csv", [head], *rows)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert {*homes(post_desk)} == {"Nông Văn An", "Lý Thị Hoa"}
    assert [text for text in messages(outcome) if "không có tiêu đề" in text] == [
        "Các cột không có tiêu đề nhưng có chữ hoặc ngày, chưa được đọc: C."
    ]


@pytest.mark.parametrize(
    "places", [("Nà Mỏ", "Mẫu Sơn"), ("xã Mẫu Sơn", "Nà Mỏ"), ("Thôn Nà Mỏ", "Xã Mẫu Sơn")]
)
def test_an_address_in_two_columns_is_hamlet_and_commune(post_desk, tmp_path, places):
    head = ["TT", "Họ và tên", "Địa chỉ", "", "Ngày ký"]
    rows = [[home[0], *places, "5/3/2023"] for home in HOMES]
    path = written(tmp_path, "list.xlsx", [head], *rows)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert outcome.accepted == 2
    assert {commune for commune, _hamlet in homes(post_desk).values()} == {"06238-2023"}


def test_what_a_person_says_of_such_a_column_counts(post_desk, tmp_path):
    head, *rows = with_days("Ngày ký", [5, 3, 2023], [15, 12, 2023])
    path = written(tmp_path, "list.csv", [head], *rows)
    part = post_desk.part(SheetImport)
    for mapping, accepted in (({"F": "-", "G": "-"}, 0), ({"G": "signed_on+year"}, 2)):
        request = SheetRequest(fixed=PROGRAMME, mapping=mapping)
        assert part.dry_run("pledge", path, request).accepted == accepted


def test_refused_rows_are_read_again_as_the_list_was(post_desk, tmp_path):
    head, *rows = with_days("Ngày ký", [5, 3, 2023], [31, 2, 2023])
    path = written(tmp_path, "list.csv", [head], *rows, ["Vy Văn Ba", *HOMES[0][1:], 6, 3, 2023])
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (len(records), len(outcome.refused)) == (2, 1)
    outcome.save_refused(tmp_path / "refused.xlsx")
    again, _records = read(post_desk, "pledge", tmp_path / "refused.xlsx", PROGRAMME)
    assert [one.reason for one in again.refused] == [one.reason for one in outcome.refused]


@pytest.mark.parametrize("merged", [("B1:C1",), ()])
@pytest.mark.parametrize(
    ("halves", "taken"),
    [(("020080", "012345"), "020080012345"), (("020", 180012345), "020180012345"),
     (("020080012345", "10/5/2021"), None)],
)  # fmt: skip
def test_an_id_in_two_columns_is_one(post_desk, tmp_path, merged, halves, taken):
    head = ["Họ tên", "Số CCCD", None, "Thôn", "Xã", "Ngày ký"]
    row = ["Nông Văn Bình", *halves, "Pò Mã", "Xuất Lễ", "12/3/2023"]
    path = sheet(tmp_path, head, row, merged=merged)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    (home,) = post_desk.lists.stream("household", Filter())
    if taken is None:
        # A date behind it is no part of the ID number.
        assert home.values["citizen_id"] == halves[0]
    else:
        assert (home.values["citizen_id"], outcome.accepted) == (taken, 1)
