"""Distribution of a table's width over its columns."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView

from ui.base.style import small_bold

PADDING = 7
"""Horizontal padding of a cell in pixels, as in the style sheet."""
FRAME = 4
"""Width of the left and right border together in pixels, as in the style sheet."""
LEGIBLE, LESS = 11, 9
"""Minimum width of a text column in digits; LESS is for narrow windows and for tables that scroll
horizontally. Figures and dates are never elided."""

CUTS = ((99, 99), (LEGIBLE, 99), (LESS, 99), (LESS, 4))
"""Steps of elision as (digits of the cell texts, digits of the column name), least harmful first.
"""
SCROLLED = 16
"""Digits of the cell texts in a table that scrolls horizontally: they need not be cut so short."""
EMPTY = 4
"""To how many digits the name of a column without any text is cut, before texts of other columns
are elided."""


class ColumnTexts(NamedTuple):
    """What the width of a column depends on: its name, its texts, and whether an elided text would
    be useless (figures, dates)."""

    title: str
    texts: Sequence[str]
    exact: bool


def margin(view: QTableView) -> int:
    """Pixels that a column needs beyond its text."""
    return 2 * PADDING + view.fontMetrics().horizontalAdvance("0") // 2


def room_of(view: QTableView) -> int:
    """The width available to all columns without horizontal scrolling."""
    return view.width() - view.verticalScrollBar().sizeHint().width() - FRAME


def shares(view: QTableView, columns: Sequence[ColumnTexts]) -> list[int]:
    """The width of each column in pixels so that all fit the table, or it scrolls horizontally.

    Where the room is short, texts are elided first, then names (see CUTS); exact columns keep both.
    """
    cell_metrics, head_metrics, extra = view.fontMetrics(), QFontMetrics(small_bold()), margin(view)
    digit = cell_metrics.horizontalAdvance("0")
    names = [head_metrics.horizontalAdvance(column.title) + extra for column in columns]
    texts = [
        max(map(cell_metrics.horizontalAdvance, column.texts), default=0) + extra
        for column in columns
    ]
    whole = [max(width_pair) for width_pair in zip(names, texts, strict=True)]

    def least(words: int, of_name: int) -> list[int]:
        limit = words * digit + extra
        return [
            needed
            if column.exact
            else max(min(name, _most_of_name(column, of_name) * digit + extra), min(text, limit))
            for column, name, text, needed in zip(columns, names, texts, whole, strict=True)
        ]

    widths = list(whole)
    for cut in CUTS:
        narrow(widths, least(*cut), sum(widths) - room_of(view))
    return least(SCROLLED, 99) if sum(widths) > room_of(view) else widths


def _most_of_name(column: ColumnTexts, of_name: int) -> int:
    return of_name if any(column.texts) else min(of_name, EMPTY)


def narrow(widths: list[int], least: Sequence[int], over: int) -> None:
    """Reduce `widths` in place by `over` pixels in all, always at the widest columns above their
    minimum."""
    while over > 0:
        wider = sorted(
            {w for w, minimum in zip(widths, least, strict=True) if w > minimum}, reverse=True
        )
        if not wider:
            return
        widest = [at for at, w in enumerate(widths) if w == wider[0] and w > least[at]]
        second_widest = wider[1] if len(wider) > 1 else 0
        share = -(-over // len(widest))
        for at in widest:
            step = min(widths[at] - max(least[at], second_widest), share, over)
            widths[at] -= step
            over -= step
