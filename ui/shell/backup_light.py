"""Status-bar button for the state of the backups: a coloured dot and its text."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from ui.base.plain_text import plain_tip
from ui.base.style import colour
from ui.widgets.layout.cards import LinkButton

if TYPE_CHECKING:
    from borderdesk.overview.safety import BackupLightState

DOT = 0.65
"""Diameter of the dot as a share of the text height."""

COLOURS: Mapping[str, str] = {
    "none": "muted", "good": "bar_good", "old": "bar_warn", "gone": "bar_warn",
    "failed": "bar_warn",
}  # fmt: skip
"""The colour name of the dot, by state of the backups."""


class BackupLight(LinkButton):
    """Dot and text; a click opens the backups."""

    def __init__(self) -> None:
        super().__init__()
        self.found: BackupLightState | None = None

    def show_light(self, state: "BackupLightState") -> None:
        """Show a state of the backups."""
        self.found = state
        self.setToolTip(plain_tip(state.more))
        self.setAccessibleName(state.words)
        self.setAccessibleDescription(state.more)
        self._paint_dot()

    def shorten(self, full: bool) -> None:
        """Show the full text, or the short one."""
        if self.found is not None:
            self.setText(self.found.words if full else self.found.few)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the dot when the colour scheme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_dot()

    def _paint_dot(self) -> None:
        if self.found is None:
            return
        size, sharp = round(self.fontMetrics().height() * DOT), self.devicePixelRatio()
        dot = QPixmap(QSize(size, size) * sharp)
        dot.setDevicePixelRatio(sharp)
        dot.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(COLOURS[self.found.state]))
        painter.drawEllipse(QRectF(1, 1, size - 2, size - 2))
        painter.end()
        self.setIcon(QIcon(dot))
        self.setIconSize(QSize(size, size))
