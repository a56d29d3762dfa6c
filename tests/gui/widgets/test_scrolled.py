"""Contents that scroll in a low window: their tables are shown completely and stay in place."""

from PySide6.QtWidgets import QTableWidget, QWidget

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
    # The room has found by then that it has to be scrolled.
    qtbot.waitUntil(lambda: table.verticalScrollMode() == table.ScrollMode.ScrollPerPixel)
    last = table.visualRect(table.currentIndex())
    assert last.right() <= table.viewport().width()
