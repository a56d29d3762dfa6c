"""Small notes of one sector with a hash, written in place in one piece, even on a full disk. A torn
one counts as absent."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar

from borderdesk.base.files import new_file, own_content, own_file

BYTES = 512
"""The size of a note, a sector."""
NoteType = TypeVar("NoteType")
_UNREADABLE = (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


def read_note(path: Path, kind: type[NoteType]) -> NoteType | None:
    """The content of a note, a named tuple; None for a missing or unreadable one."""
    with contextlib.suppress(*_UNREADABLE):
        text, _space, digest = own_content(path, BYTES).strip().rpartition(b" ")
        state = kind(**json.loads(text))
        if _digest(text) == digest:
            return state
    return None


def write_note(path: Path, state: Any) -> None:
    """Write a note, a named tuple, over the former one; nothing happens where it cannot be."""
    text = json.dumps(state._asdict(), sort_keys=True).encode()
    with (
        contextlib.suppress(OSError),
        own_file(path) if path.exists() else new_file(path) as file,
    ):
        file.write((text + b" " + _digest(text)).ljust(BYTES))


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()
