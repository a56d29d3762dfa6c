"""View of a PDF's pages, rendered in the background when scrolled into view, and clickable."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.reports.paper.pages import page_image
from borderdesk.reports.preview import Size
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Job, Runner

ZOOMS = (0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)
SCREEN = 96 / 72
"""Screen pixels per point at 100 %."""
GAP = 12
"""Pixels between pages."""


class PaperView(QScrollArea):
    """Shows the pages of a PDF below each other.

    clicked(page from 0, x, y): in points from the upper left corner.
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
        self._column.setContentsMargins(GAP, GAP, GAP, GAP)
        self.hint = named(PlainLabel(), "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        # A centred layout ignores height-for-width of a word-wrapped label.
        self.hint.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self._column.addWidget(self.hint)
        self.setWidget(inside)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._draw_visible())
        # Pages may differ in width: scroll to the middle, where they are centred.
        self.horizontalScrollBar().rangeChanged.connect(
            lambda least, most: self.horizontalScrollBar().setValue((least + most) // 2)
        )

    # --------------------------------------------------------------------- showing

    def show_hint(self, text: str) -> None:
        """Show a sentence instead of pages."""
        self.show_pages(None, ())
        self.hint.setText(text)
        self.hint.show()

    def show_pages(self, pdf: Path | None, sizes: Sequence[Size]) -> None:
        """Show the pages of a PDF; sizes in points."""
        self._pdf, self._sizes = pdf, sizes
        self._cancel_jobs()
        for sheet in self.sheets:
            self._column.removeWidget(sheet)
            sheet.deleteLater()
        self.sheets = []
        self.hint.hide()
        self._fit()
        for number in range(len(sizes)):
            sheet = named(PlainLabel(), "sheet")
            sheet.setAccessibleName(_("Page {number}").format(number=number + 1))
            sheet.setCursor(Qt.CursorShape.PointingHandCursor)
            sheet.installEventFilter(self)
            self.sheets.append(sheet)
            self._column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self._size_sheets()
        self.verticalScrollBar().setValue(0)
        self._draw_visible()

    def replace_pages(self, pdf: Path, sizes: Sequence[Size]) -> None:
        """Replace the first pages by the complete PDF, keeping the scroll position."""
        place = self.verticalScrollBar().value()
        self.show_pages(pdf, sizes)
        self._lay_out_now()
        self.verticalScrollBar().setValue(place)

    def _lay_out_now(self) -> None:
        """Apply the layout at once, so that the scroll bar has its final range."""
        QApplication.sendPostedEvents(self.widget(), int(QEvent.Type.LayoutRequest.value))

    def zoom(self, step: int) -> None:
        """Zoom in (1) or out (-1)."""
        place = min(max(self._zoom + step, 0), len(ZOOMS) - 1)
        if place != self._zoom:
            self._zoomed = True
            self._size_anew(place)

    def fit(self) -> None:
        """Reset the zoom to the width of the view."""
        if self._zoomed:
            self._zoomed = False
            self._fit()
            self._size_anew(self._zoom)

    def _size_anew(self, place: int) -> None:
        bar = self.verticalScrollBar()
        before = bar.value() / max(bar.maximum(), 1)
        self._zoom = place
        self._cancel_jobs()
        self._size_sheets()
        self._lay_out_now()
        bar.setValue(round(before * bar.maximum()))
        self._draw_visible()

    def _fit(self) -> None:
        """Unless zoomed by a person: use the largest zoom at which the first page fits."""
        if self._zoomed or not self._sizes:
            return
        width, room = self._sizes[0][0], self._room()
        fitting = [place for place, zoom in enumerate(ZOOMS) if width * zoom * SCREEN <= room]
        self._zoom = max(fitting, default=0)

    def _room(self) -> int:
        """The width available to a page in pixels, with a vertical scroll bar or not."""
        bar = self.verticalScrollBar().sizeHint().width()
        # A page has a size too where there is none, as before the first layout.
        return max(self.width() - 2 * self.frameWidth() - bar - 2 * GAP - 2, 1)

    def idle(self) -> bool:
        """Whether all visible pages are rendered."""
        return not self._jobs

    def scale(self, number: int) -> float:
        """Pixels per point of a page (from 0); unless zoomed by a person, wider pages are scaled to
        the view, so that nobody scrolls horizontally."""
        scale = ZOOMS[self._zoom] * SCREEN
        return scale if self._zoomed else min(scale, self._room() / self._sizes[number][0])

    def _size_sheets(self) -> None:
        for number, (sheet, (width, height)) in enumerate(
            zip(self.sheets, self._sizes, strict=True)
        ):
            scale = self.scale(number)
            sheet.clear()
            sheet.setFixedSize(QSize(round(width * scale) + 2, round(height * scale) + 2))

    # --------------------------------------------------------------------- drawing

    def _draw_visible(self) -> None:
        """Start rendering pages in or near the view."""
        pdf = self._pdf
        if pdf is None:
            return
        for number in self._near_view():
            if number not in self._jobs and self.sheets[number].pixmap().isNull():
                scale = self.scale(number) * self.devicePixelRatioF()
                work = partial(draw_page, pdf, number, scale)
                done = partial(self._show_image, number)
                self._jobs[number] = self._tasks.run(
                    work, done, partial(self._failed, number), self
                )

    def _near_view(self) -> list[int]:
        """The pages in the view, or less than half its height away."""
        top = self.verticalScrollBar().value() - self.viewport().height() // 2
        bottom = top + 2 * self.viewport().height()
        return [
            number
            for number, sheet in enumerate(self.sheets)
            if sheet.y() <= bottom and sheet.y() + sheet.height() >= top
        ]

    def _show_image(self, number: int, image: QImage) -> None:
        self._jobs.pop(number, None)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.sheets[number].setPixmap(QPixmap.fromImage(image))

    def _failed(self, number: int, error: Exception) -> None:
        self._jobs.pop(number, None)
        raise error

    def _cancel_jobs(self) -> None:
        for job in self._jobs.values():
            job.forget()
        self._jobs = {}

    # ---------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages to the new width, and render what came into view."""
        super().resizeEvent(event)
        if not self._zoomed and event.size().width() != event.oldSize().width():
            self._fit()
            self._cancel_jobs()
            self._size_sheets()
        self._draw_visible()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Emit `clicked` for a click on a page."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            number = next((n for n, sheet in enumerate(self.sheets) if sheet is watched), None)
            if number is not None and event.button() == Qt.MouseButton.LeftButton:
                position, scale = event.position(), self.scale(number)
                self.clicked.emit(number, position.x() / scale, position.y() / scale)
        return super().eventFilter(watched, event)


def draw_page(pdf: Path, number: int, scale: float) -> QImage:
    """Render a page (from 0) of a PDF at `scale` × 72 dpi."""
    width, height, rows = page_image(pdf, number, scale)
    # QImage does not own the buffer; the copy does.
    return QImage(rows, width, height, width * 3, QImage.Format.Format_RGB888).copy()
