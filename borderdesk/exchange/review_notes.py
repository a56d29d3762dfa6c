"""Review notes: what desks write about each other's records, and the answers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from peewee import SQL, fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.exchange.desk_units import DeskUnits
from borderdesk.exchange.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.exchange.inbox import Inbox
from borderdesk.exchange.text_forms import MAX_AUTHOR, is_line
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import new_id, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Part, Session
from borderdesk.store.models.exchange import ReviewNoteRow

NOTE_LIMIT = 1_000
"""Characters of a note."""


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


class ReviewNotes(Part):
    """The review notes known to a desk."""

    @operation("record.write")
    def add_note(
        self, type_name: str, record: str, text: str, *, reply_to: str | None = None
    ) -> ReviewNote:
        """Write a note on a record. It travels to the record's post with the next package; an
        answer (`reply_to`: the note's id) comes back the same way. Raises UserError."""
        text = nfc(text).strip()
        if not is_sound_note(text):
            raise UserError(_("A note has 1 to {most} characters.").format(most=NOTE_LIMIT))
        record = record.lower()
        self.session.part(Inbox).heads(type_name, record)
        if reply_to is not None and not any(n.id == reply_to for n in self.notes(record)):
            raise UserError(_("There is no such note on this record."))
        identity = self.session.identity
        note = ReviewNote(
            new_id(), type_name, record, text, identity.user, identity.id, utc_stamp(), reply_to
        )
        said = {key: getattr(note, key) or "" for key in NoteEntry.keys}
        entry = self.session.part(DeskLog).append(NoteEntry.name, said, text=text)
        self.store.execute(ReviewNoteRow.insert(**note._asdict(), entry=entry.id))
        return note

    @operation("exchange.write")
    def add_received(self, notes: Iterable[tuple[str, ...]]) -> None:
        """Add the notes of a package of the first format that are not here yet: the columns of
        `ReviewNote`, an absent `reply_to` as ""."""
        for *columns, reply_to in notes:
            note = ReviewNote._make((*columns, reply_to or None))
            self.store.execute(
                ReviewNoteRow.insert(**note._asdict()).on_conflict(
                    action="NOTHING", conflict_target=[ReviewNoteRow.id]
                )
            )

    def notes(self, record: str | None = None) -> list[ReviewNote]:
        """The notes on a record, or all, oldest first."""
        query = ReviewNoteRow.select(*_COLUMNS)
        if record is not None:
            query = query.where(ReviewNoteRow.record == record)
        found = self.store.fetch(query.order_by(ReviewNoteRow.time, ReviewNoteRow.id))
        return [ReviewNote(*row) for row in found]

    def unanswered(self) -> list[ReviewNote]:
        """The notes of other desks on records that may be edited here, without an answer of this
        desk, oldest first."""
        own, answer = self.session.identity.id, ReviewNoteRow.alias()
        answers = answer.select(SQL("1")).where(
            answer.reply_to == ReviewNoteRow.id, answer.desk == own
        )
        query = ReviewNoteRow.select(*_COLUMNS).where(
            ReviewNoteRow.desk != own, ~fn.EXISTS(answers)
        )
        found = list(self.store.fetch(query.order_by(ReviewNoteRow.time, ReviewNoteRow.id)))
        return [note for note in (ReviewNote(*row) for row in found) if self._is_ours(note)]

    def _is_ours(self, note: ReviewNote) -> bool:
        if note.type not in ALL_TYPES:
            return False
        inbox = self.session.part(Inbox)
        try:
            return inbox.may_choose(inbox.heads(note.type, note.record))
        except UserError:
            return False


class NoteEntry(EntryKind):
    """A note or an answer; its text goes only to whom it is addressed."""

    name = "note"
    keys = ("id", "type", "record", "author", "time", "reply_to")
    required = ("id", "type", "record", "author", "time")
    typed = "text"
    goes_up = False

    def check(self, said: Mapping[str, str], text: str | None) -> None:
        """Ids, a type, an author of one line, a text of a note's length."""
        super().check(said, text)
        ids = (said["id"], said["record"], said.get("reply_to") or said["id"])
        sound = all(is_uuid(one) for one in ids) and said["type"] in ALL_TYPES
        if not sound or not is_line(said["author"], MAX_AUTHOR):
            raise unsound()
        if text is not None and not is_sound_note(text):
            raise unsound()

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Show the note; one that came without its text is not for this desk."""
        if entry.text is None:
            return
        row, said = ReviewNoteRow, {key: entry.said.get(key) for key in self.keys}
        session.store.execute(
            row.insert(**said, text=entry.text, desk=entry.desk, entry=entry.id).on_conflict(
                conflict_target=[row.id], preserve=[row.entry]
            )
        )

    def retract(self, session: Session, entry: ArrivedEntry) -> None:
        """The note is here no longer."""
        row = ReviewNoteRow
        session.store.execute(row.delete().where(row.entry == entry.id))

    def readers(self, session: Session, _desk: str, said: Mapping[str, str]) -> frozenset[str]:
        """The owner of the record, and who wrote the note that is answered."""
        units = session.part(DeskUnits)
        found = {units.owner(said["type"], said["record"])}
        row = ReviewNoteRow
        asked = said.get("reply_to")
        if asked:
            desk = session.store.scalar(row.select(row.desk).where(row.id == asked))
            unit = None if desk is None else units.of(desk)
            found.add(None if unit is None else unit.unit)
        return frozenset(unit for unit in found if unit is not None)


def is_sound_note(text: str) -> bool:
    """Whether a text may be a note: 1 to `NOTE_LIMIT` characters, line breaks among them."""
    return 0 < len(text) <= NOTE_LIMIT and not FORBIDDEN.search(text.replace("\n", ""))
