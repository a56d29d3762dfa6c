"""Visible content of spreadsheets: nothing cut or hidden, one table each, filters, headings, print
set-up.

Widths are measured with the font's glyphs, independently of the program's measuring.
"""

import datetime
import re
from decimal import Decimal
from functools import cache

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import MergedCell
from openpyxl.utils import column_index_from_string
from PIL import ImageFont

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import set_language
from borderdesk.base.paths import RESOURCES
from borderdesk.closing.editions import Signer
from borderdesk.closing.narratives import TaskAhead
from borderdesk.reports.blocks import Annex, Column, Heading, Paragraph, Row, Table
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS, write_report
from borderdesk.reports.workbooks.list_files import write_list
from borderdesk.reports.workbooks.sheet_names import SheetNames
from borderdesk.reports.workbooks.xlsx import write_xlsx
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store.lists.listing import Filter
from tests import papers
from tests.factories import example

LONG = (
    "Đoàn công tác kiểm tra đường biên, cột mốc từ mốc 1128 đến mốc 1131; phát hiện mốc 1129 bị"
    " nghiêng về phía ta, đề nghị cấp trên cho khắc phục trước mùa mưa. "
)
POINT = 96 / 72  # pixels
LEAST_PRINTED = 7


@cache
def font(bold):
    style = "Bold" if bold else "Regular"
    return ImageFont.truetype(str(RESOURCES / "fonts" / f"LiberationSerif-{style}.ttf"), 100)


def pixels(text, cell):
    return font(cell.font.b).getlength(text) * cell.font.sz * POINT / 100


def lines(text, room, cell):
    """The minimal number of lines in a program that breaks at spaces."""
    whole = 0
    for part in text.split("\n"):
        used, count = 0.0, 1
        for word in part.split(" "):
            width, space = pixels(word, cell), pixels(" ", cell)
            if used and used + space + width > room:
                count, used = count + 1, 0.0
            used = used + space + width if used else width
            while used > room:
                count, used = count + 1, used - room
        whole += count
    return whole


def shown(cell):
    """A figure as a program with Vietnamese locale shows it."""
    if isinstance(cell.value, datetime.datetime):
        return f"{cell.value:%d/%m/%Y}"
    found = re.search(r"0\.(0+)", cell.number_format)
    text = format_number(round(Decimal(str(cell.value)), len(found[1]) if found else 0))
    return text + "".join(re.findall(r'"([^"]*)"', cell.number_format))


def width_of(sheet, first, last):
    """The pixels of columns, without cell margins."""
    widths = {
        number: dimension.width
        for dimension in sheet.column_dimensions.values()
        for number in range(dimension.min, dimension.max + 1)
    }
    return sum(int(widths[number] * 7) for number in range(first, last + 1)) - 4


def faults(book):
    """Cells whose content is not completely visible, and sheets without print set-up."""
    found = [title for title in book.sheetnames if len(title) > 31]
    for sheet in book:
        merged = {str(area).split(":")[0]: area for area in sheet.merged_cells.ranges}
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is None or isinstance(cell, MergedCell):
                    continue
                area = merged.get(cell.coordinate)
                last = area.max_col if area else cell.column
                rows = range(cell.row, (area.max_row if area else cell.row) + 1)
                room = width_of(sheet, cell.column, last)
                if cell.data_type != "s":
                    bad = pixels(shown(cell), cell) > room
                elif cell.alignment.wrap_text:
                    height = sum(sheet.row_dimensions[row].height or 0 for row in rows)
                    bad = lines(cell.value, room, cell) * cell.font.sz * 1.15 > height + 1
                else:
                    bad = False
                if bad:
                    found.append((sheet.title, cell.coordinate, str(cell.value)[:40]))
        assert sheet.page_setup.paperSize in (9, "9")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        if printed(sheet) < LEAST_PRINTED - 0.01:
            found.append((sheet.title, printed(sheet)))
    return found


def printed(sheet):
    """The font size on paper in points, where a page has room for 100 characters (landscape 145);
    pages side by side repeat the columns that name a row."""
    page = 145 if sheet.page_setup.orientation == "landscape" else 100
    across = int(sheet.page_setup.fitToWidth or 1)
    widths = [width_of(sheet, at, at) / 7 for at in range(1, sheet.max_column + 1)]
    if max(widths) > page:
        return LEAST_PRINTED  # a text of thousands of letters, in as many lines as a row can show
    if across == 1:
        return 11 * min(1, page / max(sum(widths), 1))
    first, last = map(column_index_from_string, re.findall("[A-Z]+", sheet.print_title_cols))
    assert first == 1
    keys = sum(widths[:last])
    assert keys < page * 11 / LEAST_PRINTED / 2
    return 11 * min(1, page / ((sum(widths) - keys) / across + keys))


