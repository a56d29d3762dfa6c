"""The column widths of a list: chosen by the person, else fitted to the content."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import is_not
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView, QWidget

from borderdesk.base.i18n import _
from ui.base.style import small_bold
from ui.widgets.tables.column_room import LEGIBLE, LESS, PADDING, margin, narrow, room_of
from ui.widgets.tables.table_model import DOUBT_SIGN, LONGEST, PAGE, RecordTable

HEAD_PADDING = 8
"""Pixels above and below a column's name, as the style sheet leaves them."""


class ColumnWidths:
    """Shares the room of a list out among its columns."""

    def __init__(
        self, owner: QWidget, view: QTableView, table: RecordTable, kept: dict[str, int]
    ) -> None:
        """owner: what is on the screen when there is room to share out."""
        self._owner = owner
        self._view = view
        self._table = table
        self.kept = kept
        """The widths that somebody gave the columns, by their keys; empty for none."""
        self.fitted = False
        self._shared = 0
        self._measured: tuple[object, ...] = ()
        self._needs: list[ColumnNeed] = []

    def fit_again(self) -> None:
        """The list is shown: share the room out unless that was done for this width."""
        if not self.fitted or self._view.width() != self._shared:
            self.fit()

    def fit(self) -> None:
        """Share the room out by what stands in the columns; a width that was chosen stays."""
        # Until then its room changes with everything that is put beside it.
        if not self._owner.isVisible():
            return
        # Once: columns that moved with every search would not be found again by the eye.
        self.fitted, self._shared = bool(self._table.lines), self._view.width()
        header = self._view.horizontalHeader()
        needs = self.measure()
        wide = [
            self.kept.get(key, max(need.text, need.head))
            for key, need in zip(self._table.keys, needs, strict=True)
        ]
        room = room_of(self._view)
        if not self.kept:
            for least in _leasts(needs):
                narrow(wide, least, sum(wide) - room)
            if sum(wide) > self._view.viewport().width():
                # It is scrolled sideways whatever is cut: nothing need look like another then.
                wide = [max(need.folded, need.legible) for need in needs]
        header.blockSignals(True)
        # Not before: each width it was given meanwhile would have the list painted once more.
        header.setStretchLastSection(True)
        for column, width in enumerate(wide):
            header.resizeSection(column, width)
        header.blockSignals(False)
        self.raise_head()
        self._view.updateGeometries()  # the header's signals were blocked

    def measure(self) -> "list[ColumnNeed]":
        """What every column asks for."""
        table = self._table
        measured = (table.lines, table.keys, table.order)
        if len(self._measured) != len(measured) or any(map(is_not, measured, self._measured)):
            heads = QFontMetrics(small_bold())
            self._needs = [self._need(column, heads) for column in range(len(table.keys))]
            self._measured = measured
        return self._needs

    def raise_head(self) -> None:
        """Make the head as high as names on two lines ask for."""
        header, heads = self._view.horizontalHeader(), QFontMetrics(small_bold())
        highest = 0
        for column in range(len(self._table.keys)):
            room = header.sectionSize(column) - 2 * PADDING - self._sign(column)
            wrap, label = Qt.TextFlag.TextWordWrap, self._label(column)
            text = heads.boundingRect(QRect(0, 0, room, 0), wrap, label)
            highest = max(highest, min(text.height(), 2 * heads.lineSpacing()))
        header.setMinimumHeight(highest + 2 * HEAD_PADDING + 1)

    def _label(self, column: int) -> str:
        return str(self._table.headerData(column, Qt.Orientation.Horizontal))

    def _sign(self, column: int) -> int:
        """The room of the sign of the order, which stands beside its column's name."""
        digit = self._view.fontMetrics().horizontalAdvance("0")
        return 2 * digit if self._table.keys[column] == self._table.order.key else 0

    def _need(self, column: int, heads: QFontMetrics) -> "ColumnNeed":
        """What a column asks for; heads: the letters of its name."""
        cells = self._view.fontMetrics()
        digit, more = cells.horizontalAdvance("0"), margin(self._view)
        label, sign = self._label(column), self._sign(column)
        longest = self._table.longest(column, PAGE)
        text = max(map(cells.horizontalAdvance, longest[-LONGEST:]), default=0) + more
        # No two values may look alike because both are cut; of several values in a cell, which
        # begin alike by nature, the hint has the whole.
        field = self._table.fields[column]
        texts = {_(label) for label in field.options.values()}.union(
            () if field.several else longest
        )
        shortest = (cells.horizontalAdvance(f"{text}…") for text in shared_beginnings(texts))
        apart = max(shortest, default=0) + more
        legible, less, least = (
            text if self._table.exact(column) else min(text, max(digits * digit + more, beside))
            for digits, beside in ((LEGIBLE, apart), (LESS, apart), (LESS, 0))
        )
        if column == 0 and self._table.exact(column):
            # A sign may come to a line when the room has long been shared out.
            text = legible = less = text + cells.horizontalAdvance(f"{DOUBT_SIGN} ")
        head = heads.horizontalAdvance(label) + more + sign
        folded = _folded(label, heads) + more + sign
        return ColumnNeed(text, head, folded, legible, less, least)


def shared_beginnings(texts: set[str]) -> list[str]:
    """The few longest beginnings that two different texts share, with the letter that tells them
    apart; the longest last, though others may be wider."""
    beginnings = []
    for one, other in pairwise(sorted(text for text in texts if text)):
        pairs = enumerate(zip(one, other, strict=False))
        same = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
        beginnings.append(other[: same + 1])
    return sorted(beginnings, key=len)[-LONGEST:]


class ColumnNeed(NamedTuple):
    """How wide a column has to be, in pixels: for its texts, for its name on one line and on two,
    for what has to be seen of its texts, for what tells them apart where there is no room, and for
    what has to be seen where there is not even that."""

    text: int
    head: int
    folded: int
    legible: int
    less: int
    least: int


def _leasts(needs: Sequence[ColumnNeed]) -> Iterator[list[int]]:
    """How narrow the columns may be made, what harms least first: words cut, names on two lines,
    words cut shorter."""
    yield [max(need.head, need.legible) for need in needs]
    yield [max(need.folded, need.legible) for need in needs]
    yield [max(need.folded, need.less) for need in needs]
    yield [max(need.folded, need.least) for need in needs]


def _folded(label: str, metrics: QFontMetrics) -> int:
    """How wide a name is on two lines."""
    words = label.split()
    return min(
        max(metrics.horizontalAdvance(" ".join(part)) for part in (words[:at], words[at:]))
        for at in range(len(words))
    )
