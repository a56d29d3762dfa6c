"""Batches of spreadsheets: the records of each, undone as a whole."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.entry_plan import references
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference.table import Cells
from borderdesk.schema.revisions import local_date, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.sheets.imports.added_hamlets import take_hamlets_back
from borderdesk.store.models.sheets import SheetBatchRow
from borderdesk.store.records.history import NewVersion, last_seq
from borderdesk.store.records.revision_ranges import (
    RecordHead,
    heads_of,
    naming_any,
    records_begun,
)

ID_BYTES = 8
MOST_FILE_NAME = 200
HAMLETS = "hamlets"
"""The key of the added hamlets beside the counts of rows."""


class SheetBatch(NamedTuple):
    """The spreadsheets of one type that were taken in at once; imported: UTC; counts: {added,
    same, near, refused: how many rows}; hamlets: what they added to the list of hamlets."""

    id: str
    type: str
    files: tuple[str, ...]
    imported: str
    author: str
    first: int
    last: int
    counts: dict[str, int]
    undone: bool
    hamlets: tuple[Cells, ...]

    @property
    def file(self) -> str:
        """Its file, with the number of further ones."""
        more = len(self.files) - 1
        return f"{self.files[0]} (+{more})" if more else self.files[0]


class SheetUndo(NamedTuple):
    """The result of an undo: the list's own deleted records, and the number of all new revisions;
    kept: the number of records that stay because they were changed, or are named by others."""

    records: list[str]
    revisions: int
    kept: int


_COLUMNS = (
    SheetBatchRow.id, SheetBatchRow.type, SheetBatchRow.files, SheetBatchRow.imported,
    SheetBatchRow.author, SheetBatchRow.first, SheetBatchRow.last, SheetBatchRow.counts,
    SheetBatchRow.undone,
)  # fmt: skip


class SheetBatches(SessionPart):
    """The batches of spreadsheets of a desk."""

    def all(self) -> list[SheetBatch]:
        """Every batch, the newest first."""
        row = SheetBatchRow
        query = row.select(*_COLUMNS).order_by(row.imported.desc(), row.last.desc())
        return [_batch(cells) for cells in self.store.fetch(query)]

    def named(self, name: str) -> list[SheetBatch]:
        """The batches, not undone, whose id begins so."""
        row = SheetBatchRow
        begins = fn.substr(row.id, 1, len(name)) == name
        query = row.select(*_COLUMNS).where(row.undone == 0, begins)
        return [_batch(cells) for cells in self.store.fetch(query)] if name else []

    def added(self, batch: str) -> frozenset[str]:
        """The records that a batch (its id) added. Raises UserError for an unknown batch."""
        sheet_batch = self._wanted(batch)
        by_type = records_begun(self.store, sheet_batch.first, sheet_batch.last)
        return frozenset(record for records in by_type.values() for record in records)

    @operation("record.write")
    def add_batch(
        self,
        type_name: str,
        files: Sequence[str],
        first: int,
        counts: Mapping[str, int],
        hamlets: Iterable[Cells] = (),
    ) -> str:
        """Note what was written from the place `first` on as a batch, with the hamlets that it
        added; its id."""
        batch = secrets.token_hex(ID_BYTES)
        self.store.execute(
            SheetBatchRow.insert(
                id=batch,
                type=type_name,
                files=json.dumps([name[:MOST_FILE_NAME] for name in files], ensure_ascii=False),
                imported=utc_stamp(),
                author=self.session.identity.user,
                first=first,
                last=last_seq(self.store),
                counts=json.dumps({**counts, HAMLETS: [*hamlets]}, ensure_ascii=False),
                undone=0,
            )
        )
        return batch

    @operation("record.write")
    def undo(self, batch: str, progress: Progress = no_progress) -> SheetUndo:
        """Delete the records of a batch that are unchanged since, in one transaction that fails if
        a closed period counted some. Raises UserError, OperationRefused."""
        sheet_batch = self._wanted(batch)
        # Public, and there for ever: a list is often called by a person of it.
        reason = _("Taken out with the spreadsheet imported on {day}").format(
            day=format_date(local_date(sheet_batch.imported))
        )
        by_type = records_begun(self.store, sheet_batch.first, sheet_batch.last)
        heads = {
            name: heads_of(self.store, ALL_TYPES[name], records)
            for name, records in by_type.items()
        }
        changed = {
            name: [record for record, head in type_heads.items() if head.seq > sheet_batch.last]
            for name, type_heads in heads.items()
        }
        going = {
            name: {
                record: head for record, head in type_heads.items() if head.seq <= sheet_batch.last
            }
            for name, type_heads in heads.items()
        }
        named_households = self._keep_named(going)
        deletions = [
            NewVersion(ALL_TYPES[name], record, None, (head.id,), head.number + 1, reason, None)
            for name in sorted(going, key=_named_last)
            for record, head in going[name].items()
        ]
        progress(0, len(deletions))
        self.session.part(RecordEditor).write(deletions)
        take_hamlets_back(self.session, sheet_batch.hamlets)
        row = SheetBatchRow
        self.store.execute(row.update(undone=1).where(row.id == batch))
        remaining = sum(map(len, changed.values())) + named_households
        return SheetUndo([*going.get(sheet_batch.type, ())], len(deletions), remaining)

    def _wanted(self, batch: str) -> SheetBatch:
        batches = [
            candidate for candidate in self.all() if candidate.id == batch and not candidate.undone
        ]
        if not batches:
            raise UserError(_("No batch begins with “{id}”.").format(id=batch[:40]))
        return batches[0]

    def _keep_named(self, going: dict[str, dict[str, RecordHead]]) -> int:
        """Remove from the records to delete those that remaining records name; returns their
        number."""
        remaining = 0
        going_records = {record for type_heads in going.values() for record in type_heads}
        for model in ALL_TYPES.values():
            for key, target in references(model):
                candidates = going.get(target.type_name, {})
                for record, named_record in list(naming_any(self.store, model, key, [*candidates])):
                    if (
                        record not in going_records
                        and candidates.pop(named_record, None) is not None
                    ):
                        remaining += 1
        return remaining


def kept_words(remaining: int) -> str:
    """The message about records that remain after an undo."""
    text = ngettext(
        "{count} record stays: it was changed since, or others name it.",
        "{count} records stay: they were changed since, or others name them.",
        remaining,
    )
    return text.format(count=format_number(remaining, language()))


def _named_last(type_name: str) -> bool:
    """Whether a type sorts last: other records describe its own instead of naming them."""
    model: type[RevisionedModel] = ALL_TYPES[type_name]
    return model.matching is not None


def _batch(row: tuple[Any, ...]) -> SheetBatch:
    batch, type_name, files, imported, author, first, last, counts_json, undone = row
    counts = json.loads(counts_json)
    hamlets = counts.pop(HAMLETS, ())
    return SheetBatch(
        batch,
        type_name,
        tuple(json.loads(files)),
        imported,
        author,
        first,
        last,
        counts,
        bool(undone),
        tuple(hamlets),
    )
