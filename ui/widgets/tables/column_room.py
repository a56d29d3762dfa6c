"""Sharing the room of a table out among its columns."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView

from ui.base.style import small_bold

PADDING = 7
"""Pixels at either side of a cell, as the style sheet and Qt leave them."""
FRAME = 4
"""The pixels of the table's border at both sides, as the style sheet has it."""
LEGIBLE, LESS = 11, 9
"""A column of words shows at least so many digits' width of them; fewer where it is that or a
table that is scrolled sideways. Figures and dates are always whole."""

CUTS = ((99, 99), (LEGIBLE, 99), (LESS, 99), (7, 4))
"""To how many digits' width the words of a column are cut, and its name: what harms least first."""
EMPTY = 7
"""To how many digits' width the name of a column is cut in which no row has anything: before the
words of the others."""


class ColumnTexts(NamedTuple):
    """A column as its room is shared out: its name, its texts, and whether one that is cut means
    nothing."""

    title: str
    texts: Sequence[str]
    exact: bool


def margin(view: QTableView) -> int:
    """What a column has beyond its text."""
    return 2 * PADDING + view.fontMetrics().horizontalAdvance("0") // 2


def room_of(view: QTableView) -> int:
    """How wide all columns are together where nothing is scrolled sideways."""
    return view.width() - view.verticalScrollBar().sizeHint().width() - FRAME


def shares(view: QTableView, columns: Sequence[ColumnTexts]) -> list[int]:
    """How wide columns are that share the room by their names and texts: where there is none, words
    are cut, then names too; what is exact stays whole with its name."""
    cells, heads, more = view.fontMetrics(), QFontMetrics(small_bold()), margin(view)
    digit = cells.horizontalAdvance("0")
    names = [heads.horizontalAdvance(one.title) + more for one in columns]
    texts = [max(map(cells.horizontalAdvance, one.texts), default=0) + more for one in columns]
    whole = [max(both) for both in zip(names, texts, strict=True)]
    wide = list(whole)
    for words, of_name in CUTS:
        most = words * digit + more
        least = [
            needed
            if one.exact
            else max(min(name, _most_of_name(one, of_name) * digit + more), min(text, most))
            for one, name, text, needed in zip(columns, names, texts, whole, strict=True)
        ]
        narrow(wide, least, sum(wide) - room_of(view))
    return wide


def _most_of_name(column: ColumnTexts, of_name: int) -> int:
    return of_name if any(column.texts) else min(of_name, EMPTY)


def narrow(wide: list[int], least: Sequence[int], over: int) -> None:
    """Take `over` from the widest of the columns that are not at their least yet."""
    while over > 0:
        more = sorted({w for w, few in zip(wide, least, strict=True) if w > few}, reverse=True)
        if not more:
            return
        widest = [at for at, w in enumerate(wide) if w == more[0] and w > least[at]]
        next_one = more[1] if len(more) > 1 else 0
        each = -(-over // len(widest))
        for at in widest:
            step = min(wide[at] - max(least[at], next_one), each, over)
            wide[at] -= step
            over -= step
