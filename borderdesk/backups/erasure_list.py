"""The list of erasures beside backups, so that restoring one does not restore erased data.

Each folder of backups has a list with the erasures its desks know: ids of records, reasons, places
and times, a part for each desk, signed by it. It is written with every backup, and after an erasure
into every accessible folder with backups of this desk; a restoration applies the parts signed by
desks that the backup knows, and by the desk in whose own folder the backups are. A list of an
unknown author is refused: it could erase the records it names.

Not covered: a stick that was not connected at the erasure and has had no backup since, restored
without access to the desk or its newer backups; and the bytes of the older files themselves, which
are never written to: read with another program they still contain the erased data.
"""

import base64
import binascii
import contextlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.base.files import part_file, readable_file
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.paths import database_file
from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.desks.cards import Cards, is_key, key_signed
from borderdesk.exchange.entries.erasures import Erasures, Notice, erasure_notices
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.session.session import Session
from borderdesk.store.connection.database import DATABASE_ERRORS, Store
from borderdesk.store.models.exchange import OwnKeyRow, RetiredKeyRow

FILE_NAME = "da-xoa.json"
KIND = "borderdesk-erasures"
FORMAT = 2
"""Lists of format 1 were not signed."""
MOST_BYTES = 16 << 20

FORMS = {
    "record": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "reason": re.compile(r".{0,500}"),
    "desk": re.compile(r"[0-9a-f]{32}"),
    "time": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"),
}


class ErasureListRefused(OperationRefused):
    """A list beside a backup that no desk which the backup knows has signed."""


class SignedErasures(NamedTuple):
    """The part of a list that one desk wrote: its id, its public key, what was erased, and the
    minisign signature over these."""

    desk: str
    key: str
    erased: tuple[Notice, ...]
    signature: bytes

    def content(self) -> bytes:
        """The bytes that are signed."""
        erased = [_notice_json(notice) for notice in self.erased]
        fields = {"kind": KIND, "format": FORMAT, "desk": self.desk, "key": self.key}
        return canonical({**fields, "erased": erased}).encode()

    def is_sound(self) -> bool:
        """Whether the signature is that of the key."""
        return key_signed(self.key, self.content(), self.signature)

    def as_json(self) -> dict[str, Any]:
        """The part as the file has it."""
        erased = [_notice_json(notice) for notice in self.erased]
        signature = base64.b64encode(self.signature).decode("ascii")
        return {"desk": self.desk, "key": self.key, "erased": erased, "signature": signature}


# ---------------------------------------------------------------------------- reading


def erasures_to_apply(
    session: Session, file: Path, parts: Sequence[SignedErasures]
) -> list[Notice]:
    """The erasures to apply after restoring `file`, which is open as the session: those listed by
    desks that it knows, and those known to the desk in whose folder the file is; oldest first.

    Raises ErasureListRefused for erasures listed by a stranger, if the backup still has any of the
    records.
    """
    # Read only for an existing list: a desk without keys would create them.
    known_keys = _known_keys(session) if parts else set()
    if not all(part.is_sound() for part in parts):
        raise _refused(file)
    listed = [
        notice for part in parts if (part.desk, part.key) in known_keys for notice in part.erased
    ]
    expected = {notice[0] for notice in listed}
    strange = {notice[0] for part in parts for notice in part.erased} - expected
    if session.part(Erasures).still_held(sorted(strange)):
        raise _refused(file)
    return _first_notices([*listed, *_of_desk_beside(session, file)])


def _known_keys(session: Session) -> set[tuple[str, str]]:
    """(desk, key) of those that may list erasures: this desk and its earlier ids, accepted desks of
    its unit and of the province."""
    cards, identity = session.part(Cards), session.identity
    known_keys = {
        (entry.card.desk, entry.card.minisign)
        for entry in cards.known()
        if entry.accepted and (entry.card.unit == identity.unit or entry.card.role == "province")
    }
    return known_keys | set(cards.own_keys())


def _refused(file: Path) -> ErasureListRefused:
    return ErasureListRefused(
        _(
            "The list of erased households {file} is not signed by a desk that this backup knows:"
            " somebody else may have put it there. Nothing was restored. Take the backup from"
            " another stick, or ask who wrote the list and move it away."
        ).format(file=file.parent / FILE_NAME)
    )