def tables(sheet):
    """The title rows: those with bold cells on grey."""
    return [
        line[0].row
        for line in sheet.iter_rows()
        if any(c.fill.fgColor.rgb == "FFE0E0E0" and c.value is not None for c in line)
    ]


def check(target):
    """Read a file back: nothing is cut, and each sheet has at most one table with filters."""
    book = openpyxl.load_workbook(target)
    assert faults(book) == []
    assert len({title.casefold() for title in book.sheetnames}) == len(book.sheetnames)
    for sheet in book:
        heads = tables(sheet)
        if not heads:
            continue
        assert heads in ([heads[0]], [heads[0], heads[0] + 1]), (sheet.title, heads)
        assert sheet.freeze_panes == f"A{heads[-1] + 1}"
        assert sheet.print_title_rows == f"${heads[0]}:${heads[-1]}"
        assert sheet.auto_filter.ref.startswith(f"A{heads[-1]}:")
        assert heads[0] <= 22, "the head fills the screen"
    return book


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=1),
    st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 1, 1)),
    st.sampled_from([LONG, LONG * 8, "=1+1", "Bản Phạc", "Mốc 1129\nMốc 1130\nMốc 1131", "凭祥"]),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), st.integers(0, 4), st.booleans())
def test_nothing_is_cut_whatever_a_sheet_holds(tmp_path_factory, rows, paragraphs, letter):
    target = tmp_path_factory.mktemp("x") / "a.xlsx"
    columns = (Column("Số đối tượng bị xử lý"), Column("TT", "number", 0.2), Column("%", over="So"))
    found = tuple(map(Row, rows))
    blocks = (
        *(Paragraph(LONG * 3) for _n in range(paragraphs)),
        Heading("Kết quả"),
        Table(columns, found),
        Paragraph("Ghi chú", "note"),
        Heading("Việc đang giải quyết"),
        Table((Column("TT", "number"), *columns), (*(Row((1, *cells)) for cells in rows),)),
    )
    changes = {} if letter else {"letter": None}
    write_xlsx(papers.document(*blocks, annexes=(), **changes), target)
    book = check(target)
    assert sum(bool(tables(sheet)) for sheet in book) == 2


def test_every_report_of_a_full_desk_is_whole(desk, tmp_path):
    for number in range(2):
        for kind in RECORD_TYPES:
            desk.records.add(kind, {**example(kind, number), "source_ref": LONG})
    desk.narratives.write_narrative(
        "2023-02", parts={"results": LONG * 20}, tasks=[TaskAhead("Phát quang"), TaskAhead(LONG)]
    )
    desk.closing.close_period("2023-02", number="1", signer=Signer("A"))
    desk.closing.note_printed("2023-02")
    desk.closing.amend_period("2023-02", None, LONG.strip())
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-02-03"})
    for name, kind in REPORTS.items():
        for period in ("2023-02", "2023", "2023-01-15..2023-02-14"):
            if name == "amendment" and period != "2023-02":
                continue
            target = tmp_path / f"{name}.xlsx"
            more = {"type": "patrol"} if kind.typed else {}
            if kind.annexed:
                more = {"annex_registers": ("patrol", "outreach"), "methods": True}
            write_report(desk, Request(name, period, **more), target)
            book = check(target)
            assert not [title for title in book.sheetnames if title.endswith("…")], name
    for kind in ALL_TYPES:
        target = tmp_path / f"{kind}.xlsx"
        write_list(desk, kind, Filter(), target, lambda *_counts: None)
        check(target)


def test_names_of_sheets_are_in_the_language_in_use(post_desk, tmp_path):
    set_language("en")
    for name in ("summary", "review", "coverage", "completeness"):
        write_report(post_desk, Request(name, "2023-12"), tmp_path / "a.xlsx")
        for title in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames:
            assert title.isascii(), title
            assert not title.endswith("…")


