"""Columns of a list: visibility, order, widths and sort order, saved with the desk."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QTableView

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Sort, default_sort
from ui.base.tasks import Runner
from ui.records.lists.column_widths import ColumnWidths
from ui.widgets.tables.table_model import RecordTable

SETTLED = 600
"""Debounce in milliseconds before a change of columns is saved."""


def list_key(type_name: str) -> str:
    """The key of the preference that stores the columns of a list."""
    return f"list:{type_name}"


class ListColumns(QObject):
    """Shows, hides, moves, resizes and sorts columns, and saves the arrangement."""

    def __init__(
        self,
        desk: Desk,
        tasks: Runner,
        view: QTableView,
        widths: ColumnWidths,
        type_name: str,
        failed: Callable[[Exception], None],
    ) -> None:
        """view: of a RecordTable."""
        super().__init__(view)
        self._desk = desk
        self._tasks = tasks
        self._view = view
        table = view.model()
        assert isinstance(table, RecordTable)
        self._table = table
        self._widths = widths
        self._type = type_name
        self._failed = failed
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self._remember)
        self._set_widths(widths.kept)

    def connect_header(self) -> None:
        """Start following the header."""
        header = self._view.horizontalHeader()
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(lambda *_moved: self._settle.start())
        header.customContextMenuRequested.connect(self._show_menu)

    def _set_widths(self, widths: dict[str, int]) -> None:
        """Apply the saved widths, else fit the columns."""
        header = self._view.horizontalHeader()
        header.setMinimumSectionSize(self._view.fontMetrics().horizontalAdvance("0") * 5)
        self._widths.kept = widths
        self._widths.fit()
        order = self._table.order
        direction = (
            Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        )
        header.setSortIndicatorShown(order.key in self._table.keys)
        if order.key in self._table.keys:
            header.setSortIndicator(self._table.keys.index(order.key), direction)

    def _resized(self, column: int, _before: int, _now: int) -> None:
        header = self._view.horizontalHeader()
        self._widths.raise_head()
        if header.visualIndex(column) == header.count() - 1:
            return  # it takes what is left, by itself
        self._widths.kept = self._sizes()
        self._settle.start()

    def _sort(self, column: int, direction: Qt.SortOrder) -> None:
        order = Sort(self._table.keys[column], direction == Qt.SortOrder.DescendingOrder)
        if order != self._table.order:
            self._table.ask(self._table.chosen, order)
            self._widths.raise_head()
            self._settle.start()

    # --------------------------------------------------------------------- menus

    def columns_menu(self) -> QMenu:
        """The menu of all columns, with a check mark at those shown."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, field in ALL_TYPES[self._type].columns().items():
            action = menu.addAction(_(field.label))
            action.setCheckable(True)
            action.setChecked(key in self._table.keys)
            action.setEnabled(self._table.keys != [key])
            action.toggled.connect(lambda on, key=key: self.show_column(key, on))
        menu.addSeparator()
        menu.addAction(_("As at first")).triggered.connect(lambda: self.as_at_first())
        return menu

    def _show_menu(self, point: QPoint) -> None:
        self.columns_menu().popup(self._view.horizontalHeader().mapToGlobal(point))

    def show_columns_menu(self) -> None:
        """Open the menu of columns from the keyboard."""
        self._show_menu(self._view.horizontalHeader().rect().bottomLeft())

    def sort_menu(self) -> QMenu:
        """The menu of the columns to sort by."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in self._ordered():
            action = menu.addAction(_(ALL_TYPES[self._type].columns()[key].label))
            action.setCheckable(True)
            action.setChecked(key == self._table.order.key)
            action.triggered.connect(lambda _on, key=key: self.sort_by(key))
        return menu

    def show_sort_menu(self) -> None:
        """Open the menu of sort columns from the keyboard."""
        header = self._view.horizontalHeader()
        self.sort_menu().popup(header.mapToGlobal(header.rect().bottomLeft()))

    def sort_by(self, key: str) -> None:
        """Sort by a column like a click on its header; again reverses the order."""
        order = self._table.order
        down = order.key == key and not order.descending
        direction = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self._view.horizontalHeader().setSortIndicator(self._table.keys.index(key), direction)

    def show_column(self, key: str, on: bool) -> None:
        """Show a column, at the end, or hide it."""
        keys = [k for k in self._ordered() if k != key]
        self._rearrange([*keys, key] if on else keys, self._widths.kept)

    def as_at_first(self) -> None:
        """Reset columns and sort order to the defaults."""
        self._table.order = default_sort(ALL_TYPES[self._type])
        self._rearrange(self._table.usual_keys(), {})

    def _rearrange(self, keys: list[str], widths: dict[str, int]) -> None:
        header = self._view.horizontalHeader()
        header.blockSignals(True)
        for column in range(len(self._table.keys)):
            header.moveSection(header.visualIndex(column), column)
        self._table.arrange(keys, self._table.order)
        header.blockSignals(False)
        self._set_widths(widths)
        self._table.ask(self._table.chosen, self._table.order)
        self._settle.start()

    def shown(self) -> list[str]:
        """The keys of the columns in visual order."""
        return self._ordered()

    def _ordered(self) -> list[str]:
        """The keys of the columns in visual order."""
        header = self._view.horizontalHeader()
        return [
            self._table.keys[header.logicalIndex(visual_index)]
            for visual_index in range(len(self._table.keys))
        ]

    def _sizes(self) -> dict[str, int]:
        header = self._view.horizontalHeader()
        # The last column is stretched: its width was not set by the person.
        return {
            key: header.sectionSize(section) for section, key in enumerate(self._table.keys[:-1])
        }

    def _remember(self) -> None:
        arrangement = {
            "columns": self._ordered(),
            "widths": self._widths.kept,
            "sort": list(self._table.order),
        }
        desk, place = self._desk, list_key(self._type)
        self._tasks.later(
            lambda: desk.preferences.prefer(place, arrangement),
            lambda _none: None,
            self._failed,
            self,
        )
