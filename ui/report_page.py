"""The report page: choose a period and a scope, see the real pages, save them."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from borderdesk.db.listing import Filter
from borderdesk.desk import Desk
from borderdesk.errors import UserError, reason
from borderdesk.i18n import N_, _
from borderdesk.periods import Period
from borderdesk.records import RECORD_TYPES
from borderdesk.reports.requests import Request
from ui.actions import bind, button
from ui.files import ask_where
from ui.flow import FlowLayout
from ui.messages import MessageBar
from ui.pages import Page
from ui.search_combo import Option, SearchCombo
from ui.style import named
from ui.tasks import Job, Runner

KINDS = {
    "month": (N_("Month"), N_("Month {number}"), 12),
    "quarter": (N_("Quarter"), N_("Quarter {number}"), 4),
    "half": (N_("Half-year"), N_("Half {number}"), 2),
    "year": (N_("Year"), N_("Whole year"), 1),
}
ZOOMS = (0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)
SCREEN = 96 / 72
LIMIT_YEARS = 30


class Shown(NamedTuple):
    """A finished report: which it is, its file, and its pages at the zoom in use."""

    period: str
    scope: str
    pdf: Path
    pages: list[QImage]


class ReportPage(Page):
    """Makes the summary of a period off the window's thread and shows its pages."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._calendar = desk.calendar()
        self._folder = tempfile.TemporaryDirectory(prefix="borderdesk-", ignore_cleanup_errors=True)
        self.destroyed.connect(self._folder.cleanup)
        self._job: Job | None = None
        self._zoom = ZOOMS.index(0.9)
        self.shown: Shown | None = None
        self.bar = MessageBar()
        self.kind, self.number, self.year = QComboBox(), QComboBox(), QComboBox()
        self.scope = SearchCombo([], _("Scope"))
        self.pages = QWidget()
        self._lay_out()
        self._fill()
        self._connect()

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        outer.addLayout(self._choosers())
        outer.addLayout(self._actions())
        self._column = QVBoxLayout(self.pages)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._column.setSpacing(12)
        self.hint = named(QLabel(_("Choose a period and a scope, then press View.")), "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self.hint)
        self.paper = named(QScrollArea(), "paper")
        self.paper.setWidgetResizable(True)
        self.paper.setWidget(self.pages)
        self.paper.setAccessibleName(_("Pages of the report"))
        named(self.pages, "desk")
        outer.addWidget(self.paper, 1)

    def _choosers(self) -> FlowLayout:
        row = FlowLayout()
        row.add(named(QLabel(_("Report")), "title"))
        row.add_gap(8)
        names = (_("Kind of period"), _("Period"), _("Year"), _("Scope"))
        for combo, name in zip((self.kind, self.number, self.year, self.scope), names, strict=True):
            combo.setAccessibleName(name)
            combo.setToolTip(name)
            row.add(combo)
        self.scope.setMinimumContentsLength(26)
        return row

    def _actions(self) -> FlowLayout:
        self.view = button(bind(self, "view", self.make), main=True)
        self.save_pdf = button(bind(self, "save_pdf", lambda: self.save_as(".pdf")))
        self.save_xlsx = button(bind(self, "save_xlsx", lambda: self.save_as(".xlsx")))
        self.smaller = button(bind(self, "smaller", lambda: self.zoom(-1)))
        self.larger = button(bind(self, "larger", lambda: self.zoom(1)))
        self.smaller.setText("−")
        self.larger.setText("+")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedWidth(96)
        self.busy.setAccessibleName(_("The report is being made"))
        self.cancel = button(bind(self, "cancel", self.stop))
        row = FlowLayout()
        for widget in (
            self.view, self.save_pdf, self.save_xlsx, self.smaller, self.larger, self.busy,
            self.cancel,
        ):  # fmt: skip
            row.add(widget)
        row.add(self.bar, 1)
        self._be_busy(False)
        return row

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _index: self._offer_numbers())
        for combo in (self.number, self.year):
            combo.currentIndexChanged.connect(lambda _index: self._offer_scopes())

    # -------------------------------------------------------------------- choosing

    def _fill(self) -> None:
        start = self._start()
        for kind, (label, _one, _most) in KINDS.items():
            self.kind.addItem(_(label), kind)
        for year in range(self._desk.today().year, self._desk.today().year - LIMIT_YEARS, -1):
            self.year.addItem(str(year), year)
        self._offer_numbers()
        self.year.setCurrentIndex(max(self.year.findData(start.year), 0))
        self.number.setCurrentIndex(start.number - 1)
        self._offer_scopes()

    def _start(self) -> Period:
        """The month of the newest record, at most this month."""
        days = [self._desk.today().replace(day=1, year=2000)]
        for name, model in RECORD_TYPES.items():
            event = model.event()
            newest = self._desk.page(name, Filter(), limit=1)
            if newest and event is not None:
                days.append(newest[0].values[event.name])
        newest_day = max(days) if len(days) > 1 else self._desk.today()
        return self._calendar.month_of(min(newest_day, self._desk.today()))

    def _offer_numbers(self) -> None:
        _label, one, most = KINDS[self.kind.currentData()]
        kept = max(self.number.currentIndex(), 0)
        self.number.blockSignals(True)
        self.number.clear()
        for number in range(1, most + 1):
            self.number.addItem(_(one).format(number=number), number)
        self.number.setCurrentIndex(min(kept, most - 1))
        self.number.blockSignals(False)
        self.number.setVisible(most > 1)
        self._offer_scopes()

    def _offer_scopes(self) -> None:
        from borderdesk.reports import summary

        if self.year.currentData() is None or self.number.currentData() is None:
            return
        scopes = summary.scopes(self._desk, self.period())
        self.scope.offer([Option(text, label) for text, label in scopes])
        if not self.scope.known_code():
            own = self._own_scope()
            text = next((t for t, _label in scopes if t == own), scopes[0][0] if scopes else "")
            self.scope.put(text, self.scope.label_of(text))

    def _own_scope(self) -> str:
        identity = self._desk.identity
        name = {"post": "post:", "liaison": "district:"}.get(identity.role)
        return f"{name}{identity.unit}" if name else "province"

    def period(self) -> str:
        """The period chosen, as the command line writes it."""
        kind, number = self.kind.currentData(), self.number.currentData()
        return self._calendar.period(kind, self.year.currentData(), number).text

    def choose(self, text: str) -> None:
        """Choose a period by its text."""
        period = self._calendar.parse(text)
        self.kind.setCurrentIndex(self.kind.findData(period.kind))
        self.year.setCurrentIndex(self.year.findData(period.year))
        self.number.setCurrentIndex(period.number - 1)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period: chosen, and its report made."""
        if "period" in intent:
            self.choose(intent["period"])
        self.make()

    # ---------------------------------------------------------------------- making

    def make(self) -> None:
        """Make the report and show its pages."""
        self.stop()
        period, scope = self.period(), self.scope.known_code()
        if not scope:
            self.bar.warn(_("Choose a scope from the list first."))
            self.scope.setFocus()
            return
        target = Path(self._folder.name) / "report.pdf"
        scale, request = self._scale(), Request("summary", period, scope)

        def work() -> Shown:
            from borderdesk.reports.deliver import write_report

            write_report(self._desk, request, target)
            return Shown(period, scope, target, pictures(target, scale))

        self._be_busy(True)
        self._job = self._tasks.run(work, self._show, self._failed, self)

    def stop(self) -> None:
        """Wait for the report no longer."""
        if self._job is not None:
            self._job.forget()
            self._job = None
        self._be_busy(False)

    def _be_busy(self, busy: bool) -> None:
        self.busy.setVisible(busy)
        self.cancel.setVisible(busy)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._be_busy(False)
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def _show(self, shown: Shown) -> None:
        self._job = None
        self._be_busy(False)
        self.bar.clear()
        self.shown = shown
        while self._column.count():
            taken = self._column.takeAt(0)
            old = taken.widget() if taken is not None else None
            if old is not None and old is not self.hint:
                old.deleteLater()
        self.hint.hide()
        for number, image in enumerate(shown.pages, start=1):
            self._column.addWidget(self._picture(number, image))

    def _picture(self, number: int, image: QImage) -> QLabel:
        label = named(QLabel(), "sheet")
        image.setDevicePixelRatio(self.devicePixelRatioF())
        label.setPixmap(QPixmap.fromImage(image))
        label.setAccessibleName(_("Page {number}").format(number=number))
        return label

    def _scale(self) -> float:
        return ZOOMS[self._zoom] * SCREEN * self.devicePixelRatioF()

    def zoom(self, step: int) -> None:
        """Show the pages larger (1) or smaller (-1)."""
        before = self._zoom
        self._zoom = min(max(self._zoom + step, 0), len(ZOOMS) - 1)
        if self.shown is None or self._zoom == before:
            return
        shown, scale = self.shown, self._scale()
        self.stop()
        self._job = self._tasks.run(
            lambda: shown._replace(pages=pictures(shown.pdf, scale)),
            self._show, self._failed, self,
        )  # fmt: skip

    # ---------------------------------------------------------------------- saving

    def save_as(self, suffix: str) -> None:
        """Ask for a file and save the report there."""
        scope = self.scope.known_code()
        if not scope:
            self.bar.warn(_("Choose a scope from the list first."))
            return
        name = _("report-{period}").format(period=self.period())
        ask_where(self, name, suffix, self.save)

    def save(self, target: Path) -> None:
        """Write the report of the choice to a file, in the format of its name."""
        self.stop()
        period, scope = self.period(), self.scope.known_code()

        def work() -> Path:
            from borderdesk.reports.deliver import write_report

            shown = self.shown
            if target.suffix == ".pdf" and shown and (shown.period, shown.scope) == (period, scope):
                shutil.copyfile(shown.pdf, target)
            else:
                write_report(self._desk, Request("summary", period, scope), target)
            return target

        self._be_busy(True)
        self._job = self._tasks.run(work, self._saved, self._save_failed, self)

    def _saved(self, target: Path) -> None:
        self._job = None
        self._be_busy(False)
        self.bar.say(_("Saved as {file}").format(file=target.name))

    def _save_failed(self, error: Exception) -> None:
        if isinstance(error, OSError):
            error = UserError(_("The file cannot be written: {error}").format(error=reason(error)))
        self._failed(error)


def pictures(pdf: Path, scale: float) -> list[QImage]:
    """Every page of a PDF as an image at `scale` × 72 dots an inch."""
    from borderdesk.reports.pages import page_count, page_image

    images = []
    for number in range(page_count(pdf)):
        width, height, rows = page_image(pdf, number, scale)
        image = QImage(rows, width, height, width * 3, QImage.Format.Format_RGB888)
        # The bytes go when this returns; the copy has its own.
        images.append(image.copy())
    return images
