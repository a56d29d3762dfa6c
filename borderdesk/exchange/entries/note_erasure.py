"""Erasing a person also deletes the review notes about that person, whatever their source."""

import json
from collections.abc import Callable, Collection, Iterable

from borderdesk.store.connection.database import Store
from borderdesk.store.models.desk import PreferenceRow
from borderdesk.store.models.exchange import ErasureRow, ReviewNoteRow
from borderdesk.store.models.logs import LogTextRow
from borderdesk.store.records.logs import waiting_entries
from borderdesk.store.records.record_queries import households_ever_named

NOTE = "note"
"""The kind of an entry that is a note."""
UNSENT_NOTES = "exchange/note"
"""The preference that holds notes that are typed and not added yet: {record: text}."""


def erase_notes(store: Store, household: str) -> int:
    """Delete the notes on a household and on the records that name or named it, their texts in the
    log and unsent drafts of notes; returns the number of notes."""
    row, erased = ReviewNoteRow, 0
    noted = {str(cells[0]) for cells in store.fetch(row.select(row.record).distinct())}
    for record in sorted(record for record in noted if speaks_of(store, record, {household})):
        rows = list(store.fetch(row.select(row.entry).where(row.record == record)))
        drop_texts(store, (entry for (entry,) in rows if entry is not None))
        store.execute(row.delete().where(row.record == record))
        erased += len(rows)
    _drop_unsent(store, household)
    return erased + _drop_waiting(store, household)


def _drop_waiting(store: Store, household: str) -> int:
    """Delete the texts of the notes that wait or were set aside, which are in their logs alone."""
    waiting = [entry for entry in waiting_entries(store) if entry.kind == NOTE]
    notes = [
        entry.id
        for entry in waiting
        if speaks_of(store, json.loads(entry.content or "{}")["content"]["record"], {household})
    ]
    drop_texts(store, notes)
    return len(notes)


def speaks_of(store: Store, record: str, households: Collection[str]) -> bool:
    """Whether a note on this record speaks of one of these households."""
    return record in households or bool(
        households_ever_named(store, record).intersection(households)
    )


def drop_texts(store: Store, entries: Iterable[bytes]) -> None:
    """Delete typed texts from entries of logs."""
    for entry in entries:
        store.execute(LogTextRow.delete().where(LogTextRow.entry == entry))


def erase_naming(store: Store, names: Callable[[str], bool]) -> None:
    """Delete the notes whose text names a person, on whatever record, and unsent drafts of such
    notes."""
    text, note = LogTextRow, ReviewNoteRow
    for entry, typed in list(store.fetch(text.select(text.entry, text.text))):
        if names(typed):
            drop_texts(store, [entry])
    for key, written in list(store.fetch(note.select(note.id, note.text))):
        if names(written):
            store.execute(note.delete().where(note.id == key))
    _keep_unsent(store, lambda _record, typed: not names(typed))


def _drop_unsent(store: Store, household: str) -> None:
    _keep_unsent(store, lambda record, _text: not speaks_of(store, record, {household}))


def _keep_unsent(store: Store, kept: Callable[[str, str], bool]) -> None:
    """Keep only some of the drafts of notes; kept: of (record, text)."""
    row = PreferenceRow
    stored = store.scalar(row.select(row.value).where(row.key == UNSENT_NOTES))
    typed = json.loads(stored) if stored else {}
    remaining = {record: text for record, text in typed.items() if kept(record, text)}
    if remaining != typed:
        value = json.dumps(remaining, ensure_ascii=False)
        store.execute(row.update(value=value).where(row.key == UNSENT_NOTES))


def speaks_of_erased(store: Store, record: str) -> bool:
    """Whether a note on this record would be about an erased person."""
    erased = {str(row[0]) for row in store.fetch(ErasureRow.select(ErasureRow.record))}
    return bool(erased) and speaks_of(store, record, erased)
