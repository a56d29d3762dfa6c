"""Checks that the files of an open desk are still in place and writable.

If a database is moved, replaced or loses its log while the program runs, saved data vanishes with
it unseen. So every write checks first, and the window checks twice a second: three or four system
calls, 20 microseconds.
"""

import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from borderdesk.base.errors import CannotOpen, FullDisk, UserError
from borderdesk.base.i18n import _
from borderdesk.base.paths import database_file, desk_lock_file
from borderdesk.store.connection.database import DATABASE_ERRORS
from borderdesk.store.connection.locks import Lock

LEAST_ROOM = 256 << 10
"""Bytes that have to be free on the disk for a save to be begun."""
LOG_ENDINGS = ("-wal", "-shm")
SHARED_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds between checks of who else has a desk open: other programs may be checking too."""
EXCLUSIVE_PAUSES = (0.01, 0.02, 0.05, 0.1)
"""Seconds between tries to share a lock that another program holds exclusively."""


class ReadWhileFull(FullDisk):
    """The desk was opened while its disk was full: it is read-only."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The disk is full: the desk is open to be read only. Free some space, then open the"
                " desk again."
            )
        )


_Place = tuple[int, int]
"""Which file is at a path: its device and inode number."""


def take_shared(lock: Lock) -> bool:
    """Take a desk's lock shared; whether it was taken. Waits a moment where another program holds
    it exclusively: it may only be noting which file it opens."""
    for pause in EXCLUSIVE_PAUSES:
        if lock.take(exclusive=False):
            return True
        time.sleep(pause)
    return lock.take(exclusive=False)


def require_shared_file(lock: Lock, path: Path) -> None:
    """Raise CannotOpen where other programs have a desk open whose file is not the one at the path
    any more: the log beside it is that of their file, and SQLite would write it into this one.

    lock: the desk's, held shared. The first to open the desk notes in it which file that is.
    """
    for pause in SHARED_PAUSES:
        noted = lock.note()
        if noted == _note_of(path):
            return
        lock.release()
        if lock.take(exclusive=True):
            lock.write_note(_note_of(path))
            lock.release()
        elif noted:
            # Unlocked: of two programs that open a copied folder at once, each would otherwise
            # keep the other from noting its file.
            time.sleep(pause)
        if not take_shared(lock):
            raise CannotOpen(_("The desk is being restored or upgraded. Wait until that is done."))
        if not noted:
            # Another program has the desk open, of a version that wrote no note.
            return
    if lock.note() != _note_of(path):
        raise CannotOpen(
            _(
                "Another program has this desk open, and another file stands in the place of its"
                " file {file} now. Nothing was changed. Put the former one back, or close the desk"
                " there; then try again."
            ).format(file=path)
        )


def require_own_log(path: Path) -> None:
    """Raise CannotOpen where the log beside a desk's file belongs to a different, open database:
    reading the file would apply that log to it. Files other than a desk's have no lock."""
    lock = Lock(desk_lock_file(path.parent))
    if path != database_file(path.parent) or not lock.path.is_file():
        return
    # On a read-only disk nobody has a desk open for writing.
    with suppress(OSError), lock:
        if take_shared(lock):
            require_shared_file(lock, path)


def _note_of(path: Path) -> bytes:
    place = _place(_found(path))
    return b"" if place is None else b"%d %d" % place


class FileGuard:
    """The files of a database as they were when it was opened.

    Every save checks them: the paths of the log files are computed once, which was a third of the
    cost.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """read_only: a read-only connection does not prevent other programs from removing their
        log."""
        self._path, self._folder = path, path.parent
        endings = () if read_only else LOG_ENDINGS
        self._log_files = [path.with_name(path.name + ending) for ending in endings]
        self._opened = _place(_found(path))
        self._logs: dict[Path, _Place] = {}

    def trouble(self) -> UserError | None:
        """Why nothing can be written now; None when all is well."""
        status = _found(self._path)
        moved = self._moved(status)
        if moved is not None or status is None:
            return moved
        return self._closed_to_writing(status.st_mode) or _no_room(self._folder)

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """Guard one more connection while the desk is open: it may only be made to the files that
        were opened. SQLite would take the log for that of the file now at the path, write it into
        that file and remove it: the last changes would be lost from the right file.

        Raises the reason that prevents writing, also where the database cannot be read: SQLite's
        own error says less about the cause. Errors about other files, a package or a stick, pass
        unchanged.
        """
        moved = self._moved(_found(self._path))
        if moved is not None:
            raise moved
        try:
            yield
        except CannotOpen as error:
            is_of_desk = isinstance(error.__cause__, DATABASE_ERRORS)
            trouble = self.trouble() if is_of_desk else None
            if trouble is None:
                raise
            raise trouble from error

    def _moved(self, status: os.stat_result | None) -> UserError | None:
        """status: that of the file at the path of the database."""
        current = _place(status)
        if current is None:
            return CannotOpen(
                _(
                    "The desk's file {file} is not there any more: its folder was moved, or the"
                    " disk was taken away. Put it back to go on; what is typed stays in the form."
                ).format(file=self._path)
            )
        if current != self._opened:
            return CannotOpen(
                _(
                    "Another file stands in the place of the desk's file {file}. Put the former one"
                    " back to go on, or close the program and open the desk again; what is typed"
                    " stays in the form."
                ).format(file=self._path)
            )
        return self._log_trouble()

    def _log_trouble(self) -> UserError | None:
        """The error for a log that vanished or was replaced while the database is open, None for
        none."""
        for log in self._log_files:
            current, noted_place = _place(_found(log)), self._logs.get(log)
            if noted_place is None:
                if current is not None:
                    self._logs[log] = current
            elif current != noted_place:
                return CannotOpen(
                    _(
                        "The file {file} was taken away while the desk is open. Put it back to go"
                        " on, or close the program and open the desk again: what was saved is kept,"
                        " and what is typed stays in the form."
                    ).format(file=log.name)
                )
        return None

    def _closed_to_writing(self, mode: int) -> UserError | None:
        """mode: that of the file."""
        folder = _found(self._folder)
        if folder is None:
            return None
        for path, bits in ((self._path, mode), (self._folder, folder.st_mode)):
            if not bits & stat.S_IWUSR or not os.access(path, os.W_OK):
                return CannotOpen(
                    _(
                        "The desk's file {file} may only be read now. Allow writing again to go on;"
                        " what is typed stays in the form."
                    ).format(file=self._path)
                )
        return None


def _found(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _place(status: os.stat_result | None) -> _Place | None:
    return None if status is None else (status.st_dev, status.st_ino)


def _no_room(folder: Path) -> UserError | None:
    try:
        free = _free_bytes(folder)
    except OSError:
        return None
    if free >= LEAST_ROOM:
        return None
    return FullDisk(
        _(
            "The disk is full: nothing can be saved until some space is free. What is typed stays"
            " in the form."
        )
    )


def _free_bytes(folder: Path) -> int:
    """The bytes this person can still write on the folder's disk."""
    if sys.platform == "win32":
        return shutil.disk_usage(folder).free
    disk = os.statvfs(folder)
    # Some blocks are reserved for the administrator.
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    return blocks * disk.f_frsize
