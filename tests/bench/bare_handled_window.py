"""Baseline for handling the window: plain Qt widgets with lists and forms of the same fields, typed
into, scrolled and switched in the same way; prints the same JSON.

Argument: the desk's folder, which is only read.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTableView,
    QWidget,
)

from borderdesk.base.paths import database_file
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import table_name
from borderdesk.store.lists.listing import PAGE
from tests.bench.handled_window import (
    ARRIVING,
    KEY_SECONDS,
    SETTLING,
    SIZE,
    STARTING,
    keys_of,
    scroll,
    show,
    text_for,
    turn,
    turning,
)
from tests.bench.harness import bare_connection

Index = QModelIndex | QPersistentModelIndex


class Rows(QAbstractTableModel):
    """The rows of a type's table, newest first, fetched page by page while scrolling."""

    def __init__(self, connection: Any, model: type[RevisionedModel]) -> None:
        super().__init__()
        self._connection = connection
        self._keys = model.listed()
        self._table = table_name(model)
        event = model.event()
        self._order = event.name if event else "row"
        self._rows: list[tuple[Any, ...]] = []
        self._whole = False
        self.fetchMore()

    def rowCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: N802
        return len(self._rows)

    def columnCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: N802
        return len(self._keys)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        value = self._rows[index.row()][index.column() + 2]
        return "" if value is None else str(value)

    def canFetchMore(self, _parent: Any = QModelIndex()) -> bool:  # noqa: N802
        return not self._whole

    def fetchMore(self, _parent: Any = QModelIndex()) -> None:  # noqa: N802
        after = f"WHERE ({self._order}, row) < (?, ?)" if self._rows else ""
        found = self._connection.execute(
            f"SELECT {self._order}, row, {', '.join(self._keys)} FROM {self._table} {after}"
            f" ORDER BY {self._order} DESC, row DESC LIMIT {PAGE}",
            self._rows[-1][:2] if self._rows else (),
        ).fetchall()
        self._whole = len(found) < PAGE
        if found:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self._rows += found
            self.endInsertRows()


def editor(field: Any) -> QWidget:
    """The plain widget for a field."""
    if field.json_type == "boolean":
        return QCheckBox()
    if field.options:
        choice = QComboBox()
        choice.addItems(["", *field.options.values()])
        return choice
    if field.free_text and field.lines and not field.brief:
        return QPlainTextEdit()
    return QLineEdit()


class BarePage(QSplitter):
    """The list of a type beside a form with its fields."""

    def __init__(self, connection: Any, model: type[RevisionedModel]) -> None:
        super().__init__()
        self.view = QTableView()
        self.rows = Rows(connection, model)
        self.view.setModel(self.rows)
        self.editors = {key: (field, editor(field)) for key, field in model.columns().items()}
        inside = QWidget()
        form = QFormLayout(inside)
        for field, widget in self.editors.values():
            form.addRow(field.label, widget)
        around = QScrollArea()
        around.setWidgetResizable(True)
        around.setWidget(inside)
        self.addWidget(self.view)
        self.addWidget(around)


class BareWindow(QMainWindow):
    """A window whose pages are created when they are first shown."""

    def __init__(self, connection: Any, first: str) -> None:
        super().__init__()
        self._connection = connection
        self.nav = QListWidget()
        self.nav.setFixedWidth(200)
        self.items = {name: QListWidgetItem(name, self.nav) for name in ALL_TYPES}
        self._pages: dict[str, BarePage] = {}
        self._stack = QStackedWidget()
        both = QSplitter()
        both.addWidget(self.nav)
        both.addWidget(self._stack)
        self.setCentralWidget(both)
        self.nav.currentItemChanged.connect(lambda item, _before: self._turn_to(item.text()))
        self.nav.setCurrentItem(self.items[first])

    def _turn_to(self, name: str) -> None:
        if name not in self._pages:
            self._pages[name] = BarePage(self._connection, ALL_TYPES[name])
            self._stack.addWidget(self._pages[name])
        self._stack.setCurrentWidget(self._pages[name])

    def current(self) -> Any:
        """The current page."""
        return self._stack.currentWidget()


def typing(window: BareWindow) -> Iterator[tuple[str, list[float]]]:
    """{type: milliseconds of each key typed into every field of its form}."""
    for name in ALL_TYPES:
        window.nav.setCurrentItem(window.items[name])
        turn(SETTLING)
        for key, (field, widget) in window.current().editors.items():
            widget.setFocus()
            turn(ARRIVING)
            show(widget)
            turn(KEY_SECONDS)
            times = keys_of(text_for(field))
            if times:
                yield f"{name}.{key}", times


def main(folder: str) -> None:
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    connection = bare_connection(database_file(Path(folder)))
    window = BareWindow(connection, "incident")
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    turn(STARTING)
    turned = turning(window)
    window.nav.setCurrentItem(window.items["pledge"])
    turn(SETTLING)
    page = window.current()
    wheel, pages = scroll(page.view)
    rows, keys = page.rows.rowCount(), dict(typing(window))
    told = {"turned": turned, "wheel": wheel, "pages": pages, "rows": rows, "keys": keys}
    print(json.dumps(told), flush=True)
    window.close()
    connection.close()
    del application


if __name__ == "__main__":
    main(*sys.argv[1:])
