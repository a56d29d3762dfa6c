"""Atomic writing of files: to a temporary file beside the target, fsync, then rename."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}


@contextmanager
def atomic_file(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which replaces `target` when the block ends without an error.

    Raises UserError for an OSError; `target` is unchanged after that or any other error.
    """
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise UserError(_not_saved(target, error.errno)) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_atomically(target: Path, content: bytes) -> None:
    """Write `content` to `target`, atomically. Raises UserError."""
    with atomic_file(target) as file:
        file.write(content)


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
    else:
        text = _("{name} could not be saved here. Save it under another name or elsewhere.")
    return f"{text.format(name=target.name)} {_('Nothing was changed.')}"
