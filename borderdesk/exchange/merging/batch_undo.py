"""Undo of a batch: its logs are cut before the first entry of the batch, which removes later
batches' entries of these logs too; the rest is as if neither had ever been imported.

A revision is deleted when no entry and no other batch holds it and no revision of this desk builds
on it. Undone entries arrive again with the desk's next file; unless they are set aside: then they
stay, and wait until a person restores them.
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from borderdesk.base.chunks import chunks
from borderdesk.exchange.desks.author_rules import ELSEWHERE, SET_ASIDE
from borderdesk.exchange.desks.holdings import retract_holding
from borderdesk.exchange.entries.note_erasure import drop_texts
from borderdesk.exchange.entries.record_derivation import derive_record, households_named_by
from borderdesk.exchange.entries.waiting_revisions import stored_text
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, EntryKind, UndoEntry
from borderdesk.exchange.merging.crossed_doubles import (
    UnreturnedDouble,
    restore_given_up,
    restored_for,
    settle_crossed,
    withdraw_restored,
)
from borderdesk.exchange.merging.described_places import forget_described
from borderdesk.exchange.merging.entry_merge import release_waiting
from borderdesk.exchange.merging.offered_again import (
    filled_stubs,
    offer_again,
    offer_filling_again,
)
from borderdesk.exchange.merging.quarantine import drop_undone
from borderdesk.exchange.merging.revision_merge import CHUNK_SIZE, PART, TEXT
from borderdesk.schema.log_entries import desk_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import content_hash, utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.matching.double_pairs import look_again
from borderdesk.store.models.exchange import BatchRow
from borderdesk.store.records.history import StoredRevision, stored_revisions
from borderdesk.store.records.logs import (
    StoredEntry,
    batch_entries,
    batches_from,
    cut_batches,
    delete_entries,
    entries,
    fill_entries,
    logs,
    numbered_revisions,
)
from borderdesk.store.records.revision_batches import (
    batch_claims,
    carried_bits,
    claimed_records,
    delete_claims,
    delete_double_versions,
    delete_parts,
    delete_revisions,
    delete_texts,
    place_marks,
    records_of,
    revision_seqs,
    type_of,
)
from borderdesk.store.records.writer import Writer

UNDONE, ASIDE = 1, 2
"""States of an undone batch; ASIDE: its content waits."""


class UndoneLog(NamedTuple):
    """A log of which entries go: its name, by what number the store knows it, the first entry."""

    name: str
    log: int
    first: int


class BatchUndo:
    """Undoes one batch, within the open transaction.

    kinds: {name: the kind of an entry}, to revert the effects of entries; aside: the entries stay
    and wait, so that they do not arrive again; unreturned: the records that were given up for those
    of the batch, and could not be restored.
    """

    def __init__(
        self, session: Session, batch: str, kinds: Mapping[str, EntryKind], *, aside: bool = False
    ) -> None:
        self._session = session
        self._store = session.store
        self._own = session.identity.id
        self._batch = batch
        self._kinds = kinds
        self._aside = aside
        self._writer = Writer(session.store, session.book)
        self._deleted = 0
        self._claimed: dict[int, int] = {}
        self._linked: set[int] = set()
        self._stripped_parts = 0
        self.unreturned: list[UnreturnedDouble] = []

    def run(self) -> int:
        """Undo the batch; returns how many revisions were deleted."""
        cut = self._logs()
        removed = [
            (undone, [*entries(self._store, undone.name, after=undone.first - 1)]) for undone in cut
        ]
        take_out = self._set_aside if self._aside else self._cut
        batches = sorted({self._batch, *(batch for pair in removed for batch in take_out(*pair))})
        for pair in (filled := self._filled(cut)):
            self._empty(*pair)
        removed += filled
        seqs = [
            seq for undone, log_entries in removed for seq in self._taken_back(undone, log_entries)
        ]
        # Of entries set aside, remaining revisions count as belonging to their entry, whole
        # (`_link_remaining`).
        self._linked = set(seqs) if self._aside else set()
        records = claimed_records(self._store, batches, Household.type_name)
        self._claimed = batch_claims(self._store, batches)
        restored = restored_for(self._store, batches)
        delete_claims(self._store, batches)
        records += [
            record
            for record in records_of(self._store, seqs, Household.type_name)
            if record not in {*records}
        ]
        state = ASIDE if self._aside else UNDONE
        for batch in batches:
            self._store.execute(BatchRow.update(undone=state).where(BatchRow.id == batch))
            drop_undone(self._store, batch)
        for part in chunks(records, CHUNK_SIZE):
            self._undo(part)
        self._writer.finish()
        if self._aside:
            self._link_remaining(removed)
        forget_described(self._session, batches, aside=self._aside)
        self._note([] if self._aside else cut)
        withdraw_restored(self._session, restored)
        self.unreturned = restore_given_up(self._session, {*records})
        release_waiting(self._session, self._batch, {*records})
        settle_crossed(self._session, self._batch)
        offer_filling_again(self._store, {undone.log: undone.first for undone in cut})
        if self._stripped_parts:
            offer_again(self._store, batches)
        return self._deleted

    def _logs(self) -> list[UndoneLog]:
        """The logs with entries of the batch, without this desk's own."""
        names = {log: name for name, log in logs(self._store).items()}
        rows = batch_entries(self._store, self._batch)
        return [UndoneLog(names[log], log, first) for log, first in rows]

    def _filled(self, cut: Iterable[UndoneLog]) -> list[tuple[UndoneLog, list[StoredEntry]]]:
        """The entries of other batches that this one gave their content, by log."""
        names = {log: name for name, log in logs(self._store).items()}
        first_cut = {undone.log: undone.first for undone in cut}
        filled = []
        for log, numbers in filled_stubs(self._store, self._batch).items():
            remaining = {n for n in numbers if n < first_cut.get(log, n + 1)}
            if remaining:
                undone = UndoneLog(names[log], log, min(remaining))
                of_log = entries(
                    self._store, undone.name, after=undone.first - 1, until=max(remaining)
                )
                filled.append((undone, [entry for entry in of_log if entry.number in remaining]))
        return filled

    def _empty(self, undone: UndoneLog, filled: Sequence[StoredEntry]) -> None:
        """Make entries stubs again, which the next file for this desk brings, or let them wait."""
        if self._aside:
            self._let_wait(undone, filled)
            return
        drop_texts(self._store, (entry.id for entry in filled if entry.content is not None))
        fill_entries(
            self._store, [(None, None, ELSEWHERE, undone.log, entry.number) for entry in filled]
        )

    def _taken_back(self, undone: UndoneLog, removed: Sequence[StoredEntry]) -> list[int]:
        """The `seq` values of the revisions whose entries are removed; the effects of other entries
        are reverted, the newest first."""
        for entry in reversed(removed):
            kind = self._kinds.get(entry.kind)
            if kind is None or entry.content is None or entry.refused is not None:
                continue
            facts, desk = json.loads(entry.content)["content"], desk_of(undone.name)
            arrived = ArrivedEntry(
                desk, entry.number, entry.kind, entry.id, facts, None, self._batch
            )
            kind.retract(self._session, arrived)
        return [entry.revision for entry in removed if entry.revision is not None]

    def _cut(self, undone: UndoneLog, removed: Sequence[StoredEntry]) -> list[str]:
        """Delete the entries and their typed texts; returns the batches that contained any."""
        delete_entries(self._store, undone.log, undone.first)
        drop_texts(self._store, (entry.id for entry in removed if entry.content is not None))
        retract_holding(self._store, undone.name, undone.first)
        return cut_batches(self._store, undone.log, undone.first)

    def _set_aside(self, undone: UndoneLog, removed: Sequence[StoredEntry]) -> list[str]:
        """Let the entries wait; returns the batches that contained any of them."""
        self._let_wait(undone, removed)
        return batches_from(self._store, undone.log, undone.first)

    def _let_wait(self, undone: UndoneLog, removed: Sequence[StoredEntry]) -> None:
        """Let entries wait, except those without an effect to revert."""
        rows: list[tuple[int | None, str | None, str | None, int, int]] = []
        for part in chunks(removed, CHUNK_SIZE):
            seqs = [entry.revision for entry in part if entry.revision is not None]
            where = f"WHERE r.seq IN ({place_marks(seqs)})"
            revisions_by_seq = {v.seq: v for v in stored_revisions(self._store, where, tuple(seqs))}
            for entry in part:
                content = entry.content
                if entry.revision is not None:
                    content = stored_text(revisions_by_seq[entry.revision])
                elif entry.kind not in self._kinds or not self._kinds[entry.kind].can_wait:
                    content = None
                if content is not None and entry.refused is None:
                    rows.append((None, content, SET_ASIDE, undone.log, entry.number))
        fill_entries(self._store, rows)

    def _link_remaining(self, removed: Iterable[tuple[UndoneLog, Sequence[StoredEntry]]]) -> None:
        """Link the entries of revisions that stay, since something builds on them."""
        rows: list[tuple[int | None, str | None, str | None, int, int]] = []
        for undone, log_entries in removed:
            counting = (entry for entry in log_entries if entry.revision is not None)
            for part in chunks(counting, CHUNK_SIZE):
                stored = revision_seqs(self._store, [entry.id for entry in part])
                rows += [
                    (stored[entry.id], None, None, undone.log, entry.number)
                    for entry in part
                    if entry.id in stored
                ]
        fill_entries(self._store, rows)

    def _note(self, cut: Sequence[UndoneLog]) -> None:
        """Record in this desk's log the remaining holding."""
        facts = {
            "batch": self._batch,
            "logs": " ".join(f"{undone.name}:{undone.first - 1}" for undone in cut),
            "time": utc_stamp(),
        }
        self._session.part(DeskLog).append(UndoEntry.name, facts)

    def _undo(self, records: Sequence[str]) -> None:
        where = f"WHERE r.record IN ({place_marks(records)})"
        versions_of = [*stored_revisions(self._store, where, tuple(records), "r.record, r.seq")]
        carried = carried_bits(self._store, records)
        numbered = numbered_revisions(self._store, [version.seq for version in versions_of])
        # A separate part from another file stays with its revision, but does not hold the revision
        # by itself.
        holding = numbered | {seq for seq, bits in carried.items() if bits != PART}
        for seq in numbered:
            carried[seq] = carried.get(seq, 0) | ((TEXT | PART) & ~self._brought(seq))
        whole = households_named_by(self._store, self._own, records)
        remaining: list[str] = []
        emptied: dict[str, list[str]] = {}
        deleted: list[int] = []
        stripped: list[StoredRevision] = []
        for record, group in groupby(versions_of, key=lambda version: version.record):
            versions = list(group)
            staying = self._held(versions, holding, whole=record in whole)
            deleted += [version.seq for version in versions if version.id not in staying]
            kept_versions = [version for version in versions if version.id in staying]
            stripped += kept_versions if record not in whole else []
            if kept_versions:
                remaining.append(record)
            else:
                emptied.setdefault(versions[0].type, []).append(record)
        self._delete(deleted, remaining, emptied, stripped, carried)
        for record in remaining:
            derive_record(self._store, self._writer, record)
        self._writer.flush()
        look_again(self._store, remaining)

    def _brought(self, seq: int) -> int:
        """The bit flags of the parts of an entry's revision that the batch contained: the first
        program recorded the text, which belongs to the entry, with every part."""
        claimed = self._claimed.get(seq, 0)
        return PART if claimed == TEXT | PART else claimed

    def _delete(
        self,
        deleted: Sequence[int],
        remaining: Iterable[str],
        emptied: dict[str, list[str]],
        stripped: Iterable[StoredRevision],
        carried: dict[int, int],
    ) -> None:
        """Delete revisions and their derived rows; current rows reference their revisions, which
        are therefore deleted last.

        deleted: `seq` values; remaining: records with revisions left; emptied: {type: records
        without}; stripped: revisions that may lose their text.
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
        self, versions: Sequence[StoredRevision], holding: Container[int], *, whole: bool
    ) -> set[bytes]:
        """The ids of the revisions that a batch or a revision of this desk still holds, ancestors
        included."""
        if whole:
            return {version.id for version in versions}
        by_id = {version.id: version for version in versions}
        staying = {v.id for v in versions if v.seq in holding or v.stamp.desk == self._own}
        waiting = list(staying)
        while waiting:
            for parent in by_id[waiting.pop()].parents:
                if parent in by_id and parent not in staying:
                    staying.add(parent)
                    waiting.append(parent)
        return staying

    def _strip_texts(self, versions: Iterable[StoredRevision], carried: dict[int, int]) -> None:
        """Delete the texts and separate parts that only these batches contained; hashes stay. A
        part is deleted with its text, which has the hash of it."""
        texts, parts = [], []
        for version in versions:
            if version.stamp.desk == self._own or version.seq in self._linked:
                continue
            bits = carried.get(version.seq, 0)
            if version.body is not None and not bits & TEXT:
                texts.append((content_hash(version.body), version.seq))
                bits = 0
            if version.part is not None and not bits & PART:
                parts.append(version.seq)
        delete_texts(self._store, texts)
        delete_parts(self._store, parts)
        self._stripped_parts += len(parts)
