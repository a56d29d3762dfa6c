"""Types a sheet of paper into a desk's window with keys only.

Fields that already show the right text are skipped, and a chooser gets no more letters than it
needs. After a number of letters it stops in the middle of a field, prints its position on the paper
once the draft is stored, and waits to be killed; started again with that position it continues
there.
"""

import datetime
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from borderdesk.base.text import fold
from borderdesk.desk import Desk
from tests.gui.steps import marked, work_until
from ui.records.record_page import RecordPage
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow
from ui.widgets.editors.editor import Editor

CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
MOST_STEPS, PATIENCE = 80, 10.0
"""The largest number of Enters a line takes, and the seconds that one may take to arrive."""
STRETCH = "stretch"
"""In the place of a field: the key that marks every marker of the stretch as intact."""


class Names(NamedTuple):
    """The names on the paper that are in no list."""

    hamlet: str
    leader: str
    head: str
    team: str


BARE = Names("Khuoi Cap", "Nong Van An", "Ly A", "To tu quan")
WHOLE = Names("Khuổi Cấp", "Nông Văn Ẩn", "Lý Thị", "Tổ tự quản")
"""As typed without an input method, and with one."""


def sheet(day: str, names: Names = BARE) -> list[tuple[str, dict[str, str]]]:
    """The sheet of paper: 31 lines of seven types, all different.

    The text after a bar is typed into a chooser.
    """
    place, hamlet, leader = "Xã Ba Sơn", names.hamlet, names.leader
    work = "Phát quang đường thông tầm nhìn|thong"
    of_type: dict[str, tuple[int, Callable[[int], dict[str, str]]]] = {
        "patrol": (5, lambda n: {
            "kind": "Đơn phương", "started_on": day, "from_marker": "1170", "to_marker": "1175",
            "communes": place, "participants": str(5 + n), "leader": leader,
            "result": "Giữ nguyên trạng", STRETCH: "",
        }),
        "clearing": (6, lambda n: {
            "kind": work, "started_on": day, "commune": place, "hamlet": hamlet,
            "participants": str(10 + n),
        }),
        "track": (3, lambda n: {"completed_on": day, "commune": place, "count": str(1 + n)}),
        "outreach": (5, lambda n: {
            "form": "Tập trung", "held_on": day, "topics": "Phòng, chống ma túy",
            "commune": place, "hamlet": hamlet, "attendance": str(40 + n),
        }),
        "pledge": (6, lambda n: {
            "signed_on": day, "programme": "Không buôn lậu, vận chuyển hàng cấm",
            "household": f"{names.head} {'ABCDEF'[n]}o", "household.commune": place,
            "household.hamlet": hamlet, "witness": leader,
        }),
        "registration": (3, lambda n: {
            "subject": "Tập thể", "name": f"{names.team} {1 + n}", "from_on": day,
            "commune": place, "hamlet": hamlet,
        }),
        "incident": (3, lambda n: {
            "happened_on": day, "commune": place, "category": "Gian lận thương mại",
            "persons": str(1 + n), "status": "Đang giải quyết",
        }),
    }  # fmt: skip
    return [(name, values(n)) for name, (many, values) in of_type.items() for n in range(many)]


class Mark(NamedTuple):
    """A position on the paper: the line, its field, the letters typed of it."""

    line: int = 0
    field: str = ""
    letters: int = 0


