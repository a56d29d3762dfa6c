"""The list of erasures beside backups, so that restoring one does not bring erased data back.

Each folder of backups has a list with the erasures its desks know: ids of records, why, where and
when. It is written with every backup, and after an erasure into every folder of this desk's
backups that can be reached; restoring obeys it, and also the desk in whose own folder the backups
stand.

Not covered: a stick that lay in a drawer at the erasure and has had no backup since, restored
where neither the desk nor its newer backups are; and the bytes of the older files themselves,
which are never written to: who reads one with another program still finds what was erased.
"""

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import part_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import database_file
from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.erasures import Notice, erasure_notices
from borderdesk.store.database import DATABASE_ERRORS, Store

FILE_NAME = "da-xoa.json"
KIND = "borderdesk-erasures"
MOST_BYTES = 16 << 20

FORMS = {
    "record": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "reason": re.compile(r".{0,500}"),
    "desk": re.compile(r"[0-9a-f]{32}"),
    "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
}


def erasures_beside(file: Path, key: bytes | None) -> list[Notice]:
    """The erasures in the list beside a backup, and those known to the desk in whose folder it
    is, oldest first. Raises CannotOpen for a damaged list, OSError."""
    return _united([*read_list(file.parent), *_of_desk(file.parent.parent, key)])


def read_list(folder: Path) -> list[Notice]:
    """The erasures in a folder's list, none without one. Raises CannotOpen, OSError."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            content = file.read(MOST_BYTES)
    except FileNotFoundError:
        return []
    try:
        listed: Any = json.loads(content)
        if listed["kind"] != KIND:
            raise ValueError
        return [_notice(one) for one in listed["erased"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise CannotOpen(
            _(
                "The list of erased households {file} is damaged. Restore with a copy of it from"
                " another backup; to do without it, move it away first."
            ).format(file=folder / FILE_NAME)
        ) from None


def _notice(one: Any) -> Notice:
    record, reason, desk, time = (str(one[name]) for name in FORMS)
    notice = (record, reason, desk, time)
    if FORBIDDEN.search(reason) or not all(
        form.fullmatch(text) for form, text in zip(FORMS.values(), notice, strict=True)
    ):
        raise ValueError
    return notice


def _of_desk(folder: Path, key: bytes | None) -> list[Notice]:
    """The erasures a desk knows, none where there is no desk or it cannot be read."""
    path = database_file(folder)
    if not path.is_file():
        return []
    store = Store(path, key, read_only=True)
    # A damaged desk may be why somebody restores; the list beside the backup still counts.
    with contextlib.suppress(*DATABASE_ERRORS), store.connection_context():
        return erasure_notices(store)
    return []


def _united(notices: Iterable[Notice]) -> list[Notice]:
    """Each record once, by its first notice, oldest first."""
    first: dict[str, Notice] = {}
    for notice in sorted(notices, key=lambda one: (one[3], one)):
        first.setdefault(notice[0], notice)
    return list(first.values())


def write_list(folder: Path, notices: Iterable[Notice]) -> None:
    """Add erasures to the list of a folder, whole or not at all. Raises OSError."""
    try:
        known = read_list(folder)
    except CannotOpen:
        # A list that nobody can read protects nothing: replace it by what this desk knows.
        known = None
    united = _united([*(known or ()), *notices])
    if united == known or not united:
        return
    text = json.dumps(
        {"kind": KIND, "erased": [dict(zip(FORMS, one, strict=True)) for one in united]},
        ensure_ascii=False,
        indent=1,
    )
    with part_file(folder / FILE_NAME) as part:
        part.file.write(text.encode())
