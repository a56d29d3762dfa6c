"""Actions of a person in the window: switch to a page, type into a field, press keys."""

import datetime
import math
from collections.abc import Callable
from time import monotonic
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.records.record_page import RecordPage
from ui.shell.main_window import MainWindow
from ui.widgets.editors.completion import OfferList
from ui.widgets.pages.messages import message_relay

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def discard_everything(window: MainWindow) -> None:
    """Discard the forms of all pages before a window is closed."""
    for page in window.pages.values():
        if isinstance(page, RecordPage) and page.dirty:
            page.form.discard()


def work_until(ready: Callable[[], bool], patience: float = math.inf) -> bool:
    """Process events until a condition holds, at most `patience` seconds; returns whether it does.

    A timer wakes the loop: processEvents with a time limit would poll, taking processor time from
    the program.
    """
    end, waker = monotonic() + patience, QTimer()
    waker.start(10)
    while not ready() and monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    return ready()


def go(qtbot: QtBot, window: MainWindow, key: str) -> RecordPage:
    """Switch to a page of records and wait for its list."""
    window.nav.setCurrentItem(window.items[key])
    page = window.current()
    assert isinstance(page, RecordPage)
    qtbot.waitUntil(page.idle)
    return page


def recent(days: int = 3) -> str:
    """A date some days ago, as typed."""
    day = datetime.datetime.now().astimezone().date() - datetime.timedelta(days=days)
    return f"{day:%d/%m/%Y}"


def typed(page: RecordPage, key: str, text: str) -> None:
    """Replace the text of a field and leave it with Tab."""
    page.form.cells[key].editor.focus()
    type_here(text)


def type_here(text: str) -> None:
    """Replace the text of the focused field and leave it with Tab."""
    key(Qt.Key.Key_A, CONTROL)
    key(Qt.Key.Key_Delete)
    write(text)
    key(Qt.Key.Key_Tab)


def key(code: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key at the native window, which passes it to a popup or the focused widget."""
    QTest.keyClick(focused().window().windowHandle(), code, modifier)


def write(text: str) -> None:
    """Press the keys of an ASCII text."""
    for letter in text:
        # PySide's stubs lack the overload for a character.
        QTest.keyClick(focused().window().windowHandle(), letter)  # type: ignore[call-overload]


COMPOSED = "đồn biên"


def compose(widget: QWidget, text: str = COMPOSED) -> None:
    """Compose a text with an input method: preedit letter by letter, then commit.

    No popup may open and the focus may not move meanwhile.
    """
    before = QApplication.focusWidget()
    composing(widget, text)
    assert QApplication.focusWidget() is before
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def composing(widget: QWidget, text: str) -> None:
    """Compose a text letter by letter without committing it."""
    for end in range(1, len(text) + 1):
        QApplication.sendEvent(widget, QInputMethodEvent(text[:end], []))
        assert QApplication.activePopupWidget() is None


def offers() -> list[str]:
    """The entries of the open completion list, best first; [] while it is closed."""
    lists = focused().window().findChildren(OfferList)
    models = [view.model() for view in lists if view.isVisible()]
    return [str(model.index(row, 0).data()) for model in models for row in range(model.rowCount())]


def marked() -> str:
    """The marked entry of the completion list, "" for none."""
    views = [view for view in focused().window().findChildren(OfferList) if view.isVisible()]
    return str(views[0].currentIndex().data() or "") if views else ""


def focused() -> QWidget:
    """The focused widget."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(keys: str) -> None:
    """Press a shortcut such as Ctrl+S."""
    code = getattr(Qt.Key, f"Key_{keys.rpartition('+')[2]}")
    modifiers = Qt.KeyboardModifier
    modifiers_held = CONTROL if keys.startswith("Ctrl+") else NONE
    for word, modifier in (("Shift+", modifiers.ShiftModifier), ("Alt+", modifiers.AltModifier)):
        modifiers_held = modifiers_held | modifier if word in keys else modifiers_held
    key(code, modifiers_held)


def answer(page: RecordPage, number: int) -> None:
    """Press the button of that index in the message bar."""
    page.bar.buttons[number].click()


def household_parts(page: RecordPage) -> dict[str, Any]:
    """The editors of a new household in the form."""
    editor: Any = page.form.cells["household"].editor
    return dict(editor.parts)


def in_list(page: RecordPage, text: str) -> list[int]:
    """The rows of the list that have a cell with this text."""
    return [row for row, line in enumerate(page.table.lines) if text in line.cells]


class Heard:
    """Records all messages shown, with their tones."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        message_relay.shown.connect(self._note)

    def _note(self, tone: str, text: str) -> None:
        self.messages.append((tone, text))

    def tones(self) -> list[str]:
        """The tones only."""
        return [tone for tone, _text in self.messages]
