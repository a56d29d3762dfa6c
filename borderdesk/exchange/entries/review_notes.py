"""Review notes: what desks write about each other's records, and the answers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from peewee import SQL, fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.names import person_named
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.inbox import Inbox
from borderdesk.exchange.entries.note_erasure import NOTE, drop_texts, speaks_of_erased
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.format.text_forms import MAX_AUTHOR, is_line
from borderdesk.schema.kinds import INTERNAL, TextField, is_uuid
from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.kinds.doubts import doubt_text, stored_doubt
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import new_id, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.models.exchange import NoteSettledRow, ReviewNoteRow

NOTE_LIMIT = 1_000
"""Characters of a note."""
PERSON = N_("“{value}” looks like a person's name; a note travels, so leave names out.")
_TEXT = TextField(N_("Note"), part=INTERNAL)
"""The field of a note: an internal text, with the doubts of such texts in records."""


class ReviewNote(NamedTuple):
    """A note on a record that another desk keeps; `time` UTC; `reply_to`: the id of the note it
    answers."""

    id: str
    type: str
    record: str
    text: str
    author: str
    desk: str
    time: str
    reply_to: str | None = None


_COLUMNS = [getattr(ReviewNoteRow, name) for name in ReviewNote._fields]


class ReviewNotes(SessionPart):
    """The review notes known to a desk."""

    @operation("record.write")
    def add_note(
        self, type_name: str, record: str, text: str, *, reply_to: str | None = None
    ) -> ReviewNote:
        """Write a note on a record. It travels to the record's post with the next package; an
        answer (`reply_to`: the note's id) returns the same way. Raises UserError."""
        text = without_unseen(text, lines=True).strip()
        if not is_sound_note(text):
            raise UserError(_("A note has 1 to {most} characters.").format(most=NOTE_LIMIT))
        record = record.lower()
        self.session.part(Inbox).heads(type_name, record)
        if reply_to is not None and not any(n.id == reply_to for n in self.notes(record)):
            raise UserError(_("There is no such note on this record."))
        identity = self.session.identity
        note = ReviewNote(
            new_id(),
            type_name,
            record,
            text,
            self.session.account.full_name,
            identity.id,
            utc_stamp(),
            reply_to,
        )
        facts = {key: getattr(note, key) or "" for key in NoteEntry.keys}
        entry = self.session.part(DeskLog).append(NoteEntry.name, facts, text=text)
        self.store.execute(ReviewNoteRow.insert(**note._asdict(), entry=entry.id, noted=note.time))
        return note

    @operation("exchange.write")
    def add_received(self, notes: Iterable[tuple[str, ...]]) -> None:
        """Add the new notes of a package of the first format: the columns of `ReviewNote`, an
        absent `reply_to` as ""."""
        for *columns, reply_to in notes:
            note = ReviewNote._make((*columns, reply_to or None))
            if speaks_of_erased(self.store, note.record):
                continue
            self.store.execute(
                ReviewNoteRow.insert(**note._asdict(), noted=utc_stamp()).on_conflict(
                    action="NOTHING", conflict_target=[ReviewNoteRow.id]
                )
            )

    @staticmethod
    def doubts(text: str) -> list[str]:
        """The doubts about the text of a note, in words: names of persons, numbers of IDs."""
        text = without_unseen(text, lines=True).strip()
        doubts = [stored_doubt(*doubt) for doubt in _TEXT.doubts(text, NEUTRAL)]
        person = person_named(text)
        if person is not None:
            doubts.append(stored_doubt(PERSON, person))
        return [doubt_text(doubt) for doubt in doubts]

    # -------------------------------------------------------------------- settling

    @operation("record.write")
    def settle(self, record: str) -> None:
        """Settle the notes on a record: they are not shown as open until another note arrives.
        Raises UserError for a record without notes."""
        record, row = record.lower(), NoteSettledRow
        if not self.notes(record):
            raise UserError(_("There are no notes on this record."))
        self.store.execute(
            row.insert(
                record=record, author=self.session.account.full_name, time=utc_stamp()
            ).on_conflict(conflict_target=[row.record], preserve=[row.author, row.time])
        )

    def arrived(self) -> list[ReviewNote]:
        """The last notes on their records that are from another unit and not settled: questions to
        this unit and answers to it, in the order of arrival."""
        row, units = ReviewNoteRow, self.session.part(DeskUnits)
        arrival = fn.COALESCE(row.noted, row.time)
        settled = dict(
            self.store.fetch(NoteSettledRow.select(NoteSettledRow.record, NoteSettledRow.time))
        )
        last: dict[str, tuple[str, ReviewNote]] = {}
        for *columns, noted in self.store.fetch(
            row.select(*_COLUMNS, arrival).order_by(arrival, row.id)
        ):
            last[columns[2]] = (noted, ReviewNote(*columns))
        own_unit = units.own()
        return [
            note
            for noted, note in last.values()
            if units.of(note.desk) != own_unit and noted > settled.get(note.record, "")
        ]

    def notes(self, record: str | None = None) -> list[ReviewNote]:
        """The notes on a record, or all, oldest first."""
        query = ReviewNoteRow.select(*_COLUMNS)
        if record is not None:
            query = query.where(ReviewNoteRow.record == record)
        rows = self.store.fetch(query.order_by(ReviewNoteRow.time, ReviewNoteRow.id))
        return [ReviewNote(*row) for row in rows]

    def unanswered(self) -> list[ReviewNote]:
        """The notes of other units on records that this desk may edit, without an answer of this
        unit and not settled, oldest first."""
        own_desks, answer = self._own_desks(), ReviewNoteRow.alias()
        answers = answer.select(SQL("1")).where(
            answer.reply_to == ReviewNoteRow.id, answer.desk.in_(own_desks)
        )
        closed = NoteSettledRow.select(SQL("1")).where(
            NoteSettledRow.record == ReviewNoteRow.record,
            NoteSettledRow.time >= fn.COALESCE(ReviewNoteRow.noted, ReviewNoteRow.time),
        )
        query = ReviewNoteRow.select(*_COLUMNS).where(
            ReviewNoteRow.desk.not_in(own_desks), ~fn.EXISTS(answers), ~fn.EXISTS(closed)
        )
        rows = list(self.store.fetch(query.order_by(ReviewNoteRow.time, ReviewNoteRow.id)))
        return [note for note in (ReviewNote(*row) for row in rows) if self._is_ours(note)]

    def _own_desks(self) -> list[str]:
        units = self.session.part(DeskUnits)
        return units.desks(units.own().unit)

    def _is_ours(self, note: ReviewNote) -> bool:
        if note.type not in ALL_TYPES:
            return False
        inbox = self.session.part(Inbox)
        try:
            return inbox.may_choose(inbox.heads(note.type, note.record))
        except UserError:
            return False


class NoteEntry(EntryKind):
    """A note or an answer; its text is sent to its addressee alone."""

    name = NOTE
    counted = N_("notes and answers: {count}")
    keys = ("id", "type", "record", "author", "time", "reply_to")
    required = ("id", "type", "record", "author", "time")
    typed = "text"
    goes_up = False

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """Ids, a type, an author of one line, a text of a note's length."""
        super().check(facts, text)
        ids = (facts["id"], facts["record"], facts.get("reply_to") or facts["id"])
        sound = all(is_uuid(uuid) for uuid in ids) and facts["type"] in ALL_TYPES
        if not sound or not is_line(facts["author"], MAX_AUTHOR):
            raise unsound()
        if text is not None and not is_sound_note(text):
            raise unsound()

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Store the note; without its text it is not addressed to this desk, and the text of a note
        on an erased person is deleted."""
        if entry.text is None:
            return
        if speaks_of_erased(session.store, entry.facts["record"]):
            drop_texts(session.store, [entry.id])
            return
        row, facts = ReviewNoteRow, {key: entry.facts.get(key) for key in self.keys}
        insert = row.insert(
            **facts, text=entry.text, desk=entry.desk, entry=entry.id, noted=utc_stamp()
        )
        session.store.execute(insert.on_conflict(conflict_target=[row.id], preserve=[row.entry]))

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """Delete the note."""
        row = ReviewNoteRow
        session.store.execute(row.delete().where(row.entry == entry.id))

    def readers(self, session: Session, _desk: str, facts: Mapping[str, str]) -> frozenset[str]:
        """The owner of the record, and who wrote the note that is answered."""
        units = session.part(DeskUnits)
        readers = {units.owner(facts["type"], facts["record"])}
        row = ReviewNoteRow
        answered = facts.get("reply_to")
        if answered:
            desk = session.store.scalar(row.select(row.desk).where(row.id == answered))
            unit = None if desk is None else units.of(desk)
            readers.add(None if unit is None else unit.unit)
        return frozenset(unit for unit in readers if unit is not None)


def is_sound_note(text: str) -> bool:
    """Whether a text may be a note: 1 to `NOTE_LIMIT` characters, line breaks among them."""
    return 0 < len(text) <= NOTE_LIMIT and not FORBIDDEN.search(text.replace("\n", ""))
