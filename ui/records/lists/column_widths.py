"""Column widths of a list: set by the person, else fitted to the contents."""

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
"""Vertical padding of a column header in pixels, as in the style sheet."""


class ColumnWidths:
    """Fits the columns of a list into its width."""

    def __init__(
        self, owner: QWidget, view: QTableView, table: RecordTable, widths: dict[str, int]
    ) -> None:
        """owner: the widget that has to be visible for the fit; widths: {column key: width set by
        the person}."""
        self._owner = owner
        self._view = view
        self._table = table
        self.kept = widths
        """The widths set by the person, by column key."""
        self.fitted = False
        self._shared = 0
        self._measured: tuple[object, ...] = ()
        self._needs: list[ColumnNeed] = []

    def fit_again(self) -> None:
        """Fit again if the width has changed since."""
        if not self.fitted or self._view.width() != self._shared:
            self.fit()

    def fit(self) -> None:
        """Fit the columns to their contents, once per width; widths set by the person stay."""
        # While hidden its width is not final.
        if not self._owner.isVisible():
            return
        # Not on every read: columns that move with each search are hard to follow.
        self.fitted, self._shared = bool(self._table.lines), self._view.width()
        header = self._view.horizontalHeader()
        needs = self.measure()
        widths = [
            self.kept.get(key, max(need.text, need.head))
            for key, need in zip(self._table.keys, needs, strict=True)
        ]
        room = room_of(self._view)
        if not self.kept:
            for least in _leasts(needs):
                narrow(widths, least, sum(widths) - room)
            if sum(widths) > self._view.viewport().width():
                # It scrolls horizontally anyway: texts need not be cut so short that they look
                # alike.
                widths = [max(need.folded, need.legible) for need in needs]
        header.blockSignals(True)
        # Only now: each width set before would repaint the list.
        header.setStretchLastSection(True)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        header.blockSignals(False)
        self.raise_head()
        self._view.updateGeometries()  # the header's signals were blocked

    def measure(self) -> "list[ColumnNeed]":
        """The needs of all columns."""
        table = self._table
        measured = (table.lines, table.keys, table.order)
        if len(self._measured) != len(measured) or any(map(is_not, measured, self._measured)):
            heads = QFontMetrics(small_bold())
            self._needs = [self._need(column, heads) for column in range(len(table.keys))]
            self._measured = measured
        return self._needs

    def raise_head(self) -> None:
        """Set the header height for names on two lines."""
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
        """The width of the sort indicator beside the name."""
        digit = self._view.fontMetrics().horizontalAdvance("0")
        return 2 * digit if self._table.keys[column] == self._table.order.key else 0

    def _need(self, column: int, head_metrics: QFontMetrics) -> "ColumnNeed":
        """The need of a column; head_metrics: font metrics of the header."""
        cell_metrics = self._view.fontMetrics()
        digit, extra = cell_metrics.horizontalAdvance("0"), margin(self._view)
        label, sign = self._label(column), self._sign(column)
        longest = self._table.longest(column, PAGE)
        text = max(map(cell_metrics.horizontalAdvance, longest[-LONGEST:]), default=0) + extra
        # No two values may look alike because both are elided; several values in one cell begin
        # alike by nature, and the tooltip has all of them.
        field = self._table.fields[column]
        texts = {_(label) for label in field.options.values()}.union(
            () if field.several else longest
        )
        shortest = (cell_metrics.horizontalAdvance(f"{text}…") for text in shared_beginnings(texts))
        apart = max(shortest, default=0) + extra
        legible, narrower, least = (
            text if self._table.exact(column) else min(text, max(digits * digit + extra, beside))
            for digits, beside in ((LEGIBLE, apart), (LESS, apart), (LESS, 0))
        )
        if column == 0 and self._table.exact(column):
            # A sign may be added to a row after the fit.
            text = legible = narrower = text + cell_metrics.horizontalAdvance(f"{DOUBT_SIGN} ")
        head = head_metrics.horizontalAdvance(label) + extra + sign
        folded = _folded(label, head_metrics) + extra + sign
        return ColumnNeed(text, head, folded, legible, narrower, least)


def shared_beginnings(texts: set[str]) -> list[str]:
    """The longest prefixes that two different texts share, plus the distinguishing character; at
    most LONGEST, the longest last."""
    beginnings = []
    for previous, following in pairwise(sorted(text for text in texts if text)):
        pairs = enumerate(zip(previous, following, strict=False))
        same = next((n for n, (a, b) in pairs if a != b), min(len(previous), len(following)))
        beginnings.append(following[: same + 1])
    return sorted(beginnings, key=len)[-LONGEST:]


class ColumnNeed(NamedTuple):
    """The widths of a column in pixels: text: all of its longest text; head, folded: its name on
    one and two lines; legible: the texts readable; less: texts distinguishable; least: minimum."""

    text: int
    head: int
    folded: int
    legible: int
    less: int
    least: int


def _leasts(needs: Sequence[ColumnNeed]) -> Iterator[list[int]]:
    """Minimum widths in steps, least harmful first: elide texts, fold names, elide texts more."""
    yield [max(need.head, need.legible) for need in needs]
    yield [max(need.folded, need.legible) for need in needs]
    yield [max(need.folded, need.less) for need in needs]
    yield [max(need.folded, need.least) for need in needs]


def _folded(label: str, metrics: QFontMetrics) -> int:
    """The width of a name on two lines."""
    words = label.split()
    return min(
        max(metrics.horizontalAdvance(" ".join(part)) for part in (words[:at], words[at:]))
        for at in range(len(words))
    )
