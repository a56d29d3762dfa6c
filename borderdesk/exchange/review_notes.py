"""Review notes: what desks write about each other's records, and the answers."""

from collections.abc import Iterable
from typing import NamedTuple

from peewee import SQL, fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.exchange.inbox import Inbox
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import new_id, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
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
        self.store.execute(ReviewNoteRow.insert(**note._asdict()))
        return note

    @operation("exchange.write")
    def add_received(self, notes: Iterable[tuple[str, ...]]) -> None:
        """Add the notes of a package that are not here yet: the columns of `ReviewNote`, an
        absent `reply_to` as ""."""
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


def is_sound_note(text: str) -> bool:
    """Whether a text may be a note: 1 to `NOTE_LIMIT` characters, line breaks among them."""
    return 0 < len(text) <= NOTE_LIMIT and not FORBIDDEN.search(text.replace("\n", ""))
