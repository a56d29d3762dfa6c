"""Action that lists the deleted records of a page's type and restores them."""

from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.records import ALL_TYPES
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry.deleted import DeletedRecord
    from ui.records.windows import deleted_window
else:
    deleted_window = lazy_module("ui.records.windows.deleted_window")


class DeletedAction:
    """Opens the window of deleted records."""

    window: "deleted_window.DeletedWindow"
    """The window opened last."""

    def __init__(self, parts: PageParts, actions: ListActions) -> None:
        self._parts = parts
        self._actions = actions

    def show(self) -> None:
        """Read the deleted records and open their window."""
        parts = self._parts
        desk, type_name = parts.desk, parts.type_name
        parts.tasks.run(lambda: desk.deleted.latest(type_name), self._open, parts.fail, parts.front)

    def _open(self, records: "list[DeletedRecord]") -> None:
        parts, type_name = self._parts, self._parts.type_name
        title = _(ALL_TYPES[type_name].title)
        self.window = deleted_window.DeletedWindow(
            parts.front, title, type_name, records, parts.desk.book
        )
        self.window.restore.connect(self._actions.restore)
        self.window.finished.connect(parts.front.activateWindow)
        self.window.show()
        self.window.activateWindow()
