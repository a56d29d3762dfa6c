"""Báo cáo: choose a report, view its pages, trace figures, write the text, close, print and
save."""

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
"""Initial splitter sizes of pages and panels."""

PAUSE = 150
"""Debounce in milliseconds between a choice and the creation of its pages."""

NARROW = 110
"""Width in digits below which the pages are a tab among the panels."""


class ReportPage(Page):
    """Report chooser at the top, pages at the left, panels at the right."""

    own_zoom = True

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._then: Callable[[], None] | None = None
        self._asked: Request | None = None
        self._failure = ""
        """The message why there are no pages."""
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
        """Choose the layout of pages and panels."""
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
        """Put progress and message bar where there is room: beside the tabs in a narrow page, whose
        buttons fill the row, else beside the buttons."""
        for widget in (self.busy, self.cancel, self.bar):
            self._buttons.removeWidget(widget)
            self.side.head.removeWidget(widget)
            if narrow:
                self.side.head.addWidget(widget, int(widget is self.bar))
            else:
                self._buttons.add(widget, int(widget is self.bar))

    def showEvent(self, event: QShowEvent) -> None:
        """Create the selected report when first shown, unless another one was requested."""
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
        for indicator in (self.busy, self.cancel):
            indicator.hide()
            self.maker.busy.connect(indicator.setVisible)
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
        """The selected report, and the state of the panels."""
        return {"report": self.chooser.intent(), "beside": self.side.choices()}

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Select a summary and create it, or restore `report` and `beside`.

        period: of the summary; own: the desk's own scope; figure: (key, column) whose records are
        shown; close: focus the closing form.
        """
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
        """Read the state of the period; create the pages again if the paper has changed."""
        self.chooser.offer_this_year()
        if self.shown is not None:
            self.closing.refresh()
            if self.shown.is_outdated(self._desk):
                self.maker.repeat()

    def keep_now(self) -> None:
        """Save pending edits of the text."""
        self.narrative.keep_now()

    def idle(self) -> bool:
        """Whether nothing is being created, shown or written."""
        parts = (self.maker, self.output, self.paper, self.side)
        return not self._pause.isActive() and all(part.idle() for part in parts)

    def _report_chosen(self) -> None:
        """Schedule the selected report; ignored while dates are incomplete."""
        self._pause.stop()
        try:
            request = self.chooser.request()
        except UserError:
            return
        if self.isVisible() and request != self._asked:
            self._pause.start()

    def _request(self) -> Request | None:
        """The selected report; None, with a warning, if incomplete."""
        try:
            return self.chooser.request()
        except UserError as error:
            self._warn(str(error))
            return None

    def _warn(self, words: str) -> None:
        """Show why there are no pages, until there are some."""
        self._failure = words
        self.bar.warn(words)

    # ---------------------------------------------------------------------- making

    def make(self) -> None:
        """Create the selected report and show its pages, the first one as soon as it is ready."""
        self._pause.stop()
        request = self._asked = self._request()
        if request is None:
            self.maker.stop()
            return
        self.side.show_request(request)
        self.maker.make(request)

    def view_pages(self) -> None:
        """Create the selected report and bring its pages to the front."""
        self.side.show_tab(PAGES)
        self.make()

    def _show_draft(self) -> None:
        """Show the pages of the amendment in preparation."""
        self.chooser.choose_kind("amendment")
        self.view_pages()

    def show_edition(self, edition: str) -> None:
        """Show the pages of an edition as signed."""
        self.side.show_tab(PAGES)
        shown, self._asked = self.shown, None
        request = shown.request if shown is not None else self.chooser.request()
        self.maker.make_edition(edition, request)

    def _failed(self, error: Exception) -> None:
        """Show the error instead of pages: old pages would be taken for the selected report."""
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
        callback, self._then = self._then, None
        if callback is not None:
            callback()

    def _page_clicked(self, page: int, x: float, y: float) -> None:
        """Show the records behind the figure at a position of a page."""
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
        """Create the closed report, then ask for a printer."""
        self.bar.notify(_("Closed: {edition}.").format(edition=edition.title))
        self._then = self.ask_print
        self.make()

    def ask_print(self) -> None:
        """Ask for a printer and print the current pages."""
        if self.shown is None or not self.shown.complete:
            self._warn(_("Make the report with View (F5) first."))
        else:
            self.output.ask_print(self.shown)

    def save_as(self, suffix: str) -> None:
        """Ask for a file and save the selected report."""
        request = self._request()
        if request is not None:
            self.output.ask_file(request, suffix, self.save)

    def save(self, target: Path) -> None:
        """Save the selected report in the format of the suffix."""
        self.maker.stop()
        self.output.save(self.chooser.request(), target)

    def ask_batch(self) -> None:
        """Ask for format and folder, then save the report of every post."""
        self.output.ask_batch_folder(self.save_batch)

    def save_batch(self, folder: Path, suffix: str) -> None:
        """Save the selected report for every post into a folder."""
        request = self._request()
        if request is not None:
            self.output.save_batch(request, folder, suffix)


def _signs(signs: str, actions: Sequence[QAction]) -> QWidget:
    """A group of small buttons that does not wrap."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    for sign, action in zip(signs, actions, strict=True):
        push = button(action, flat=True)
        push.setText(sign)
        row.addWidget(push)
    return group


def _progress() -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setFixedWidth(96)
    bar.setAccessibleName(_("The report is being made"))
    return bar
