"""Renders report blocks to XLSX: a sheet for the document, one for each further table and one for
each annex, with numbers and dates as such."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Chart,
    ChartRow,
    Column,
    Document,
    Heading,
    LargeFigures,
    Letter,
    Paragraph,
    Row,
    Table,
    figure_cell,
)
from borderdesk.reports.paper.letter import date_words, number_line, recipients
from borderdesk.reports.paper.measures import RECIPIENTS, TO
from borderdesk.reports.paper.numbering import Numbering, roman
from borderdesk.reports.workbooks.sheet_names import SheetNames
from borderdesk.reports.workbooks.sheet_text import SIZE
from borderdesk.reports.workbooks.sheet_writer import (
    BANNER,
    FONT,
    TEXT_WIDTH,
    TITLE,
    CellStyle,
    SheetWriter,
)

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")

LINES_ABOVE = 18
"""A head below more lines of text could not stay on the screen: its table gets its own sheet."""

LETTER_LINES = 9
_OPTIONS = {
    "in_memory": True,  # no unencrypted copy of the records in a temporary folder
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    # Widths of columns are in digits of this font.
    "default_format_properties": {"font_name": FONT, "font_size": SIZE},
}
_PARAGRAPHS: dict[str, CellStyle] = {
    "body": {},
    "note": {"italic": True},
    "warning": {"bold": True},
}


@dataclass(frozen=True, slots=True)
class SheetPart:
    """The content of one sheet: texts, and `table` among them."""

    blocks: tuple[Block, ...]
    table: Table | None = None
    title: str = ""


def write_xlsx(document: Document, target: Path) -> None:
    """Write `document` to `target`, atomically: a sheet for itself and one for each annex, each
    with one table; every other table has a sheet of its own.

    Raises UserError for a document too large for a sheet or a file that cannot be written.
    """
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties(
        {
            "title": nfc(document.title),
            "author": nfc(document.author),
            "subject": nfc(document.subject),
        }
    )
    Workbook(workbook, document).write()
    workbook.close()
    write_atomically(target, buffer.getvalue())


class Workbook:
    """Writes the sheets of one document."""

    def __init__(self, workbook: Any, document: Document) -> None:
        self._workbook = workbook
        self._document = document
        self._names = SheetNames()
        self._sheets: dict[str, str] = {}

    def write(self) -> None:
        """Write the sheets: the document, its further tables, the annexes."""
        document = self._document
        first = self._names.give(document.sheet or document.title)
        annexes = [
            (self._names.give(*_annex_names(number, annex, document.letter)), annex)
            for number, annex in enumerate(document.annexes, 1)
        ]
        self._sheets = {annex.anchor: name for name, annex in annexes if annex.anchor}
        blocks = _tabled(document.blocks)
        main, further = _divided(blocks, document)
        wide = document.wide_paper if document.landscape else None
        names = self._named(further)
        sheet = self._sheet(first, main.table, wide)
        self._opening(sheet, document)
        self._blocks(sheet, main, names)
        self._closing(sheet, document)
        for part in further:
            table_sheet = self._further(part, names, document.title, wide)
            if main.table is None and part is _widest(further):
                # The file opens at the figures.
                table_sheet.sheet.activate()
        for name, annex in annexes:
            self._annex(name, annex)

    def _named(self, parts: Sequence[SheetPart]) -> dict[int, str]:
        """{id of a table: the name of its sheet}."""
        return {id(part.table): self._names.give(*_table_names(part)) for part in parts}

    def _sheet(self, name: str, table: Table | None, wide: Any) -> SheetWriter:
        lang = self._document.lang
        return SheetWriter(self._workbook, name, lang, table, wide, self._sheets)

    def _annex(self, name: str, annex: Annex) -> None:
        wide = self._document.wide_paper if annex.landscape else None
        main, *further = _each_with_a_table(_tabled(annex.blocks))
        names = self._named(further)
        sheet = self._sheet(name, main.table, wide)
        self._titled(sheet, annex.title)
        self._blocks(sheet, main, names)
        for part in further:
            self._further(part, names, annex.title, wide)

    def _further(
        self, part: SheetPart, names: Mapping[int, str], title: str, wide: Any
    ) -> SheetWriter:
        """A table on a sheet of its own."""
        sheet = self._sheet(names[id(part.table)], part.table, wide)
        self._titled(sheet, title)
        self._blocks(sheet, part, {})
        return sheet

    def _titled(self, sheet: SheetWriter, title: str) -> None:
        if self._document.banner:
            sheet.text(self._document.banner, BANNER)
        sheet.text(title.upper(), TITLE)
        sheet.line += 1

    def _blocks(self, sheet: SheetWriter, part: SheetPart, names: Mapping[int, str]) -> None:
        numbering = Numbering()
        for block in part.blocks:
            if isinstance(block, Heading):
                sheet.text(numbering.of(block), {"bold": True, "font_size": 12})
            elif isinstance(block, Paragraph):
                sheet.text(block.text, _PARAGRAPHS[block.style])
            elif block is part.table:
                self._table(sheet, part.table)
            elif id(block) in names:
                name = names[id(block)]
                sheet.text(_("See the sheet “{name}”.").format(name=name), {"italic": True}, name)
        sheet.finish()
        if part.table is not None:
            self._below(part.table)

    def _table(self, sheet: SheetWriter, table: Table) -> None:
        if table.title:
            sheet.text(table.title, {"bold": True, "align": "center"})
        sheet.write_table(table)

    def _below(self, table: Table) -> None:
        """Write the child rows of a table, a sheet for each kind that has any."""
        for below in table.below:
            rows = iter(below.rows)
            first = next(rows, None)
            if first is None:
                continue
            below = replace(below, rows=chain((first,), rows))
            name = self._names.give(below.title)
            sheet = self._sheet(name, below, None)
            self._titled(sheet, below.title)
            sheet.write_table(below)

    # ------------------------------------------------------------------------ letter

    def _opening(self, sheet: SheetWriter, document: Document) -> None:
        """Write the texts before the blocks of the first sheet."""
        if document.banner:
            sheet.text(document.banner, BANNER)
        if document.letter is not None:
            _letter_opening(sheet, document.letter)
        else:
            if document.issuer:
                sheet.text(document.issuer.upper(), {"bold": True})
            sheet.text(document.title.upper(), TITLE)
            for text in document.subtitle:
                sheet.text(text, {"align": "center"})
        sheet.line += 1

    def _closing(self, sheet: SheetWriter, document: Document) -> None:
        """Write the texts after the blocks of the first sheet."""
        letter = document.letter
        if letter is not None:
            sheet.line += 1
            for text in letter.signature.office:
                sheet.text(text.upper(), {"bold": True, "align": "right"})
            signer = " ".join(filter(None, (letter.signature.rank, letter.signature.name)))
            if signer:
                sheet.line += 3
                sheet.text(signer, {"bold": True, "align": "right"})
            sheet.text(f"{RECIPIENTS}:", {"bold": True, "italic": True})
            for text in recipients(letter):
                sheet.text(text, {})
        if document.seal is not None:
            sheet.text(document.seal.code, {"italic": True})
        if document.footer:
            sheet.text(document.footer, {"italic": True})


def _letter_opening(sheet: SheetWriter, letter: Letter) -> None:
    if letter.superior:
        sheet.text(letter.superior.upper(), {})
    sheet.text(letter.issuer.upper(), {"bold": True})
    sheet.text(number_line(letter), {})
    place = ", ".join(filter(None, (letter.place, date_words(letter.day, letter.year))))
    sheet.text(place, {"italic": True, "align": "right"})
    sheet.text(letter.name.upper(), TITLE)
    sheet.text(letter.subject, {"bold": True, "align": "center"})
    if letter.addressees:
        sheet.text(f"{TO}: {'; '.join(letter.addressees)}", {"align": "center"})


def _annex_names(number: int, annex: Annex, letter: Letter | None) -> tuple[str, ...]:
    """Proposed names of an annex's sheet; a document other than a letter has further sheets instead
    of annexes."""
    titles = [title for title in (annex.title, annex.sheet) if title]
    if letter is None:
        return tuple(titles)
    words = (_("Annex"), _("Ann."))
    return tuple(f"{word} {roman(number)} {title}" for word in words for title in titles)


def _table_names(part: SheetPart) -> tuple[str, ...]:
    """Wished names of the sheet of a further table."""
    short = part.table.sheet if part.table is not None else ""
    return (part.title or short or _("Figures"), short)


# ------------------------------------------------------------------- which sheet has what


def _lines_above(document: Document) -> int:
    """The lines of the head of the first sheet."""
    if document.letter is not None:
        return LETTER_LINES + bool(document.banner)
    return 3 + len(document.subtitle) + bool(document.banner)


def _tabled(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with the figures of a chart as a table."""
    tabled: list[Block] = []
    for block in blocks:
        if isinstance(block, ChartRow):
            tabled += map(_as_table, block.charts)
        elif isinstance(block, LargeFigures):
            tabled.append(block.as_table())
        else:
            tabled.append(_as_table(block) if isinstance(block, Chart) else block)
    return tabled


