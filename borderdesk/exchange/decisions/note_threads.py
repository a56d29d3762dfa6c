"""Review notes in threads, one a record, with who wrote them and whether an answer is due."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.exchange.decisions.version_comparison import headline
from borderdesk.exchange.entries.inbox import Inbox
from borderdesk.exchange.entries.review_notes import ReviewNote, ReviewNotes
from borderdesk.exchange.merging.desk_names import desk_names, desk_title, owner_title
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import Session
from borderdesk.store.records.revision_batches import type_of


class ThreadNote(NamedTuple):
    """A note of a thread; `desk` is the name of the desk it was written on, `own` whether that is
    this one, `when` local time."""

    id: str
    author: str
    desk: str
    own: bool
    when: datetime.datetime
    text: str


class NoteThread(NamedTuple):
    """The notes on one record, oldest first. here: the record exists on this desk; waits: an answer
    of this desk is due; news: the last note is from elsewhere and not settled."""

    type: str
    record: str
    title: str
    owner: str
    notes: list[ThreadNote]
    here: bool
    waits: bool
    news: bool

    @property
    def answered(self) -> str | None:
        """The note that the next one replies to: the newest of another desk."""
        return next((note.id for note in reversed(self.notes) if not note.own), None)


def note_threads(session: Session) -> list[NoteThread]:
    """All threads: those that wait for an answer or have news first, then the newest."""
    notes, names = session.part(ReviewNotes), desk_names(session)
    waiting = {note.record for note in notes.unanswered()}
    news = {note.record for note in notes.arrived()}
    by_record: dict[tuple[str, str], list[ReviewNote]] = {}
    for note in notes.notes():
        by_record.setdefault((note.type, note.record), []).append(note)
    threads = [
        _thread(session, type_name, record, written, names, (record in waiting, record in news))
        for (type_name, record), written in by_record.items()
    ]
    threads.sort(key=lambda thread: thread.notes[-1].when, reverse=True)
    return sorted(threads, key=lambda thread: not (thread.waits or thread.news))


def note_thread(session: Session, type_name: str, record: str) -> NoteThread:
    """The thread of one record, which may have no notes yet."""
    notes = session.part(ReviewNotes)
    waits = any(note.record == record for note in notes.unanswered())
    news = any(note.record == record for note in notes.arrived())
    names, written = desk_names(session), notes.notes(record)
    return _thread(session, type_name, record, written, names, (waits, news))


def begun_threads(session: Session, records: Iterable[str]) -> list[NoteThread]:
    """Empty threads for those of the records that have no notes yet: one is being written."""
    types = {record: type_of(session.store, record) for record in records}
    threads = [note_thread(session, kind, record) for record, kind in types.items() if kind]
    return [thread for thread in threads if not thread.notes]


def _thread(
    session: Session,
    type_name: str,
    record: str,
    notes: list[ReviewNote],
    names: dict[str, str],
    waits_and_news: tuple[bool, bool],
) -> NoteThread:
    thread_notes = [_thread_note(session, note, names) for note in notes]
    try:
        versions = session.part(Inbox).double(type_name, record).versions
    except UserError:
        is_known_type = type_name in ALL_TYPES
        title = _(ALL_TYPES[type_name].title) if is_known_type else type_name
        return NoteThread(type_name, record, title, "–", thread_notes, False, *waits_and_news)
    values = next((v.values() for v in versions if not v.deleted), None) or {}
    owner = owner_title(session, type_name, values, names, versions[-1].stamp.desk)
    return NoteThread(
        type_name,
        record,
        headline(type_name, values, session.book),
        owner,
        thread_notes,
        True,
        *waits_and_news,
    )


def _thread_note(session: Session, note: ReviewNote, names: dict[str, str]) -> ThreadNote:
    when = moment_of(note.time)
    is_own = note.desk == session.identity.id
    return ThreadNote(note.id, note.author, desk_title(names, note.desk), is_own, when, note.text)
