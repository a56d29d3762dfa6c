"""Action that shows the versions of the current record."""

from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.records import ALL_TYPES
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry import differences
    from ui.records.windows import history_window
else:
    differences = lazy_module("borderdesk.entry.differences")
    history_window = lazy_module("ui.records.windows.history_window")


class HistoryAction:
    """Opens the window of a record's versions."""

    window: "history_window.HistoryWindow"
    """The window opened last."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts

    def show(self) -> None:
        """Read the versions of the current record and open their window."""
        parts, record = self._parts, self._parts.form().record
        if not record:
            parts.bar.hint(_("Choose a record in the list first."))
            return

        def work() -> "list[differences.RecordVersion]":
            history = parts.desk.records.history(parts.type_name, record)
            return differences.versions_of(history, parts.desk.book)

        parts.tasks.run(work, self._open, parts.fail, parts.front)

    def _open(self, versions: "list[differences.RecordVersion]") -> None:
        title, front = _(ALL_TYPES[self._parts.type_name].title), self._parts.front
        self.window = history_window.HistoryWindow(front, title, versions)
        self.window.finished.connect(front.activateWindow)
        self.window.show()
        self.window.activateWindow()
