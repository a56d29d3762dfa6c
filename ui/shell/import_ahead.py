"""Preloads modules that would make the first display of a page slow."""

from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from ui.base.tasks import Runner

QUIET = 2_000
"""Milliseconds from the start of the window to the imports."""
OF_THE_CORE = (
    "borderdesk.reports.blocks",
    "borderdesk.reports.contents.record_lines",
    "borderdesk.reports.report_kinds",
    "borderdesk.reports.editions.period_state",
    "borderdesk.reports.preview",
    "borderdesk.closing.word_forms",
    "borderdesk.entry.clipboard",
    "borderdesk.entry.editing",
)
"""What the report page, the dearest of all, needs of the core: some 200 ms of a worker."""
OF_THE_WINDOW = ("PySide6.QtPrintSupport", "ui.reports.report_page")
"""What it needs besides: 1 and 13 ms of the window, with what is above imported."""


class ImportAhead(QObject):
    """Imports modules once the window has been up for a moment.

    Modules of Qt, and those that derive classes from Qt's, are imported on the window's thread:
    PySide6 makes its types while it is imported, and a window that calls into Qt meanwhile from
    another thread ended in a segmentation fault (once in ten starts on a busy machine).
    """

    def __init__(self, tasks: Runner) -> None:
        # Below the runner: it outlives the pages that are rebuilt in another language.
        super().__init__(tasks)
        self._tasks = tasks
        self._left = list(OF_THE_WINDOW)
        QTimer.singleShot(QUIET, self, self._begin)

    def done(self) -> bool:
        """Whether everything is imported."""
        return not self._left

    def _begin(self) -> None:
        self._tasks.run(
            lambda: [import_module(name) for name in OF_THE_CORE],
            lambda _modules: self._go_on(),
            lambda _error: self._go_on(),
            self,
        )

    def _go_on(self) -> None:
        """One module at a time: what is typed meanwhile comes in between."""
        if self._left:
            import_module(self._left[0])
            del self._left[0]
            QTimer.singleShot(0, self, self._go_on)
