"""Everything stored about one household and where it was sent, for the person concerned."""

from typing import Any, NamedTuple

from borderdesk.entry.differences import RecordVersion, shown, versions_of
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.household_page import HouseholdLine, HouseholdPage
from borderdesk.entry.person_requests import PersonRequest, PersonRequests
from borderdesk.entry.record_output import fields_json
from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.exchange.entries.note_erasure import speaks_of
from borderdesk.exchange.entries.review_notes import ReviewNote, ReviewNotes
from borderdesk.exchange.sending.exports import Exports, SentPackage
from borderdesk.schema.records.household import Household
from borderdesk.session.session import SessionPart
from borderdesk.store.models.backups import BackupRow
from borderdesk.store.models.exchange import PackageOutRow
from borderdesk.store.models.records import RevisionRow
from borderdesk.store.records.household_joins import joined_households


class HeldHousehold(NamedTuple):
    """A stored household: `fields` {label: text}, `values` the same as JSON, its versions, and the
    records that name it."""

    id: str
    fields: dict[str, str]
    values: dict[str, Any]
    versions: list[RecordVersion]
    naming: list[HouseholdLine]


class PersonData(NamedTuple):
    """The stored data of a person: the household and those joined with it; the notes about it, the
    packages it was sent in since it was entered, the backups it is in (file, UTC time), the
    person's requests, and when it was erased (UTC, "" for not)."""

    households: list[HeldHousehold]
    notes: list[ReviewNote]
    packages: list[SentPackage]
    backups: list[tuple[str, str]]
    requests: list[PersonRequest]
    erased: str


class PersonFile(SessionPart):
    """Collects the stored data of a household."""

    def gather(self, household: str) -> PersonData:
        """All stored data of a household; the caller logs the access. Raises OperationRefused,
        UserError."""
        self.require("person.report")
        household = household.lower()
        self.session.part(RecordEditor).history(Household.type_name, household)
        members = joined_households(self.store, household)
        first = self._first_place(members)
        erased = {notice[0]: notice[3] for notice in self.session.part(Erasures).notices()}
        requests = self.session.part(PersonRequests)
        return PersonData(
            [self._held(member) for member in members],
            self._notes(members),
            self._packages(first),
            self._backups(first),
            [request for member in members for request in requests.of(member)],
            erased.get(household, ""),
        )

    def _held(self, record: str) -> HeldHousehold:
        editor, book = self.session.part(RecordEditor), self.session.book
        history = editor.history(Household.type_name, record)
        # The values of a deleted household are in its versions.
        values = next(
            (v for version in reversed(history) if (v := version.values()) is not None), {}
        )
        fields = Household.fields()
        texts = {key: shown_whole(field, values.get(key), book) for key, field in fields.items()}
        return HeldHousehold(
            record,
            {fields[key].label: text for key, text in texts.items() if text},
            fields_json(Household, values, book),
            versions_of(history, book),
            self.session.part(HouseholdPage).lines(record),
        )

    def _first_place(self, members: list[str]) -> int:
        """The place of the first revision of these households."""
        row = RevisionRow
        query = row.select(row.seq).where(row.record.in_(members)).order_by(row.seq).limit(1)
        return int(self.store.scalar(query))

    def _notes(self, members: list[str]) -> list[ReviewNote]:
        notes = self.session.part(ReviewNotes).notes()
        return [note for note in notes if speaks_of(self.store, note.record, members)]

    def _packages(self, first: int) -> list[SentPackage]:
        """The packages sent since the household was entered. They hold its place alone, unless they
        were sent with personal data."""
        row = PackageOutRow
        query = row.select(row.number).where(row.last_seq >= first)
        numbers = {columns[0] for columns in self.store.fetch(query)}
        return [
            package for package in self.session.part(Exports).sent() if package.number in numbers
        ]

    def _backups(self, first: int) -> list[tuple[str, str]]:
        row = BackupRow
        query = (
            row.select(row.file, row.made)
            .where(row.failed == "", row.last_seq >= first)
            .order_by(row.made)
        )
        return [(file, time) for file, time in self.store.fetch(query)]


def shown_whole(field: Any, value: Any, book: Any) -> str:
    """A value in full, also where a screen shows it in part."""
    return str(value) if value and getattr(field, "masked", False) else shown(field, value, book)
