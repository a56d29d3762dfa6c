"""Báo cáo: choose a report, see its real pages, ask why a figure is what it is, write, close,
print and save it."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import Stopped, UserError
from borderdesk.base.i18n import N_, _, language
from borderdesk.closing.editions import Edition
from borderdesk.closing.summary import Summary
from borderdesk.desk import Desk
from borderdesk.reports.blocks import Spot
from borderdesk.reports.letterhead import wide_paper
from borderdesk.reports.requests import Request, Say
from borderdesk.schema.settings import Paper
from ui.base.tasks import Job, Runner
from ui.reports.closing_panel import ClosingPanel
from ui.reports.figures_panel import FiguresPanel
from ui.reports.narrative_panel import NarrativePanel
from ui.reports.paper_view import PaperView, Size
from ui.reports.printing import ask_printer, print_pdf
from ui.reports.report_chooser import ReportChooser
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.file_choosers import ask_folder, ask_where
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.page import Page

FIGURES, WORDS, CLOSING = "figures", "words", "closing"
TABS = {FIGURES: N_("Figures"), WORDS: N_("Text"), CLOSING: N_("Sign, close")}
"""What stands beside the pages, under tabs."""

SHARES = [640, 460]
"""How pages and panels share the room until somebody moves what parts them."""

NARROW = 110
"""A page of fewer digits than this has no room for pages and panels side by side."""


class Shown(NamedTuple):
    """A finished report: what was asked, its file and pages, its figures where it has some, and
    where on the pages they stand; `wide_paper` is what its lying pages were made for."""

    request: Request
    pdf: Path
    sizes: list[Size]
    summary: Summary | None
    wide_paper: Paper
    spots: Sequence[Spot] = ()
    whole: bool = True


class ReportPage(Page):
    """Makes reports off the window's thread and shows their pages."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._folder = tempfile.TemporaryDirectory(prefix="borderdesk-", ignore_cleanup_errors=True)
        self.destroyed.connect(self._folder.cleanup)
        self._made = 0
        self._writing = 0
        self._job: Job | None = None
        self._then: Callable[[], None] | None = None
        self._again: Callable[[], None] = self.make
        self.shown: Shown | None = None
        self.bar = MessageBar()
        self.chooser = ReportChooser(desk)
        self.paper = PaperView(tasks)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.figures = FiguresPanel(desk, tasks, self.bar)
        self.words = NarrativePanel(desk, tasks, self.bar)
        self.closing = ClosingPanel(desk, tasks, self.bar)
        self._lay_out()
        self._connect()
        self.paper.show_hint(_("Choose a report, a period and a scope, then press View (F5)."))

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        outer.addWidget(self.chooser)
        outer.addLayout(self._actions())
        outer.addWidget(self.bar)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.paper)
        self._split.addWidget(self._side())
        self._split.setSizes(SHARES)
        outer.addWidget(self._split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages and panels stand side by side where there is room, else below each other."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self._split.orientation() != way:
            self._split.setOrientation(way)
            self._split.setSizes(SHARES)

    def _actions(self) -> FlowLayout:
        self.view = button(bind(self, "view", self.make), main=True, keys=True)
        self.print = button(bind(self, "print", self.ask_print))
        self.save_pdf = button(bind(self, "save_pdf", lambda: self.save_as(".pdf")))
        self.save_xlsx = button(bind(self, "save_xlsx", lambda: self.save_as(".xlsx")))
        self.save_json = button(bind(self, "save_json", lambda: self.save_as(".json")), flat=True)
        self.batch = button(bind(self, "batch", self.ask_batch), flat=True)
        self.smaller = button(bind(self, "smaller", lambda: self.paper.zoom(-1)), flat=True)
        self.larger = button(bind(self, "larger", lambda: self.paper.zoom(1)), flat=True)
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
            self.view, self.print, self.save_pdf, self.save_xlsx, self.save_json, self.batch,
            self.smaller, self.larger, self.busy, self.cancel,
        ):  # fmt: skip
            row.add(widget)
        self._be_busy(False)
        return row

    def _side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(_("Beside the pages"))
        for words, panel in zip(TABS.values(), self.panels, strict=True):
            self.tabs.addTab(_(words))
            self.stack.addWidget(panel)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        bind(self, "tab_after", lambda: self._step(1))
        bind(self, "tab_before", lambda: self._step(-1))
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        return side

    @property
    def panels(self) -> tuple[FiguresPanel, NarrativePanel, ClosingPanel]:
        """What stands beside the pages, in the order of TABS."""
        return self.figures, self.words, self.closing

    def _step(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
        self.tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_tab(self, key: str) -> None:
        """Show one of TABS."""
        self.tabs.setCurrentIndex(list(TABS).index(key))

    def _connect(self) -> None:
        self.chooser.changed.connect(self._chosen)
        self.paper.clicked.connect(self._clicked)
        self.figures.asked.connect(self._open_record)
        self.closing.closed.connect(self._was_closed)
        self.closing.changed.connect(self._closing_changed)
        self.closing.shown.connect(self.show_edition)

    def _open_record(self, type_name: str, record: str) -> None:
        self.wanted.emit(type_name, {"record": record, "period": ""})

    # -------------------------------------------------------------------- choosing

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period: chosen, own: for the desk's own scope, and the summary made; figure: its (key,
        column) is asked for; close: the form of the closing is shown."""
        self.chooser.choose_kind("summary")
        if "period" in intent:
            self.chooser.choose(self._desk.calendar().parse(intent["period"]))
        if "own" in intent:
            self.chooser.choose_own()
        if "figure" in intent:
            self._then = partial(self.figures.receive, intent)
            self.show_tab(FIGURES)
        if "close" in intent:
            self._then = partial(self.closing.receive, intent)
            self.show_tab(CLOSING)
        self.make()

    def refresh(self) -> None:
        """Come back to the page: how the period stands may have changed, or the paper."""
        if self.shown is not None:
            self.closing.refresh()
            if self._on_other_paper(self.shown):
                self._again()

    def _on_other_paper(self, shown: Shown) -> bool:
        """Whether pages lie on another paper than the one that is set now."""
        edition = shown.summary.edition if shown.summary is not None else None
        paper = wide_paper(self._desk, edition.signed_on if edition else self._desk.today())
        lying = not shown.whole or any(width > height for width, height in shown.sizes)
        return lying and shown.wide_paper != paper

    def keep_now(self) -> None:
        """Keep what is typed in the report's text."""
        self.words.keep_now()

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        panels: tuple[DeskPanel, ...] = self.panels
        still = self._job is None and not self._writing and self.paper.idle()
        return still and all(panel.idle() for panel in panels)

    def _chosen(self) -> None:
        """Another report is meant: what is shown is still the one before."""
        request = self._request()
        if request is not None and self.shown is not None and request != self.shown.request:
            self.bar.notify(_("Press View (F5) to see the report that is chosen now."))

    def _request(self) -> Request | None:
        try:
            return self.chooser.request()
        except UserError:
            return None

    # ---------------------------------------------------------------------- making

    def make(self) -> None:
        """Make the report that is chosen and show its pages, the first as soon as it is there."""
        try:
            request = self.chooser.request()
        except UserError as error:
            self.stop()
            self.bar.warn(error)
            return
        self._make(request)

    def _make(self, request: Request) -> None:
        self.stop()
        self._again = partial(self._make, request)
        self.words.keep_now()
        self._be_busy(True)
        self.words.show_request(request)
        self.closing.show_request(request)
        target = self._next_file()
        self._run(lambda: first_page_of(self._desk, request, target), self._show_first)

    def _next_file(self) -> Path:
        """A file of its own for every making: the one on the screen may still be read."""
        self._made += 1
        return Path(self._folder.name) / f"report-{self._made}.pdf"

    def _show_first(self, begun: "Begun") -> None:
        self._show_pages(begun.shown)
        target = self._next_file()
        self._run(lambda: whole_report_of(begun, target), self._show)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._job = self._tasks.run(work, then, self._failed, self)

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

    def _show_pages(self, shown: Shown) -> None:
        self.shown = shown
        self.paper.put(shown.pdf, shown.sizes)

    def _show(self, shown: Shown) -> None:
        self._job = None
        self._be_busy(False)
        self.bar.clear()
        self.shown = shown
        self.paper.go_on(shown.pdf, shown.sizes)
        self.figures.show_summary(shown.request, shown.summary)
        then, self._then = self._then, None
        if then is not None:
            then()

    def show_edition(self, edition: str) -> None:
        """Show the pages of an edition as they were signed."""
        self.stop()
        self._again = partial(self.show_edition, edition)
        self._be_busy(True)
        desk, target = self._desk, self._next_file()
        shown = self.shown
        request = shown.request if shown is not None else self.chooser.request()
        self._run(lambda: edition_of(desk, edition, request, target), self._show)

    def _clicked(self, page: int, x: float, y: float) -> None:
        """Ask for the records behind a figure that was clicked on its page."""
        for spot in self.shown.spots if self.shown is not None else ():
            if spot.page == page and spot.left <= x <= spot.right and spot.top <= y <= spot.bottom:
                key, _space, column = spot.asks.rpartition(" ")
                self.show_tab(FIGURES)
                self.figures.choose(key, column)
                return

    # ----------------------------------------------------------------- closing, printing

    def _closing_changed(self) -> None:
        self.words.refresh()
        self.changed.emit()

    def _was_closed(self, edition: Edition) -> None:
        """What was closed is printed and sent next."""
        self.bar.notify(_("Closed: {edition}.").format(edition=edition.title))
        self._then = self.ask_print
        self.make()

    def ask_print(self) -> None:
        """Ask for a printer and print the pages shown."""
        shown = self.shown
        if shown is None or not shown.whole:
            self.bar.warn(_("Make the report with View (F5) first."))
            return
        title = shown.pdf.stem
        dialog = ask_printer(self, title, lambda printer: self.print_on(printer, shown))
        dialog.finished.connect(partial(self._asked_printer, shown))

    def _asked_printer(self, shown: Shown, result: int) -> None:
        if result != QDialog.DialogCode.Accepted and self._is_closed():
            self._offer_rest(_("Closed; not printed yet."), shown)

    def _is_closed(self) -> bool:
        shown = self.shown
        return shown is not None and shown.summary is not None and shown.summary.closed

    def print_on(self, printer: QPrinter, shown: Shown) -> None:
        """Print the pages; the edition that stands is final once it was printed."""
        desk, request = self._desk, shown.request

        def work(say: Say) -> int:
            pages = print_pdf(printer, shown.pdf, shown.sizes, say)
            standing = desk.closing.state(request.period, request.scope).edition
            printed = shown.summary.edition if shown.summary is not None else None
            # An older edition may be printed again without the one that stands having gone out.
            if standing is not None and printed is not None and standing.id == printed.id:
                desk.closing.note_printed(request.period, request.scope)
            return pages

        def done(pages: int) -> None:
            words = _("{count} pages printed.").format(count=pages)
            self.closing.refresh()
            if self._is_closed():
                self._offer_rest(words, shown)
            else:
                self.bar.notify(words)

        self._long(work, done, _("Printing was stopped."), _("Printing…"))

    def _long(
        self, work: Callable[[Say], Any], then: Callable[[Any], None], stopped: str, words: str
    ) -> None:
        """Do a long work; the bar shows how far it is, and stops it."""
        self._writing += 1

        def done(answer: Any) -> None:
            self._writing -= 1
            then(answer)

        def failed(error: Exception) -> None:
            self._writing -= 1
            if isinstance(error, Stopped):
                self.bar.warn(stopped)
            else:
                self._failed(error)

        self.bar.follow(self._tasks.long(work, done, failed, self), words)

    def _offer_rest(self, words: str, shown: Shown) -> None:
        """What is left to do with a closed period: print it, send it."""
        send = partial(self._send, shown.request.period)
        self.bar.notify(words, (_("Send…"), send), (_("Print…"), self.ask_print))

    def _send(self, period: str) -> None:
        self.wanted.emit("exchange", {"period": period, "tab": "send"})

    # ---------------------------------------------------------------------- saving

    def save_as(self, suffix: str) -> None:
        """Ask for a file and save the report there."""
        try:
            request = self.chooser.request()
        except UserError as error:
            self.bar.warn(error)
            return
        ask_where(self, file_name(self._desk, request, suffix), suffix, self.save)

    def save(self, target: Path) -> None:
        """Write the report that is chosen to a file, in the format of its name."""
        self.stop()
        request, desk = self.chooser.request(), self._desk

        def work(say: Say) -> Path:
            from borderdesk.reports.deliver import write_report

            write_report(desk, request, target, say)
            return target

        self._long(work, self._saved, _("Stopped; nothing was saved."), _("Saving…"))

    def _saved(self, target: Path) -> None:
        self.bar.notify(_("Saved as {file}").format(file=target.name))

    def ask_batch(self) -> None:
        """Ask for a folder and write the same report for every post there."""
        ask_folder(self, _("A folder for the reports of every post"), Path.home(), self.save_batch)

    def save_batch(self, folder: Path) -> None:
        """Write the report that is chosen for every post into a folder."""
        try:
            request = self.chooser.request()
        except UserError as error:
            self.bar.warn(error)
            return
        desk = self._desk

        def work(say: Say) -> Any:
            from borderdesk.reports.batch import for_every_post, write_batch

            return write_batch(desk, for_every_post(desk, request), folder, ".pdf", say)

        done = partial(self._batch_done, folder)
        self._long(work, done, _("Stopped; nothing was saved."), _("Reports of every post…"))

    def _batch_done(self, folder: Path, batch: Any) -> None:
        words = _("{count} reports saved in {folder}.").format(
            count=len(batch.written), folder=folder.name
        )
        if batch.stopped:
            words = words + " " + _("Stopped before the last.")
        if not batch.failed:
            self.bar.notify(words)
            return
        failed = "; ".join(f"{one.scope}: {one.why}" for one in batch.failed)
        self.bar.warn(words + " " + _("Not made: {list}").format(list=failed))


