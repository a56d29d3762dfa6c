"""Detection of a desk's folder that was replaced by an older copy: by a record, in the person's own
folder, of every desk opened on this computer, and by the acknowledgements of its log from other
desks.

Such a folder is consistent, its note of the newest state (`last_state`) included. It is reported
and not refused: it may be all that is left after a disk was lost. The record is found by the
folder's path and the desk's id, so that a copy opened elsewhere is never reported as older; nor is
a practice desk or a demonstration, which is reset to start over.
"""

import contextlib
import datetime
import hashlib
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.files import is_part_name
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.paths import own_state, real_path
from borderdesk.base.private_files import make_private_folder
from borderdesk.schema.log_entries import NOTHING, ChainHead
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.deferred_audit import NOBODY
from borderdesk.session.note_file import read_note, write_note
from borderdesk.store import audit_lines
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import meta_value, write_meta
from borderdesk.store.records import logs

FOLDER, DAY = "seen", len("2026-11-29")
TOLD = "older_told"
"""The key in `meta` of a finding written to the audit log: the witness by which the folder is
older, the number of missing entries then, and the time. Later saves take their numbers."""


class DeskWitness(NamedTuple):
    """How far a desk had come: number and chain (hex) of its newest audit line, and of the newest
    entry of its own log; and whether it had a password."""

    audit: int
    audit_chain: str
    entry: int
    entry_chain: str
    encrypted: bool = False


class OlderFolder(NamedTuple):
    """A desk's folder that is older than one of the same desk: the least number of missing log
    entries (0: other data are missing), since which day, if known, and the desk that reported them,
    "" for this computer; lost_password: it had a password then."""

    missing: int
    seen: datetime.date | None
    reported_by: str
    lost_password: bool = False

    @property
    def text(self) -> str:
        """The message to the person, with the remedy."""
        count = format_number(self.missing, language())
        if self.seen is None:
            begin = _(
                "This desk is older than what it has sent: desk {desk} holds {count} of its"
                " entries that are not here."
            ).format(desk=self.reported_by[:8], count=count)
        elif self.lost_password:
            begin = _(
                "This desk had a password when it was open here on {day}; its folder is one"
                " without, from before that: whoever has it can read it."
            ).format(day=format_date(self.seen))
        elif self.missing:
            begin = ngettext(
                "This desk's folder is an older one than was open here on {day}: {count} entry"
                " that was saved since is not in it.",
                "This desk's folder is an older one than was open here on {day}: {count} entries"
                " that were saved since are not in it.",
                self.missing,
            ).format(day=format_date(self.seen), count=count)
        else:
            begin = _(
                "This desk's folder is an older one than was open here on {day}: what was done"
                " since is not in it."
            ).format(day=format_date(self.seen))
        return f"{begin} {_advice()}"


def _advice() -> str:
    return _(
        "Put the newer folder back, or restore the newest backup into a new folder. Where both are"
        " lost: take in the files this desk sent last, then give it a new id (Send – receive,"
        " Cards, “New id”; or “card renew --new-id”), and tell the administrator."
    )


def witness_file(folder: Path, desk: str) -> Path:
    """The file with the record of a desk at its path."""
    desk_identity = f"{real_path(folder)}\n{desk}".encode("utf-8", "surrogatepass")
    return own_state() / FOLDER / hashlib.sha256(desk_identity).hexdigest()


def bear_witness(folder: Path, store: Store) -> None:
    """Remember how far a desk has come, unless it is behind what is remembered; nothing of one
    that is only tried in a work folder, or where nothing counts."""
    if any(map(is_part_name, folder.parts)) or not _in_earnest(store):
        return
    path = witness_file(folder, _desk(store))
    if _unmet(path, store) is None:
        if not path.exists():
            with contextlib.suppress(OSError):
                make_private_folder(path.parent)
        write_note(path, _witness_of(store))


