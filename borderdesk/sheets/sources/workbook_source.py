"""Sheets of .xlsx, .xls and .ods files, read by python-calamine; fonts of .xlsx by openpyxl, of
.xls by xlrd, of .ods from its styles."""

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.spreadsheets import CellValue
from borderdesk.base.standard_streams import without_standard_error
from borderdesk.base.text import fold, storable_name
from borderdesk.sheets.sources.cells import CellFault, CellFont, FontRun, SheetRow, SheetSource
from borderdesk.sheets.sources.csv_source import CsvSource
from borderdesk.sheets.sources.file_formats import (
    ENDINGS,
    FileFormat,
    damaged,
    format_of,
    protected,
    wrong_ending,
)
from borderdesk.sheets.sources.number_formats import as_shown
from borderdesk.sheets.sources.ods_fonts import has_legacy_fonts, ods_fonts
from borderdesk.sheets.sources.workbook_head import LARGE, head_of
from borderdesk.sheets.sources.workbook_head import ROWS as HEAD_ROWS
from borderdesk.sheets.sources.workbook_scan import (
    NO_FACTS,
    WorkbookFile,
    check_xlsx,
    has_macros,
    scan_ods,
    scan_xlsx,
)
from borderdesk.sheets.sources.xls_check import COMPOUND, require_sound_xls
from borderdesk.sheets.sources.xls_scan import XlsBook

if TYPE_CHECKING:
    import openpyxl
    import python_calamine
    from openpyxl.cell import rich_text
else:
    openpyxl = lazy_module("openpyxl")
    python_calamine = lazy_module("python_calamine")
    rich_text = lazy_module("openpyxl.cell.rich_text")

T = TypeVar("T")


def open_sheet(
    path: Path, sheet: str | None = None, progress: Progress = no_progress
) -> SheetSource:
    """The sheet of a file: the one of that name (or number from 1), else the first that has
    anything. progress: as for `WorkbookSource`. Raises UserError."""
    kind = format_of(path)
    return CsvSource(path) if kind == "csv" else WorkbookSource(path, kind, sheet, progress)


def open_head(path: Path, sheet: int = 0) -> SheetSource | None:
    """The first rows of a sheet by its number from 0, read at once; None where the whole file is
    read about as soon. Raises UserError."""
    kind = format_of(path)
    if kind == "csv":
        return CsvSource(path, most=HEAD_ROWS) if path.stat().st_size > LARGE else None
    head = head_of(path, kind, sheet)
    if head is None:
        return None
    source = WorkbookSource(head, kind, str(sheet + 1), numbered=True)
    return None if sheet == 0 and source.name in source.unseen else source


