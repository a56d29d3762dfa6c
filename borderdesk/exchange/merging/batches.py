"""Batches: the imported packages, their refused records, and undo."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.stored_words import words_of_stored
from borderdesk.exchange.desks.author_rules import LATER, SET_ASIDE
from borderdesk.exchange.format.package_revisions import RefusedRecord
from borderdesk.exchange.merging.batch_undo import ASIDE, BatchUndo
from borderdesk.exchange.merging.crossed_doubles import UnreturnedDouble, settle_crossed
from borderdesk.exchange.merging.described_places import learn_again
from borderdesk.exchange.merging.entry_merge import release_waiting
from borderdesk.exchange.merging.offered_again import FILLED, filled_stubs, note_filled
from borderdesk.exchange.reading.package_layout import KIND_OF
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.exchange import BatchRow, RefusedRecordRow
from borderdesk.store.records.logs import (
    batch_entries,
    batches_from,
    release_entries,
    release_refused,
)

ID_LENGTH = 16
MAX_FILE_NAME = 200


class PackageBatch(NamedTuple):
    """A package that was imported; `undone` when the import was undone.

    made, imported: UTC; figures: {indicator: value} as the package states them; counts: {outcome of
    a record: number}; set_aside: it was undone, and waits on this desk instead of arriving again.
    """

    id: str
    file: str
    desk: str
    unit: str
    role: str
    period: str
    number: int
    made: str
    imported: str
    undone: bool
    figures: dict[str, Any]
    counts: dict[str, int]
    set_aside: bool


_COLUMNS = [getattr(BatchRow, name) for name in PackageBatch._fields if name != "set_aside"]


class UndoneBatch(NamedTuple):
    """The result of an undo: the batch's id, the number of revisions, the number of records that
    stay because they were changed since or other records name them, and the records that were given
    up for those of the batch and could not be restored."""

    id: str
    revisions: int
    kept: int
    unreturned: Sequence[UnreturnedDouble]


class Batches(SessionPart):
    """The batches of a desk."""

    def all(self) -> list[PackageBatch]:
        """Every batch, the newest first."""
        query = BatchRow.select(*_COLUMNS).order_by(BatchRow.imported.desc(), BatchRow.id)
        return [_batch(row) for row in self.store.fetch(query)]

    def of_digest(self, digest: str) -> PackageBatch | None:
        """The batch of the package with this SHA-256, unless it was undone."""
        row = self.store.first(
            BatchRow.select(*_COLUMNS).where(BatchRow.digest == digest, BatchRow.undone == 0)
        )
        return None if row is None else _batch(row)

    def refused_records(self, batch: str) -> list[RefusedRecord]:
        """The refused records of a batch, in the order of its tables; reasons in the language in
        use, those of an earlier version as stored."""
        row = RefusedRecordRow
        query = row.select(row.type, row.record, row.reason).where(row.batch == batch)
        rows = self.store.fetch(query.order_by(row.place))
        return [
            RefusedRecord(type_name, record, words_of_stored(why))
            for type_name, record, why in rows
        ]

    @operation("exchange.write")
    def add_batch(self, file: str, digest: str, facts: Mapping[str, Any]) -> str:
        """Note a package as a batch, in place of its own earlier one; the id of the batch."""
        batch = digest[:ID_LENGTH]
        filled = {} if self.of_digest(digest) is None else filled_stubs(self.store, batch)
        self.store.execute(BatchRow.delete().where(BatchRow.digest == digest))
        stated = {key: facts[key] for key in BATCH_FACTS}
        self.store.execute(
            BatchRow.insert(
                id=batch,
                digest=digest,
                file=file[:MAX_FILE_NAME],
                imported=utc_stamp(),
                undone=0,
                figures=json.dumps(facts["figures"]),
                counts="{}",
                **stated,
            )
        )
        note_filled(self.store, batch, filled)
        return batch

    @operation("exchange.write")
    def note_counts(self, batch: str, counts: Mapping[str, int]) -> None:
        """Note how many records of a batch were added, updated, refused…"""
        filled = filled_stubs(self.store, batch)
        self.store.execute(BatchRow.update(counts=json.dumps(counts)).where(BatchRow.id == batch))
        note_filled(self.store, batch, filled)

    @operation("exchange.write")
    def undo_batch(self, name: str, *, aside: bool = False) -> UndoneBatch:
        """Undo a batch, named by the beginning of its id.

        Later batches' entries of the same logs are removed with it (`undone_with` lists these
        batches); revisions that are in another desk's log too, or that revisions of this desk build
        on, stay, and so do erasures. It arrives again with its desk's next file; aside: it waits on
        this desk until `take_back`. Raises UserError.
        """
        batch = self._named(name)
        undo = BatchUndo(self.session, batch, KIND_OF, aside=aside)
        deleted = undo.run()
        kind = "batch.set_aside" if aside else "batch.undone"
        self.session.audit_notes.note(kind, batch, versions=deleted)
        return UndoneBatch(batch, deleted, 0, undo.unreturned)

    @operation("exchange.write")
    def take_back(self, name: str) -> int:
        """Restore a batch that was set aside, named by the beginning of its id; returns the number
        of entries. Raises UserError."""
        batch = self._named(name, ASIDE)
        self.store.execute(BatchRow.update(undone=0).where(BatchRow.id == batch))
        learn_again(self.session, batch)
        release_refused(self.store, batch, SET_ASIDE, LATER)
        for log, numbers in filled_stubs(self.store, batch).items():
            release_entries(self.store, log, numbers, SET_ASIDE, LATER)
        released = release_waiting(self.session, batch)
        settle_crossed(self.session, batch)
        self.session.audit_notes.note("batch.taken_back", batch, entries=released)
        return released

    def is_set_aside(self, digest: str) -> bool:
        """Whether the package with this SHA-256 was set aside."""
        row = BatchRow
        query = row.select(row.id).where(row.digest == digest, row.undone == ASIDE)
        return self.store.first(query) is not None

    def undone_with(self, name: str) -> list[PackageBatch]:
        """The later batches that go with a batch, named by the beginning of its id, when that is
        undone. Raises UserError."""
        batch = self._named(name)
        ids = {
            later
            for log, first in batch_entries(self.store, batch)
            for later in batches_from(self.store, log, first)
        }
        return [
            package_batch
            for package_batch in self.all()
            if package_batch.id in ids - {batch} and not package_batch.undone
        ]

    def _named(self, name: str, state: int = 0) -> str:
        """The id of the batch, in the given state of undo, with an id that starts with `name`.
        Raises UserError unless there is exactly one."""
        query = BatchRow.select(BatchRow.id).where(
            BatchRow.undone == state, fn.substr(BatchRow.id, 1, len(name)) == name
        )
        ids = [row[0] for row in self.store.fetch(query)]
        if not name or len(ids) != 1:
            raise UserError(_("No batch begins with “{id}”.").format(id=name[:40]))
        return str(ids[0])


BATCH_FACTS = ("desk", "unit", "role", "period", "first", "last", "number", "made", "program")
"""The facts of a package stored as columns of its batch."""


def _batch(row: tuple[Any, ...]) -> PackageBatch:
    *columns, undone, figures, counts = row
    counted = {key: count for key, count in json.loads(counts).items() if key != FILLED}
    details = (bool(undone), json.loads(figures), counted, undone == ASIDE)
    return PackageBatch._make((*columns, *details))
