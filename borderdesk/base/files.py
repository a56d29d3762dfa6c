"""Atomic writing of files: under a random name beside the target, flushed, then renamed.

No other module opens files for writing (enforced by a test). A predictable name of a temporary file
is a security hole: whoever lends a stick could place a link under it, and the program would
overwrite the target of the link. So names are random, files are created exclusively, and links are
not followed. A part file left by a killed process is removed by the next one that writes in its
folder; a lock on each part file in use tells the two apart.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from borderdesk.base.disk import sync_folder
from borderdesk.base.errors import FullDisk, UserError, unreadable
from borderdesk.base.file_locks import lock_file
from borderdesk.base.held_files import (
    move,
    patiently,
    remove_file,
    require_free,
    system_path,
)
from borderdesk.base.i18n import _
from borderdesk.base.portable_names import require_portable

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}
_NO_NAME = {errno.EILSEQ, errno.ENAMETOOLONG}
_CAREFUL = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_PART = re.compile(r"\.[0-9a-f]{16}\.part")
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""Not to wait for who reads or writes the other end of a pipe."""
_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")
"""Endings of the log files that the database library creates beside a database."""


class PartFile(NamedTuple):
    """A file being written: its path, for libraries that write by name, and the open file."""

    path: Path
    file: BinaryIO


def part_name() -> str:
    """A random name for an unfinished file or folder."""
    return f".{os.urandom(8).hex()}.part"


@contextmanager
def part_file(target: Path, *, for_others: bool = False) -> Iterator[PartFile]:
    """A new file beside `target`, readable by its owner alone, which replaces `target` when the
    block ends without an error, flushed with its folder; otherwise it is removed. Raises OSError;
    UserError for a name that the disk cannot store, and where the file was renamed but the disk may
    lose the new name.

    for_others: whoever may write into the folder can read the file.
    """
    require_portable(target)
    require_ordinary(target)
    remove_left_parts(target.parent)
    part = _made_beside(target)
    try:
        with part.file:
            yield part
            part.file.flush()
            os.fsync(part.file.fileno())
            if os.name == "posix":
                if for_others:
                    _open_to_writers(part.file, target.parent)
                # Renamed while it is locked: no other process takes it for an abandoned part file.
                part.path.replace(target)
        if os.name != "posix":
            move(part.path, target)
        _flush_name(target)
    except BaseException:
        with suppress(OSError):
            _remove_part(part.path)
        raise


def _open_to_writers(file: BinaryIO, folder: Path) -> None:
    """Let those read a file who may write into its folder: one that a group or everybody writes
    into is there for the exchange of files."""
    state, descriptor = folder.stat(), file.fileno()
    writers = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if writers == stat.S_IWGRP:
        # A new file is of the group of its account, which need not be that of the folder.
        with suppress(OSError):
            os.fchown(descriptor, -1, state.st_gid)
        if os.fstat(descriptor).st_gid != state.st_gid:
            return
    # A file system without owners lets everybody read anyway.
    with suppress(OSError):
        os.fchmod(descriptor, 0o600 | writers << 1)


def _flush_name(target: Path) -> None:
    """Flush the folder of a file that has just got its name. Raises UserError where the disk does
    not do it: too late to say that nothing was changed."""
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise UserError(
            _(
                "{name} was written, but the disk does not confirm that it keeps it. Check the"
                " disk, then save again."
            ).format(name=target.name)
        ) from error


