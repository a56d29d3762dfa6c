"""Output of reports: printer, file, or a folder of files."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.preview import ReportPages
from borderdesk.reports.report_kinds import REPORTS, write_report
from ui.base.tasks import Runner
from ui.reports.printing import ask_printer, print_pdf
from ui.widgets.choosers.file_choosers import SAVED, ask_folder, ask_where
from ui.widgets.pages.messages import MessageBar

if TYPE_CHECKING:
    from borderdesk.reports import batch
else:
    batch = lazy_module("borderdesk.reports.batch")


BATCH_FORMATS = {".pdf": "PDF", ".docx": "Word", ".xlsx": "XLSX"}
"""{suffix: name} of the formats for the reports of all posts."""


class ReportOutput(QObject):
    """Prints and saves reports in the background, with progress in the message bar.

    printed: pages were printed or saved; send_wanted(period): send its package.
    """

    printed = Signal()
    send_wanted = Signal(str)

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._tasks = tasks
        self._bar = bar
        self._page = page
        self._jobs = 0

    def idle(self) -> bool:
        """Whether nothing is being written."""
        return self._jobs == 0

    # -------------------------------------------------------------------- printing

    def ask_print(self, pages: ReportPages) -> None:
        """Ask for the printer and print the pages."""
        dialog = ask_printer(
            self._page, pages.pdf.stem, lambda printer: self.print_pages(printer, pages)
        )
        dialog.finished.connect(partial(self._printer_answered, pages))

    def _printer_answered(self, pages: ReportPages, result: int) -> None:
        accepted = result == QDialog.DialogCode.Accepted
        # A final edition was already printed or sent.
        if not accepted and pages.edition is not None and pages.edition.final is None:
            self._offer_rest(_("Closed; not printed yet."), pages)

    def print_pages(self, printer: QPrinter, pages: ReportPages) -> None:
        """Print; makes the edition in force final."""
        desk, request = self._desk, pages.request

        def work(progress: Progress) -> int:
            count = print_pdf(printer, pages.pdf, pages.sizes, progress)
            subject = " ".join(filter(None, (request.period, request.scope)))
            name = REPORTS[request.kind].title
            desk.audit_notes.note_anyway("paper.printed", name, **{"for": subject})
            in_force = desk.closing.state(request.period, request.scope).edition
            edition = pages.edition
            # Printing an older edition does not make the one in force final.
            if in_force is not None and edition is not None and in_force.id == edition.id:
                desk.closing.note_printed(request.period, request.scope)
            return count

        def done(count: int) -> None:
            message = ngettext("{count} page printed.", "{count} pages printed.", count)
            message = message.format(count=count)
            self.printed.emit()
            if pages.is_closed():
                self._offer_rest(message, pages)
            else:
                self._bar.notify(message)

        self._run(work, done, _("Printing was stopped."), _("Printing…"))

    def _offer_rest(self, words: str, pages: ReportPages) -> None:
        """Offer the remaining steps for a closed period: send, print."""
        send = partial(self.send_wanted.emit, pages.request.period)
        again = partial(self.ask_print, pages)
        self._bar.notify(words, (_("Send…"), send), (_("Print…"), again))

    # ---------------------------------------------------------------------- saving

    def ask_file(self, request: Request, suffix: str, then: Callable[[Path], None]) -> None:
        """Ask for the file of a report; `then` receives it."""
        ask_where(self._page, batch.file_name(self._desk, request, suffix), suffix, then)

    def save(self, request: Request, target: Path) -> None:
        """Save a report in the format of the suffix."""

        def work(progress: Progress) -> Path:
            write_report(self._desk, request, target, progress)
            return target

        self._run(work, self._saved, _("Stopped; nothing was saved."), _("Saving…"))

    def _saved(self, target: Path) -> None:
        self.printed.emit()
        self._bar.notify(_("Saved as {file}").format(file=target.name))

    def ask_batch_folder(self, then: Callable[[Path, str], None]) -> None:
        """Ask for format and folder of the reports of all posts; `then` receives (folder,
        suffix)."""

        def ask(suffix: str) -> None:
            title = _("A folder for the reports of every post")
            ask_folder(self._page, title, None, lambda folder: then(folder, suffix), SAVED)

        offers = [(words, partial(ask, suffix)) for suffix, words in BATCH_FORMATS.items()]
        self._bar.ask(_("The reports of every post as"), *offers, (_("Close"), self._bar.clear))

    def save_batch(self, request: Request, folder: Path, suffix: str) -> None:
        """Save the report for every post into a folder, in the format of the suffix."""
        desk = self._desk

        def work(progress: Progress) -> "batch.BatchResult":
            return batch.write_batch(
                desk, batch.for_every_post(desk, request), folder, suffix, progress
            )

        done = partial(self._batch_saved, folder)
        self._run(work, done, _("Stopped; nothing was saved."), _("Reports of every post…"))

    def _batch_saved(self, folder: Path, answer: "batch.BatchResult") -> None:
        words = ngettext(
            "{count} report saved in {folder}.",
            "{count} reports saved in {folder}.",
            len(answer.written),
        ).format(count=len(answer.written), folder=folder.name)
        if answer.stopped:
            words = words + " " + _("Stopped before the last.")
        if not answer.failed:
            self._bar.notify(words)
            return
        failed = "; ".join(f"{failure.scope}: {failure.why}" for failure in answer.failed)
        self._bar.warn(words + " " + _("Not made: {list}").format(list=failed))

    # ------------------------------------------------------------------ background

    def _run(
        self,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None],
        stop_message: str,
        words: str,
    ) -> None:
        """Run a long job with progress below `words`; stop_message: the message after a stop."""
        self._jobs += 1

        def done(answer: Any) -> None:
            self._jobs -= 1
            then(answer)

        def failed(error: Exception) -> None:
            self._jobs -= 1
            if not isinstance(error, UserError):
                raise error
            self._bar.warn(stop_message if isinstance(error, OperationStopped) else error)

        self._bar.follow(self._tasks.long(work, done, failed, self), words)
