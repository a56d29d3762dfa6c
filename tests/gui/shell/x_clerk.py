"""A clerk who enters a sheet of paper on a real X display: `x_clerk.py DESK DAY LINES NAME`.

xdotool presses the keys; with NAME "ibus" everything is typed in Telex with all accents, and an
input method's daemon composes it. The keys used are printed as JSON. `daemons.py` starts it.
"""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from time import monotonic, process_time

os.environ["QT_QPA_PLATFORM"] = "xcb"
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from borderdesk.base.input_methods import settle_input_method
from borderdesk.desk import Desk
from tests.gui.shell.clerk import BARE, NONE, WHOLE, Clerk, Mark, sheet, told, typed
from tests.gui.steps import CONTROL, work_until
from ui.base.neighbours import screen_of
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow
from ui.widgets.editors.text_line import TextLine

NAMED = {
    Qt.Key.Key_Return: "Return", Qt.Key.Key_PageDown: "Next", Qt.Key.Key_End: "End",
    Qt.Key.Key_F7: "F7",
}  # fmt: skip
TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SHAPES = {"\u0302": "", "\u0306": "w", "\u031b": "w"}
"""{combining sign: its Telex key}; the circumflex repeats the letter."""
PATIENCE, SETTLING = 10.0, 5
"""Seconds for a key to arrive, and milliseconds for its effects."""
FOR_EVER, TURNS = 10**6, 10
COUNTED = {QEvent.Type.KeyPress, QEvent.Type.InputMethod, QEvent.Type.Shortcut}


def telex(text: str) -> str:
    """The keys of a text in Telex, with the tone at the end of each word."""
    return re.sub(r"\w+", lambda word: _telex_word(word.group()), text)


def _telex_word(word: str) -> str:
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "DD")):
        if letter in TONES:
            tone = TONES[letter]
        elif letter in SHAPES:
            keys += SHAPES[letter] or keys[-1].lower()
        else:
            keys += letter
    return keys + tone


class Arrivals(QObject):
    """Counts the keys that arrived at the window: by key code, as shortcuts, composed."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[object] = Counter()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Count the event."""
        if event.type() in COUNTED:
            self._counts[event.type()] += 1
            if isinstance(event, QKeyEvent):
                self._counts[event.key()] += 1
        return False

    def of(self, code: Qt.Key | str, *, plain: bool) -> int:
        """How often this key arrived; a plain letter may arrive composed, or with another's
        commit."""
        if plain:
            return self._counts[QEvent.Type.KeyPress] + self._counts[QEvent.Type.InputMethod]
        wanted = Qt.Key(ord(code)) if isinstance(code, str) else code
        return self._counts[wanted] + self._counts[QEvent.Type.Shortcut]


class XClerk(Clerk):
    """Presses the keys of a keyboard, and waits until each has arrived at the window."""

    def __init__(self, window: MainWindow, *, composed: bool) -> None:
        super().__init__(window, FOR_EVER)
        self._composed = composed
        self._arrivals = Arrivals()

    def keys_of(self, words: str) -> str:
        """In Telex with a daemon; dates are typed in their shortest form."""
        short = typed(words)
        return telex(words) if self._composed and not short[:1].isdigit() else short

    def press(self, code: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press one key."""
        self.keys += 1
        plain = isinstance(code, str) and not modifier
        before, end = self._arrivals.of(code, plain=plain), monotonic() + PATIENCE
        words = ["type", code] if plain else ["key", _name(code, modifier)]
        subprocess.run(["xdotool", *words], check=True)
        while self._arrivals.of(code, plain=plain) == before:
            assert monotonic() < end, f"{code} never came"
            QTest.qWait(1)
        QTest.qWait(SETTLING)


def _name(code: Qt.Key | str, modifier: Qt.KeyboardModifier) -> str:
    name = code.lower() if isinstance(code, str) else NAMED[code]
    return f"ctrl+{name}" if modifier else name


def wait_for_daemon(clerk: XClerk, window: MainWindow) -> None:
    """Type a letter until it is composed: ibus may give a new window the previous engine, and on a
    busy machine answers before it is ready."""
    editor = window.current().form.cells["source_ref"].editor
    for _turn in range(TURNS):
        editor.focus()
        for letter in "aa ":
            clerk.press(letter)
        composed = editor.raw() == "â "
        editor.put("")
        if composed:
            break
        subprocess.run(["ibus", "engine", "Unikey"], check=False, capture_output=True)
    clerk.keys = 0


def keeps_export_key(window: MainWindow) -> bool:
    """Whether Ctrl+E, which exports the list as a workbook, works in a line edit too."""
    line = next(one for one in window.current().findChildren(TextLine) if one.isVisible())
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, CONTROL)
    asked.ignore()
    QApplication.sendEvent(line, asked)
    return asked.isAccepted()


def main() -> int:
    """Enter the lines."""
    folder, day, lines, name = sys.argv[1:]
    composed = name != "none"
    settle_input_method(os.environ)
    app = application()
    with Desk.open(Path(folder)) as desk:
        window = main_window(desk, "vi", "patrol")
        window.fit_screen()
        window.show()
        window.activateWindow()
        work_until(window.isActiveWindow)
        work_until(window.current().idle)
        clerk = XClerk(window, composed=composed)
        if composed:
            wait_for_daemon(clerk, window)
        began, worked = monotonic(), process_time()
        paper = sheet(day, WHOLE if composed else BARE)
        for number in map(int, lines.split(",")):
            clerk.enter(number, *paper[number], Mark())
        told({
            "keys": clerk.keys, "spared": clerk.spared, "seconds": round(monotonic() - began, 1),
            "processor": round(process_time() - worked, 1),
            "maximised": window.isMaximized(), "screen": screen_of(window).size().toTuple(),
            "keeps_export_key": keeps_export_key(window),
        })  # fmt: skip
        window.close()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
