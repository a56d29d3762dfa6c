"""Adding rows to a settings table from files, such as certificates."""

from collections.abc import Sequence
from pathlib import Path

from borderdesk.base.i18n import _, ngettext
from borderdesk.desk import Desk
from borderdesk.schema.reference.table import EditableTable, ReferenceType
from ui.widgets.choosers.file_choosers import ask_files
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.push_button import push_button


class FileRows:
    """A button that adds the rows of files to a panel's table and saves them at once."""

    def __init__(self, panel: DeskPanel, desk: Desk, table: type[ReferenceType]) -> None:
        self._panel, self._desk, self._table = panel, desk, table
        self.button = push_button(
            _("Add from a file…"),
            _("Add what a file holds, and save it"),
            self.ask,
            takes=table.permission,
        )

    def ask(self) -> None:
        """Ask for the files."""
        ask_files(self._panel, _(self._table.title), self._table.files, self.add)

    def add(self, files: Sequence[Path]) -> None:
        """Add the rows of files."""
        desk = self._desk

        def work() -> int:
            with desk.writing():
                return sum(desk.reference.load(file)[1] for file in files)

        def done(count: int) -> None:
            self._panel.bar.notify(
                ngettext("{count} row was added.", "{count} rows were added.", count).format(
                    count=count
                )
            )
            self._panel.refresh()
            self._panel.changed.emit()

        self._panel.write(work, done)


def file_rows(panel: DeskPanel, desk: Desk, table: type[EditableTable]) -> FileRows | None:
    """The FileRows of a table whose rows come from files; None for other tables."""
    if not issubclass(table, ReferenceType) or not table.files:
        return None
    return FileRows(panel, desk, table)