class Begun(NamedTuple):
    """A report whose first page is there: `document` makes its blocks anew."""

    shown: Shown
    document: Callable[[], Any]


def first_page_of(desk: Desk, request: Request, target: Path) -> Begun:
    """Make a report as far as its first page."""
    from borderdesk.reports.deliver import make_report
    from borderdesk.reports.pages import page_sizes
    from borderdesk.reports.pdf import first_page

    made = make_report(desk, request)
    document = made.document()
    target.write_bytes(first_page(document))
    sizes = page_sizes(target)
    shown = Shown(request, target, sizes, made.summary, document.wide_paper, whole=False)
    return Begun(shown, made.document)


def whole_report_of(begun: Begun, target: Path) -> Shown:
    """The rest of a report of which the first page is there."""
    from borderdesk.reports.pages import page_sizes
    from borderdesk.reports.pdf import write_pdf

    spots: list[Spot] = []
    write_pdf(begun.document(), target, spots=spots)
    return begun.shown._replace(pdf=target, sizes=page_sizes(target), spots=spots, whole=True)


def edition_of(desk: Desk, edition: str, request: Request, target: Path) -> Shown:
    """The pages of an edition as it was signed."""
    from borderdesk.reports.pages import page_sizes
    from borderdesk.reports.pdf import write_pdf
    from borderdesk.reports.sources import kept_sources, with_sources
    from borderdesk.reports.summary_paper import as_document

    summary = desk.closing.summary(edition)
    spots: list[Spot] = []
    document = as_document(summary, desk, language())
    if summary.edition is not None:
        document = with_sources(document, kept_sources(summary.edition))
    write_pdf(document, target, spots=spots)
    return Shown(request, target, page_sizes(target), summary, document.wide_paper, spots)


def file_name(desk: Desk, request: Request, suffix: str) -> str:
    """What a report's file is called unless the person says otherwise."""
    from borderdesk.reports import batch

    return batch.file_name(desk, request, suffix)
