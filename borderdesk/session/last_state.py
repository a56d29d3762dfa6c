"""The last state of a desk, noted beside its database, to detect an older file put in its place.

A database put back together with the key ring of its day is consistent and opens; later saves are
silently lost, and the passwords of that time are valid again. The note names the end of the audit
log and the newest revision. It is written after the data it names is on the disk, so that neither a
kill nor a power cut makes it newer than the database.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import CannotOpen, DamagedFile, UserError
from borderdesk.base.files import new_file
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.damage import DamagedDesk, DamageNote
from borderdesk.session.deferred_audit import NOBODY, defer_audit_line
from borderdesk.session.note_file import read_note, write_note
from borderdesk.session.ring_check import keep_ring
from borderdesk.session.witness import OlderFolder, bear_witness, older_folder, tell_older
from borderdesk.store.audit_lines import append_audit, chain_at, newest_line
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import meta_value, write_meta
from borderdesk.store.records.history import last_seq

FILE_NAME = "desk.last"
APART = 1.0
"""The least seconds between two notes during consecutive saves."""
NOTED = "last_state"
"""The key in `meta` of a desk with a note: a missing note is then suspicious."""


class OlderDesk(DamagedFile):
    """The desk's file is sound, but older than the last one opened in this folder."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The desk's file is an older one than was open here last: what was saved since is"
                " not in it. It is only read; nothing is written to it. Put the newer file back;"
                " or restore the newest backup into a new folder, or save with “salvage” what is"
                " here. Tell the administrator if it was not you who put it there."
            )
        )


class LastState(NamedTuple):
    """The last state of a desk: number and chain (hex) of the newest audit line, number of the
    newest revision, and whether the desk has a password."""

    audit: int
    chain: str
    revision: int
    encrypted: bool


def state_of(store: Store) -> LastState:
    """The newest audit line and entry of an open database."""
    number, chain = newest_line(store)
    return LastState(number, chain.hex(), last_seq(store), store.key is not None)


def read_last(folder: Path) -> LastState | None:
    """The note in a desk's folder; None for a missing or unreadable one."""
    return read_note(folder / FILE_NAME, LastState)


def write_last(folder: Path, state: LastState) -> None:
    """Overwrite the note. A folder that cannot be written to is reported elsewhere."""
    write_note(folder / FILE_NAME, state)


def begin_last(folder: Path) -> None:
    """Reset the note for a desk that is created or restored in this folder."""
    with contextlib.suppress(OSError):
        remove_file(folder / FILE_NAME)
        new_file(folder / FILE_NAME).close()


@contextlib.contextmanager
def begun_last(folder: Path) -> Iterator[None]:
    """`begin_last`, for a desk that is made within: where it cannot be made, nothing stays."""
    begin_last(folder)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            remove_file(folder / FILE_NAME)
        raise


def note_encrypted(folder: Path) -> None:
    """Note that a desk has a password now, before it is opened with it."""
    last = read_last(folder) or LastState(0, "", 0, encrypted=True)
    write_last(folder, last._replace(encrypted=True))


def was_encrypted(folder: Path) -> bool:
    """Whether the desk of a folder had a password when it was left."""
    last = read_last(folder)
    return last is not None and last.encrypted


def require_encrypted(folder: Path) -> None:
    """Raise CannotOpen for a plain database and no key ring where the desk had a password."""
    if was_encrypted(folder):
        defer_audit_line(folder, "desk.older")
        raise CannotOpen(
            _(
                "This desk was encrypted, but its file is one without a password: somebody put an"
                " older copy in its place and took the file of its keys away. Nothing was changed."
                " Put both back, or restore the newest backup into a new folder."
            )
        )


def require_newest(folder: Path, store: Store) -> None:
    """Raise OlderDesk where the database lacks the state named in the note beside it."""
    # Read before the database: other processes may save in between.
    last = read_last(folder)
    if last is None or store.schema_version() == 0:
        # A file that is no desk at all is reported by whatever opens it.
        return
    if last.audit > 0 and chain_at(store, last.audit) != bytes.fromhex(last.chain):
        raise OlderDesk
    # An undone batch takes revisions out, and leaves a line.
    if last.revision > last_seq(store) and chain_at(store, last.audit + 1) is None:
        raise OlderDesk


def why_only_read(folder: Path, store: Store) -> UserError:
    """Why a desk that is not marked as damaged is opened to be read only."""
    try:
        require_newest(folder, store)
    except OlderDesk as older:
        return older
    return DamagedDesk(DamageNote(utc_stamp(), 1))


def settle_last(folder: Path, store: Store) -> None:
    """Store the state of a desk that was just opened. A state file that was removed is reported in
    the audit log: an older database put back since would not show."""
    if meta_value(store, NOTED) is None:
        with store.transaction_for_writing():
            write_meta(store, {NOTED: "1"})
    elif not (folder / FILE_NAME).exists():
        with store.transaction_for_writing():
            append_audit(store, NOBODY, "desk.unnoted", "", "{}")
    write_last(folder, state_of(store))
    tell_older(folder, store)
    bear_witness(folder, store)


class LastStateNote:
    """Keeps the note of an open desk up to date."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store
        self._noted = 0.0
        self._due = False

    def saved(self) -> None:
        """Something was saved: note it, soon where saves follow each other."""
        self._due = True
        if time.monotonic() - self._noted >= APART:
            self.keep_up()

    def noted(self) -> None:
        """A line about something that was only read was written: the note is renewed when the desk
        is closed, in a window within half a second."""
        self._due = True

    def older(self) -> OlderFolder | None:
        """Why the desk's folder is taken for one that was put back from an older copy."""
        return older_folder(self._folder, self._store)

    def keep_up(self) -> None:
        """Write the note for saves not noted yet, and restore a missing key ring file, without
        which the desk could not be opened again."""
        if self._due:
            self._due, self._noted = False, time.monotonic()
            write_last(self._folder, state_of(self._store))
            bear_witness(self._folder, self._store)
        keep_ring(self._folder, self._store)
