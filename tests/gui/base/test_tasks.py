"""Background work: its receiver gets the answer, or is gone."""

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog

from ui.base.double_search import double_search_of
from ui.base.erasure_watch import erasure_watch_of
from ui.base.folder_exchange import folder_exchange_of
from ui.base.tasks import ANSWERED_JOBS, Runner
from ui.shell.app import main_window


@pytest.fixture
def tasks(desk):
    runner = Runner(desk)
    yield runner
    runner.closing.emit()
    runner.finish()


def test_what_outlives_the_pages_goes_on_when_they_are_made_anew(qtbot, desk, tasks, tmp_path):
    desk.exchange.folder.choose(tmp_path)
    search, folder = double_search_of(desk, tasks), folder_exchange_of(desk, tasks)
    for service, begin in ((search, search.begin), (folder, folder.look)):
        begin()
        assert service.running
        tasks.release_pages()
        qtbot.waitUntil(lambda one=service: not one.running)
    assert tasks.unanswered() == []


def test_nothing_is_looked_for_on_the_desk_of_a_closed_window(desk, tasks):
    """It may be closed by then, and would be opened again."""
    watch = erasure_watch_of(desk, tasks)
    assert watch.findChild(QTimer).isActive()
    tasks.closing.emit()
    assert not watch.findChild(QTimer).isActive()


def test_a_released_page_gets_no_answer(qtbot, desk, tasks):
    heard = []
    owner = Runner(desk)
    tasks.run(lambda: 1, heard.append, heard.append, owner)
    assert "of Runner" in tasks.unanswered()[0]
    tasks.release_pages()
    qtbot.waitUntil(lambda: not tasks.unanswered())
    assert heard == []


def test_the_search_for_doubles_goes_on_in_larger_text(qtbot, desk):
    window = main_window(desk, "vi")
    qtbot.addWidget(window)
    search = double_search_of(desk, window.tasks)
    search.begin()
    window.set_text_size(125)
    qtbot.waitUntil(lambda: not search.running)
    window.set_text_size(100)
    window.tasks.finish()


def test_what_a_write_could_be_destroyed_by_comes_after_it_in_its_order(qtbot, tasks):
    came, read = [], threading.Event()
    tasks.run(lambda: 1, came.append, came.append, tasks)
    tasks.run(lambda: 2, came.append, came.append, tasks)
    tasks.run(read.set, came.append, came.append, tasks)
    tasks.when_free(lambda: came.append("pages made anew"))
    # The answers of the reads are on their way before that of the write.
    came.append(tasks.write(read.wait, lambda: None))
    assert came == [True]
    tasks.run(lambda: 3, came.append, came.append, tasks)
    qtbot.waitUntil(lambda: 3 in came)
    came.remove("pages made anew")
    assert came == [True, 1, 2, None, 3]


def test_nothing_is_rebuilt_below_a_dialog_that_is_open(qtbot, tasks):
    """Qt's own, such as that for files, ask questions in a loop of their own."""
    came, dialog = [], QDialog()
    qtbot.addWidget(dialog)
    dialog.setModal(True)
    with qtbot.waitExposed(dialog):
        dialog.show()
    tasks.when_free(lambda: came.append(dialog.isVisible()))
    turns = []
    tasks.run(lambda: 1, turns.append, turns.append, tasks)
    qtbot.waitUntil(lambda: turns == [1])
    assert came == []
    dialog.close()
    qtbot.waitUntil(lambda: came == [False])


def test_a_fault_of_one_answer_keeps_no_other_back(qtbot, tasks):
    came, read = [], threading.Event()

    def fail(_answer):
        raise ValueError("a fault")

    tasks.run(lambda: 1, fail, fail, tasks)
    tasks.run(read.set, came.append, came.append, tasks)
    with qtbot.captureExceptions() as faults:
        tasks.write(read.wait, lambda: None)
        qtbot.waitUntil(lambda: came == [None])
    assert [str(fault) for _kind, fault, _trace in faults] == ["a fault"]


def test_what_belongs_to_qt_ends_in_the_windows_thread(qtbot, desk, tasks, tmp_path):
    """A QObject created or destroyed in another thread may take two locks in opposite orders."""
    ended, answers = [], []

    def note_thread(_gone=None):
        ended.append(threading.current_thread() is threading.main_thread())

    for number in range(3 * ANSWERED_JOBS):
        job = tasks.run(lambda: None, answers.append, answers.append, tasks)
        job.destroyed.connect(note_thread, Qt.ConnectionType.DirectConnection)
        del job
        qtbot.waitUntil(lambda number=number: len(answers) > number)
    desk.exchange.folder.choose(tmp_path)
    folder = folder_exchange_of(desk, tasks)
    folder.look()
    qtbot.waitUntil(lambda: not folder.running)
    folder._watcher.destroyed.connect(note_thread, Qt.ConnectionType.DirectConnection)
    folder.stop()
    # In addition, one for the shared folder's exchange, and its watcher.
    assert len(ended) == 2 * ANSWERED_JOBS + 2
    assert all(ended)