class WorkbookSource:
    """One sheet of a workbook."""

    widths: Mapping[int, int] = {}

    def __init__(
        self,
        file: WorkbookFile,
        kind: FileFormat,
        sheet: str | None,
        progress: Progress = no_progress,
        *,
        numbered: bool = False,
    ) -> None:
        """sheet: its name or number; numbered: only its number; progress: called while a large file
        is looked through, so that it may be left. Raises UserError."""
        self._file = file
        self.kind: FileFormat = kind
        self.renamed = wrong_ending(file, kind) if isinstance(file, Path) else ""
        self._old_book = XlsBook(file) if kind == "xls" and isinstance(file, Path) else None
        sheets = scan_ods(file) if kind == "ods" else []
        rich_fonts = check_xlsx(file) if kind == "xlsx" else False
        self.macros = has_macros(file, kind)
        self._workbook: Any = _guarded(lambda: _workbook(file, kind))
        self.names: Sequence[str] = tuple(self._workbook.sheet_names)
        if not self.names:
            raise UserError(_("The file has no sheet."))
        self.unseen = _unseen(self._workbook)
        # Hidden sheets are last, unless requested.
        places = sorted(range(len(self.names)), key=lambda index: self.names[index] in self.unseen)
        places_read = places if sheet is None else (self._place(sheet, numbered),)
        facts = NO_FACTS
        for place in places_read:
            if kind == "xlsx":
                facts = scan_xlsx(file, place, progress)
            elif place < len(sheets):
                facts = sheets[place]
            elif self._old_book is not None:
                facts = self._old_book.facts(place)
            self._sheet: Any = self._read_sheet(place)
            if self._sheet.height:
                break
        self.name = self.names[place]
        self._place_number = place
        self.hidden = facts.hidden
        self.hidden_columns, self.comments = facts.hidden_columns, facts.comments
        self.struck = facts.struck
        self.faults: Mapping[tuple[int, int], CellFault] = facts.faults
        self.starts_1904 = facts.starts_1904
        self._runs, self._units = facts.runs, facts.units
        self._is_ods = kind == "ods"
        self._has_integers = kind == "xls"
        self._legacy_fonts = rich_fonts or (
            has_legacy_fonts(file) if self._is_ods else facts.legacy_fonts
        )
        ranges = self._sheet.merged_cell_ranges or ()
        self.merged: Sequence[tuple[int, int, int, int]] = [
            (first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in ranges
        ] or facts.merged

    def _place(self, sheet: str, numbered: bool) -> int:
        if numbered:
            return min(int(sheet), len(self.names)) - 1
        if sheet in self.names:
            return self.names.index(sheet)
        folded = [fold(name) for name in self.names]
        if folded.count(fold(sheet)) == 1:
            return folded.index(fold(sheet))
        if sheet.isascii() and sheet.isdecimal() and 1 <= int(sheet) <= len(self.names):
            return int(sheet) - 1
        raise UserError(
            _("There is no sheet “{name}”. The file has: {names}").format(
                name=sheet[:60], names=", ".join(self.names)[:500]
            )
        )

    def _read_sheet(self, place: int) -> Any:
        return _guarded(lambda: self._workbook.get_sheet_by_index(place))

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too; numbers as the floats that other formats have."""
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            floats = _as_floats(cells) if self._has_integers else cells
            yield SheetRow(number, self._shown(number, floats) if self._units else floats)

    def _shown(self, number: int, cells: Sequence[CellValue]) -> Sequence[CellValue]:
        """The cells of a row with the units that their formats show: 1.5 as "1,5 km"."""
        return [
            as_shown(cell, unit)
            if type(cell) is float and (unit := self._units.get((number, place)))
            else cell
            for place, cell in enumerate(cells, start=1)
        ]

    def fonts(self) -> Iterator[Sequence[CellFont]] | None:
        """The font of each cell, a row each from row 1 on; None where no font is of TCVN3 or
        VNI. Raises UserError."""
        if not self._legacy_fonts:
            return None
        if self._is_ods:
            return ods_fonts(self._file, self._place_number)
        old = self._old_book
        return self._fonts() if old is None else old.fonts(self._place_number)

    def _fonts(self) -> Iterator[Sequence[CellFont]]:
        # Given a path, the library would judge the file by its ending.
        on_disk = isinstance(self._file, Path)
        file = self._file.open("rb") if isinstance(self._file, Path) else self._file
        workbook: Any = None
        try:
            workbook = _guarded(lambda: _styled_workbook(file))
            sheet = workbook[workbook.sheetnames[self._place_number]]
            sheet.reset_dimensions()
            names: dict[int, str] = {}
            runs = self._runs
            for number, row in enumerate(sheet.iter_rows(), start=1):
                yield [
                    _runs_with(runs[number, place], cell, names)
                    if runs and (number, place) in runs
                    else _font_of(cell, names)
                    for place, cell in enumerate(row, start=1)
                ]
        except Exception:
            # The parser may raise any error for a broken file: this is its first use.
            raise damaged() from None
        finally:
            if workbook is not None:
                workbook.close()
            if on_disk:
                file.close()


def _as_floats(cells: Sequence[CellValue]) -> Sequence[CellValue]:
    if not any(type(cell) is int for cell in cells):
        return cells
    return [float(cell) if type(cell) is int else cell for cell in cells]


def _unseen(workbook: Any) -> frozenset[str]:
    """The names of the sheets that the spreadsheet does not show."""
    shown = python_calamine.SheetVisibleEnum.Visible
    return frozenset(sheet.name for sheet in workbook.sheets_metadata if sheet.visible != shown)


def _styled_workbook(file: Any) -> Any:
    """A workbook of openpyxl, without its warnings about skipped content."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(file, read_only=True, rich_text=True)


def _require_sound(file: WorkbookFile) -> None:
    if isinstance(file, Path):
        content = file.read_bytes() if _is_compound(file) else b""
    else:
        file.seek(0)
        content = file.read() if file.read(len(COMPOUND)) == COMPOUND else b""
        content = COMPOUND + content if content else b""
    if content:
        require_sound_xls(content)


def _is_compound(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(COMPOUND)) == COMPOUND


def _workbook(file: WorkbookFile, kind: FileFormat) -> Any:
    _require_sound(file)
    if isinstance(file, Path):
        if file.suffix.casefold() in ENDINGS[kind] and str(file) == storable_name(str(file)):
            return python_calamine.CalamineWorkbook.from_path(str(file))
        # Renamed, or named by what is no text: the library detects the format from the bytes.
        file = io.BytesIO(file.read_bytes())
    file.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(file)


def _font_name(cell: Any, names: dict[int, str]) -> str:
    """The font of a cell of openpyxl; `names` caches by style."""
    style = getattr(cell, "_style_id", None)
    if style is None:
        return ""
    if style not in names:
        names[style] = cell.font.name or ""
    return names[style]


def _font_of(cell: Any, names: dict[int, str]) -> CellFont:
    """The font of a cell of openpyxl, or of each part of its text."""
    usual = _font_name(cell, names)
    if not isinstance(cell.value, rich_text.CellRichText):
        return usual
    # A plain string has the font of the cell.
    return tuple(
        FontRun(usual, part)
        if isinstance(part, str)
        else FontRun(part.font.rFont or usual, part.text)
        for part in cell.value
    )


def _guarded(read: Callable[[], T]) -> T:
    """The result of `read`; any error of the libraries for a broken file as a message. Raises
    UserError."""
    try:
        with without_standard_error():
            return read()
    except UserError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        # A panic of the Rust library is no Exception.
        if isinstance(error, python_calamine.PasswordError):
            raise protected() from None
        raise damaged() from None


def _runs_with(runs: tuple[FontRun, ...], cell: Any, names: dict[int, str]) -> CellFont:
    """The parts of a text with the font of its cell where they have none."""
    return tuple(run if run.font else run._replace(font=_font_name(cell, names)) for run in runs)
