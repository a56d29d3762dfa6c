"""Imports modules in advance that would delay the first display of a page."""

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
"""Core modules of the report page, the slowest of all: some 200 ms in a worker thread."""
OF_THE_WINDOW = ("PySide6.QtPrintSupport", "ui.reports.report_page")
"""Its other modules: 1 and 13 ms in the window's thread once those above are imported."""


class ImportAhead(QObject):
    """Imports modules once the window has been up for a while.

    Modules that import Qt or derive classes from it are imported in the window's thread: PySide6
    creates types on import, and Qt calls from the window meanwhile ended in a segmentation fault
    (once in ten starts on a busy machine).
    """

    def __init__(self, tasks: Runner) -> None:
        # Child of the runner, which outlives the pages when they are rebuilt in another language.
        super().__init__(tasks)
        self._tasks = tasks
        self._left = list(OF_THE_WINDOW)
        QTimer.singleShot(QUIET, self, self._begin)

    def done(self) -> bool:
        """Whether all modules are imported."""
        return not self._left

    def _begin(self) -> None:
        self._tasks.run(
            lambda: [import_module(name) for name in OF_THE_CORE],
            lambda _modules: self._go_on(),
            lambda _error: self._go_on(),
            self,
        )

    def _go_on(self) -> None:
        """One module per turn of the event loop, so that input is handled in between."""
        if self._left:
            import_module(self._left[0])
            del self._left[0]
            QTimer.singleShot(0, self, self._go_on)
