"""Files written atomically and verified: to a temporary name, flushed, read back, renamed."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from borderdesk.base.disk import make_folders
from borderdesk.base.errors import UserError, reason
from borderdesk.base.files import part_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.mounts import require_mounted
from borderdesk.base.portable_names import require_portable_folder

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazy_module("pyrage")


@contextmanager
def verified_file(target: Path) -> Iterator[IO[bytes]]:
    """A file to write and read that becomes `target` when the block ends without an error, after
    it was flushed to the disk and read back; otherwise nothing is left. In a shared folder the
    other accounts that write there can read it. Raises UserError, and OperationRefused where a
    stick is not plugged in."""
    try:
        require_mounted(target.parent)
        require_portable_folder(target.parent)
        make_folders(target.parent)
        with part_file(target, for_others=True) as part:
            yield part.file
            part.file.flush()
            os.fsync(part.file.fileno())
            written = digest_of(part.file)
            with part.path.open("rb") as file:
                if digest_of(file) != written:
                    raise not_read_back(target.name)
    except OSError as error:
        raise UserError(
            _("{file} could not be written: {error}. Nothing was sent.").format(
                file=target.name, error=reason(error)
            )
        ) from None


def not_read_back(file: str) -> UserError:
    """The error for a stick whose bytes differ from those that were written."""
    return UserError(
        _("{file} does not read back as it was written. Use another stick.").format(file=file)
    )


def write_verified(target: Path, content: bytes) -> None:
    """Write a file atomically and verify it. Raises UserError."""
    with verified_file(target) as file:
        file.write(content)


def digest_of(file: IO[bytes]) -> bytes:
    """The SHA-256 of a whole open file; the position is reset to its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return digest.digest()
