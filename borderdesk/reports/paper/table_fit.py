"""Fits a table to the width of its paper: its type size and the widths of its columns, the same for
PDF and Word."""

from collections.abc import Sequence
from itertools import islice

from borderdesk.reports.blocks import Cell, Column, Table, cell_text, plain_of
from borderdesk.reports.paper.faces import FontFace, Line, faces, printable
from borderdesk.reports.paper.measures import DENSE_SIZES, LEADING, MM, TABLE_SIZES

# (least average width of a column, the largest type size then)
ROOMY = ((30 * MM, 12.0), (24 * MM, 11.0), (20 * MM, 10.5), (0.0, 10.0))
COMPACT = 10.5
GIVES = 0.35  # the largest share of its width that a column gives up
USUAL = 9.0  # ems: a longer word may be broken
SAMPLE = 200  # rows that are measured
TURNED_ROOM = 20 * MM  # the most height of a title that is set from bottom to top
PAD_X, PAD_Y = 3.0, 2.4
DENSE_PAD_X, DENSE_PAD_Y = 1.5, 1.2
TIGHT_PAD_Y, TIGHT = 0.5, 7.5


class TableFit:
    """The type size and the column widths of one table, in points."""

    def __init__(self, table: Table, lang: str) -> None:
        self.table = table
        self.lang = lang
        self.dense = table.dense or table.tight
        self.pad_x, self.pad_y = (DENSE_PAD_X, DENSE_PAD_Y) if self.dense else (PAD_X, PAD_Y)
        if table.tight:
            self.pad_y = TIGHT_PAD_Y

    def fitted(self, whole: float) -> tuple[float, list[float]]:
        """The largest type size at which no word of a title and no sampled figure is broken, with
        its column widths: columns with spare width give part of it to the others."""
        share = whole / len(self.table.columns)
        start = next(size for least, size in ROOMY if share >= least)
        if self.table.compact:
            start = min(start, COMPACT)
        if self.dense:
            start = min(start, TIGHT if self.table.tight else DENSE_SIZES[0])
        ems, widths = self._widest(), shares(self.table.columns, whole)
        size, granted = start, widths
        sizes = DENSE_SIZES if self.dense else TABLE_SIZES
        for size in (size for size in sizes if size <= start):
            needed = [em * size + 2 * self.pad_x for em in ems]
            turned = [self.turned_width(column, size) for column in self.table.columns]
            granted, whole_there = _given(widths, [*map(max, needed, turned)])
            if whole_there:
                break
        return size, granted

    def turned_width(self, column: Column, size: float) -> float:
        """The width of the lines of a title that is set from bottom to top, side by side."""
        return len(turned_lines(column, size)) * size * LEADING if column.turned else 0.0

    def _widest(self) -> list[float]:
        """The widest text of each column that must not be broken, in ems."""
        bold = faces().bold
        readable_twice = isinstance(self.table.rows, Sequence)
        sample = list(islice(self.table.checked_rows(), SAMPLE)) if readable_twice else []
        columns = self.table.columns
        most = [0.0 if column.turned else _longest_word(column.title) for column in columns]
        for row in sample:
            if row.kind != "group":
                face = faces().regular if row.kind == "row" else bold
                for number, text in enumerate(self.texts(row.cells)):
                    width = _unbroken(text, face, breaks(row.cells[number]))
                    most[number] = max(most[number], width)
        return most

    def texts(self, cells: tuple[Cell, ...]) -> list[str]:
        """The texts of the cells as the faces can print them."""
        texts = [
            cell_text(cell, column.kind, self.lang)
            for cell, column in zip(cells, self.table.columns, strict=True)
        ]
        return [printable(text) for text in texts]


def turned_lines(column: Column, size: float) -> tuple[Line, ...]:
    """The lines, each with its length in ems, of a title that is set from bottom to top."""
    return faces().bold.balanced(printable(column.title), TURNED_ROOM / size)


def shares(columns: tuple[Column, ...], whole: float) -> list[float]:
    """Divide the width among the columns by their weights."""
    weights = sum(column.weight for column in columns)
    return [whole * column.weight / weights for column in columns]


def _given(widths: list[float], needed: list[float]) -> tuple[list[float], bool]:
    """Widths that satisfy the needs by moving spare width between columns, and whether there was
    enough of it."""
    short = [max(0.0, need - width) for need, width in zip(needed, widths, strict=True)]
    spare = [
        max(0.0, width - max(need, width * (1 - GIVES)))
        for width, need in zip(widths, needed, strict=True)
    ]
    missing, available = sum(short), sum(spare)
    moved = min(missing, available)
    granted_share, taken_share = (
        (moved / missing if missing else 0.0),
        (moved / available if available else 0.0),
    )
    adjusted = [
        width + lacks * granted_share - more * taken_share
        for width, lacks, more in zip(widths, short, spare, strict=True)
    ]
    return adjusted, missing <= available


def _longest_word(title: str) -> float:
    """The width in ems of the longest word of a title."""
    return max(map(faces().bold.width, printable(title).split()), default=0.0)


def _unbroken(text: str, face: FontFace, breaks: bool) -> float:
    """The width in ems of unbreakable text: a figure, or the longest usual word."""
    if not breaks:
        return face.width(text)
    widths = map(face.width, text.split())
    return max((width for width in widths if width <= USUAL), default=0.0)


def breaks(cell: Cell) -> bool:
    """Whether the cell may be broken into lines: texts may, figures and dates may not."""
    return isinstance(plain_of(cell), str)
