"""The blocks of a report, which are rendered to PDF, Word or XLSX: headings, paragraphs, tables,
charts; and what makes an administrative document of it: letter, annexes, seal.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from borderdesk.base.formats import format_date, format_number, format_percent
from borderdesk.base.i18n import _
from borderdesk.figures.shown_figures import ShownFigure, from_paper
from borderdesk.reports.wording import with_minus
from borderdesk.schema.settings import Paper

ColumnKind = Literal["text", "number", "percent", "date"]
Align = Literal["left", "center", "right"]
PlainValue = str | int | Decimal | datetime.date | None

_ALIGNMENT: dict[ColumnKind, Align] = {
    "text": "left",
    "number": "right",
    "percent": "right",
    "date": "center",
}


@dataclass(frozen=True, slots=True)
class MarkedValue:
    """A value followed by a mark, such as * for a figure from paper baselines; sign: "<" or ">"
    before one that is only a bound."""

    value: PlainValue
    mark: str = "*"
    sign: str = ""


@dataclass(frozen=True, slots=True)
class LinkedValue:
    """A value that links to the row, heading or annex with the anchor `to`, if any.

    asks: "indicator column" of a figure whose records are shown by a click on the screen.
    """

    value: PlainValue | MarkedValue
    to: str = ""
    asks: str = ""


class PageSpot(NamedTuple):
    """A clickable rectangle of a page (from 0), in points from its upper left corner; asks: as in
    `LinkedValue`."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    asks: str


