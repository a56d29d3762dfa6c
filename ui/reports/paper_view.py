"""The pages of a PDF on the screen: each is drawn when it comes into sight, off the window's
thread, and can be clicked."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from ui.base.style import named
from ui.base.tasks import Job, Runner

ZOOMS = (0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)
SCREEN = 96 / 72
"""Pixels of the screen for a point of paper at 100 %."""
GAP = 12

Size = tuple[float, float]
"""Width and height of a page, in points."""


class PaperView(QScrollArea):
    """Shows the pages of one PDF below each other.

    clicked: page (from 0), and the place on it from its upper left corner, in points.
    """

    clicked = Signal(int, float, float)

    def __init__(self, tasks: Runner) -> None:
        super().__init__()
        named(self, "paper")
        self.setWidgetResizable(True)
        self.setAccessibleName(_("Pages of the report"))
        self._tasks = tasks
        self._zoom = ZOOMS.index(0.9)
        self._zoomed = False
        self._pdf: Path | None = None
        self._sizes: Sequence[Size] = ()
        self._jobs: dict[int, Job] = {}
        self.sheets: list[QLabel] = []
        inside = named(QWidget(), "desk")
        self._column = QVBoxLayout(inside)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._column.setSpacing(GAP)
        self.hint = named(QLabel(), "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        # A column that is centred gives a wrapped text no more height than one line needs.
        self.hint.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self._column.addWidget(self.hint)
        self.setWidget(inside)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._draw_seen())
        # Pages of a report are of several widths: what they are centred on stays in sight.
        self.horizontalScrollBar().rangeChanged.connect(
            lambda least, most: self.horizontalScrollBar().setValue((least + most) // 2)
        )

    # --------------------------------------------------------------------- showing

    def show_hint(self, text: str) -> None:
        """Show a sentence in place of pages."""
        self.put(None, ())
        self.hint.setText(text)
        self.hint.show()

    def put(self, pdf: Path | None, sizes: Sequence[Size]) -> None:
        """Show the pages of a PDF, of these sizes."""
        self._pdf, self._sizes = pdf, sizes
        self._forget()
        for sheet in self.sheets:
            self._column.removeWidget(sheet)
            sheet.deleteLater()
        self.sheets = []
        self.hint.hide()
        if not self._zoomed and sizes:
            self._zoom = self._fitting(sizes[0][0])
        for number in range(len(sizes)):
            sheet = named(QLabel(), "sheet")
            sheet.setAccessibleName(_("Page {number}").format(number=number + 1))
            sheet.setCursor(Qt.CursorShape.PointingHandCursor)
            sheet.installEventFilter(self)
            self.sheets.append(sheet)
            self._column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self._size_sheets()
        self.verticalScrollBar().setValue(0)
        self._draw_seen()

    def go_on(self, pdf: Path, sizes: Sequence[Size]) -> None:
        """Show the whole of a PDF of which the first pages are shown, at the same place."""
        place = self.verticalScrollBar().value()
        self.put(pdf, sizes)
        self._lay_now()
        self.verticalScrollBar().setValue(place)

    def _lay_now(self) -> None:
        """Have the sheets in their places, so that the scroll bar knows how far it goes."""
        QApplication.sendPostedEvents(self.widget(), int(QEvent.Type.LayoutRequest.value))

    def zoom(self, step: int) -> None:
        """Show the pages larger (1) or smaller (-1)."""
        place = min(max(self._zoom + step, 0), len(ZOOMS) - 1)
        if place == self._zoom:
            return
        self._zoomed = True
        bar = self.verticalScrollBar()
        before = bar.value() / max(bar.maximum(), 1)
        self._zoom = place
        self._forget()
        self._size_sheets()
        self._lay_now()
        bar.setValue(round(before * bar.maximum()))
        self._draw_seen()

    def _fitting(self, width: float) -> int:
        """The largest zoom at which a page is seen whole in its width, until a person zooms."""
        room = self.viewport().width() - 2 * GAP - 4
        fitting = [place for place, zoom in enumerate(ZOOMS) if width * zoom * SCREEN <= room]
        return max(fitting, default=0)

    def idle(self) -> bool:
        """Whether every page in sight is drawn."""
        return not self._jobs

    def scale(self) -> float:
        """Pixels of the window for a point of paper."""
        return ZOOMS[self._zoom] * SCREEN

    def _size_sheets(self) -> None:
        scale = self.scale()
        for sheet, (width, height) in zip(self.sheets, self._sizes, strict=True):
            sheet.clear()
            sheet.setFixedSize(QSize(round(width * scale) + 2, round(height * scale) + 2))

    # --------------------------------------------------------------------- drawing

    def _draw_seen(self) -> None:
        """Draw the pages in sight that are not drawn yet, and those next to them."""
        pdf = self._pdf
        if pdf is None:
            return
        for number in self._seen():
            if number not in self._jobs and self.sheets[number].pixmap().isNull():
                work = partial(draw_page, pdf, number, self.scale() * self.devicePixelRatioF())
                done = partial(self._put_page, number)
                self._jobs[number] = self._tasks.run(
                    work, done, partial(self._failed, number), self
                )

    def _seen(self) -> list[int]:
        top = self.verticalScrollBar().value() - self.viewport().height() // 2
        bottom = top + 2 * self.viewport().height()
        return [
            number
            for number, sheet in enumerate(self.sheets)
            if sheet.y() <= bottom and sheet.y() + sheet.height() >= top
        ]

    def _put_page(self, number: int, image: QImage) -> None:
        self._jobs.pop(number, None)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.sheets[number].setPixmap(QPixmap.fromImage(image))

    def _failed(self, number: int, error: Exception) -> None:
        self._jobs.pop(number, None)
        raise error

    def _forget(self) -> None:
        for job in self._jobs.values():
            job.forget()
        self._jobs = {}

    # ---------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More pages may have come into sight."""
        super().resizeEvent(event)
        self._draw_seen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where a page was clicked."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            number = next((n for n, sheet in enumerate(self.sheets) if sheet is watched), None)
            if number is not None and event.button() == Qt.MouseButton.LeftButton:
                at, scale = event.position(), self.scale()
                self.clicked.emit(number, at.x() / scale, at.y() / scale)
        return super().eventFilter(watched, event)


def draw_page(pdf: Path, number: int, scale: float) -> QImage:
    """A page (from 0) of a PDF at `scale` × 72 dots an inch."""
    from borderdesk.reports.pages import page_image

    width, height, rows = page_image(pdf, number, scale)
    # The bytes go when this returns; the copy has its own.
    return QImage(rows, width, height, width * 3, QImage.Format.Format_RGB888).copy()
