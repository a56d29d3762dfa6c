"""Garbage collection runs in the window's thread only."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from ui.base.garbage_collector import collect_due
from ui.base.style import dress
from ui.base.text_size import set_text_size

ENOUGH = 20_000
"""So many new objects that automatic collection would run many times."""


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    """Automatic collection enabled, as before there is a window; tests disable it."""
    gc.enable()
    yield
    gc.disable()


class Ring:
    """A reference cycle that records in which thread it is collected."""

    def __init__(self, ended: list[int]) -> None:
        self.ended = ended
        self.itself = self

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def test_no_other_thread_ends_what_the_window_made(qtbot, window):
    ended: list[int] = []
    # The objects are kept: only surviving ones count towards the collection threshold.
    done: list[object] = []

    def work() -> list[list[int]]:
        return [[number] for number in range(ENOUGH)]

    gc.collect()
    Ring(ended)
    window.tasks.run(work, done.append, done.append, window)
    window.tasks.later(work, done.append, done.append, window)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert ended == []
    qtbot.waitUntil(lambda: collect_due() or bool(ended))
    assert ended == [threading.get_ident()]


@pytest.fixture
def first_page() -> str:
    """A home page with work in other threads."""
    return "home"


def test_python_looks_again_once_the_threads_are_at_rest(window):
    assert not gc.isenabled()
    window.tasks.finish()
    assert gc.isenabled()


def test_what_was_off_before_the_window_stays_off(window):
    window.tasks.finish()
    gc.disable()
    window.tasks.run(list, bool, bool, window)
    window.tasks.finish()
    assert not gc.isenabled()


class Restyled(QWidget):
    """Records whether collection is enabled while the widget is restyled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.looked: list[bool] = []

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.looked.append(gc.isenabled())
        super().changeEvent(event)


def test_nothing_is_destroyed_while_a_window_is_restyled(qtbot, qapp):
    around = QWidget()
    qtbot.addWidget(around)
    inside = Restyled(around)
    gc.enable()
    dress(around)
    around.show()
    dressed = len(inside.looked)
    set_text_size(qapp, 150)
    try:
        assert 0 < dressed < len(inside.looked)
        assert not any(inside.looked)
        assert gc.isenabled()
    finally:
        set_text_size(qapp, 100)


def test_nothing_is_destroyed_while_the_program_is_restyled(qapp, window):
    """Qt iterates over widgets then, one of which would be destroyed."""
    inner = Restyled(window)
    try:
        window.set_text_size(150)
    finally:
        set_text_size(qapp, 100)
        window.tasks.finish()
    assert len(inner.looked) > 1
    assert not any(inner.looked)
