"""A scan of the parts of an .xlsx or .ods file before a library reads them whole.

Files that would make the reading library allocate gigabytes (a lone cell at the far corner, rows
repeated a million times, archive bombs) are refused, a megabyte at a time. In the same pass the
scan collects facts that the library does not report: hidden rows, errors, formulas without a value.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.legacy_text import encoding_of_font
from borderdesk.base.progress import Progress, no_progress
from borderdesk.sheets.sources.cells import CellFault, FontRun, column_number
from borderdesk.sheets.sources.file_formats import FileFormat, damaged, too_large
from borderdesk.sheets.sources.inline_runs import inline_runs
from borderdesk.sheets.sources.number_formats import ShownUnit, unit_styles
from borderdesk.sheets.sources.struck_cells import (
    has_ods_style,
    struck_ods_styles,
    struck_styles,
    styled_cells,
)

MOST_CELLS = 28_000_000
"""The limit of cells of a sheet, blank ones inside it counted, which takes some 0.7 GB to read."""
MOST_UNITS = 1_000_000
"""The limit of figures whose format shows a unit, each kept with its place: some 130 MB."""
MOST_PART_BYTES = 512 * 1024 * 1024
MOST_TEXT_BYTES = 256 * 1024 * 1024
_MOST_SMALL = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_NEAR = 64 * 1024
"""So many bytes at the end of a piece hold its last rows."""

_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_SPAN = re.compile(rb"\b(min|max)=[\"'](\d{1,5})[\"']")
_COMMENTS = re.compile(r"xl/(?:worksheets/)?(?:threadedC|c)omments[^/]*(?:/[^/]*)?\.xml\Z")
MOST_HIDDEN_COLUMNS = 100
"""The limit of hidden columns that are named: a single span may cover the rest of the sheet."""
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*>")
_FAR = re.compile(
    rb"<(?:\w+:)?c\b[^<>]*?\br=[\"']([A-Z]{2,3})\d+[\"'][^<>]*>\s*<(?:\w+:)?(?:v|is|f)\b"
)
_BEYOND_Z = re.compile(rb"r=[\"'][A-Z]{2}")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^<>]*\bt=[\"']e[\"'])[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*>"
    rb"(?:(?!</?(?:\w+:)?c\b).){0,4096}?<(?:\w+:)?v>([^<]{0,20})",
    re.DOTALL,
)
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\b[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*>\s*"
    rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]{0,8192}</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_RUN_FONT = re.compile(rb"<(?:\w+:)?rFont\b[^<>]*?\bval=[\"']([^\"']{1,80})[\"']")
_MACROS = re.compile(r"(?:xl/vbaProject\.bin|xl/macrosheets/.|Basic/.+/.|Scripts/.)", re.IGNORECASE)
_OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_MOST_FAULTS = 100_000
_ODS_ROWS_REPEATED = re.compile(rb"number-rows-repeated=[\"'](\d{1,9})[\"']")
_ODS_REPEATED = re.compile(rb"number-columns-repeated=[\"'](\d{1,9})[\"']")
_ODS_SPANNED = re.compile(rb"number-(rows|columns)-spanned=[\"'](\d{1,7})[\"']")
_ODS_HIDDEN = re.compile(rb"visibility=[\"'](?:collapse|filter)[\"']")
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^<>]*?)(/?)>")
_ODS_ROW = re.compile(rb"<table:table-row\b([^<>]*?)/?>")
_ODS_ROW_START = re.compile(rb"(?=<table:table-row\b)")
BROKEN = (*BROKEN_ZIP, ElementTree.ParseError)
"""Errors of reading an archive or its XML when the file is truncated."""


WorkbookFile = Path | BytesIO
"""A workbook on the disk, or its first rows cut out."""


class WorkbookFacts(NamedTuple):
    """The facts found by the scan of a sheet; `legacy_fonts`: whether the file has a font of TCVN3
    or VNI; `comments`: whether it has comments on cells; `runs`: the parts of texts in several
    fonts stored in the sheet itself, by (row, column) from 1; `struck`: the cells that are struck
    through; `merged`: the merged cells (first row, first column, last row, last column) of an .ods
    file; `units`: what the formats of cells show behind their figures."""

    hidden: frozenset[int]
    faults: dict[tuple[int, int], CellFault]
    starts_1904: bool
    legacy_fonts: bool
    hidden_columns: frozenset[int] = frozenset()
    comments: bool = False
    runs: Mapping[tuple[int, int], tuple[FontRun, ...]] = {}
    struck: frozenset[tuple[int, int]] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()
    units: Mapping[tuple[int, int], ShownUnit] = {}


NO_FACTS = WorkbookFacts(frozenset(), {}, starts_1904=False, legacy_fonts=False)


def check_xlsx(file: WorkbookFile) -> bool:
    """Look through what a library reads of an .xlsx file at once: the texts of all its sheets.
    Returns whether a part of a text has a font of TCVN3 or VNI. Raises UserError.
    """
    legacy = False
    try:
        with zipfile.ZipFile(file) as archive:
            for part in archive.infolist():
                if not part.filename.casefold().endswith("sharedstrings.xml"):
                    continue
                if part.file_size > MOST_TEXT_BYTES:
                    raise too_large()
                for chunk in _chunks(archive, part.filename):
                    _refuse_doctype(chunk)
                    legacy = legacy or _has_legacy_runs(chunk)
    except BROKEN:
        raise damaged() from None
    return legacy


def has_macros(file: WorkbookFile, kind: FileFormat) -> bool:
    """Whether a workbook carries programs; none is ever run. Raises UserError."""
    if kind == "xls":
        return isinstance(file, Path) and _OLD_MACROS in file.read_bytes()
    try:
        with zipfile.ZipFile(file) as archive:
            return any(_MACROS.match(name) for name in archive.namelist())
    except BROKEN:
        raise damaged() from None


def _has_legacy_runs(chunk: bytes) -> bool:
    if b"rFont" not in chunk:
        return False
    names = {name.decode("utf-8", "replace") for name in _RUN_FONT.findall(chunk)}
    return any(map(encoding_of_font, names))


def scan_xlsx(file: WorkbookFile, sheet: int, progress: Progress = no_progress) -> WorkbookFacts:
    """Look through an .xlsx file for the sheet with this number, from 0. Raises UserError."""
    try:
        with zipfile.ZipFile(file) as archive:
            workbook = small_part(archive, "xl/workbook.xml") or b"<x/>"
            part = sheet_part(archive, workbook, sheet)
            styles = small_part(archive, "xl/styles.xml") or b""
            sheet_scan = _SheetScan(struck_styles(styles), unit_styles(styles))
            if part is not None:
                for chunk in _chunks(archive, part):
                    progress(0, 0)
                    sheet_scan.add(chunk)
                sheet_scan.finish()
            return WorkbookFacts(
                frozenset(sheet_scan.hidden),
                sheet_scan.faults,
                re.search(rb"\bdate1904=[\"'](?:1|true)[\"']", workbook) is not None,
                _has_legacy_fonts(styles) or sheet_scan.has_legacy_runs(),
                frozenset(sheet_scan.hidden_columns),
                any(map(_COMMENTS.match, archive.namelist())),
                sheet_scan.runs,
                frozenset(sheet_scan.struck),
                units=sheet_scan.units,
            )
    except BROKEN:
        raise damaged() from None


def _has_legacy_fonts(styles: bytes) -> bool:
    names = re.findall(rb"<(?:\w+:)?name\b[^<>]*?\bval=[\"']([^\"']{1,80})[\"']", styles)
    return any(encoding_of_font(name.decode("utf-8", "replace")) for name in names)


def small_part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A part other than a list, None for a missing one. Raises UserError for a large one."""
    try:
        size = archive.getinfo(name).file_size
    except KeyError:
        return None
    if size > _MOST_SMALL:
        raise too_large()
    content = archive.read(name)
    _refuse_doctype(content)
    return content