def _as_table(chart: Chart) -> Table:
    head = Column(chart.unit or " ", "text", 1.5)
    columns = (head, *(Column(series.name, "number") for series in chart.series))
    rows = tuple(
        Row((label, *(figure_cell(series.shown(place)) for series in chart.series)))
        for place, label in enumerate(chart.labels)
    )
    return Table(columns, rows, title=chart.title, sheet=chart.sheet)


def _widest(parts: Sequence[SheetPart]) -> SheetPart | None:
    """The part whose table has most columns: the one that a document is about."""
    return max(parts, key=lambda part: len(part.table.columns) if part.table else 0, default=None)


def _divided(blocks: list[Block], document: Document) -> tuple[SheetPart, list[SheetPart]]:
    """The first sheet with all texts and one table, and one for every other table: for a letter the
    widest table stays on it, otherwise the first.

    Even that is moved to its own sheet if the text above it would fill the screen.
    """
    parts = _with_notes(blocks)
    main = _widest(parts) if document.letter is not None else next(iter(parts), None)
    if main is not None and _text_lines(blocks, main) + _lines_above(document) > LINES_ABOVE:
        main = None
    further = [part for part in parts if part is not main]
    moved = {id(block) for part in further for block in part.blocks if block is not part.table}
    texts = tuple(block for block in blocks if id(block) not in moved)
    return SheetPart(texts, main.table if main else None), further