def test_rows_below_records_stand_on_sheets_of_their_own(desk, tmp_path):
    """The markers inspected, other places, lines and funders were missing."""
    sheets = {
        "patrol": ("Mốc đã kiểm tra", "1129", "Nghiêng về phía ta"),
        "outreach": ("Địa điểm khác", "Pò Mã", 40),
        "track": ("Đóng góp", "Hội Phụ nữ tỉnh", 20_000_000),
    }
    for kind, (title, *wanted) in sheets.items():
        record = desk.records.add(kind, example(kind)).id
        for target in (tmp_path / "list.xlsx", tmp_path / "register.xlsx"):
            if target.stem == "list":
                write_list(desk, kind, Filter(), target, lambda *_counts: None)
            else:
                write_report(desk, Request("register", "2023", type=kind), target)
            book = check(target)
            assert title in book.sheetnames
            told = [[c.value for c in line] for line in book[title].iter_rows()]
            row = next(line for line in told if wanted[0] in line)
            assert set(wanted) <= set(row)
            assert record in row or record.replace("-", "")[-8:] in row
            assert len(book.sheetnames) == 1 + len(RECORD_TYPES[kind].children())


def test_a_list_is_headed_by_the_issuing_body_and_has_no_empty_sheet(desk, tmp_path):
    raw = {**example("track"), "lines": [], "funders": []}
    desk.records.add("track", raw)
    write_list(desk, "track", Filter(), tmp_path / "list.xlsx", lambda *_counts: None)
    book = check(tmp_path / "list.xlsx")
    assert len(book.sheetnames) == 1
    told = [str(cell.value) for line in book.active.iter_rows(max_row=4) for cell in line]
    assert "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN" in told or "BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN" in told


def test_a_pledge_names_its_household_where_it_may_be_seen(desk, tmp_path):
    desk.records.add("pledge", example("pledge"))
    head = example("pledge")["household"]["head"]
    for target in (tmp_path / "list.xlsx", tmp_path / "register.xlsx"):
        if target.stem == "list":
            write_list(desk, "pledge", Filter(), target, lambda *_counts: None)
        else:
            write_report(desk, Request("register", "2023", type="pledge"), target)
        cells = [str(c.value) for s in check(target) for line in s.iter_rows() for c in line]
        assert any(head in cell for cell in cells)


def test_a_text_stays_a_text_when_its_cell_is_edited(tmp_path):
    target = tmp_path / "a.xlsx"
    write_xlsx(papers.document(Table((Column("x"),), (Row(("=1+1",)), Row(("Bản",))))), target)
    cells = {c.value: c for line in openpyxl.load_workbook(target).active.iter_rows() for c in line}
    assert cells["=1+1"].data_type == "s"
    assert cells["=1+1"].quotePrefix
    assert not cells["Bản"].quotePrefix


def test_a_row_that_comes_late_widens_its_column(tmp_path):
    target = tmp_path / "a.xlsx"
    rows = [*(Row((1, "x")) for _n in range(500)), Row((10**12, LONG * 25))]
    write_xlsx(papers.document(Table((Column("Số", "number"), Column("Nội dung")), rows)), target)
    check(target)


def test_names_of_sheets_are_whole_and_no_two_alike():
    names = SheetNames()
    assert names.give("Tổng hợp số liệu, tháng 12 năm 2023") == "Tổng hợp số liệu"
    assert names.give("tổng hợp số liệu") == "tổng hợp số liệu (2)"
    assert names.give("Sổ [a]: 1/2*?") == "Sổ a 1 2"
    assert names.give("Lượt người được tuyên truyền nhỏ lẻ", "Nhỏ lẻ") == "Nhỏ lẻ"
    assert names.give("Lượt người được tuyên truyền nhỏ lẻ") == "Lượt người được tuyên truyền…"
    assert names.give("") == "BorderDesk"


def test_charts_and_further_tables_of_an_annex_have_their_own_sheets(tmp_path):
    target = tmp_path / "a.xlsx"
    one, other = papers.charts()
    annex = Annex("Biểu đồ", (one, Paragraph("Giải thích"), Heading("Xã"), other))
    write_xlsx(papers.document(Paragraph("x"), annexes=(annex,)), target)
    book = check(target)
    assert len(book.sheetnames) == 3
    assert isinstance(book.worksheets[2]["B5"].value, str | int)


def test_each_month_of_completeness_names_its_sheet(post_desk, tmp_path):
    target = tmp_path / "a.xlsx"
    write_report(post_desk, Request("completeness", "2023"), target)
    assert openpyxl.load_workbook(target).sheetnames[1] == "Tháng 1 năm 2023"
