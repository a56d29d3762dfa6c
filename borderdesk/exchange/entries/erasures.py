"""Erasure: the personal and internal part of a household is deleted for ever, with its salt.

The notice of it travels to other desks; the chain of revisions stays whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peewee import fn

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.reasons import checked_reason
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.person_requests import PersonRequests
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.note_erasure import erase_naming, erase_notes
from borderdesk.exchange.entries.record_derivation import derive_record
from borderdesk.exchange.entries.waiting_revisions import drop_waiting_parts, waiting_makers
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, unsound
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.draft_forms import OWNER
from borderdesk.session.erasure_announcement import (
    ErasureAnnouncer,
    announced_records,
    note_read,
)
from borderdesk.session.form_memories import forget_last
from borderdesk.session.opening import explained
from borderdesk.session.operations import operation
from borderdesk.session.personal_words import (
    PersonalWords,
    drop_named,
    drop_typed,
    personal_words,
)
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.models.desk import DraftRow, MetaRow
from borderdesk.store.models.exchange import ErasureRow
from borderdesk.store.models.records import PrivatePartRow, RevisionRow, SoftWarningRow
from borderdesk.store.records.household_joins import (
    joined_households,
    joined_into,
    joined_to_erased,
)
from borderdesk.store.records.writer import Writer

UNWIPED = "unwiped"
"""The key in `meta` that exists while erased data may still be in the bytes of the file."""
Notice = tuple[str, str, str, str]
"""A record's id, the reason, the desk that erased, when (UTC)."""


class Erasures(SessionPart):
    """Erasures made on this desk or elsewhere."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._persons: list[PersonalWords] = []
        """Whom this program erased since `take_persons`, also in vain: within a trial."""
        self.announcer = ErasureAnnouncer(session.folder, session.store)

    def note_person(self, words: PersonalWords) -> None:
        """Keep, in memory alone, what is about to be erased, for those who clear what is open."""
        self._persons.append(words)

    def take_persons(self) -> tuple[PersonalWords, ...]:
        """The personal data that this program erased since the last call."""
        noted, self._persons = self._persons, []
        erased = self.records() if noted else set()
        return tuple(words for words in noted if words.records <= erased)

    def read_announced(self) -> tuple[PersonalWords, ...]:
        """The persons whom another program is about to erase, read while they are still here."""
        folder = self.session.folder
        persons = tuple(
            personal_words(self.store, [record]) for record in announced_records(folder)
        )
        note_read(folder)
        return persons

    def erase_household(self, record: str, reason: str) -> int:
        """Erase the personal and internal data of a household, and of those joined with it; returns
        the number of versions that had any.

        It stays erased: no package restores it, and no backup that the notice reaches (listed by
        `backups.erasure_list`). Raises OperationRefused, UserError.
        """
        erased = self.erase_part(record, reason)
        self.session.notify_erasure()
        self.wipe()
        return erased

    def wipe(self) -> bool:
        """Rewrite the database file so that no erased data are left in its bytes; other connections
        are blocked during that. Does nothing without an erasure since the last time.

        False when another program locks the file or the disk is full: the next backup, erasure or
        import tries again.
        """
        if self.store.first(MetaRow.select().where(MetaRow.key == UNWIPED)) is None:
            return True
        try:
            with explained():
                self.store.scrub()
                emptied = self.store.empty_log()
                if emptied:
                    self.store.execute(MetaRow.delete().where(MetaRow.key == UNWIPED))
                return emptied
        except UserError:
            return False

    @operation("record.erase")
    def erase_part(self, record: str, reason: str) -> int:
        """Erase in the database alone: no listener is called, the file is not rewritten."""
        record, reason = record.lower(), checked_reason(reason)
        household = Household.type_name
        is_here = RevisionRow.select(RevisionRow.seq).where(
            RevisionRow.record == record, RevisionRow.type == household
        )
        if self.store.first(is_here.limit(1)) is None:
            raise UserError(_("There is no such record."))
        is_province = self.session.identity.role == "province"
        if not is_province and not self.session.part(RecordEditor).owns(household, record, {}):
            raise OperationRefused(_("This belongs to another desk; only that desk may change it."))
        joined = self._joined(record)
        # The reason is never erased, and is unencrypted in the list beside the backups.
        reason = personal_words(self.store, joined).taken_out(reason)
        return sum(self._erase_one(member, reason) for member in joined)

    def _joined(self, record: str) -> list[str]:
        """The household and those that were joined with it: they are the same person."""
        members = joined_households(self.store, record)
        owns, kind = self.session.part(RecordEditor).owns, Household.type_name
        is_province = self.session.identity.role == "province"
        joined = [member for member in members if member != record]
        return [record, *(member for member in joined if is_province or owns(kind, member, {}))]

    def _erase_one(self, record: str, reason: str) -> int:
        notice = (record, reason, self.session.identity.id, utc_stamp())
        facts = {"record": record, "time": notice[3]}
        self.session.part(DeskLog).append(ErasureEntry.name, facts)
        self.session.audit_notes.note("household.erased", f"household {record}")
        self.session.part(PersonRequests).settle_erased(record)
        return apply_erasures(self.session, [notice])

    @operation("exchange.write")
    def state_again(self, notices: Iterable[Notice]) -> None:
        """Append erasures to this desk's log again: those made after the backup it was restored
        from, whose entries may have reached no other desk."""
        for record, _reason, _desk, time in notices:
            self.session.part(DeskLog).append(ErasureEntry.name, {"record": record, "time": time})

    def notices(self) -> list[Notice]:
        """Every known erasure, oldest first."""
        return erasure_notices(self.store)

    def still_held(self, records: Iterable[str]) -> list[str]:
        """The subset of `records` that still has personal or internal data on this desk."""
        return [
            record for record in records if self.store.first(_parts_of(record).limit(1)) is not None
        ]

    def records(self) -> set[str]:
        """The ids of the records that were erased."""
        return {row[0] for row in self.store.fetch(ErasureRow.select(ErasureRow.record))}


class ErasureEntry(EntryKind):
    """The erasure of a household; its reason stays on the desk. It is permanent, even when the
    batch with it is undone."""

    name = "erasure"
    counted = N_("erasures: {count}")
    can_wait = False
    keys = ("record", "time")
    required = keys

    def check(self, facts: Mapping[str, str], text: str | None) -> None:
        """The id of a record, a time."""
        super().check(facts, text)
        if not is_uuid(facts["record"]):
            raise unsound()

    def refusal(self, session: Session, entry: ArrivedEntry) -> str | None:
        """Only the owner and the province may erase."""
        units = session.part(DeskUnits)
        author = units.of(entry.desk)
        if author is None or author.role == "province":
            return None
        record = entry.facts["record"]
        owner = units.owner(Household.type_name, record)
        if owner == author.unit:
            return None
        # Waiting revisions do not show their owner, but they contain a person's data.
        if owner is None and author in map(units.of, waiting_makers(session.store, record)):
            return None
        return N_("Only the post that keeps a household, or the province, may erase it.")

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Erase on this desk too."""
        apply_erasures(session, [(entry.facts["record"], "", entry.desk, entry.facts["time"])])

    def readers(self, session: Session, _desk: str, facts: Mapping[str, str]) -> frozenset[str]:
        """The owner of the household."""
        owner = session.part(DeskUnits).owner(Household.type_name, facts["record"])
        return frozenset() if owner is None else frozenset({owner})


