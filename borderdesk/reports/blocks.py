"""What a report is made of: headings, paragraphs and tables, before it becomes PDF or XLSX."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from borderdesk.shown import show_date, show_number, show_percent

Kind = Literal["text", "number", "percent", "date"]
Align = Literal["left", "center", "right"]
Plain = str | int | Decimal | datetime.date | None

_ALIGNMENT: dict[Kind, Align] = {
    "text": "left",
    "number": "right",
    "percent": "right",
    "date": "center",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A value with a mark behind it, such as * for a figure taken from paper baselines."""

    value: Plain
    mark: str = "*"


Cell = Plain | Marked


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `weight` is its share of the width; `align` is the kind's own unless given.

    Percentages are in percent: Decimal("12.5") is 12,5 %.
    """

    title: str
    kind: Kind = "text"
    weight: float = 1.0
    align: Align | None = None

    @property
    def alignment(self) -> Align:
        """Numbers right, dates in the middle, text left."""
        return self.align or _ALIGNMENT[self.kind]


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for every column; a group row needs only its heading, printed across the table."""

    cells: tuple[Cell, ...]
    kind: Literal["row", "group", "total"] = "row"

    def heading(self, lang: str) -> str:
        """The text of a group row: its first cell that is not empty."""
        texts = (cell_text(cell, "text", lang) for cell in self.cells)
        return next((text for text in texts if text), "")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titled columns; `rows` may be a stream, which is read once."""

    columns: tuple[Column, ...]
    rows: Iterable[Row]

    def checked_rows(self) -> Iterator[Row]:
        """The rows in order; ValueError when one has not a cell for every column."""
        for row in self.rows:
            if row.kind != "group" and len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells for {len(self.columns)} columns: {row}")
            yield row


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part; level 1 is the highest, 3 the lowest."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a warning is set so that it cannot be overlooked."""

    text: str
    style: Literal["body", "note", "warning"] = "body"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, at most as wide as the text; `caption` says what it shows."""

    file: Path
    caption: str = ""


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `banner` is printed on top of every page, `footer` at its foot.

    `issuer` is the unit named at the head of page 1; `author` and `subject` go only into
    the file's properties; `lang` is "vi" or "en".
    """

    title: str
    subtitle: tuple[str, ...]
    blocks: tuple[Block, ...]
    issuer: str
    lang: str
    author: str
    subject: str
    banner: str | None = None
    footer: str | None = None
    landscape: bool = False


def cell_text(cell: Cell, kind: Kind, lang: str) -> str:
    """What a reader sees of `cell` in a column of `kind`.

    Nothing is a dash among figures and blank among words; a whole number among words is a
    name (a year, a rank) and is not grouped.
    """
    if isinstance(cell, Marked):
        return f"{cell_text(cell.value, kind, lang)}{cell.mark}"
    if cell is None:
        return "–" if kind in ("number", "percent") else ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime.date):
        return show_date(cell)
    if kind == "percent":
        return show_percent(cell, lang)
    if kind == "text" and isinstance(cell, int):
        return str(cell)
    return show_number(cell, lang)
