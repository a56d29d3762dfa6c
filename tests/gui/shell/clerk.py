"""A program that enters a sheet of paper into a desk's window by keys alone.

After so many letters it stops in the middle of a field, says where its finger is on the paper
once the draft is kept, and waits to be killed; started again with that mark it goes on there.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from borderdesk.desk import Desk
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow

LINES = 60
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
MOST_STEPS = 80


def sheet(day: str) -> list[tuple[str, dict[str, str]]]:
    """The sheet of paper: sixty lines of five types, each known by its number in `source_ref`."""
    place = "xa ba son"
    of_type = {
        "patrol": lambda n: {
            "kind": "don phuong", "started_on": day, "from_marker": "1170", "to_marker": "1175",
            "communes": place, "participants": str(5 + n), "result": "giu nguyen",
        },
        "clearing": lambda n: {
            "kind": "thong tam nhin", "started_on": day, "commune": place,
            "participants": str(10 + n),
        },
        "outreach": lambda n: {
            "form": "tap trung", "held_on": day, "commune": place, "sessions": "1",
            "attendance": str(40 + n), "topics": "bien_phong",
        },
        "pledge": lambda n: {
            "signed_on": day, "programme": "buon_lau", "count": str(2 + n), "commune": place,
            "hamlet": "Khuoi Cap",
        },
        "track": lambda n: {"completed_on": day, "commune": place, "count": str(1 + n)},
    }  # fmt: skip
    each = LINES // len(of_type)
    return [
        (name, {**values(n), "source_ref": f"To 7 dong {place_of * each + n + 1}"})
        for place_of, (name, values) in enumerate(of_type.items())
        for n in range(each)
    ]


class Mark(NamedTuple):
    """Where the clerk's finger is on the paper: the line, its field, the letters typed of it."""

    line: int = 0
    field: str = ""
    letters: int = 0


class Clerk:
    """Presses keys at a window; stops after so many letters to be killed."""

    def __init__(self, window: MainWindow, stop_after: int) -> None:
        self._window = window
        self._left = stop_after
        self.letters = 0

    def press(self, code: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press one key for the window."""
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus.window().windowHandle(), code, modifier)

    def type(self, mark: Mark, text: str) -> None:
        """Type a text from where the finger is, letter by letter."""
        for place in range(mark.letters, len(text)):
            if self.letters == self._left:
                self._wait_to_be_killed(mark._replace(letters=place))
            self.press(text[place])
            self.letters += 1

    def _wait_to_be_killed(self, mark: Mark) -> None:
        page = self._window.current()
        until(page.drafts.keeper.settled)
        told({"mark": mark, "letters": self.letters, "raws": page.form.raws()})
        QEventLoop().exec()

    def go(self, key: str) -> None:
        """Go to a page by the navigation's keys."""
        while self._window.current() is not self._window.pages.get(key):
            self.press(Qt.Key.Key_PageDown, CONTROL)
        until(self._window.current().idle)

    def enter(self, number: int, key: str, values: dict[str, str], mark: Mark) -> None:
        """Type a line of the sheet from where the finger is, and save it."""
        self.go(key)
        page = self._window.current()
        begun = list(values).index(mark.field) if mark.field else 0
        left = dict(list(values.items())[begun:])
        if mark.field:
            told({"opened": page.form.raws()})
            page.form.begin()
        elif not self._reached():
            self.press("N", CONTROL)
        for _step in range(MOST_STEPS):
            reached = self._reached()
            if reached in left:
                here = mark if mark.field == reached else Mark(number, reached)
                self.press(Qt.Key.Key_End) if here.letters else self.press("A", CONTROL)
                self.type(here, left.pop(reached))
            if not left:
                break
            self.press(Qt.Key.Key_Return)
        assert not left, left
        self.press(Qt.Key.Key_Return, CONTROL)
        until(page.idle)
        assert not page.dirty, page.bar.text

    def _reached(self) -> str:
        focus, form = QApplication.focusWidget(), self._window.current().form
        return next((k for k, c in form.cells.items() if c.editor.holds(focus)), "")


def told(line: dict[str, object]) -> None:
    """Tell whoever reads the output."""
    print(json.dumps(line), flush=True)


def until(ready: Callable[[], bool]) -> None:
    """Let the window work until something holds."""
    while not ready():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def main() -> int:
    """Enter what is left of the sheet: `DESK DAY STOP_AFTER LINE FIELD LETTERS`."""
    folder, day, stop_after, line, field, letters = sys.argv[1:]
    app = application()
    with Desk.open(Path(folder)) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        until(window.current().idle)
        clerk, mark = Clerk(window, int(stop_after)), Mark(int(line), field, int(letters))
        for number, (key, values) in enumerate(sheet(day)):
            if number >= mark.line:
                clerk.enter(number, key, values, mark if number == mark.line else Mark())
        told({"letters": clerk.letters})
        window.close()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
