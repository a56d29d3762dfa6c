"""Marker strip: a bar per marker along the border, as high as the days since its last visit."""

import datetime
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.figures.coverage import MarkerStatus
from borderdesk.overview.marker_visits import INSPECTED, days_since_visit, last_visit
from borderdesk.overview.overview import DUE, OVERDUE
from ui.base.plain_text import plain_tip
from ui.base.style import colour

LEAST_BAR, GAP = 2.0, 0.18
"""Minimum width of a bar including its gap in pixels; share of the gap."""
CAP = 2 * OVERDUE
"""Days at which a bar has its full height."""


class MarkerStrip(QWidget):
    """Widget that paints the bars.

    chosen(marker): clicked, or Enter; moved(marker): became current.
    """

    chosen = Signal(str)
    moved = Signal(str)
    picked = False
    """Whether a marker was chosen; it keeps its frame when the strip loses the focus."""

    def __init__(self, bar_width: int = 0) -> None:
        """bar_width: pixels of a bar including its gap; 0: share the width of the strip."""
        super().__init__()
        self._bar_width = bar_width
        self._markers: Sequence[MarkerStatus] = []
        self._day = datetime.date.min
        self._kind = INSPECTED
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Markers along the border"))
        self.setMouseTracking(True)

    def show_markers(self, markers: Sequence[MarkerStatus], day: datetime.date, kind: str) -> None:
        """Show markers on a day by their last visit of a kind (INSPECTED or CLEARED)."""
        self._markers, self._day, self._kind = markers, day, kind
        self._at = min(self._at, max(len(markers) - 1, 0))
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All bars at `bar_width`, with room for the names below."""
        return QSize(max(len(self._markers) * self._bar_width, 240), self._line() * 8)

    def minimumSizeHint(self) -> QSize:
        """The same width, so that a strip of fixed bars scrolls."""
        return QSize(len(self._markers) * self._bar_width, self._line() * 6)

    def _line(self) -> int:
        return self.fontMetrics().lineSpacing()

    # -------------------------------------------------------------------- painting

    def _days(self, marker: MarkerStatus) -> int | None:
        return days_since_visit(marker, self._kind, self._day)

    def _step(self) -> float:
        return max(self.width() / max(len(self._markers), 1), LEAST_BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars, the line at DUE days, and as many numbers and names as fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, top = self._step(), float(self._line() * 1.4)
        floor = self.height() - self._line() * 1.4
        self._paint_limit(painter, floor - (floor - top) * DUE / CAP)
        for place, marker in enumerate(self._markers):
            days = self._days(marker)
            bar_height = (floor - top) * min(CAP if days is None else days + 2, CAP) / CAP
            bar_width = max(step * (1 - GAP), 1.0)
            box = QRectF(place * step, floor - bar_height, bar_width, bar_height)
            self._paint_bar(painter, box, days)
            self._paint_days(painter, box, days)
            if place == self._at and (self.hasFocus() or self.picked):
                painter.setPen(QPen(colour("accent"), 2 if self.hasFocus() else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(-1, -2, 1, 2))
        self._paint_names(painter, step, floor)

    def _paint_bar(self, painter: QPainter, box: QRectF, days: int | None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if days is None:
            # Never visited: hatched, so that it differs without colour.
            painter.setPen(QPen(colour("muted"), 1))
            painter.setBrush(QBrush(colour("muted"), Qt.BrushStyle.BDiagPattern))
        else:
            name = "bar_good" if days <= DUE else "bar_warn" if days <= OVERDUE else "bar_bad"
            painter.setBrush(colour(name))
        radius = min(2.0, box.width() / 3)
        painter.drawRoundedRect(box, radius, radius)

    def _paint_days(self, painter: QPainter, box: QRectF, days: int | None) -> None:
        text = "" if days is None else str(days)
        if self.fontMetrics().horizontalAdvance(text) > box.width() / (1 - GAP):
            return
        painter.setPen(colour("bar_bad" if days is not None and days > OVERDUE else "muted"))
        label_box = QRectF(box.x() - 8, box.y() - self._line(), box.width() + 16, self._line())
        painter.drawText(label_box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_limit(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(colour("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def _paint_names(self, painter: QPainter, step: float, floor: float) -> None:
        painter.setPen(colour("muted"))
        next_free = 0.0
        for place, marker in enumerate(self._markers):
            middle = (place + 0.5 * (1 - GAP)) * step
            width = self.fontMetrics().horizontalAdvance(marker.marker) + 2
            left = min(max(middle - width / 2, 0), self.width() - width)
            auxiliary = "/" in marker.marker and step < width
            if left < next_free or auxiliary:
                continue
            label_box = QRectF(left, floor + 2, width, self._line())
            painter.drawText(label_box, Qt.AlignmentFlag.AlignCenter, marker.marker)
            next_free = left + width + max(step, width)

    # ----------------------------------------------------------------------- input

    def description(self, marker: MarkerStatus) -> str:
        """A marker and the days since its last visit, as text."""
        days = self._days(marker)
        if days is None:
            never = _("never inspected") if self._kind == INSPECTED else _("never cleared")
            return _("Marker {marker}: {state}").format(marker=marker.marker, state=never)
        last = last_visit(marker, self._kind)
        assert last is not None
        words = (
            ngettext(
                "Marker {marker}: {days} day since it was inspected ({date})",
                "Marker {marker}: {days} days since it was inspected ({date})",
                days,
            )
            if self._kind == INSPECTED
            else ngettext(
                "Marker {marker}: {days} day since it was cleared ({date})",
                "Marker {marker}: {days} days since it was cleared ({date})",
                days,
            )
        )
        number = format_number(days, language())
        return words.format(marker=marker.marker, days=number, date=format_date(last))

    def current(self) -> MarkerStatus | None:
        """The current marker; None in an empty strip."""
        return self._markers[self._at] if self._markers else None

    def choose(self, marker: str) -> None:
        """Make a marker current and frame it."""
        place = next((i for i, m in enumerate(self._markers) if m.marker == marker), None)
        if place is not None:
            self.picked = True
            self._go(place)

    def x_of_current(self) -> int:
        """The x coordinate of the middle of the current bar."""
        return int((self._at + 0.5) * self._step())

    def _go(self, place: int) -> None:
        self._at = min(max(place, 0), len(self._markers) - 1)
        self._describe()
        self.update()
        current = self.current()
        if current is not None:
            self.moved.emit(current.marker)

    def _describe(self) -> None:
        current = self.current()
        self.setAccessibleDescription(self.description(current) if current is not None else "")

    def _at_x(self, x: float) -> MarkerStatus | None:
        place = int(x / self._step())
        return self._markers[place] if 0 <= place < len(self._markers) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Page and Home/End move along the strip; Enter chooses."""
        page = max(len(self._markers) // 20, 1)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self._markers),
            Qt.Key.Key_End: len(self._markers),
        }
        key = Qt.Key(event.key())
        current = self.current()
        if key in steps and current is not None:
            self._go(self._at + steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            self.picked = True
            self.chosen.emit(current.marker)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the clicked marker."""
        marker = self._at_x(event.position().x())
        if marker is not None:
            self.choose(marker.marker)
            self.chosen.emit(marker.marker)

    def event(self, event: QEvent) -> bool:
        """Show the description of the marker under the mouse as tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            marker = self._at_x(event.pos().x())
            QToolTip.showText(
                event.globalPos(), plain_tip(self.description(marker)) if marker else "", self
            )
            return True
        return super().event(event)
