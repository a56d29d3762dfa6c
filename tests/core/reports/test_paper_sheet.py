"""The report as a spreadsheet: the same blocks, annexes as further sheets, working links."""

import openpyxl
import pytest

from borderdesk.reports.blocks import (
    Annex,
    Chart,
    Column,
    LinkedValue,
    MarkedValue,
    Row,
    Series,
    Table,
)
from borderdesk.reports.workbooks.xlsx import write_xlsx
from tests import papers


@pytest.fixture
def book(tmp_path):
    def made(document):
        target = tmp_path / "a.xlsx"
        write_xlsx(document, target)
        return openpyxl.load_workbook(target)

    return made


def texts(sheet):
    return [cell.value for line in sheet.iter_rows() for cell in line if cell.value is not None]


def test_letter_above_and_below(book):
    sheet = book(papers.document()).worksheets[0]
    told = texts(sheet)
    order = [
        "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN", "ĐỒN BIÊN PHÒNG CỬA KHẨU QUỐC TẾ HỮU NGHỊ",
        "Số: 05/BC-ĐBPHN", "Lạng Sơn, ngày 05 tháng 01 năm 2024", "BÁO CÁO",
        "Kính gửi: Bộ Chỉ huy BĐBP tỉnh Lạng Sơn; Ủy ban nhân dân huyện Cao Lộc",
        "I. Tình hình chung", "II. Kết quả", "1. Tuần tra", "a) Đơn phương",
        "Xem trang tính “Số liệu trong kỳ”.",
        "KT. ĐỒN TRƯỞNG", "Trung tá Nông Văn Ổn", "Nơi nhận:", "- Lưu: VT, VĐQC.", papers.CODE,
    ]  # fmt: skip
    places = [told.index(words) for words in order]
    assert places == sorted(places)


def test_every_annex_has_a_sheet_of_its_own(book):
    made = book(papers.document())
    assert made.sheetnames == [
        "Tổng hợp số liệu", "Số liệu trong kỳ", "Phụ lục I Sổ tuần tra", "Phụ lục II Biểu đồ",
        "Phát quang và tuyên truyền…",
    ]  # fmt: skip
    assert made.active.title == "Số liệu trong kỳ"
    annex = made.worksheets[2]
    assert annex.page_setup.orientation == "landscape"
    figures = [line[2].value for line in annex.iter_rows() if isinstance(line[2].value, int)]
    assert figures == list(range(1001, 1061))
    same = book(papers.document(annexes=(Annex("x", ()), Annex("x", (), anchor="register"))))
    assert len(set(same.sheetnames)) == 4


def test_a_figure_leads_to_its_annex_and_stays_a_figure(book):
    sheet = book(papers.document()).active
    linked = [cell for line in sheet.iter_rows() for cell in line if cell.hyperlink]
    assert [cell.value for cell in linked] == list(range(1001, 1013))
    for cell in linked:
        assert cell.data_type == "n"
        assert cell.hyperlink.location == "'Phụ lục I Sổ tuần tra'!A1"


def test_marks_stay_beside_linked_figures(book):
    rows = (Row(("x", LinkedValue(MarkedValue(37, "†"), "register"))),)
    columns = (Column("Chỉ tiêu"), Column("Số", "number"))
    sheet = book(papers.document(Table(columns, rows))).worksheets[0]
    (cell,) = [c for line in sheet.iter_rows() for c in line if c.value == 37]
    assert cell.number_format == '#,##0"†"'
    assert cell.hyperlink


def test_titles_of_two_levels_are_merged(book):
    sheet = book(papers.document(papers.table(2))).worksheets[0]
    over = next(c for line in sheet.iter_rows() for c in line if c.value == "So với cùng kỳ")
    assert sheet.cell(over.row + 1, over.column).value == "+/−"
    assert sheet.cell(over.row + 1, over.column + 1).value == "%"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"D{over.row}:E{over.row}" in merged
    assert f"A{over.row}:A{over.row + 1}" in merged
    assert sheet.freeze_panes == f"A{over.row + 2}"
    assert sheet.print_title_rows == f"${over.row}:${over.row + 1}"


def test_a_chart_is_a_table_of_its_figures(book):
    chart = Chart("Theo tháng", ("T1", "T2"), (Series("Năm nay", (7, None)),
                  Series("Nhịp", (35, 35), "pace")), unit="lần")  # fmt: skip
    sheet = book(papers.document(chart, annexes=())).worksheets[0]
    found = [[cell.value for cell in line[:3]] for line in sheet.iter_rows()]
    at = found.index(["lần", "Năm nay", "Nhịp"])
    assert found[at - 1][0] == "Theo tháng"
    assert found[at + 1 : at + 3] == [["T1", 7, 35], ["T2", None, 35]]


def test_the_same_document_the_same_figures_twice(tmp_path):
    one, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_xlsx(papers.document(), one)
    write_xlsx(papers.document(), other)
    first, second = openpyxl.load_workbook(one), openpyxl.load_workbook(other)
    for sheet in first.sheetnames:
        assert texts(first[sheet]) == texts(second[sheet])