def _with_notes(blocks: list[Block]) -> list[SheetPart]:
    """Each table with the notes that follow it; its title is that of the heading above."""
    parts: list[SheetPart] = []
    heading, open_part = "", False
    for block in blocks:
        if isinstance(block, Table):
            parts.append(SheetPart((block,), block, block.title or heading))
        elif open_part and isinstance(block, Paragraph) and block.style == "note":
            parts[-1] = replace(parts[-1], blocks=(*parts[-1].blocks, block))
        heading = block.text if isinstance(block, Heading) else heading
        open_part = isinstance(block, Table) or (open_part and isinstance(block, Paragraph))
    return parts


def _text_lines(blocks: list[Block], main: SheetPart) -> int:
    """The lines of the texts above a table."""
    lines = 0
    for block in blocks:
        if block is main.table:
            break
        if isinstance(block, Heading | Paragraph):
            lines += sum(len(part) // TEXT_WIDTH + 1 for part in block.text.split("\n"))
        else:
            lines += 1
    return lines


def _each_with_a_table(blocks: list[Block]) -> list[SheetPart]:
    """The blocks of an annex cut before each table but the first."""
    parts = [SheetPart(())]
    for block in blocks:
        last = parts[-1]
        if isinstance(block, Table) and last.table is not None:
            title = block.title
            blocks_before = last.blocks
            if isinstance(blocks_before[-1], Heading):
                parts[-1] = replace(last, blocks=blocks_before[:-1])
                title = title or blocks_before[-1].text
            parts.append(SheetPart((block,), block, title))
        else:
            table = block if isinstance(block, Table) else last.table
            parts[-1] = replace(last, blocks=(*last.blocks, block), table=table)
    return parts
