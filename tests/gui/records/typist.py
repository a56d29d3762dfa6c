"""Processes that type into the window of a desk until they are killed.

This program has imported the window and opened nothing. For each line of JSON on its standard
input, [DESK, TYPE, PART, PIPE], it forks a typist; PART is "form" or "table", whose field
`source_ref` is typed into. A typist writes its process id to PIPE, then the field's initial
content, and after each key its content. A second after each key by the window's own event loop, it
reports that the key is due to be stored, unless a write is still running: on a busy machine the
loop's second is longer too, and everything reported before a kill must be stored.
"""

import json
import os
import signal
import sys
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

KEY_MILLISECONDS, SECOND = 15, 1_000
TEXT = "Phat quang duong tuan tra doan moc "


Reader = Callable[[], str]


def of_form(page: RecordPage) -> tuple[Callable[[], QWidget], Reader]:
    """The field of the form, and a function that reads it."""
    print(json.dumps({"opened": page.form.raws()["source_ref"]}), flush=True)
    line = page.form.cells["source_ref"].editor.text
    line.setFocus()
    line.selectAll()
    return lambda: line, line.toPlainText


def of_table(page: RecordPage) -> tuple[Callable[[], QWidget], Reader]:
    """The editor of the cell in the grid's first row, and a function that reads it."""
    page.show_grid()
    cells, view = page.grid.cells, page.grid.view
    cells.show_columns(list(cells.every))
    print(json.dumps({"opened": cells.rows[0].get("source_ref", "")}), flush=True)
    view.go_to((0, "source_ref"))
    view.setFocus()

    def line() -> QLineEdit:
        return view.findChildren(QLineEdit, "cell")[-1]

    return line, lambda: line().text()


def type_for_ever(folder: str, type_name: str, part: str) -> int:
    """Open the window at the page of a type and type until this process is killed."""
    app = application()
    with Desk.open(Path(folder)) as desk:
        window = main_window(desk, "vi", type_name)
        window.show()
        window.activateWindow()
        page = window.current()
        assert isinstance(page, RecordPage)
        line, text = (of_table if part == "table" else of_form)(page)
        typed = 0

        def press() -> None:
            nonlocal typed
            QTest.keyClick(line(), TEXT[typed % len(TEXT)])
            place, typed = typed, typed + 1
            print(json.dumps({"text": text()}), flush=True)
            QTimer.singleShot(SECOND, window, lambda: tell_due(place))

        def tell_due(place: int) -> None:
            if not window.tasks.unanswered():
                print(json.dumps({"due": place}), flush=True)

        clock = QTimer(interval=KEY_MILLISECONDS)
        clock.timeout.connect(press)
        clock.start()
        return app.exec()


def fork_typist(folder: str, type_name: str, part: str, pipe: str) -> None:
    """Fork a typist that reports to the pipe."""
    if os.fork():
        return
    try:
        told = os.open(pipe, os.O_WRONLY)
        os.dup2(told, sys.stdout.fileno())
        sys.excepthook = lambda *_error: os._exit(9)  # also for a slot's exception
        print(os.getpid(), flush=True)
        type_for_ever(folder, type_name, part)
    finally:
        os._exit(9)


def main() -> None:
    """Fork a typist for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        fork_typist(*json.loads(line))


if __name__ == "__main__":
    main()
