"""Kernel locks on a desk's folder, released by the system when their process ends.

`desk.lock` is held shared by everything that works on the desk and exclusively by a restore
or a migration; `window.lock` is held exclusively by the one window. In `desk.lock` is noted which
file those who hold it have open (`session.file_guard`).
"""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from borderdesk.base.file_locks import lock_file

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)

_NOTE_AT, _LONGEST_NOTE = 1, 48
"""The position of the note, since Windows forbids writing the locked byte, and its length."""


class Lock:
    """A non-blocking lock, shared or exclusive, on a file of the desk's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def take(self, *, exclusive: bool) -> bool:
        """Try to take the lock, without waiting; True when it was taken."""
        descriptor = os.open(self.path, _FLAGS, 0o600)
        # Unbuffered: data that a full disk refused would be written again at closing.
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not lock_file(file, exclusive=exclusive):
            file.close()
            return False
        self.release()
        self._file = file
        return True

    def release(self) -> None:
        """Release the lock; does nothing when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def note(self) -> bytes:
        """The note in the lock file of a lock that is held; b"" for none."""
        if self._file is None:
            return b""
        self._file.seek(_NOTE_AT)
        return self._file.read(_LONGEST_NOTE).strip()

    def write_note(self, note: bytes) -> None:
        """Write a note for all later holders of the lock, which is held exclusively. Ignored
        without room on the disk."""
        if self._file is None:
            return
        try:
            self._file.seek(_NOTE_AT)
            self._file.write(note.ljust(_LONGEST_NOTE))
        except OSError:
            with suppress(OSError):
                os.truncate(self.path, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
