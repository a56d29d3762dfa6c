"""Window of a household: its pledges, registrations and joined households."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.entry.household_page import HouseholdLine
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.records.windows.household_rights import HouseholdRights
from ui.widgets.tables.rows_table import RowsTable, TableColumn


class HouseholdWindow(QDialog):
    """The records that refer to a household, newest first; Enter opens one on its page."""

    def __init__(
        self,
        owner: QWidget,
        name: str,
        lines: list[HouseholdLine],
        go_to: Callable[[str, str], None],
        rights: HouseholdRights | None = None,
    ) -> None:
        """go_to(type, record id): opens a record; rights: None without the permission."""
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Household: {name}").format(name=name))
        self.resize(owner.window().size() * 0.6)
        self._lines = lines
        self._go_to = go_to
        columns = [
            TableColumn(_("Date"), 12),
            TableColumn(_("Kind"), 24),
            TableColumn(_("Content"), 50),
        ]
        empty = _("No pledge, registration or joined household names it.")
        self.table = RowsTable(_("What names this household"), columns, empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(named(PlainLabel(name), "title"))
        column.addWidget(self.table, 1)
        self.rights = rights
        if rights is not None:
            column.addWidget(rights)
        self.table.opened.connect(self._open)
        self.table.show_rows(
            [(format_date(line.day) if line.day else "", line.title, line.text) for line in lines]
        )

    def _open(self, row: int) -> None:
        line = self._lines[row]
        self.accept()
        self._go_to(line.type, line.record)
