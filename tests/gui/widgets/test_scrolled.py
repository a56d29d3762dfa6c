"""Contents that scroll in a low window: their tables are shown completely and stay in place."""

from PySide6.QtCore import QItemSelectionModel, QStringListModel
from PySide6.QtWidgets import QListView, QTableWidget, QWidget
from shiboken6 import delete

from ui.widgets.layout.scrolled import scrolled_column


def test_a_table_that_was_scrolled_to_its_last_column_still_shows_it(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    table = QTableWidget(40, 12)
    for column in range(12):
        table.setColumnWidth(column, 127)
    table.setMinimumHeight(400)
    scrolled_column(owner).addWidget(table)
    owner.resize(700, 300)
    owner.show()
    table.setCurrentCell(0, 11)
    table.scrollTo(table.currentIndex())
    # By now the area knows that it must scroll.
    qtbot.waitUntil(lambda: table.verticalScrollMode() == table.ScrollMode.ScrollPerPixel)
    last = table.visualRect(table.currentIndex())
    assert last.right() <= table.viewport().width()


def test_what_a_destroyed_list_had_chosen_moves_nothing(qtbot):
    owner, model = QWidget(), QStringListModel(["a", "b"] * 40)
    qtbot.addWidget(owner)
    view, chosen = QListView(), QItemSelectionModel(model)
    view.setModel(model)
    view.setSelectionModel(chosen)
    view.setMinimumHeight(400)
    scrolled_column(owner).addWidget(view)
    owner.resize(300, 200)
    owner.show()
    qtbot.waitUntil(lambda: view.verticalScrollMode() == view.ScrollMode.ScrollPerPixel)
    delete(view)
    with qtbot.captureExceptions() as faults:
        chosen.setCurrentIndex(model.index(1), QItemSelectionModel.SelectionFlag.Current)
    assert faults == []
