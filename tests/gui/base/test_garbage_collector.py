"""Garbage is looked for in the window's thread alone."""

import gc
import threading

import pytest

from ui.base.garbage_collector import collect_due

ENOUGH = 20_000
"""So many new objects that Python would look for garbage among them many times."""


class Ring:
    """Something that only the look for garbage can end; it notes in which thread that was."""

    def __init__(self, ended: list[int]) -> None:
        self.ended = ended
        self.itself = self

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def test_no_other_thread_ends_what_the_window_made(qtbot, window):
    ended: list[int] = []
    # What the work makes is kept: only what is still there counts for when it is time to look.
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
    """One that other threads are at work for."""
    return "home"


def test_python_looks_again_once_the_threads_are_at_rest(window):
    assert not gc.isenabled()
    window.tasks.finish()
    assert gc.isenabled()
