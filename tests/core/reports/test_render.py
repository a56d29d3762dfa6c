"""Reports on paper and in spreadsheets: real files, read back by other programs."""

import datetime
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base import i18n
from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number, format_percent
from borderdesk.reports.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    MarkedValue,
    Paragraph,
    Row,
    Table,
)
from borderdesk.reports.paper.faces import printable
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.workbooks.sheet_names import sheet_name
from borderdesk.reports.workbooks.xlsx import write_xlsx

BANNER = "SỐ LIỆU GIẢ ĐỊNH – dữ liệu trình diễn"
LONG = "Tập thể đăng ký phối hợp tham gia quản lý đường biên, cột mốc"
COLUMNS = (
    Column("TT", weight=0.6, align="center"),
    Column("Chỉ tiêu", weight=3),
    Column("Trong tháng", "number"),
    Column("% kế hoạch", "percent"),
    Column("Ngày", "date", 1.2),
)
DAY = datetime.date(2024, 1, 5)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = i18n.language()
    i18n.set_language("en")
    yield
    i18n._in_use.lang, i18n._in_use.catalogue = before, None


def table(count: int) -> Table:
    rows = [Row(("I. Đường biên, cột mốc",), "group")]
    rows += [
        Row((number, LONG, 1000 + number, Decimal(number) / 8, DAY))
        for number in range(1, count + 1)
    ]
    rows.append(Row((None, "Cộng", MarkedValue(3848), Decimal("12.45"), None), "total"))
    return Table(COLUMNS, rows)


def document(
    *blocks: Block, lang: str = "vi", banner: str | None = BANNER, landscape: bool = False
) -> Document:
    return Document(
        title="Tổng hợp tháng 6",
        subtitle=("Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị",),
        blocks=blocks,
        issuer="Bộ Chỉ huy",
        lang=lang,
        author="Nguyễn Văn Ổn",
        subject="Báo cáo tháng",
        banner=banner,
        footer="Bản số liệu 3f9a2c",
        landscape=landscape,
    )


