"""The first rows of a large list, previewed before the rest is read."""

import zipfile
from pathlib import Path

import pytest

from borderdesk.base.errors import OperationStopped
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources.file_formats import format_of
from borderdesk.sheets.sources.workbook_head import ROWS, head_of
from borderdesk.sheets.sources.workbook_source import WorkbookSource, open_sheet
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
HEAD = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký", "Ghi chú"]
PROGRAMME = SheetRequest(fixed={"programme": "Khu vực biên giới"})


@pytest.mark.parametrize(
    "name",
    ["pledges.xlsx", "pledges_vntime.xlsx", "calc.xlsx", "pledges_odfpy.ods"],
)
def test_the_first_rows_are_those_of_the_whole_file(name):
    path = DATA / name
    head = head_of(path, format_of(path), 0, large=0)
    assert head is not None
    source, whole = WorkbookSource(head, format_of(path), None), open_sheet(path)
    assert source.names == whole.names
    rows = [list(row.cells) for row in whole.rows()]
    assert [list(row.cells) for row in source.rows()] == rows[:ROWS]
    assert (source.hidden, source.faults) == (whole.hidden, whole.faults)
    fonts, others = source.fonts(), whole.fonts()
    assert (fonts is None) == (others is None)
    assert list(fonts or ()) == list(others or ())


def test_a_file_that_cannot_be_cut_is_left_to_the_reader_of_the_whole(tmp_path):
    assert head_of(DATA / "pledges.xlsx", "xlsx", 0) is None
    assert head_of(DATA / "pledges.xlsx", "xlsx", 7, large=0) is None
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    assert head_of(broken, "xlsx", 0, large=0) is None


def test_of_a_large_list_the_first_rows_are_tried_and_nothing_is_saved(post_desk, tmp_path):
    note = "ghi chú dài " * 200
    rows = [
        [n, f"Nông Văn {n}", "Mẫu Sơn", "Co Loi", "", "1/2/2023", note] for n in range(1, 2_001)
    ]
    path = files.write_csv(tmp_path / "l.csv", [HEAD, *rows], ";")
    outcome = post_desk.sheets.first_rows("pledge", path, PROGRAMME)
    assert outcome.rows == ROWS - 1
    assert not list(post_desk.lists.stream("pledge", Filter()))
    assert post_desk.sheets.first_rows("pledge", DATA / "calc.csv", PROGRAMME) is None


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_a_list_is_left_while_it_is_opened(post_desk, tmp_path, name):
    write = files.write_csv if name.endswith("csv") else files.write_openpyxl
    path = write(tmp_path / name, [["Chủ hộ", "Xã", "Thôn"], ["Nông Văn An", "Cao Lâu", "Nà Mỏ"]])
    seen = []

    def stop(done, _total):
        seen.append(done)
        raise OperationStopped

    with pytest.raises(OperationStopped):
        post_desk.sheets.import_sheet("household", path, SheetRequest(), stop)
    # No row was read yet, and nothing is cached.
    assert seen == [0]
    assert post_desk.lists.count("household", Filter()) == 0
    assert post_desk.sheets.import_sheet("household", path, SheetRequest()).accepted == 1
