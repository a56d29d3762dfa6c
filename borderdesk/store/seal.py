"""The seal of a backup: a line appended to the database with its time and its hash.

SQLite reads as many pages as the header of the file states, so the line behind them is ignored.
The seal detects damage, not forgery: whoever can write the file can rewrite the line.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import own_file
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress

SMALLEST_PAGE = 512
"""Bytes: a database is a whole number of pages, each a multiple of this; the rest is a seal."""
PART = 1 << 20
LINE = re.compile(
    rb"\n(BorderDesk backup \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) sha256 ([0-9a-f]{64})\n"
)
LENGTH = len("\nBorderDesk backup 2023-12-31T12:00:00.000Z sha256 \n") + 64
assert LENGTH < SMALLEST_PAGE


def seal(file: Path, made: str) -> None:
    """Put the seal behind a database; `made`: the moment it shows (UTC)."""
    label = f"BorderDesk backup {made}".encode()
    with own_file(file) as opened:
        digest = hashlib.sha256()
        while part := opened.read(PART):
            digest.update(part)
        digest.update(label)
        opened.write(b"\n%s sha256 %s\n" % (label, digest.hexdigest().encode()))
        opened.flush()
        os.fsync(opened.fileno())
        if hasattr(os, "posix_fadvise"):
            # Drop it from the page cache: the verification must read the disk, not the memory.
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_through(
    file: Path, progress: Progress = no_progress, take: Callable[[bytes], object] = len
) -> str:
    """Read a file to its end; the moment its seal names, or "" for one without a seal.

    take: given the database, part by part, without the seal. Raises CannotOpen for an altered
    file, OSError.
    """
    with file.open("rb") as opened:
        size = opened.seek(0, 2)
        pages = size if size % SMALLEST_PAGE == 0 else max(size - LENGTH, 0)
        opened.seek(pages)
        line = opened.read()
        found = LINE.fullmatch(line)
        if line and (found is None or pages % SMALLEST_PAGE):
            raise altered(file)
        opened.seek(0)
        digest = hashlib.sha256()
        done = 0
        while done < pages:
            part = opened.read(min(PART, pages - done))
            if not part:
                raise altered(file)
            digest.update(part)
            take(part)
            done += len(part)
            progress(done, pages)
    if found is None:
        return ""
    digest.update(found[1])
    if digest.hexdigest().encode() != found[2]:
        raise altered(file)
    return found[1].decode().rpartition(" ")[2]


def altered(file: Path) -> CannotOpen:
    """The error for a file that is not as it was written."""
    return CannotOpen(
        _(
            "{file} is damaged or is no backup: it is not as it was written. Use another one."
        ).format(file=file.name)
    )