Cell = PlainValue | MarkedValue | LinkedValue


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    weight: its relative width; align: None for the default of its kind; over: the title above it
    that it shares with neighbours of the same `over`; turned: its title is set from bottom to top.
    Percentages are in percent: Decimal("12.5") is 12,5 %.
    """

    title: str
    kind: ColumnKind = "text"
    weight: float = 1.0
    align: Align | None = None
    over: str = ""
    turned: bool = False

    @property
    def alignment(self) -> Align:
        """`align`, or by default right for numbers, centred for dates, left for text."""
        return self.align or _ALIGNMENT[self.kind]


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a cell for every column; a group row needs only its heading, across the table.

    anchor: the target of `LinkedValue` cells; about: the record it shows, for a footnote about its
    letters.
    """

    cells: tuple[Cell, ...]
    kind: Literal["row", "group", "total"] = "row"
    anchor: str = ""
    about: str = ""

    def heading(self, lang: str) -> str:
        """The text of a group row: its first nonempty cell."""
        texts = (cell_text(cell, "text", lang) for cell in self.cells)
        return next((text for text in texts if text), "")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titled columns.

    rows: may be an iterator, which is read once; title: on the page of the first row; compact: set
    in a small type size; dense: in a smaller one with narrow margins, for tables of many columns;
    tight: the same with smaller row heights, for content that has to end on its page; below: tables
    of the child rows, in spreadsheets only, read after the rows themselves; sheet: a shorter title,
    for the name of a sheet.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    title: str = ""
    compact: bool = False
    dense: bool = False
    tight: bool = False
    below: tuple["Table", ...] = ()
    sheet: str = ""

    def checked_rows(self) -> Iterator[Row]:
        """The rows in order. Raises ValueError for a row with too few or too many cells."""
        for row in self.rows:
            if row.kind != "group" and len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells for {len(self.columns)} columns: {row}")
            yield row


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; level 1 is the highest, 3 the lowest.

    A numbered one gets its number when it is rendered: I., 1., a) in the order of the Vietnamese
    alphabet.
    """

    text: str
    level: int = 1
    numbered: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, one paragraph for each line; a warning is set in bold with a bar beside it."""

    text: str
    style: Literal["body", "note", "warning"] = "body"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, a file or its content, at most as wide as the text; `caption` describes it."""

    file: Path | bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of a chart, one for each label, None for a missing one.

    A "pace" is drawn as a horizontal line, the others as bars.
    """

    name: str
    values: tuple[int | Decimal | None, ...]
    style: Literal["now", "before", "pace"] = "now"
    qualifiers: tuple[str, ...] = ()
    """The qualifier of each value with figures from paper; empty without any."""

    def shown(self, place: int) -> ShownFigure:
        """A value as it is shown."""
        return from_paper(self.values[place], self.qualifiers[place] if self.qualifiers else "")


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures as bars from 0, readable without colour.

    "columns": vertical bars of every series side by side over each label, on one scale.
    "panels": horizontal bars, one panel for each series, each on its own scale.
    sheet: a shorter title, for the name of a sheet.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["columns", "panels"] = "columns"
    unit: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """Charts side by side, each with its title."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class LargeFigure:
    """A figure to be read from across a room; note: its comparison."""

    label: str
    figure: ShownFigure
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LargeFigures:
    """Large figures, three in a row; compared: the title of their notes."""

    figures: tuple[LargeFigure, ...]
    compared: str = ""

    def as_table(self) -> Table:
        """The same as a table, where nothing is large."""
        columns = (
            Column(_("Indicator"), "text", 3.0),
            Column(_("Figure"), "number"),
            Column(_("Unit"), "text", 1.2, "center"),
            Column(self.compared, "text", 2.0),
        )
        rows = (Row((of.label, figure_cell(of.figure), of.unit, of.note)) for of in self.figures)
        return Table(columns, tuple(rows))


Block = Heading | Paragraph | Table | Picture | Chart | ChartRow | LargeFigures


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex of a document, with page numbers of its own; sheet: a shorter title, for the name of
    a sheet."""

    title: str
    blocks: Iterable[Block]
    landscape: bool = False
    anchor: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """The signer: the lines of authority and office ("KT. ĐỒN TRƯỞNG", "PHÓ ĐỒN TRƯỞNG"), the name,
    and the rank to print before it, if any."""

    office: tuple[str, ...]
    name: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The head and foot of an administrative document.

    number, day: "" and None leave blank space to fill in by hand; symbol: all that follows the
    number, "BC-ĐBPBS" (Party: "BC/ĐU"); name: the kind of document ("BÁO CÁO"); subject: the line
    below it; recipients: without "Như trên" and "Lưu"; archive: what follows "Lưu".
    """

    superior: str
    issuer: str
    symbol: str
    place: str
    name: str
    subject: str
    signature: Signature
    number: str = ""
    day: datetime.date | None = None
    year: int | None = None
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    archive: str = "VT"
    circulation: str = ""
    template: Literal["government", "party"] = "government"


@dataclass(frozen=True, slots=True)
class PaperSeal:
    """The code by which a paper is verified: printed as a QR code, with `text` beside it, if it is
    `drawn`; otherwise the paper has it elsewhere."""

    code: str
    text: str = ""
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    banner, footer: printed at the top and foot of every page; blocks: may be an iterator; issuer:
    the unit at the head of page 1; author, subject: only in the file's properties; lang: "vi" or
    "en"; landscape: on `wide_paper`, as landscape annexes are; the rest is portrait A4. With a
    `letter` it is an administrative document with the title of that. sheet: a shorter title, for
    the name of a sheet; made_of: the request it answers (`Request.as_text`), only in the file's
    properties.
    """

    title: str
    subtitle: tuple[str, ...]
    blocks: Iterable[Block]
    issuer: str
    lang: str
    author: str
    subject: str
    banner: str | None = None
    footer: str | None = None
    landscape: bool = False
    wide_paper: Paper = "A4"
    letter: Letter | None = None
    annexes: Iterable[Annex] = ()
    seal: PaperSeal | None = None
    sheet: str = ""
    made_of: str = ""

    @property
    def name(self) -> str:
        """The title in the file's properties, equal to the one on the paper."""
        if self.letter is None:
            return self.title
        subject = self.letter.subject
        return f"{self.letter.name.capitalize()} {subject[:1].lower()}{subject[1:]}".strip()


def figure_cell(figure: ShownFigure, more: str = "") -> PlainValue | MarkedValue:
    """A figure with its sign and mark; more: further marks behind it."""
    if not (figure.sign or figure.mark or more):
        return figure.value
    return MarkedValue(figure.value, figure.mark + more, figure.sign)


def plain_of(cell: Cell) -> PlainValue:
    """The value of a cell without its mark and link."""
    value = cell.value if isinstance(cell, LinkedValue) else cell
    return value.value if isinstance(value, MarkedValue) else value


def cell_text(cell: Cell, kind: ColumnKind, lang: str) -> str:
    """Format a cell of a column of `kind` for a reader.

    None is a dash among figures and blank among texts; a whole number among texts is a name (a
    year, a rank) and gets no thousands separator.
    """
    if isinstance(cell, LinkedValue):
        return cell_text(cell.value, kind, lang)
    if isinstance(cell, MarkedValue):
        return f"{cell.sign}{cell_text(cell.value, kind, lang)}{cell.mark}"
    if cell is None:
        return "–" if kind in ("number", "percent") else ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime.date):
        return format_date(cell)
    if kind == "percent":
        return with_minus(format_percent(cell, lang))
    if kind == "text" and isinstance(cell, int):
        return str(cell)
    return with_minus(format_number(cell, lang))
