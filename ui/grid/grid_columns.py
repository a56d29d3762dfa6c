"""Choice of the columns shown in a grid, saved with the desk."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from borderdesk.desk import Desk
from borderdesk.entry.grid import GridColumn
from ui.base.tasks import Runner
from ui.grid.grid_model import GridModel
from ui.grid.grid_view import GridView
from ui.widgets.actions.all_actions import bind, button


class GridColumns(QObject):
    """Shows and hides columns of a grid."""

    def __init__(
        self,
        owner: QWidget,
        view: GridView,
        desk: Desk,
        tasks: Runner,
        type_name: str,
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(owner)
        self._owner = owner
        self._view = view
        self._cells: GridModel = view.cells
        self._desk = desk
        self._tasks = tasks
        self._key = columns_key(type_name)
        self._failed = failed

    def make_button(self) -> QPushButton:
        """The button that opens the menu of columns."""
        self._button = button(bind(self._owner, "grid_columns", self.show_menu), flat=True)
        return self._button

    def shown(self) -> list[str]:
        """The keys of the columns shown, in order."""
        return [column.key for column in self._cells.columns]

    def show_menu(self) -> None:
        """Open the menu of all columns, with a check mark at those shown."""
        menu = QMenu(self._owner)
        menu.triggered.connect(menu.deleteLater)
        shown = self.shown()
        for key, column in self._cells.every.items():
            action = menu.addAction(column.label)
            action.setCheckable(True)
            action.setChecked(key in shown)
            # Required columns cannot be hidden, or nobody could fill them in.
            action.setEnabled(not (key in shown and column.required))
            action.toggled.connect(lambda on, key=key: self._toggle(key, on))
        menu.popup(self._button.mapToGlobal(self._button.rect().bottomLeft()))

    def _toggle(self, key: str, on: bool) -> None:
        shown = [column_key for column_key in self.shown() if column_key != key]
        self.show([*shown, key] if on else shown)

    def show(self, keys: list[str]) -> None:
        """Show these columns and save the choice; the current row stays."""
        at = self._view.currentIndex()
        self._cells.show_columns(keys)
        self._view.size_columns()
        if at.isValid():
            self._view.setCurrentIndex(self._cells.index(at.row(), 0))
        desk, place, shown = self._desk, self._key, self.shown()
        self._tasks.later(
            lambda: desk.preferences.prefer(place, shown), lambda _none: None, self._failed, self
        )


def columns_key(type_name: str) -> str:
    """The key of the preference that stores the columns of a type's grid."""
    return f"grid:{type_name}"


def kept_columns(desk: Desk, type_name: str, columns: Sequence[GridColumn]) -> list[str]:
    """The keys of the columns as saved, else the default ones."""
    usual = [column.key for column in columns if column.usual]
    saved: list[str] = desk.preferences.preferred(columns_key(type_name), usual)
    return saved
