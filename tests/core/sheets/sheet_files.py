"""Spreadsheets written by other libraries, for the tests of their import."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from openpyxl.styles import Font

from borderdesk.base.legacy_text import TCVN3, VNI

Rows = Iterable[Sequence[Any]]
"""Values of any kind that a cell can hold, by rows."""

TO_TCVN3 = {letter: chr(code) for code, letter in TCVN3.items()}
TO_VNI = {letter: code for code, letter in reversed([*VNI.items()])}


def as_tcvn3(text: str) -> str:
    """Text in TCVN3; capitals with accents have no code and become small letters."""
    return "".join(TO_TCVN3.get(c) or TO_TCVN3.get(c.lower(), c) for c in text)


def as_vni(text: str) -> str:
    return "".join(TO_VNI.get(c, c) for c in text)


def write_openpyxl(
    path: Path, rows: Rows, font: str | None = None, text: Callable[[str], str] = str
) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = page.cell(number, place, text(value) if isinstance(value, str) else value)
            if font:
                cell.font = Font(name=font)
    book.save(path)
    return path


def write_xlsxwriter(path: Path, rows: Rows, **options: Any) -> Path:
    book = xlsxwriter.Workbook(path, options)
    page = book.add_worksheet()
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if hasattr(value, "year"):
                page.write_datetime(number, place, value, day)
            elif isinstance(value, str):
                page.write_string(number, place, value)
            elif value is not None:
                page.write(number, place, value)
    book.close()
    return path


def _shown(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if hasattr(value, "year") else "" if value is None else str(value)


def write_csv(
    path: Path, rows: Rows, separator: str = ",", charset: str = "utf-8", first: str = ""
) -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([_shown(value) for value in row] for row in rows)
    path.write_bytes((first + out.getvalue()).encode(charset))
    return path


def write_ods(path: Path, rows: Rows) -> Path:
    lines = []
    for row in rows:
        cells = []
        for value in row:
            if hasattr(value, "year"):
                kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
            elif isinstance(value, int | float):
                kind = f'office:value-type="float" office:value="{value}"'
            elif not value:
                cells.append("<table:table-cell/>")
                continue
            else:
                kind = 'office:value-type="string"'
            shown = escape(_shown(value))
            cells.append(f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>")
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return write_ods_content(path, "".join(lines))


def write_ods_content(path: Path, rows: str) -> Path:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        f' xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0"'
        f' xmlns:text="{names}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>'
        f'<table:table table:name="DS">{rows}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest='
        f'"{names}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
        '"application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry'
        ' manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


SHEET_START = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns='
    '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"


def write_xlsx_sheet(path: Path, sheet_xml: str) -> Path:
    """A workbook whose only sheet is this XML."""
    base = io.BytesIO()
    openpyxl.Workbook().save(base)
    with zipfile.ZipFile(base) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet_xml if name.endswith("sheet1.xml") else old.read(name))
    return path


def write_sheets(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook of several sheets: {name: rows}."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def opened(path: Path) -> Any:
    """The first sheet of a workbook."""
    return openpyxl.load_workbook(path).worksheets[0]