def pages_of(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as opened:
        return [page.get_textpage().get_text_bounded() for page in opened]


def tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def test_every_word_can_be_copied_out(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    shown = table(3)
    blocks = (Heading("II. Nhận xét"), Paragraph("Ẵm ỡm Ậ ỹ đ", "warning"), shown)
    assert write_pdf(document(*blocks), target) == 1
    expected = [
        BANNER,
        "BỘ CHỈ HUY TỔNG HỢP THÁNG 6 Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị",
        "II. Nhận xét Ẵm ỡm Ậ ỹ đ TT Chỉ tiêu Trong tháng % kế hoạch Ngày",
        "I. Đường biên, cột mốc",
        f"1 {LONG} 1.001 0,1 % 05/01/2024 2 {LONG} 1.002 0,3 % 05/01/2024",
        f"3 {LONG} 1.003 0,4 % 05/01/2024 Cộng 3.848* 12,5 %",
        "Bản số liệu 3f9a2c Trang 1/1",
    ]
    words = tool("pdftotext", "-layout", str(target), "-").split()
    assert Counter(words) == Counter(" ".join(expected).split())


def test_decomposed_text_is_printed_composed(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    rows = [Row((1, unicodedata.normalize("NFD", "Hữu Nghị"), None, None, None))]
    write_pdf(document(Table(COLUMNS, rows)), target)
    assert "Hữu Nghị" in pages_of(target)[0].replace("cửa khẩu quốc tế Hữu Nghị", "")


def test_only_our_fonts_and_embedded(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_pdf(document(Paragraph("x", "note"), table(2)), target)
    named = set(re.findall(rb"/BaseFont /(\S+)", target.read_bytes()))
    assert named
    assert all(re.fullmatch(rb"[A-Z]{6}\+LiberationSerif\S*", name) for name in named)
    assert b"Helvetica" not in target.read_bytes()
    for line in tool("pdffonts", str(target)).splitlines()[2:]:
        assert re.match(r"[A-Z]{6}\+LiberationSerif", line)
        assert re.search(r"yes yes yes", line), line


def test_head_banner_and_number_on_every_page(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    done: list[int] = []
    count = write_pdf(document(table(90)), target, page_done=done.append)
    pages = pages_of(target)
    assert count == len(pages) > 2
    assert done == list(range(1, count + 1))
    for number, text in enumerate(pages, 1):
        assert all(words in text for words in (BANNER, "kế hoạch", "Chỉ tiêu"))
        assert f"Trang {number}/{count}" in text
        assert "Bản số liệu 3f9a2c" in text
    assert "1.090" in pages[-1]
    assert "Cộng" in pages[-1]


def test_english_page_numbers_and_figures(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_pdf(document(table(1), lang="en"), target)
    (text,) = pages_of(target)
    assert "1,001" in text
    assert "Page 1/1" in text


def test_rows_are_whole_and_groups_stay_with_their_first_row(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    rows = []
    for number in range(60):
        rows.append(Row((f"Nhóm {number}",), "group"))
        rows.append(Row((number, f"đầu{number} {LONG} cuối{number}", 1, None, None)))
    write_pdf(document(Table(COLUMNS, rows)), target)
    pages = pages_of(target)
    for number in range(60):
        found = [
            next(place for place, text in enumerate(pages) if re.search(rf"{word}\b", text))
            for word in (f"Nhóm {number}", f"đầu{number}", f"cuối{number}")
        ]
        assert len(set(found)) == 1, (number, found)


def test_a_row_higher_than_a_page_goes_on(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    text = " ".join(f"chữ{number}" for number in range(2000))
    write_pdf(document(Table(COLUMNS, [Row((1, text, 2, None, DAY))])), target)
    whole = " ".join(" ".join(pages_of(target)).split())
    assert len(pages_of(target)) > 2
    assert all(f"chữ{number}" in whole for number in range(2000))


def test_a_stream_of_rows_and_an_empty_table(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    stream = (Row((number, "x", number, None, None)) for number in range(100))
    assert write_pdf(document(Table(COLUMNS, stream), landscape=True), target) > 1
    assert write_pdf(document(Table(COLUMNS, [])), target) == 1
    assert "Chỉ tiêu" in pages_of(target)[0]


def test_a_figure_wider_than_its_column_is_not_cut(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    rows = [Row((1, "x", 10**24, None, None))]
    write_pdf(document(Table(COLUMNS, rows)), target)
    assert format_number(10**24) in pages_of(target)[0]


def test_a_row_with_a_cell_too_few_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 cells for 5 columns"):
        write_pdf(document(Table(COLUMNS, [Row((1, "x"))])), tmp_path / "a.pdf")


def test_same_document_same_bytes_and_no_date(tmp_path: Path) -> None:
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    write_pdf(document(table(40)), first)
    write_pdf(document(Paragraph("đổi chữ"), table(2)), second)
    write_pdf(document(table(40)), second)
    assert first.read_bytes() == second.read_bytes()
    assert b"CreationDate" not in first.read_bytes()


def test_properties(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_pdf(document(), target)
    with pypdfium2.PdfDocument(target) as opened:
        found = opened.get_metadata_dict()
    assert found["Title"] == "Tổng hợp tháng 6"
    assert (found["Author"], found["Subject"]) == ("Nguyễn Văn Ổn", "Báo cáo tháng")
    assert b"/Lang (vi)" in target.read_bytes()


def test_all_vietnamese_letters_are_in_the_fonts() -> None:
    tones = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    letters = [vowel + tone for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in tones]
    text = "".join(letters) + "đĐ₫“”–…·±×−"
    assert printable(text) == unicodedata.normalize("NFC", text)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(UserError, match=r"no room left to save a\.pdf") as caught:
            write_pdf(document(table(5)), target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Nothing was changed." in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    assert target.read_bytes() == b"old"


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows when the old file is open: replacing it is refused."""

    def refuse(*_paths: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "replace", refuse)
    for write in (write_pdf, write_xlsx):
        with pytest.raises(UserError, match="may not be written"):
            write(document(table(1)), tmp_path / "a.out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_nobody_may_write_in() -> None:
    """The kernel's own folder refuses even the administrator."""
    folder = Path("/sys")
    before = sorted(folder.iterdir())
    with pytest.raises(UserError, match="may not be written"):
        write_pdf(document(), folder / "a.pdf")
    assert sorted(folder.iterdir()) == before


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        write_pdf(document(), tmp_path / "none" / "a.pdf")
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(UserError):
        write_xlsx(document(), tmp_path / "a.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def sheet_of(path: Path) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(path).active


def test_sheet_has_real_numbers_and_dates(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    write_xlsx(document(table(2)), target)
    sheet = sheet_of(target)
    assert sheet["A1"].value == BANNER
    values = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = values.index([column.title for column in COLUMNS])
    assert sheet.freeze_panes == f"A{head + 2}"
    assert values[head + 1] == ["I. Đường biên, cột mốc", None, None, None, None]
    assert values[head + 2] == [1, LONG, 1001, 0.125, datetime.datetime(2024, 1, 5)]
    assert values[head + 4] == [None, "Cộng", 3848, 12.45, None]
    formats = [cell.number_format for cell in sheet[head + 3]]
    assert formats == ["0", "General", "#,##0", '0.0" %"', "dd/mm/yyyy"]
    assert sheet.cell(head + 5, 3).number_format == '#,##0"*"'


@pytest.mark.parametrize(
    "start", ["=1+1", "+84 912", "-5", "@SUM(A1)", "\t=1", "http://a.vn", "007"]
)
def test_sheet_text_stays_text(tmp_path: Path, start: str) -> None:
    target = tmp_path / "a.xlsx"
    cells: tuple[Cell, ...] = (1, start, start, None, None)
    row = Row(cells)
    made = document(Paragraph(start), Heading(start), Table(COLUMNS, [row]), banner=start)
    write_xlsx(made, target)
    found = [cell for line in sheet_of(target).iter_rows() for cell in line if cell.value == start]
    assert len(found) == 5
    assert {cell.data_type for cell in found} == {"s"}


def test_sheet_refuses_text_it_would_cut(tmp_path: Path) -> None:
    rows = [Row((1, "x" * 40_000, 1, None, None))]
    with pytest.raises(UserError, match="does not fit"):
        write_xlsx(document(Table(COLUMNS, rows)), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=60))
def test_sheet_names_are_valid(title: str) -> None:
    name = sheet_name(title)
    assert 1 <= len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")


@given(st.integers(), st.sampled_from(["vi", "en"]))
def test_grouping_can_be_read_back(value: int, lang: str) -> None:
    mark = "." if lang == "vi" else ","
    shown = format_number(value, lang)
    assert int(shown.replace(mark, "")) == value
    assert re.fullmatch(rf"-?\d{{1,3}}(\{mark}\d{{3}})*", shown)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_decimals_are_all_kept(value: Decimal) -> None:
    shown = format_number(value)
    assert Decimal(shown.replace(".", "").replace(",", ".")) == value
    assert "," not in shown or shown[-1] != "0"
    assert shown != "-0"


@pytest.mark.parametrize(
    ("value", "number", "percent"),
    [
        (3848, "3.848", "3.848,0 %"),
        (Decimal("12.50"), "12,5", "12,5 %"),
        (Decimal("12.45"), "12,45", "12,5 %"),
        (Decimal("-0.04"), "-0,04", "0,0 %"),
        (Decimal("-0.05"), "-0,05", "-0,1 %"),
        (Decimal("1E+3"), "1.000", "1.000,0 %"),
        (Decimal("-0.00"), "0", "0,0 %"),
    ],
)
def test_figures_as_written_in_vietnam(value: Decimal, number: str, percent: str) -> None:
    assert (format_number(value), format_percent(value)) == (number, percent)


def test_dates_and_what_is_no_figure() -> None:
    assert format_date(DAY) == "05/01/2024"
    with pytest.raises(ValueError, match="NaN"):
        format_number(Decimal("NaN"))
