"""The seal of a backup: a line appended to the database with its time and its hash.

SQLite reads as many pages as the header of the file states, so what is behind them is ignored: the
line, and in the backup of a desk with a password its key ring before it, so that one file suffices.
The seal detects damage, not forgery: whoever can write the file can rewrite the line.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import own_file, readable_file
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress

SMALLEST_PAGE = 512
"""Bytes: a database is a whole number of pages, each a multiple of this; the rest is a seal."""
PART = 1 << 20
LINE = re.compile(
    rb"\n(BorderDesk backup (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?: keys (\d{1,7}))?)"
    rb" sha256 ([0-9a-f]{64})\n\Z"
)
LENGTH = len("\nBorderDesk backup 2023-12-31T12:00:00.000Z sha256 \n") + 64
"""Bytes of a seal without keys."""
LONGEST = LENGTH + len(" keys 1234567")
assert LONGEST < SMALLEST_PAGE


class SealLine(NamedTuple):
    """The parts of a seal: `label` is hashed with the database and the keys before it; `made`: its
    time stamp (UTC); pages, keys: their lengths in bytes."""

    label: bytes
    made: str
    pages: int
    keys: int
    digest: bytes


def seal(file: Path, moment: str, keys: bytes = b"") -> None:
    """Put the seal behind a database; `moment`: what it shows (UTC); keys: what of a key ring
    the backup carries."""
    label = f"BorderDesk backup {moment}{f' keys {len(keys)}' if keys else ''}".encode()
    with own_file(file) as opened:
        digest = hashlib.sha256()
        while part := opened.read(PART):
            digest.update(part)
        carried = b"\n" + keys if keys else b""
        digest.update(carried + label)
        opened.write(b"%s\n%s sha256 %s\n" % (carried, label, digest.hexdigest().encode()))
        opened.flush()
        os.fsync(opened.fileno())
        if hasattr(os, "posix_fadvise"):
            # Drop it from the page cache: the verification must read the disk, not the memory.
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def is_sealed(file: Path) -> bool:
    """Whether a file ends with the seal of a backup. Raises OSError."""
    with readable_file(file) as opened:
        return _end(opened)[1] is not None


def carried_keys(file: Path) -> bytes:
    """The key ring embedded in a backup, b"" for none. Raises CannotOpen for an altered file,
    OSError."""
    with readable_file(file) as opened:
        line = _line(file, opened)
        if line is None or not line.keys:
            return b""
        opened.seek(line.pages + 1)
        return opened.read(line.keys)


def read_through(
    file: Path, progress: Progress = no_progress, take: Callable[[bytes], object] = len
) -> str:
    """Read a file to its end; the moment its seal names, or "" for one without a seal.

    take: given the database, part by part, without keys and seal. Raises CannotOpen for an altered
    file, OSError.
    """
    with readable_file(file) as opened:
        line = _line(file, opened)
        pages = opened.seek(0, os.SEEK_END) if line is None else line.pages
        opened.seek(0)
        digest = hashlib.sha256()
        read = 0
        while read < pages:
            part = opened.read(min(PART, pages - read))
            if not part:
                raise altered(file)
            digest.update(part)
            take(part)
            read += len(part)
            progress(read, pages)
        if line is None:
            return ""
        digest.update(opened.read(line.keys + 1 if line.keys else 0) + line.label)
    if digest.hexdigest().encode() != line.digest:
        raise altered(file)
    return line.made


def _end(opened: IO[bytes]) -> tuple[int, re.Match[bytes] | None]:
    """The size of a file, and the line of a seal at its end."""
    size = opened.seek(0, os.SEEK_END)
    opened.seek(max(size - LONGEST, 0))
    return size, LINE.search(opened.read())


def _line(file: Path, opened: IO[bytes]) -> SealLine | None:
    """The seal of a file, None for a file without. Raises CannotOpen for other content behind the
    pages."""
    size, match = _end(opened)
    if match is None:
        if size % SMALLEST_PAGE:
            raise altered(file)
        return None
    keys = int(match[3] or 0)
    pages = size - len(match[0]) - (keys + 1 if keys else 0)
    if pages < 0 or pages % SMALLEST_PAGE:
        raise altered(file)
    return SealLine(match[1], match[2].decode(), pages, keys, match[4])


def altered(file: Path) -> CannotOpen:
    """The error for a file that is not as it was written."""
    return CannotOpen(
        _(
            "{file} is damaged or is no backup: it is not as it was written. Use another one."
        ).format(file=file.name)
    )
