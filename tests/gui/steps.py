"""What a person does at the window: going to a page, typing into a field, leaving it."""

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
    """Let a window close without asking."""
    for page in window.pages.values():
        if isinstance(page, RecordPage) and page.dirty:
            page.form.discard()


def work_until(ready: Callable[[], bool], patience: float = math.inf) -> bool:
    """Let the window work until something holds, for so many seconds at the most; whether it does.

    A timer wakes the loop: Qt's own limit of time would ask in a circle, and take the processor
    that the program needs.
    """
    end, waker = monotonic() + patience, QTimer()
    waker.start(10)
    while not ready() and monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    return ready()


def go(qtbot: QtBot, window: MainWindow, key: str) -> RecordPage:
    """Go to a page of records by the navigation and wait for its list."""
    window.nav.setCurrentItem(window.items[key])
    page = window.current()
    assert isinstance(page, RecordPage)
    qtbot.waitUntil(page.idle)
    return page


def recent(days: int = 3) -> str:
    """A date some days ago, as a person types it."""
    day = datetime.datetime.now().astimezone().date() - datetime.timedelta(days=days)
    return f"{day:%d/%m/%Y}"


def typed(page: RecordPage, key: str, text: str) -> None:
    """Type over what a field holds and leave it with Tab."""
    page.form.cells[key].editor.focus()
    type_here(text)


def type_here(text: str) -> None:
    """Type over what the field in focus holds and leave it with Tab."""
    key(Qt.Key.Key_A, CONTROL)
    key(Qt.Key.Key_Delete)
    write(text)
    key(Qt.Key.Key_Tab)


def key(code: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key as the keyboard does: for the window, which gives it to a popup or a field."""
    QTest.keyClick(focused().window().windowHandle(), code, modifier)


def write(text: str) -> None:
    """Press the keys of an unaccented text."""
    for letter in text:
        # The types of Qt do not know that a key may be a letter.
        QTest.keyClick(focused().window().windowHandle(), letter)  # type: ignore[call-overload]


COMPOSED = "đồn biên"


def compose(widget: QWidget, text: str = COMPOSED) -> None:
    """Compose a text as an input method does: letter by letter before it is given.

    No window may open over it and the keyboard may not move while it is composed.
    """
    before = QApplication.focusWidget()
    composing(widget, text)
    assert QApplication.focusWidget() is before
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def composing(widget: QWidget, text: str) -> None:
    """Compose a text letter by letter, and leave it before it is given."""
    for end in range(1, len(text) + 1):
        QApplication.sendEvent(widget, QInputMethodEvent(text[:end], []))
        assert QApplication.activePopupWidget() is None


def offers() -> list[str]:
    """What the list below the field offers, the best first; [] while none is open."""
    shown = focused().window().findChildren(OfferList)
    models = [one.model() for one in shown if one.isVisible()]
    return [str(model.index(row, 0).data()) for model in models for row in range(model.rowCount())]


def marked() -> str:
    """The entry that Enter takes, "" for none."""
    shown = [one for one in focused().window().findChildren(OfferList) if one.isVisible()]
    return str(shown[0].currentIndex().data() or "") if shown else ""


def focused() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(keys: str) -> None:
    """Press a shortcut such as Ctrl+S where the keyboard is."""
    code = getattr(Qt.Key, f"Key_{keys.rpartition('+')[2]}")
    modifiers = Qt.KeyboardModifier
    held = CONTROL if keys.startswith("Ctrl+") else NONE
    for word, modifier in (("Shift+", modifiers.ShiftModifier), ("Alt+", modifiers.AltModifier)):
        held = held | modifier if word in keys else held
    key(code, held)


def answer(page: RecordPage, number: int) -> None:
    """Press the bar's button of that number, from 0."""
    page.bar.buttons[number].click()


def household_parts(page: RecordPage) -> dict[str, Any]:
    """The editors of a new household in the form."""
    editor: Any = page.form.cells["household"].editor
    return dict(editor.parts)


def in_list(page: RecordPage, text: str) -> list[int]:
    """The rows of the list with a cell of this text."""
    return [row for row, line in enumerate(page.table.lines) if text in line.cells]


class Heard:
    """Every message the person was told, with its tone."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        message_relay.shown.connect(self._note)

    def _note(self, tone: str, text: str) -> None:
        self.messages.append((tone, text))

    def tones(self) -> list[str]:
        """The tones alone."""
        return [tone for tone, _text in self.messages]
