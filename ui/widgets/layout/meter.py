"""Progress bar of a target."""

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.base.style import colour


class Meter(QWidget):
    """A bar from 0 to 100 percent; larger values fill it. name: the named colour of the filled
    part."""

    def __init__(self, percent: Decimal, name: str) -> None:
        super().__init__()
        self._share = float(min(max(percent, Decimal(0)), Decimal(100)) / 100)
        self._name = name
        self.setMinimumWidth(self.fontMetrics().height() * 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Half a text line high."""
        return QSize(self.fontMetrics().height() * 6, max(self.fontMetrics().height() // 2, 8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the grey background and the filled part over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect()).adjusted(0, 0, -0.5, -0.5)
        radius = whole.height() / 2
        painter.setBrush(colour("bar_back"))
        painter.drawRoundedRect(whole, radius, radius)
        if self._share > 0:
            painter.setBrush(colour(self._name))
            filled = QRectF(whole)
            filled.setWidth(max(whole.width() * self._share, whole.height()))
            painter.drawRoundedRect(filled, radius, radius)
