"""Undo of a batch: a revision is deleted when no other batch holds it and nothing written here
builds on it; the rest is as if the batch had never been imported."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from borderdesk.exchange.record_derivation import derive_record, households_named_by
from borderdesk.exchange.revision_merge import PART, TEXT, chunks
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import content_hash
from borderdesk.session.session import Session
from borderdesk.store.double_pairs import look_again
from borderdesk.store.history import StoredRevision, stored_revisions
from borderdesk.store.models.exchange import BatchRow
from borderdesk.store.revision_batches import (
    carried_bits,
    claimed_records,
    delete_claims,
    delete_double_versions,
    delete_parts,
    delete_revisions,
    delete_texts,
    place_marks,
    type_of,
)
from borderdesk.store.writer import Writer


class BatchUndo:
    """Undoes one batch, within the transaction that is open."""

    def __init__(self, session: Session, batch: str) -> None:
        self._store = session.store
        self._own = session.identity.id
        self._batch = batch
        self._writer = Writer(session.store, session.book)
        self._deleted = 0

    def run(self) -> int:
        """Undo the batch; returns how many revisions were deleted."""
        records = claimed_records(self._store, self._batch, Household.type_name)
        delete_claims(self._store, self._batch)
        self._store.execute(BatchRow.update(undone=1).where(BatchRow.id == self._batch))
        for part in chunks(records):
            self._undo(part)
        self._writer.finish()
        return self._deleted

    def _undo(self, records: Sequence[str]) -> None:
        where = f"WHERE r.record IN ({place_marks(records)})"
        found = stored_revisions(self._store, where, tuple(records), "r.record, r.seq")
        carried = carried_bits(self._store, records)
        whole = households_named_by(self._store, self._own, records)
        remaining: list[str] = []
        emptied: dict[str, list[str]] = {}
        deleted: list[int] = []
        stripped: list[StoredRevision] = []
        for record, group in groupby(found, key=lambda version: version.record):
            versions = list(group)
            held = self._held(versions, carried, whole=record in whole)
            deleted += [version.seq for version in versions if version.id not in held]
            left = [version for version in versions if version.id in held]
            stripped += left if record not in whole else []
            if left:
                remaining.append(record)
            else:
                emptied.setdefault(versions[0].type, []).append(record)
        self._delete(deleted, remaining, emptied, stripped, carried)
        for record in remaining:
            derive_record(self._store, self._writer, record)
        self._writer.flush()
        look_again(self._store, remaining)

    def _delete(
        self,
        deleted: Sequence[int],
        remaining: Iterable[str],
        emptied: dict[str, list[str]],
        stripped: Iterable[StoredRevision],
        carried: dict[int, int],
    ) -> None:
        """Delete revisions and all that is derived from them; current rows reference their
        revisions, which are therefore deleted last.

        deleted: places of revisions; remaining: records that keep some; emptied: {type: records
        that keep none}; stripped: revisions that may lose their text.
        """
        for type_name, records in emptied.items():
            self._writer.clear(ALL_TYPES[type_name], records)
        self._strip_texts(stripped, carried)
        for record in remaining:
            model = ALL_TYPES[str(type_of(self._store, record))]
            # Delete the row first: it must not be derived from revisions that are to be deleted.
            self._writer.derive(model, record, 0, None, is_new=False)
        self._writer.flush()
        delete_revisions(self._store, deleted)
        self._deleted += len(deleted)
        delete_double_versions(
            self._store, (record for records in emptied.values() for record in records)
        )

    def _held(
        self, versions: Sequence[StoredRevision], carried: dict[int, int], *, whole: bool
    ) -> set[bytes]:
        """The revisions that a batch or something written here still holds, ancestors too."""
        if whole:
            return {version.id for version in versions}
        by_id = {version.id: version for version in versions}
        held = {v.id for v in versions if v.seq in carried or v.stamp.desk == self._own}
        waiting = list(held)
        while waiting:
            for parent in by_id[waiting.pop()].parents:
                if parent in by_id and parent not in held:
                    held.add(parent)
                    waiting.append(parent)
        return held

    def _strip_texts(self, versions: Iterable[StoredRevision], carried: dict[int, int]) -> None:
        """Delete the texts and separate parts that only this batch had brought; hashes stay."""
        texts, parts = [], []
        for version in versions:
            if version.stamp.desk == self._own:
                continue
            bits = carried.get(version.seq, 0)
            if version.body is not None and not bits & TEXT:
                texts.append((content_hash(version.body), version.seq))
            if version.part is not None and not bits & PART:
                parts.append(version.seq)
        delete_texts(self._store, texts)
        delete_parts(self._store, parts)
