"""Whoever erases announces it to an open window, and waits for none that is not there."""

import json
import os
import time

import pytest

from borderdesk.base.paths import window_lock_file
from borderdesk.session import erasure_announcement
from borderdesk.session.erasure_announcement import (
    FILE_NAME,
    WATCHED,
    ErasureAnnouncer,
    announced_records,
    is_announced,
    note_read,
)
from borderdesk.store.connection.locks import Lock

RECORD, OTHER = "01a229dd-eaac-70f5-a1ae-4bfc62808ba4", "01a229dd-eaac-70f5-a1ae-4bfc62808ba5"


@pytest.fixture
def window(desk):
    """The lock that the window of another program holds."""
    with Lock(window_lock_file(desk.folder)) as lock:
        assert lock.take(exclusive=True)
        yield lock


@pytest.fixture
def told(desk, monkeypatch):
    """What a window reads while somebody waits for it."""
    seen = []

    def read(_pause):
        seen.extend(announced_records(desk.folder))
        note_read(desk.folder)

    monkeypatch.setattr(erasure_announcement.time, "sleep", read)
    return seen


@pytest.mark.usefixtures("window")
def test_each_record_is_announced_once_until_a_window_has_read_it(desk, told):
    announcer = ErasureAnnouncer(desk.folder, desk.store)
    announcer.announce([RECORD])
    announcer.announce([RECORD, OTHER])
    assert told == [RECORD, OTHER]
    assert not is_announced(desk.folder)


def test_nothing_is_announced_where_no_other_program_shows_the_desk(desk, told):
    ErasureAnnouncer(desk.folder, desk.store).announce([RECORD])
    with Lock(window_lock_file(desk.folder)) as lock:
        assert lock.take(exclusive=True)
        WATCHED.add(desk.store)
        ErasureAnnouncer(desk.folder, desk.store).announce([RECORD])
    assert told == []


@pytest.mark.usefixtures("window")
def test_a_window_that_reads_nothing_is_not_waited_for_again_and_again(desk, monkeypatch):
    monkeypatch.setattr(erasure_announcement, "PATIENCE", 0.05)
    monkeypatch.setattr(erasure_announcement, "ALL_PATIENCE", 0.06)
    sleep, pauses = time.sleep, []
    monkeypatch.setattr(time, "sleep", lambda pause: (pauses.append(pause), sleep(pause)))
    announcer = ErasureAnnouncer(desk.folder, desk.store)
    for number in range(20):
        announcer.announce([f"{RECORD[:-2]}{number:02}"])
    # Counted, not timed: on a busy machine a pause may last longer.
    assert len(pauses) <= 5
    assert announcer._left < 0.02
    assert not is_announced(desk.folder)


@pytest.mark.parametrize("content", [b"", b"{", b"7", b"[" * 5_000, b"\xff"])
def test_an_announcement_by_somebody_else_is_none(desk, content):
    file = desk.folder / FILE_NAME
    file.write_bytes(content)
    assert announced_records(desk.folder) == []
    file.write_bytes(json.dumps([RECORD]).encode())
    assert announced_records(desk.folder) == [RECORD]
    file.unlink()
    os.mkfifo(file)
    assert announced_records(desk.folder) == []
