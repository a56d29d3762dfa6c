"""A program that types into the window of a desk until it is killed: `typist.py DESK TYPE PART`.

PART is "form" or "table"; it types into the field `source_ref` of either.

After each key it prints what stands in the form by then, with the time, so that whoever kills
it knows what may be lost.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from borderdesk.desk import Desk
from ui.records.record_page import RecordPage
from ui.shell.app import application, main_window

KEY_MILLISECONDS = 15
TEXT = "Phat quang duong tuan tra doan moc "


def of_form(page: RecordPage) -> tuple[QWidget, Callable[[], str]]:
    """The field of the form, and how to read it."""
    print(json.dumps({"opened": page.form.raws()["source_ref"]}), flush=True)
    line = page.form.cells["source_ref"].editor.text
    return line, line.toPlainText


def of_table(page: RecordPage) -> tuple[QWidget, Callable[[], str]]:
    """The cell of the table's first row, opened, and how to read it."""
    page.show_grid()
    cells, view = page.grid.cells, page.grid.view
    cells.show_columns(list(cells.every))
    print(json.dumps({"opened": cells.rows[0].get("source_ref", "")}), flush=True)
    view.go_to((0, "source_ref"))
    view.edit(view.currentIndex())
    line = view.findChild(QLineEdit, "cell")
    return line, line.text


def main() -> int:
    """Type for ever."""
    app = application()
    with Desk.open(Path(sys.argv[1])) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        window.nav.setCurrentItem(window.items[sys.argv[2]])
        line, text = (of_table if sys.argv[3] == "table" else of_form)(window.current())
        line.setFocus()
        line.selectAll()
        typed = 0

        def press() -> None:
            nonlocal typed
            QTest.keyClick(line, TEXT[typed % len(TEXT)])
            typed += 1
            print(json.dumps({"at": time.monotonic(), "text": text()}), flush=True)

        clock = QTimer(interval=KEY_MILLISECONDS)
        clock.timeout.connect(press)
        clock.start()
        return app.exec()


if __name__ == "__main__":
    sys.exit(main())
