"""Báo cáo: choose a report, see its real pages, ask why a figure is what it is, write, close,
print and save it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins, QTimer
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSplitter, QVBoxLayout, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.closing.editions import Edition
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.preview import ReportPages
from ui.base.tasks import Runner
from ui.reports.page_maker import PageMaker
from ui.reports.paper_view import PaperView
from ui.reports.report_chooser import ReportChooser
from ui.reports.report_output import ReportOutput
from ui.reports.report_panels import CLOSING, FIGURES, PAGES, ReportPanels
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.layout.folding_row import FoldingRow
from ui.widgets.layout.low_page import is_low, page_margins
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.page import Page
from ui.widgets.push_button import push_button

SHARES = [640, 460]
"""Room of pages and panels side by side, until a person moves the splitter."""

PAUSE = 150
"""Milliseconds after a choice until its pages are made: another may follow at once."""

NARROW = 110
"""A page narrower than this, in digits, has the pages under a tab of the panels."""


class ReportPage(Page):
    """Chooser above, the pages of the report on the left, panels on the right."""

    own_zoom = True

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._then: Callable[[], None] | None = None
        self._asked: Request | None = None
        self._failure = ""
        """Why there were no pages last time."""
        self.shown: ReportPages | None = None
        self.bar = MessageBar()
        self.chooser = ReportChooser(desk, tasks)
        self.paper = PaperView(tasks)
        self.side = ReportPanels(desk, tasks, self.bar)
        self.tabs = self.side.tabs
        self.figures, self.narrative, self.closing, self.form = self.side.panels
        self.maker = PageMaker(desk, tasks, self)
        self.output = ReportOutput(desk, tasks, self.bar, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.make)
        self._lay_out()
        self._connect()
        self.paper.show_hint(_("Choose a report, a period and a scope."))

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        self._outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(*page_margins(low=False))
        outer.setSpacing(8)
        outer.addWidget(self.chooser)
        self._buttons = self._actions()
        outer.addLayout(self._buttons)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.paper)
        self._split.addWidget(self.side)
        self.side.bind_keys(self)
        self._split.setSizes(SHARES)
        self._narrow = False
        outer.addWidget(self._split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay pages and panels side by side where there is room, else under tabs."""
        super().resizeEvent(event)
        low = is_low(self)
        margins = QMargins(*page_margins(low=low))
        self._buttons.fold(self.width() - margins.left() - margins.right(), low=low)
        self.tabs.fold(low)
        self._outer.setContentsMargins(margins)
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self.side.take_pages(self.paper)
        else:
            self.side.give_pages_back()
            self._split.insertWidget(0, self.paper)
            self.paper.show()
            self._split.setSizes(SHARES)
        self._place_bar(narrow)

    def _place_bar(self, narrow: bool) -> None:
        """Keep what is going on and the messages their place where there is room beside something:
        the buttons above fill a narrow page, the tabs below them do not."""
        for one in (self.busy, self.cancel, self.bar):
            self._buttons.removeWidget(one)
            self.side.head.removeWidget(one)
            if narrow:
                self.side.head.addWidget(one, int(one is self.bar))
            else:
                self._buttons.add(one, int(one is self.bar))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the report that is chosen as soon as the page is there, unless another is asked
        for first."""
        super().showEvent(event)

        def begin() -> None:
            if self.shown is None and self.maker.idle():
                self.make()

        QTimer.singleShot(0, self, begin)

    def _actions(self) -> FoldingRow:
        self.view = button(bind(self, "view", self.view_pages), main=True, keys=True)
        self.print = button(bind(self, "print", self.ask_print))
        self.save_pdf = button(bind(self, "save_pdf", lambda: self.save_as(".pdf")))
        self.busy = _progress()
        self.cancel = button(bind(self, "cancel", self.maker.stop))
        row = FoldingRow(more_stays=False)
        for widget in (self.view, self.print, self.save_pdf):
            row.add(widget)
        for suffix in (".docx", ".xlsx", ".json"):
            saving = bind(self, f"save_{suffix[1:]}", partial(self.save_as, suffix))
            row.add_seldom(button(saving, flat=suffix == ".json"), saving)
        every_post = bind(self, "batch", self.ask_batch)
        row.add_seldom(button(every_post, flat=True), every_post)
        zooming = [
            bind(self, key, partial(self.paper.zoom, by))
            for key, by in {"smaller": -1, "larger": 1}.items()
        ]
        row.add_seldom(_signs("−+", zooming), *zooming)
        bind(self, "fit", self.paper.fit)
        row.add_more(push_button(_("More…"), "", row.show_more, flat=True))
        row.add(self.busy)
        row.add(self.cancel)
        row.add(self.bar, 1)
        for one in (self.busy, self.cancel):
            one.hide()
            self.maker.busy.connect(one.setVisible)
        return row

    def _connect(self) -> None:
        self.chooser.changed.connect(self._report_chosen)
        self.paper.clicked.connect(self._page_clicked)
        self.maker.first_page_ready.connect(self._show_first)
        self.maker.pages_ready.connect(self._show)
        self.maker.failed.connect(self._failed)
        self.output.printed.connect(self.closing.refresh)
        self.output.send_wanted.connect(
            lambda period: self.wanted.emit("exchange", {"period": period, "tab": "send"})
        )
        self.figures.record_wanted.connect(
            lambda name, record: self.wanted.emit(name, {"record": record, "period": ""})
        )
        self.closing.closed.connect(self._period_closed)
        self.closing.changed.connect(self._period_changed)
        self.closing.edition_wanted.connect(self.show_edition)
        self.closing.draft_wanted.connect(self._show_draft)
        self.form.changed.connect(self.closing.refresh)

    # -------------------------------------------------------------------- choosing

    def intent(self) -> Mapping[str, Any]:
        """The report chosen, and what is beside it."""
        return {"report": self.chooser.intent(), "beside": self.side.choices()}

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Choose and make a summary. period: of which; own: for the desk's own scope; figure:
        (key, column) whose records are shown; close: the form of the closing is shown;
        report: what is chosen instead of a summary, with what is beside it."""
        if "report" in intent:
            self.chooser.choose_again(intent["report"])
            if "beside" in intent:
                self.side.choose_again(intent["beside"])
            self.make()
            return
        self.chooser.choose_kind("summary")
        if "period" in intent:
            self.chooser.choose(self._desk.calendar().parse(intent["period"]))
        if "own" in intent:
            self.chooser.choose_own()
        if "figure" in intent:
            self._then = partial(self.figures.receive, intent)
            self.side.show_tab(FIGURES)
        if "close" in intent:
            self._then = partial(self.closing.receive, intent)
            self.side.show_tab(CLOSING)
        self.make()

    def refresh(self) -> None:
        """Reload the state of the period; make the pages again if the paper was changed."""
        self.chooser.offer_this_year()
        if self.shown is not None:
            self.closing.refresh()
            if self.shown.is_outdated(self._desk):
                self.maker.repeat()

    def keep_now(self) -> None:
        """Save what is typed in the report's text."""
        self.narrative.keep_now()

    def idle(self) -> bool:
        """Whether everything asked for is shown or written."""
        parts = (self.maker, self.output, self.paper, self.side)
        return not self._pause.isActive() and all(part.idle() for part in parts)

    def _report_chosen(self) -> None:
        """Show the report that is chosen now; not while half of two dates is typed."""
        self._pause.stop()
        try:
            request = self.chooser.request()
        except UserError:
            return
        if self.isVisible() and request != self._asked:
            self._pause.start()

    def _request(self) -> Request | None:
        """The report that is chosen; None, with a warning, while something is not chosen yet."""
        try:
            return self.chooser.request()
        except UserError as error:
            self._warn(str(error))
            return None

    def _warn(self, words: str) -> None:
        """Say why there are no pages, until there are some."""
        self._failure = words
        self.bar.warn(words)

    # ---------------------------------------------------------------------- making

    def make(self) -> None:
        """Make the report that is chosen and show its pages, the first as soon as it is ready."""
        self._pause.stop()
        request = self._asked = self._request()
        if request is None:
            self.maker.stop()
            return
        self.side.show_request(request)
        self.maker.make(request)

    def view_pages(self) -> None:
        """Make the report that is chosen, with its pages in sight."""
        self.side.show_tab(PAGES)
        self.make()

    def _show_draft(self) -> None:
        """Show the pages of the amendment that is being prepared."""
        self.chooser.choose_kind("amendment")
        self.view_pages()

    def show_edition(self, edition: str) -> None:
        """Show the pages of an edition as they were signed."""
        self.side.show_tab(PAGES)
        shown, self._asked = self.shown, None
        request = shown.request if shown is not None else self.chooser.request()
        self.maker.make_edition(edition, request)

    def _failed(self, error: Exception) -> None:
        """Say why there are no pages; those of another report would pass for what is chosen."""
        self.shown = None
        self.paper.show_hint(str(error))
        self._warn(str(error))

    def _show_first(self, pages: ReportPages) -> None:
        self.shown = pages
        self.paper.show_pages(pages.pdf, pages.sizes)

    def _show(self, pages: ReportPages) -> None:
        self.bar.withdraw(self._failure)
        self.shown = pages
        self.paper.replace_pages(pages.pdf, pages.sizes)
        self.figures.show_summary(pages.request, pages.summary)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _page_clicked(self, page: int, x: float, y: float) -> None:
        """Show the records behind the figure at a place of a page."""
        spot = self.shown.spot_at(page, x, y) if self.shown is not None else None
        if spot is not None:
            key, _space, column = spot.asks.rpartition(" ")
            self.side.show_tab(FIGURES)
            self.figures.choose(key, column)

    # ----------------------------------------------------------- closing, printing, saving

    def _period_changed(self) -> None:
        self.narrative.refresh()
        self.form.refresh()
        self.changed.emit()

    def _period_closed(self, edition: Edition) -> None:
        """Make the closed report, then ask for a printer."""
        self.bar.notify(_("Closed: {edition}.").format(edition=edition.title))
        self._then = self.ask_print
        self.make()

    def ask_print(self) -> None:
        """Ask for a printer and print the pages shown."""
        if self.shown is None or not self.shown.complete:
            self._warn(_("Make the report with View (F5) first."))
        else:
            self.output.ask_print(self.shown)

    def save_as(self, suffix: str) -> None:
        """Ask for a file and save the report that is chosen."""
        request = self._request()
        if request is not None:
            self.output.ask_file(request, suffix, self.save)

    def save(self, target: Path) -> None:
        """Write the report that is chosen to a file, in the format of the file's suffix."""
        self.maker.stop()
        self.output.save(self.chooser.request(), target)

    def ask_batch(self) -> None:
        """Ask for a format and a folder, and write the same report for every post there."""
        self.output.ask_batch_folder(self.save_batch)

    def save_batch(self, folder: Path, suffix: str) -> None:
        """Write the report that is chosen for every post into a folder."""
        request = self._request()
        if request is not None:
            self.output.save_batch(request, folder, suffix)


def _signs(signs: str, actions: Sequence[QAction]) -> QWidget:
    """Buttons of a sign each that never part where a row goes on in the next line."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    for sign, action in zip(signs, actions, strict=True):
        made = button(action, flat=True)
        made.setText(sign)
        row.addWidget(made)
    return group


def _progress() -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setFixedWidth(96)
    bar.setAccessibleName(_("The report is being made"))
    return bar