def witnessed_head(folder: Path, desk: str) -> ChainHead:
    """The last remembered entry of a desk's own log in a folder."""
    witness = read_note(witness_file(folder, desk), DeskWitness)
    return (
        NOTHING if witness is None else ChainHead(witness.entry, bytes.fromhex(witness.entry_chain))
    )


def forget_witness(folder: Path, desk: str) -> None:
    """Delete the record of a desk of this id: a new desk starts in its place."""
    with contextlib.suppress(OSError):
        remove_file(witness_file(folder, desk))


def older_folder(folder: Path, store: Store) -> OlderFolder | None:
    """The evidence that this desk's folder is an older copy; None without evidence, and on a desk
    whose records do not count."""
    if not _in_earnest(store):
        return None
    desk = _desk(store)
    path = witness_file(folder, desk)
    witness, own_entry = _unmet(path, store), _own_head(store, desk).number
    if witness is not None:
        day = datetime.datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
        notice = _logged_notice(store, witness)
        missing = max(witness.entry - own_entry, 0) if notice is None else notice.missing
        return OlderFolder(missing, day, "", witness.encrypted and store.key is None)
    beyond = logs.acknowledged_beyond(store, desk, own_entry)
    return None if beyond is None else OlderFolder(beyond[1] - own_entry, None, beyond[0])


def _unmet(path: Path, store: Store) -> DeskWitness | None:
    """The remembered state of a desk from a file, if the desk lacks it."""
    witness = read_note(path, DeskWitness)
    return witness if witness is not None and _is_older(store, witness) else None


def tell_older(folder: Path, store: Store) -> None:
    """Record in the audit log, once, that the folder is an older one."""
    if not _in_earnest(store):
        return
    witness = _unmet(witness_file(folder, _desk(store)), store)
    if witness is None or _logged_notice(store, witness) is not None:
        return
    missing = max(witness.entry - _own_head(store, _desk(store)).number, 0)
    with store.transaction_for_writing():
        write_meta(store, {TOLD: f"{_mark(witness)} {missing} {utc_stamp()[:DAY]}"})
        audit_lines.append_audit(store, NOBODY, "desk.put_back", "", "{}")


class OlderNotice(NamedTuple):
    """How many entries were missing when it was reported, and the UTC day of that."""

    missing: int
    day: str


def _logged_notice(store: Store, witness: DeskWitness) -> OlderNotice | None:
    """The line of the audit log about this witness, if any."""
    mark, missing, day = (meta_value(store, TOLD) or "- 0 -").split(" ")
    return OlderNotice(int(missing), day) if mark == _mark(witness) else None


def _mark(witness: DeskWitness) -> str:
    return f"{witness.audit}:{witness.audit_chain}:{witness.entry_chain}"


def _witness_of(store: Store) -> DeskWitness:
    number, chain = audit_lines.newest_line(store)
    head = _own_head(store, _desk(store))
    locked = store.key is not None
    return DeskWitness(number, chain.hex(), head.number, head.chain.hex(), locked)


def _in_earnest(store: Store) -> bool:
    return "1" not in (meta_value(store, "demo"), meta_value(store, "practice"))


def _desk(store: Store) -> str:
    return str(meta_value(store, "desk"))


def _own_head(store: Store, desk: str) -> ChainHead:
    log = logs.log_number(store, desk)
    return NOTHING if log is None else logs.head_of(store, log)


def _is_older(store: Store, witness: DeskWitness) -> bool:
    """Whether a database lacks what is remembered: its password; entries of its log, for as long as
    they are not back; or only lines of its audit log, which never come back: for the day it
    was reported."""
    if witness.encrypted and store.key is None:
        return True
    if witness.entry:
        log = logs.log_number(store, _desk(store))
        chain = None if log is None else logs.chain_at(store, log, witness.entry)
        if chain != bytes.fromhex(witness.entry_chain):
            return True
    chain = audit_lines.chain_at(store, witness.audit)
    if not witness.audit or chain == bytes.fromhex(witness.audit_chain):
        return False
    notice = _logged_notice(store, witness)
    return notice is None or (notice.missing == 0 and notice.day == utc_stamp()[:DAY])