def erasure_notices(store: Store) -> list[Notice]:
    """Every erasure that a database knows, oldest first."""
    row = ErasureRow
    query = row.select(row.record, row.reason, row.desk, row.time).order_by(row.time)
    return [(r[0], r[1], r[2], r[3]) for r in store.fetch(query)]


def apply_erasures(session: Session, notices: Sequence[Notice]) -> int:
    """Erase the records of the notices and those joined to them on this desk, within the open
    transaction; returns the number of deleted separate parts. Their bytes stay in the file until
    `Erasures.wipe`."""
    store = session.store
    writer = Writer(store, session.book)
    erased = notes = 0
    # The erasing desk may not have known of a join: on this desk it is the same person.
    joined = [
        (member, *notice[1:])
        for notice in notices
        for member in joined_households(store, notice[0])
        if _goes_along(session, member, notice[0], notice[2])
    ]
    erasures = session.part(Erasures)
    erasures.announcer.announce(
        erasures.still_held(record for record, *_rest in [*notices, *joined])
    )
    for record, reason, desk, time in [*notices, *joined]:
        store.execute(
            ErasureRow.insert(record=record, reason=reason, desk=desk, time=time).on_conflict(
                action="NOTHING", conflict_target=[ErasureRow.record]
            )
        )
        erased += _erase(session, writer, record) + drop_waiting_parts(store, record)
        notes += erase_notes(store, record)
    writer.finish()
    forgotten = bool(erased) and forget_last(store)
    if erased or notes or forgotten:
        store.execute(
            MetaRow.insert(key=UNWIPED, value="1").on_conflict(
                action="NOTHING", conflict_target=[MetaRow.key]
            )
        )
    return erased


def _goes_along(session: Session, member: str, erased: str, desk: str) -> bool:
    """Whether a household is erased with another of its group: its keeper joined it to that one, or
    the erasing desk may erase it too. Otherwise a post could erase another's household by joining
    one of its own to it."""
    return member in joined_into(session.store, erased) or _may_erase(session, desk, member)


def _may_erase(session: Session, desk: str, record: str) -> bool:
    """Whether a desk belongs to the unit that keeps a household, or to the province."""
    units = session.part(DeskUnits)
    author = units.of(desk)
    if author is None or author.role == "province":
        return True
    return units.owner(Household.type_name, record) == author.unit


def follow_joins(session: Session) -> int:
    """Erase what was joined with an erased household after that was erased, within the open
    transaction: it is the same person, whichever of the two was known first."""
    along = [
        (join.member, "", join.desk, join.time)
        for join in joined_to_erased(session.store)
        if _goes_along(session, join.member, join.erased, join.desk)
    ]
    return apply_erasures(session, along) if along else 0


def _erase(session: Session, writer: Writer, record: str) -> int:
    """Delete the separate parts of a record and the texts that may repeat them; returns the number
    of parts."""
    store = session.store
    parts = [row[0] for row in store.fetch(_parts_of(record))]
    if not parts:
        return 0
    words = personal_words(store, [record])
    session.part(Erasures).note_person(words)
    drop_typed(store, words)
    drop_named(store, words)
    erase_naming(store, words.is_named_in)
    store.execute(PrivatePartRow.delete().where(PrivatePartRow.revision.in_(parts)))
    # Confirmed doubts and an unfinished form may repeat the typed data.
    store.execute(SoftWarningRow.delete().where(SoftWarningRow.record == record))
    store.execute(
        DraftRow.delete().where(
            (DraftRow.form == Household.type_name)
            | DraftRow.form.startswith(f"{Household.type_name}{OWNER}"),
            fn.INSTR(DraftRow.texts, record) > 0,
        )
    )
    derive_record(store, writer, record)
    return len(parts)


def _parts_of(record: str) -> Any:
    """The query of the separate parts of a record, by the places of their revisions."""
    revisions = RevisionRow.select(RevisionRow.seq).where(RevisionRow.record == record)
    return PrivatePartRow.select(PrivatePartRow.revision).where(
        PrivatePartRow.revision.in_(revisions)
    )