def read_parts(folder: Path) -> list[SignedErasures]:
    """The parts of a folder's list, empty without one. Raises CannotOpen for a damaged one,
    ErasureListRefused for an unsigned one, OSError."""
    path = folder / FILE_NAME
    try:
        with readable_file(path, MOST_BYTES) as file:
            content = file.read()
    except FileNotFoundError:
        return []
    try:
        listed: Any = json.loads(content)
        if listed["kind"] != KIND:
            raise ValueError
        if "format" not in listed and isinstance(listed["erased"], list):
            raise _refused(path)
        return [_part(part) for part in listed["lists"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CannotOpen(
            _(
                "The list of erased households {file} is damaged. Restore with a copy of it from"
                " another backup; to do without it, move it away first."
            ).format(file=path)
        ) from None


def read_list(folder: Path) -> list[Notice]:
    """The erasures in a folder's list, whoever signed them. Raises the errors of `read_parts`."""
    return _first_notices(notice for part in read_parts(folder) for notice in part.erased)


def effect_text(folder: Path) -> str:
    """The effect of a folder's list on a backup restored from it, in words; "" for none, and the
    reason if it is refused."""
    try:
        count = len(read_list(folder))
    except (UserError, OSError) as error:
        return str(error)
    if not count:
        return ""
    return ngettext(
        "The signed list beside it names {count} household that was erased since; it is erased in"
        " the restored desk too.",
        "The signed list beside it names {count} households that were erased since; they are erased"
        " in the restored desk too.",
        count,
    ).format(count=count)


def _part(part: Any) -> SignedErasures:
    desk, key = str(part["desk"]), str(part["key"])
    try:
        signature = base64.b64decode(str(part["signature"]), validate=True)
    except binascii.Error:
        raise ValueError from None
    if not FORMS["desk"].fullmatch(desk) or not is_key(key):
        raise ValueError
    return SignedErasures(desk, key, tuple(map(_notice, part["erased"])), signature)


def _notice(entry: Any) -> Notice:
    record, reason, desk, time = (str(entry[name]) for name in FORMS)
    notice = (record, reason, desk, time)
    if FORBIDDEN.search(reason) or not all(
        form.fullmatch(text) for form, text in zip(FORMS.values(), notice, strict=True)
    ):
        raise ValueError
    return notice


def _notice_json(notice: Notice) -> dict[str, str]:
    return dict(zip(FORMS, notice, strict=True))


def _of_desk_beside(session: Session, file: Path) -> list[Notice]:
    """The erasures known to the desk in whose folder a backup is; none if there is no desk, it
    cannot be read, or it is not the backup's own desk: then it shares none of its secrets."""
    path = database_file(file.parent.parent)
    if not path.is_file() or path.samefile(database_file(session.folder)):
        return []
    store = Store(path, session.store.key, read_only=True)
    # A damaged desk may be why somebody restores; the list beside the backup still counts.
    with contextlib.suppress(*DATABASE_ERRORS), store.connection_context():
        if _secrets(store) & _secrets(session.store):
            return erasure_notices(store)
    return []


def _secrets(store: Store) -> set[str]:
    """The secret keys that a desk has or had."""
    own_key_row, retired = OwnKeyRow, RetiredKeyRow
    rows = store.fetch(
        own_key_row.select(own_key_row.opening).union(retired.select(retired.opening))
    )
    return {str(row[0]) for row in rows}


def _first_notices(notices: Iterable[Notice]) -> list[Notice]:
    """The first notice of each record, oldest first."""
    first: dict[str, Notice] = {}
    for notice in sorted(notices, key=lambda notice: (notice[3], notice)):
        first.setdefault(notice[0], notice)
    return list(first.values())


# ---------------------------------------------------------------------------- writing


def write_list(session: Session, folder: Path) -> None:
    """Write what this desk knows as erased into the list of a folder, whole or not at all; the
    parts of other desks stay as they are. Raises OSError."""
    try:
        parts = read_parts(folder)
    except (CannotOpen, ErasureListRefused):
        # A list that is unreadable or unsigned protects nothing.
        parts = []
    cards, notices = session.part(Cards), session.part(Erasures).notices()
    own_keys = cards.own_keys()
    mine = [part for part in parts if (part.desk, part.key) in own_keys and part.is_sound()]
    # Erasures that the restored backup does not know of stay listed.
    erased = tuple(_first_notices([*notices, *(notice for part in mine for notice in part.erased)]))
    if not erased or (len(mine) == len(own_keys) and all(p.erased == erased for p in mine)):
        return
    foreign_parts = [part for part in parts if part.desk not in {desk for desk, _key in own_keys}]
    signed = [_signed(cards, desk, key, erased) for desk, key in own_keys]
    lists = [part.as_json() for part in [*foreign_parts, *signed]]
    text = json.dumps(
        {"kind": KIND, "format": FORMAT, "lists": lists}, ensure_ascii=False, indent=1
    )
    with part_file(folder / FILE_NAME) as part:
        part.file.write(text.encode())


def _signed(cards: Cards, desk: str, key: str, erased: tuple[Notice, ...]) -> SignedErasures:
    """The part that a desk signs, under its present id or an earlier one."""
    unsigned = SignedErasures(desk, key, erased, b"")
    comment = f"BorderDesk erasures {desk} {utc_stamp()}"
    return unsigned._replace(signature=cards.sign(unsigned.content(), comment, desk=desk))
