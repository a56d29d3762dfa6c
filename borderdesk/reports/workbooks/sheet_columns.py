"""The widths of a sheet's columns: wide enough for their figures, words and longest texts."""

from collections.abc import Sequence

from borderdesk.reports.blocks import Cell, Column, Row, Table, cell_text, plain_of
from borderdesk.reports.workbooks.sheet_text import (
    MOST_LINES,
    columns_of,
    ems,
    longest_word,
)

LEAST = 6.0
READABLE = 16.0
"""The least width of a text column with texts as long: single words below each other are tiring to
read."""

BUTTON = 2.6
"""Room for the button of the filter beside a title."""

_EVEN = 0.8  # of the most lines: words leave ends of lines unused


def column_widths(table: Table, sample: Sequence[Row], whole: float, lang: str) -> list[float]:
    """The width of each column: `whole` shared by weights, except that none is narrower than it
    needs; a larger sum if the needs exceed it."""
    needed = [_title(column) for column in table.columns]
    for row in sample:
        if row.kind != "group":
            needed = [
                max(need, cell_need(cell, column, lang))
                for need, cell, column in zip(needed, row.cells, table.columns, strict=True)
            ]
    return _shared([column.weight for column in table.columns], needed, whole)


def _title(column: Column) -> float:
    return max(LEAST, columns_of(longest_word(column.title, bold=True)) + BUTTON)


def cell_need(cell: Cell, column: Column, lang: str) -> float:
    """The least width of a column with this cell: figures and dates are never broken, and a text
    has at most as many lines as a row can hold."""
    text = cell_text(cell, column.kind, lang)
    value = plain_of(cell)
    if not isinstance(value, str):
        # As wide in bold, where the row is a sum.
        return columns_of(ems(text, bold=True)) if value is not None else 0.0
    whole = columns_of(ems(text))
    return max(
        columns_of(longest_word(text)),
        min(whole, READABLE),
        _lines(text) * whole / (MOST_LINES * _EVEN),
    )


def _lines(text: str) -> int:
    """The number of lines in a text with line breaks."""
    return text.count("\n") + 1 if "\n" in text else 1


def _shared(weights: list[float], needed: list[float], whole: float) -> list[float]:
    """`whole` shared by weights among the columns that need no more than their share."""
    widths = list(needed)
    free = set(range(len(weights)))
    while free:
        room = whole - sum(needed[at] for at in range(len(weights)) if at not in free)
        share = room / sum(weights[at] for at in free)
        short = {at for at in free if needed[at] > share * weights[at]}
        if not short:
            for at in free:
                widths[at] = share * weights[at]
            break
        free -= short
    return widths
