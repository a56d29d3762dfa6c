"""Item delegate of a list of records."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.widgets.tables.column_room import PADDING
from ui.widgets.tables.table_model import RecordTable

TEXT_ALONE = QStyleOptionViewItem.ViewItemFeature.HasDisplay
_State = QStyle.StateFlag
MARKED = (_State.State_Selected | _State.State_HasFocus | _State.State_MouseOver).value
"""States in which the style draws more than the text."""
CellText = tuple[str, float]
"""A text, elided where it is too wide, and its width."""
MOST_CELLS = 5_000
"""How many texts are kept measured."""


class ListDelegate(QStyledItemDelegate):
    """Delegate that fills the style option in one step, and paints plain texts itself.

    QStyledItemDelegate asks the model for seven roles per cell, and the style sheet lays out each
    anew: 3.6 ms for 150 cells, of which 1.6 are saved with the same pixels.
    """

    def __init__(self, table: RecordTable, owner: QWidget) -> None:
        super().__init__(owner)
        self._table = table
        self._metrics: QFontMetrics | None = None
        """Of the cells that are laid out."""
        self._laid_out: dict[tuple[str, int], CellText] = {}
        """{(text, width of its cell)}: a page that is shown again has the same cells."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Set text and alignment of a cell."""
        table, column = self._table, index.column()
        option.index = index  # type: ignore[assignment]
        option.features = TEXT_ALONE
        option.displayAlignment = table.alignment(column)
        option.text = table.shown(table.lines[index.row()], column)
        option.styleObject = None  # type: ignore[assignment]

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        table, column = self._table, index.column()
        line = table.lines[index.row()]
        # A sign may be in a fallback font of another height.
        if option.state.value & MARKED or (line.sign and not column):
            super().paint(painter, option, index)
        elif line.cells[column]:
            self._paint_text(
                painter, option, line.cells[column], right=table.fields[column].numeric
            )

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, text: str, *, right: bool
    ) -> None:
        """Paint an aligned text, elided if too wide."""
        area: QRect = option.rect
        left, width = area.left() + PADDING, area.width() - 2 * PADDING
        metrics: QFontMetrics = option.fontMetrics
        shown, shown_width = self._fitted(text, width, metrics)
        x = left + width - shown_width if right else left
        baseline = area.top() + area.height() // 2 - metrics.height() // 2 + metrics.ascent()
        painter.drawText(QPointF(x, baseline), shown)

    def _fitted(self, text: str, width: int, metrics: QFontMetrics) -> CellText:
        """The text as it is painted in a cell of this width, measured once."""
        if metrics != self._metrics or len(self._laid_out) > MOST_CELLS:
            self._metrics = QFontMetrics(metrics)
            self._laid_out.clear()
        fitted = self._laid_out.get((text, width))
        if fitted is None:
            fitted = self._laid_out[text, width] = _fit(text, width, metrics)
        return fitted


def _fit(text: str, width: int, metrics: QFontMetrics) -> CellText:
    # Fractional: an integer width may be too small for the last letter.
    text_width = QFontMetricsF(metrics).horizontalAdvance(text)
    if text_width > width:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        text_width = QFontMetricsF(metrics).horizontalAdvance(text)
    return text, text_width
