"""Refusals from before a desk was open, stored beside it until they can enter its audit log."""

import contextlib
import json
from pathlib import Path
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.files import own_content, write_atomically
from borderdesk.base.held_files import remove_file
from borderdesk.store.audit_lines import append_audit
from borderdesk.store.connection.database import Store

FILE_NAME = "desk.untold"
MOST_BYTES = 1 << 16
MOST_TIMES = 1_000_000
NOBODY = ("", "")
"""The account, and its role, of a line about who did not log in."""
TOLD = frozenset({"desk.replaced", "desk.older", "desk.damaged"})
"""The kinds that such a line may have."""


def defer_audit_line(folder: Path, kind: str) -> None:
    """Store a refusal; a failure to write it is ignored."""
    counts = _read(folder)
    counts[kind] = min(counts.get(kind, 0) + 1, MOST_TIMES)
    with contextlib.suppress(UserError):
        write_atomically(folder / FILE_NAME, json.dumps(counts).encode())


def write_deferred_lines(folder: Path, store: Store) -> None:
    """Write the stored refusals to the audit log of the desk, which is open for writing."""
    if not (folder / FILE_NAME).exists():
        return
    with store.transaction_for_writing():
        for kind, times in sorted(_read(folder).items()):
            append_audit(store, NOBODY, kind, "", json.dumps({"tries": times}))
    with contextlib.suppress(OSError):
        remove_file(folder / FILE_NAME)


def _read(folder: Path) -> dict[str, int]:
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        fields: Any = json.loads(own_content(folder / FILE_NAME, MOST_BYTES))
        return {str(kind): int(times) for kind, times in fields.items() if kind in TOLD}
    return {}