def _refuse_doctype(content: bytes) -> None:
    """No program writes a document type into a spreadsheet; its declarations may expand
    endlessly."""
    if b"<!" in content and _DOCTYPE.search(content):
        raise damaged()


def sheet_part(archive: zipfile.ZipFile, workbook: bytes, sheet: int) -> str | None:
    """The name of the part that holds the sheet with this number."""
    tree = ElementTree.fromstring(workbook)  # noqa: S314 - `small_part` refuses entities
    entries = [element for element in tree.iter() if element.tag.rpartition("}")[2] == "sheet"]
    if sheet >= len(entries):
        return None
    relation = next((v for k, v in entries[sheet].items() if k.endswith("}id")), "")
    relations = small_part(archive, "xl/_rels/workbook.xml.rels")
    if relations is None:
        return None
    for element in ElementTree.fromstring(relations):  # noqa: S314 - so here
        if element.get("Id") == relation:
            target = element.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            name = str(PurePosixPath(place))
            return name if name in archive.namelist() else None
    return None


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a part, a megabyte or so at a time, each up to the end of a row or tag."""
    if archive.getinfo(name).file_size > MOST_PART_BYTES:
        raise too_large()
    unfinished = b""
    with archive.open(name) as part:
        while block := part.read(_CHUNK):
            block = unfinished + block
            cut = max(block.rfind(b"</row>"), block.rfind(b"</x:row>"))
            cut = cut if cut > 0 else block.rfind(b"<")
            if len(block) > 64 * _CHUNK:
                raise too_large()
            if cut <= 0:
                unfinished = block
                continue
            yield block[:cut]
            unfinished = block[cut:]
    if unfinished:
        yield unfinished


class _SheetScan:
    """The scan of the rows of one sheet, chunk by chunk."""

    def __init__(self, struck: frozenset[bytes], units: Mapping[bytes, ShownUnit]) -> None:
        """struck: the numbers of the styles that strike a text out; units: those that show a unit
        behind a figure."""
        self._struck_styles, self._unit_styles = struck, units
        self.units: dict[tuple[int, int], ShownUnit] = {}
        self.struck: set[tuple[int, int]] = set()
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.faults: dict[tuple[int, int], CellFault] = {}
        self.runs: dict[tuple[int, int], tuple[FontRun, ...]] = {}
        self._first = 0
        self._last = 0
        self._widest = 0
        self._number = 0

    def add(self, chunk: bytes) -> None:
        """Record the facts in a chunk of the sheet."""
        _refuse_doctype(chunk)
        if not self._number:
            self._note_columns(chunk)
        last = _last_value(chunk)
        self._note_rows(chunk, last.start() if last else -1)
        if last:
            self._note_width(chunk)
        self._note_faults(chunk)
        if self._struck_styles and len(self.struck) < _MOST_FAULTS:
            self.struck.update(cell for cell, _style in styled_cells(chunk, self._struck_styles))
        for cell, style in styled_cells(chunk, self._unit_styles):
            self.units[cell] = self._unit_styles[style]
        if len(self.units) > MOST_UNITS:
            raise too_large()

    def _note_rows(self, chunk: bytes, last_value: int) -> None:
        """Note the numbers of rows, and which are hidden; last_value: where the last value is."""
        some_hidden = b"hidden" in chunk
        rows = [] if some_hidden else _outermost_rows(chunk, last_value)
        for row in rows or _ROW.finditer(chunk):
            number = _ROW_NUMBER.search(row[1])
            self._number = int(number[1]) if number else self._number + 1
            if some_hidden and _HIDDEN.search(row[1]) and len(self.hidden) <= _MOST_FAULTS * 10:
                self.hidden.add(self._number)
            if row.start() < last_value:
                self._first = self._first or self._number
                self._last = self._number
        if len(self.runs) < _MOST_FAULTS:
            self.runs.update(inline_runs(chunk))

    def has_legacy_runs(self) -> bool:
        """Whether a part of a text has a font of TCVN3 or VNI."""
        return any(encoding_of_font(run.font) for runs in self.runs.values() for run in runs)

    def _note_columns(self, chunk: bytes) -> None:
        """Note the hidden columns, which are declared before the rows."""
        row = _ROW.search(chunk)
        for column in _COLUMN.finditer(chunk, 0, row.start() if row else len(chunk)):
            span = {name: int(number) for name, number in _SPAN.findall(column[1])}
            first, last = span.get(b"min", 0), span.get(b"max", 0)
            if _HIDDEN.search(column[1]) and first:
                shown = range(first, min(last, first + MOST_HIDDEN_COLUMNS) + 1)
                self.hidden_columns.update(shown)

    def _note_width(self, chunk: bytes) -> None:
        self._widest = max(self._widest, 26)
        if _BEYOND_Z.search(chunk) is None:
            # Nearly every list: testing each of its cells costs as much as the rest of the scan.
            return
        for far in _FAR.finditer(chunk):
            self._widest = max(self._widest, column_number(far[1].decode()))

    def _note_faults(self, chunk: bytes) -> None:
        if b't="e"' in chunk or b"t='e'" in chunk:
            for cell in _ERROR.finditer(chunk):
                self._fault(cell[1], cell[2], cell[3].decode("utf-8", "replace"))
        if b"<f" in chunk or b":f" in chunk:
            for cell in _UNCOMPUTED.finditer(chunk):
                self._fault(cell[1], cell[2], "=")

    def _fault(self, letters: bytes, row: bytes, text: str) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults[int(row), column_number(letters.decode())] = CellFault(text)

    def finish(self) -> None:
        """Refuse a sheet whose cells span too much, and forget hidden rows below the last."""
        if (self._last - self._first + 1) * self._widest > MOST_CELLS:
            raise too_large()
        self.hidden = {row for row in self.hidden if row <= self._last}


def _outermost_rows(chunk: bytes, last_value: int) -> "list[re.Match[bytes]]":
    """The first row of a chunk, the last with a value and the last of all, if each has its number:
    the rows between add no information. Empty if one has none."""
    first = _ROW.search(chunk)
    last = list(_ROW.finditer(chunk, max(0, last_value - _NEAR)))
    filled = [row for row in last if row.start() < last_value]
    if first is None or not filled:
        return []
    rows = [first, filled[-1], last[-1]]
    return rows if all(_ROW_NUMBER.search(row[1]) for row in rows) else []


def _last_value(chunk: bytes) -> "re.Match[bytes] | None":
    """The last value in the chunk, searched from its end."""
    end = len(chunk)
    while end > 0:
        start = max(0, end - _NEAR)
        matches = list(_VALUE.finditer(chunk, start, min(len(chunk), end + 16)))
        if matches:
            return matches[-1]
        end = start
    return None


def scan_ods(file: WorkbookFile) -> list[WorkbookFacts]:
    """Scan an .ods file, whose repeated cells must stay within bounds; returns the facts of each
    sheet. Raises UserError."""
    scan = _ContentScan()
    try:
        with zipfile.ZipFile(file) as archive:
            for chunk in _chunks(archive, "content.xml"):
                _refuse_doctype(chunk)
                for piece in _ODS_ROW_START.split(chunk):
                    scan.add(piece)
    except BROKEN:
        raise damaged() from None
    return [
        WorkbookFacts(
            frozenset(sheet.hidden),
            sheet.faults,
            starts_1904=False,
            legacy_fonts=False,
            struck=frozenset(sheet.struck),
            merged=sheet.merged,
        )
        for sheet in scan.sheets
    ]


class _ContentFacts(NamedTuple):
    """The facts found in the rows of one sheet of an .ods file."""

    hidden: set[int]
    faults: dict[tuple[int, int], CellFault]
    struck: set[tuple[int, int]]
    merged: list[tuple[int, int, int, int]]


class _ContentScan:
    """The scan of the rows of an .ods file; the cells of all sheets count together.

    sheets: the facts of each.
    """

    def __init__(self) -> None:
        self.sheets: list[_ContentFacts] = []
        self._struck_styles: frozenset[bytes] = frozenset()
        self._number = 0
        self._repeated = 0
        self._column = 0
        self._filled = 0
        self._widest = 0
        self._has_value = False

    def add(self, piece: bytes) -> None:
        """Note a row, or the rest of one that began before, and the beginning of a sheet behind it.
        Raises UserError."""
        row_text, begins, _sheet = piece.partition(b"<table:table ")
        row = _ODS_ROW.match(row_text)
        if not self.sheets:
            self._struck_styles |= struck_ods_styles(piece)
        if self.sheets:
            if row is not None:
                self._begin_row(row[1])
            for cell in _ODS_CELL.finditer(row_text):
                self._note_cell(cell[1], is_empty=bool(cell[2]))
        if (self._filled + (self._repeated if self._has_value else 0)) * self._widest > MOST_CELLS:
            raise too_large()
        if begins:
            self._filled += self._repeated if self._has_value else 0
            self._number = self._repeated = 0
            self._has_value = False
            self.sheets.append(_ContentFacts(set(), {}, set(), []))

    def _begin_row(self, attributes: bytes) -> None:
        self._filled += self._repeated if self._has_value else 0
        self._number += max(self._repeated, 1) if self._number else 1
        times = _ODS_ROWS_REPEATED.search(attributes)
        self._repeated = int(times[1]) if times else 1
        self._column, self._has_value = 0, False
        hidden = self.sheets[-1].hidden
        if _ODS_HIDDEN.search(attributes) and len(hidden) <= _MOST_FAULTS:
            hidden |= set(range(self._number, self._number + min(self._repeated, 1_000)))

    def _note_cell(self, attributes: bytes, *, is_empty: bool) -> None:
        times = _ODS_REPEATED.search(attributes)
        _hidden, faults, struck, merged = self.sheets[-1]
        if not is_empty and has_ods_style(attributes, self._struck_styles):
            struck.add((self._number, self._column + 1))
        if b"-spanned" in attributes and len(merged) < _MOST_FAULTS:
            span = {name: int(number) for name, number in _ODS_SPANNED.findall(attributes)}
            last = self._number + span.get(b"rows", 1) - 1, self._column + span.get(b"columns", 1)
            if last > (self._number, self._column + 1):
                merged.append((self._number, self._column + 1, *last))
        if b'"error"' in attributes and len(faults) < _MOST_FAULTS:
            faults[self._number, self._column + 1] = CellFault("#ERR")
        self._column += int(times[1]) if times else 1
        if b"value" in attributes or not is_empty:
            self._has_value = True
            self._widest = max(self._widest, self._column)
