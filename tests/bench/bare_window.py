"""Baseline for the start of the window: the smallest Qt window that shows a page of rows.

Arguments: the database and the query of the page.
"""

import sys
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView
from sqlcipher3 import dbapi2 as sqlcipher

Index = QModelIndex | QPersistentModelIndex


class Rows(QAbstractTableModel):
    """A read-only model of the query's rows."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: N802
        return len(self._rows)

    def columnCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: N802
        return len(self._rows[0]) if self._rows else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        value = self._rows[index.row()][index.column()]
        return "" if value is None else str(value)


class FirstPaint(QObject):
    """Prints "painted" and quits after the first paint of the table."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, tell)
        return False


def tell() -> None:
    print("painted", flush=True)
    QApplication.quit()


def main(database: str, query: str) -> int:
    app = QApplication(sys.argv[:1])
    connection = sqlcipher.connect(database)
    rows = connection.execute(query).fetchall()
    connection.close()
    model = Rows(rows)
    view = QTableView()
    view.setModel(model)
    window = QMainWindow()
    window.resize(1366, 768)
    window.setCentralWidget(view)
    watch = FirstPaint()
    view.viewport().installEventFilter(watch)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
