"""Background creation of a report's pages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from borderdesk.base.errors import user_error
from borderdesk.base.private_files import PreviewFolder
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.preview import (
    ReportPages,
    all_pages,
    edition_pages,
    first_page,
)
from ui.base.tasks import Job, Runner


class PageMaker(QObject):
    """Creates one report at a time; a new one cancels the previous.

    busy(bool); first_page_ready, pages_ready(ReportPages); failed(UserError).
    """

    busy = Signal(bool)
    first_page_ready = Signal(object)
    pages_ready = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, tasks: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._folder = PreviewFolder(desk.folder)
        self.destroyed.connect(self._folder.remove)
        self._files = 0
        self._job: Job | None = None
        self._repeat: Callable[[], None] | None = None

    def make(self, request: Request) -> None:
        """Create a report, its first page first."""
        target = self._start(partial(self.make, request))
        self._run(lambda: first_page(self._desk, request, target), self._show_first)

    def make_edition(self, edition: str, request: Request) -> None:
        """Create the pages of an edition (id) as it was signed."""
        target = self._start(partial(self.make_edition, edition, request))
        self._run(lambda: edition_pages(self._desk, edition, request, target), self._finish)

    def repeat(self) -> None:
        """Create the last report again."""
        if self._repeat is not None:
            self._repeat()

    def stop(self) -> None:
        """Cancel the running report."""
        if self._job is not None:
            self._job.forget()
            self._job = None
        self.busy.emit(False)

    def idle(self) -> bool:
        """Whether no report is being created."""
        return self._job is None

    def _start(self, repeat: Callable[[], None]) -> Path:
        self.stop()
        self._repeat = repeat
        self.busy.emit(True)
        return self._next_file()

    def _next_file(self) -> Path:
        """A new file per report: the previous one may still be read by the view."""
        self._files += 1
        return self._folder.file(f"report-{self._files}.pdf")

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._job = self._tasks.run(work, then, self._failed, self)

    def _show_first(self, first: ReportPages) -> None:
        self.first_page_ready.emit(first)
        target = self._next_file()
        self._run(lambda: all_pages(self._desk, first, target), self._finish)

    def _finish(self, pages: ReportPages) -> None:
        self._job = None
        self.busy.emit(False)
        self.pages_ready.emit(pages)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self.busy.emit(False)
        self.failed.emit(user_error(error))
