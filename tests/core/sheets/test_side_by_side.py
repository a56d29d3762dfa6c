"""Two or three tables side by side on a sheet."""

import pytest

from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import OUTREACH, PROGRAMME, TOPIC, homes, read, sheet

TITLE = ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"]
HEAD = ["TT", "Họ và tên", "Thôn", "Xã", "Ngày ký"]
PLACE = ["Nà Mỏ", "Cao Lâu"]
NAMES = ["Nông Văn An", "Lý Thị Hoa", "Vy Văn Long", "Hoàng Văn Bé", "Triệu Thị Lan"]


def person(number, day=5):
    return [number, NAMES[number - 1], *PLACE, f"{day}/3/2023"]


@pytest.mark.parametrize("write", [files.write_csv, files.write_openpyxl, files.write_ods])
@pytest.mark.parametrize("gap", [[], [""]])
def test_both_tables_are_read_the_left_one_first(post_desk, tmp_path, write, gap):
    blank = [""] * len(HEAD)
    rows = [
        [*person(1), *gap, *person(3)],
        [*person(2), *gap, *person(4)],
        [*blank, *gap, *person(5)],
    ]
    ending = write.__name__.removeprefix("write_").replace("openpyxl", "xlsx")
    path = write(tmp_path / f"l.{ending}", [TITLE, [*HEAD, *gap, *HEAD], *rows])
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (len(records), outcome.rows, outcome.table.ignored()) == (5, 5, [])
    assert sorted(homes(post_desk)) == sorted(NAMES)
    numbers = [one.row.number for one in outcome.shown["new"]]
    assert numbers == [3, 4, 3, 4, 5]
    assert any("Các bảng đặt cạnh nhau" in text for text in messages(outcome))
    again = post_desk.part(SheetImport).dry_run("pledge", path, SheetRequest(fixed=PROGRAMME))
    assert (again.accepted, again.same) == (0, 5)


def test_rows_of_the_right_table_are_refused_with_its_cells(post_desk, tmp_path):
    bad = [4, "Hoàng Văn Bé", *PLACE, "31/2/2023"]
    path = sheet(tmp_path, TITLE, [*HEAD, None, *HEAD], [*person(1), None, *bad], merged=("A1:K1",))
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    (refused,) = outcome.refused
    assert (refused.row.number, refused.row.cells[1]) == (3, "Hoàng Văn Bé")
    assert refused.row.place_in_sheet(1) == 7
    outcome.save_refused(tmp_path / "refused.xlsx")
    again, _records = read(post_desk, "pledge", tmp_path / "refused.xlsx", PROGRAMME)
    assert (again.rows, len(again.refused)) == (1, 1)


def test_a_formula_without_a_value_is_told_where_it_stands(post_desk, tmp_path):
    path = sheet(tmp_path, TITLE, [*HEAD, *HEAD], [*person(1), 2, "=1+1", *PLACE, "5/3/2023"])
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (len(records), len(outcome.refused)) == (1, 1)


def test_marks_and_merged_places_hold_within_their_table(post_desk, tmp_path):
    path = sheet(
        tmp_path, TITLE, [*HEAD, *HEAD],
        [*person(1), 3, NAMES[2], "Pò Phấy", "Cao Lâu", "6/3/2023"],
        [2, NAMES[1], None, '"', '"', 4, NAMES[3], None, '"', '"'],
        merged=("C3:C4", "H3:H4"),
    )  # fmt: skip
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one["signed_on"].day for one in records] == [5, 5, 6, 6]
    assert {name: hamlet for name, (_commune, hamlet) in homes(post_desk).items()} == dict(
        zip(NAMES[:4], ["Nà Mỏ", "Nà Mỏ", "Pò Phấy", "Pò Phấy"], strict=True)
    )
    assert outcome.accepted == 4


def test_columns_that_come_again_within_a_table_are_no_second_one(post_desk, tmp_path):
    row = [1, "5/1/2023", "Tập trung", TOPIC, *reversed(PLACE), 40, "Xuất Lễ", "A", 3]
    path = sheet(tmp_path, TITLE, [*OUTREACH, "Xã", "Thôn", "Lượt người"], row)
    outcome, _records = read(post_desk, "outreach", path)
    assert (outcome.table.beside, outcome.accepted) == (None, 1)
