"""Announces an erasure to the window of another program, which then reads who that is: once it is
done nobody can tell whom text concerns that was typed there and not stored yet.

The announcement is a file beside the desk with the ids of the records; the window removes it when
it has read the persons. The open transaction of the erasure does not keep it from reading them.
"""

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

from borderdesk.base.errors import UserError
from borderdesk.base.files import own_content, write_atomically
from borderdesk.base.held_files import remove_file
from borderdesk.base.paths import window_lock_file
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.locks import Lock

FILE_NAME = "desk.erasing"
MOST_BYTES = 1 << 20
PAUSE, PATIENCE = 0.02, 1.5
"""Seconds between two looks whether a window has read an announcement, and until it is given up: a
busy window clears what was stored, as it does without an announcement."""
ALL_PATIENCE = 6.0
"""Seconds that all announcements of a program may take: a package may bring many erasures."""
WATCHED: WeakSet[Store] = WeakSet()
"""The databases whose erasures the window of this program notices by itself."""


class ErasureAnnouncer:
    """Announces the erasures of one program."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store
        self._file = folder / FILE_NAME
        self._announced: set[str] = set()
        self._left = ALL_PATIENCE

    def announce(self, records: Iterable[str]) -> None:
        """Announce records that are about to be erased, each once, and wait until a window has read
        them. Does nothing where no other program shows the desk."""
        new = set(records) - self._announced
        self._announced |= new
        if not new or self._store in WATCHED or not self._has_window():
            return
        with suppress(OSError, UserError):
            write_atomically(self._file, json.dumps(sorted(new)).encode())
            self._wait()
            remove_file(self._file)

    def _has_window(self) -> bool:
        path = window_lock_file(self._folder)
        with suppress(OSError), Lock(path) as lock:
            return path.is_file() and not lock.take(exclusive=False)
        return False

    def _wait(self) -> None:
        began = time.monotonic()
        patience = min(PATIENCE, self._left)
        while os.path.lexists(self._file) and time.monotonic() - began < patience:
            time.sleep(PAUSE)
        self._left -= time.monotonic() - began


def is_announced(folder: Path) -> bool:
    """Whether an erasure is announced that no window has read yet."""
    return os.path.lexists(folder / FILE_NAME)


def announced_records(folder: Path) -> list[str]:
    """The records that are announced; none where there is no announcement that can be read."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        return [str(record) for record in json.loads(own_content(folder / FILE_NAME, MOST_BYTES))]
    return []


def note_read(folder: Path) -> None:
    """Tell whoever announced them that the persons were read."""
    with suppress(OSError):
        remove_file(folder / FILE_NAME)
