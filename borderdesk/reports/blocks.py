"""What a report is made of before it becomes PDF or XLSX: the parts of its text (headings,
paragraphs, tables, charts), and what makes an administrative document of it (letter, annexes,
seal).
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from borderdesk.base.formats import format_date, format_number, format_percent
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
    """A value with a mark behind it, such as * for a figure taken from paper baselines."""

    value: PlainValue
    mark: str = "*"


@dataclass(frozen=True, slots=True)
class LinkedValue:
    """A value that leads to the row, heading or annex that has the anchor `to`, if any.

    asks: what a click on it asks for where the page is shown on a screen (see `PageSpot`).
    """

    value: PlainValue | MarkedValue
    to: str = ""
    asks: str = ""


class PageSpot(NamedTuple):
    """Where on a page (from 0) a click asks for something: points from its upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    asks: str


Cell = PlainValue | MarkedValue | LinkedValue


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `weight` is its share of the width; `align` is the kind's own unless given.

    Percentages are in percent: Decimal("12.5") is 12,5 %. Neighbours with the same `over` stand
    under one common title.
    """

    title: str
    kind: ColumnKind = "text"
    weight: float = 1.0
    align: Align | None = None
    over: str = ""

    @property
    def alignment(self) -> Align:
        """Numbers right, dates in the middle, text left."""
        return self.align or _ALIGNMENT[self.kind]


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for every column; a group row needs only its heading, printed across the table.

    `anchor` is what a `LinkedValue` cell leads to.
    """

    cells: tuple[Cell, ...]
    kind: Literal["row", "group", "total"] = "row"
    anchor: str = ""

    def heading(self, lang: str) -> str:
        """The text of a group row: its first cell that is not empty."""
        texts = (cell_text(cell, "text", lang) for cell in self.cells)
        return next((text for text in texts if text), "")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titled columns; `rows` may be a stream, which is read once.

    `title` stands above it and never parts from it; a compact one has small letters.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    title: str = ""
    compact: bool = False

    def checked_rows(self) -> Iterator[Row]:
        """The rows in order; ValueError when one has not a cell for every column."""
        for row in self.rows:
            if row.kind != "group" and len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells for {len(self.columns)} columns: {row}")
            yield row


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; level 1 is the highest, 3 the lowest.

    A numbered one is given its number by its place: I., 1., a) in the order of the Vietnamese
    alphabet.
    """

    text: str
    level: int = 1
    numbered: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, a paragraph a line; a warning is set so that it cannot be overlooked."""

    text: str
    style: Literal["body", "note", "warning"] = "body"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, at most as wide as the text; `caption` says what it shows."""

    file: Path
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of a chart, one a label; None where there is none.

    A "pace" is drawn as a line across, the others as bars.
    """

    name: str
    values: tuple[int | Decimal | None, ...]
    style: Literal["now", "before", "pace"] = "now"


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures as bars from 0, readable without colour.

    "columns": upright bars of every series side by side over each label, on one scale.
    "panels": lying bars, the series beside each other, each on a scale of its own.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["columns", "panels"] = "columns"
    unit: str = ""


Block = Heading | Paragraph | Table | Picture | Chart


@dataclass(frozen=True, slots=True)
class Annex:
    """What is annexed to a document, with page numbers of its own."""

    title: str
    blocks: Iterable[Block]
    landscape: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the lines of authority and office ("KT. ĐỒN TRƯỞNG", "PHÓ ĐỒN TRƯỞNG"), the name
    and, where it is shown, the rank before it."""

    office: tuple[str, ...]
    name: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What makes an administrative document of a report.

    `number` "" leaves room for it, `day` None for day and month. `symbol` is all that follows the
    number: "BC-ĐBPBS" (Party: "BC/ĐU"). `name` is the kind of document ("BÁO CÁO"), `subject` the
    line below it. `recipients` are without "Như trên" and "Lưu"; `archive` is what follows "Lưu".
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
class Seal:
    """What lets the paper be checked: `code` is printed as a QR code, `text` beside it."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `banner` is printed on top of every page, `footer` at its foot.

    With a `letter` it is an administrative document, and `title` and `subtitle` stand only in the
    file's properties; without one `issuer` is the unit named at the head of page 1. `author` and
    `subject` go only into the file's properties; `lang` is "vi" or "en". `blocks` may be a stream.
    What is `landscape`, here and in the annexes, lies on `wide_paper`; the rest stands on A4.
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
    seal: Seal | None = None


def plain_of(cell: Cell) -> PlainValue:
    """What a cell holds, without its mark or link."""
    value = cell.value if isinstance(cell, LinkedValue) else cell
    return value.value if isinstance(value, MarkedValue) else value


def cell_text(cell: Cell, kind: ColumnKind, lang: str) -> str:
    """What a reader sees of `cell` in a column of `kind`.

    Nothing is a dash among figures and blank among words; a whole number among words is a
    name (a year, a rank) and is not grouped.
    """
    if isinstance(cell, LinkedValue):
        return cell_text(cell.value, kind, lang)
    if isinstance(cell, MarkedValue):
        return f"{cell_text(cell.value, kind, lang)}{cell.mark}"
    if cell is None:
        return "–" if kind in ("number", "percent") else ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime.date):
        return format_date(cell)
    if kind == "percent":
        return format_percent(cell, lang)
    if kind == "text" and isinstance(cell, int):
        return str(cell)
    return format_number(cell, lang)