@contextmanager
def atomic_file(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which replaces `target` when the block ends without an error.

    Raises UserError for an OSError; `target` is unchanged after that or any other error.
    """
    try:
        with part_file(target) as part:
            yield part.file
    except OSError as error:
        kind = FullDisk if error.errno in _NO_ROOM else UserError
        raise kind(_not_saved(target, error.errno)) from error


def write_atomically(
    target: Path, content: bytes, last: Callable[[], object] | None = None
) -> None:
    """Write `content` to `target`, atomically. Raises UserError.

    last: called when the content is on the disk, just before it replaces the former file: an
    exception raised by it leaves `target` unchanged, and hardly anything can fail after it. It is
    not called where another program holds `target` open.
    """
    with atomic_file(target) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if last is not None:
            require_free(target)
            last()


def new_file(path: Path) -> BinaryIO:
    """A new file in a folder of our own, to write and read. Raises OSError where a file or a link
    of that name exists."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _CAREFUL
    return os.fdopen(os.open(system_path(path), flags, 0o600), "w+b")


def append_to(path: Path, content: bytes) -> None:
    """Append to a file of our own, created if missing. Raises OSError, for a link or a pipe too."""
    with os.fdopen(_own(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab") as file:
        file.write(content)


def own_file(path: Path) -> BinaryIO:
    """An existing file opened for change in place; links are not followed. Raises OSError, for a
    pipe or a device too."""
    return os.fdopen(_own(path, os.O_RDWR), "r+b")


def own_content(path: Path, most: int) -> bytes:
    """The first `most` bytes of a small file of our own. Raises OSError, for a link, a pipe or a
    device in its place too."""
    descriptor = _own(path, os.O_RDONLY)
    try:
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


def _own(path: Path, flags: int) -> int:
    flags |= _CAREFUL | _AT_ONCE
    descriptor = patiently(lambda: os.open(system_path(path), flags, 0o600))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), str(path))
    return descriptor


def readable_file(path: Path, most: int | None = None) -> BinaryIO:
    """A file that a person names, to read; `most`: the bytes it may have at most.

    Raises OSError, also for a pipe or a device, which might never end, and for a larger file: with
    codes that `errors.reason` has words for.
    """
    flags = os.O_RDONLY | _AT_ONCE | getattr(os, "O_NOCTTY", 0)
    flags |= _CAREFUL & ~getattr(os, "O_NOFOLLOW", 0)
    file = os.fdopen(patiently(lambda: os.open(system_path(path), flags)), "rb")
    try:
        state = os.fstat(file.fileno())
        code = _read_fault(state, most)
        if code:
            raise OSError(code, os.strerror(code), str(path))
    except BaseException:
        file.close()
        raise
    return file


def file_content(path: Path, most: int) -> bytes:
    """All of a file that a person names, of at most so many bytes. Raises UserError."""
    try:
        with readable_file(path, most) as file:
            return file.read(most)
    except OSError as error:
        raise unreadable(path.name, error) from None


def _read_fault(state: os.stat_result, most: int | None) -> int:
    if stat.S_ISDIR(state.st_mode):
        return errno.EISDIR
    if not stat.S_ISREG(state.st_mode):
        return errno.ENXIO
    return errno.EOVERFLOW if most is not None and state.st_size > most else 0


def require_readable(path: Path, most: int | None = None) -> None:
    """Raise OSError where `readable_file` does, for libraries that read by name."""
    readable_file(path, most).close()


def require_file(path: Path) -> None:
    """Raise UserError unless a path is a readable regular file (missing, a folder, a pipe, a
    device)."""
    # os.path.isfile is False, and raises nothing, for a path that cannot be examined.
    if os.path.isfile(path):  # noqa: PTH113
        return
    try:
        require_readable(path)
    except FileNotFoundError:
        raise UserError(_("There is no file {file}.").format(file=path)) from None
    except OSError as error:
        raise unreadable(path, error) from None


def require_ordinary(target: Path) -> None:
    """Raise OSError unless `target` is absent or a file that can be replaced: a device or a pipe
    of that name must not be."""
    try:
        mode = target.stat().st_mode
    except OSError as error:
        # A link to nothing is replaced like a file.
        if error.errno not in {*_NO_FOLDER, errno.ELOOP}:
            raise
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))


def remove_left_parts(folder: Path) -> None:
    """Remove the unfinished files that killed runs left in a folder; those in use stay."""
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries if entry.name.startswith(".")}
    except OSError:
        return
    for name in names:
        if _PART.fullmatch(name):
            with suppress(OSError):
                _remove_unused(folder / name)


def is_part_name(name: str) -> bool:
    """Whether a file or folder of this name is one of ours that is not finished."""
    return _PART.fullmatch(name) is not None


def _made_beside(target: Path) -> PartFile:
    while True:
        path = target.with_name(part_name())
        file = new_file(path)
        lock_file(file, exclusive=True)
        # Another process may have removed it as a leftover before it was locked.
        if os.name != "posix" or os.fstat(file.fileno()).st_nlink:
            return PartFile(path, file)
        file.close()


def _remove_unused(path: Path) -> None:
    if not stat.S_ISREG(path.lstat().st_mode):
        return
    if os.name != "posix":
        # The system removes no file that is open.
        _remove_part(path)
        return
    with own_file(path) as file:
        if lock_file(file, exclusive=True):
            _remove_part(path)


def _remove_part(path: Path) -> None:
    for ending in _BESIDE_A_DATABASE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    remove_file(path)


def _not_saved(target: Path, code: int | None) -> str:
    if code in _NO_ROOM:
        text = _("There is no room left to save {name}. Free some space or save elsewhere.")
    elif code in _NOT_ALLOWED:
        text = _(
            "{name} may not be written in this folder, or is open in another program. "
            "Close it or save elsewhere."
        )
    elif code in _NO_FOLDER:
        text = _("The folder for {name} does not exist. Choose another folder.")
    elif code in _NO_NAME:
        text = _("This disk does not take {name} as a name. Choose a shorter or another one.")
    else:
        text = _("{name} could not be saved here. Save it under another name or elsewhere.")
    return f"{text.format(name=target.name)} {_('Nothing was changed.')}"