class Clerk:
    """Presses keys in a window; stops after a number of letters, to be killed."""

    def __init__(self, window: MainWindow, stop_after: int) -> None:
        self._window = window
        self._left = stop_after
        self.letters = 0
        self.keys = 0
        self.spared = 0
        """The keys saved by values that the form showed already."""
        self._cost: dict[str, int] = {}

    def press(self, code: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press one key in the window."""
        focus = QApplication.focusWidget()
        assert focus is not None
        self.keys += 1
        # The type stubs of Qt do not know that a key may be a letter.
        QTest.keyClick(focus.window().windowHandle(), code, modifier)  # type: ignore[arg-type]

    def type(self, mark: Mark, text: str, words: str) -> None:
        """Type a text from the current position, until the completion list has the text at its
        top."""
        for place in range(mark.letters, len(text)):
            if self.letters == self._left:
                self._wait_to_be_killed(mark._replace(letters=place))
            self.press(text[place])
            self.letters += 1
            if fold(marked()) == fold(words):
                return

    def keys_of(self, words: str) -> str:
        """The keys for a text of the paper."""
        return typed(words)

    def _wait_to_be_killed(self, mark: Mark) -> None:
        page = self._page()
        work_until(page.drafts.keeper.settled)
        count = {"letters": self.letters, "keys": self.keys, "spared": self.spared}
        told({"mark": mark, "raws": page.form.raws(), **count})
        QEventLoop().exec()

    def _page(self) -> RecordPage:
        page = self._window.current()
        assert isinstance(page, RecordPage)
        return page

    def go(self, key: str) -> None:
        """Go to a page with the navigation's keys."""
        while self._window.current() is not self._window.pages.get(key):
            self.press(Qt.Key.Key_PageDown, CONTROL)
        work_until(self._window.current().idle)

    def enter(self, number: int, key: str, values: dict[str, str], mark: Mark) -> None:
        """Type a line of the sheet from the current position, and save it."""
        self.go(key)
        page, left = self._page(), dict(values)
        if mark.field:
            told({"opened": page.form.raws()})
            page.form.begin()
        elif not self._reached()[0]:
            self.press("N", CONTROL)
        stretch = left.pop(STRETCH, None)
        for _step in range(MOST_STEPS):
            self._fill(number, left, mark)
            if stretch is not None and "to_marker" not in left:
                self.press(Qt.Key.Key_F7)
                stretch = None
                self._strike(left)
            if not left:
                break
            before = QApplication.focusWidget()
            self.press(Qt.Key.Key_Return)
            # One Enter accepts the best entry and goes on; through a daemon it arrives a little
            # later.
            _until_left(before)
            assert QApplication.focusWidget() is not before, self._reached()[0]
        assert not left, left
        self.press(Qt.Key.Key_Return, CONTROL)
        work_until(page.idle)
        assert not page.dirty, page.bar.text
        noted = [cell.key for cell in page.form.cells.values() if cell.has_note()]
        assert noted == [], "a fresh form is never red"

    def _fill(self, number: int, left: dict[str, str], mark: Mark) -> None:
        """Type what is missing in the focused field."""
        reached, editor = self._reached()
        if editor is not None and reached in left:
            words, _bar, keys = left[reached].partition("|")
            here = mark if mark.field == reached else Mark(number, reached)
            if fold(shown(editor)) != fold(words):
                before = self.keys
                self.press(Qt.Key.Key_End) if here.letters else self.press("A", CONTROL)
                self.type(here, keys or self.keys_of(words), words)
                self._cost.setdefault(left[reached], self.keys - before)
                del left[reached]
        self._strike(left)

    def _strike(self, left: dict[str, str]) -> None:
        """Clear the text in the field."""
        for key, other in self._fields():
            words = left.get(key, "").partition("|")[0]
            if words and fold(shown(other)) == fold(words):
                self.spared += self._cost.get(left[key], len(self.keys_of(words)))
                del left[key]

    def _fields(self) -> list[tuple[str, Editor]]:
        """Every field of the form, including those of a new household."""
        cells = self._page().form.cells
        parts = [
            (f"{key}.{name}", part)
            for key, cell in cells.items()
            for name, part in getattr(cell.editor, "parts", {}).items()
        ]
        return [*parts, *((key, cell.editor) for key, cell in cells.items())]

    def _reached(self) -> tuple[str, Editor | None]:
        focus = QApplication.focusWidget()
        return next((one for one in self._fields() if one[1].holds(focus)), ("", None))


def shown(editor: Editor) -> str:
    """The displayed text of a field."""
    widget = editor.widget
    if isinstance(widget, QComboBox):
        return str(widget.currentText())
    line: Any = getattr(editor, "line", widget)
    return str(line.text())


def typed(words: str) -> str:
    """The keys for a text of the paper: without tone marks, a day of this month as its number."""
    if words.count("/") == 2:
        this_month = words[3:5] == f"{datetime.datetime.now().astimezone():%m}"
        return words[:2] if this_month else words[:5]
    return words if words.isascii() else fold(words)


def told(line: dict[str, object]) -> None:
    """Print a JSON line for the parent process."""
    print(json.dumps(line), flush=True)


def _until_left(before: QWidget | None) -> None:
    """Process events until another field is focused, at most PATIENCE."""
    work_until(lambda: QApplication.focusWidget() is not before, PATIENCE)


def main() -> int:
    """Enter the rest of the sheet: `DESK DAY STOP_AFTER LINE FIELD LETTERS`."""
    folder, day, stop_after, line, field, letters = sys.argv[1:]
    app = application()
    with Desk.open(Path(folder)) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        work_until(window.current().idle)
        clerk, mark = Clerk(window, int(stop_after)), Mark(int(line), field, int(letters))
        for number, (key, values) in enumerate(sheet(day)):
            if number >= mark.line:
                clerk.enter(number, key, values, mark if number == mark.line else Mark())
        told({"letters": clerk.letters, "keys": clerk.keys, "spared": clerk.spared})
        window.close()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
