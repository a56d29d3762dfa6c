"""Merges the records of a package into the desk, some hundreds at a time, within the one
transaction of its batch."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from borderdesk.base.stored_words import words_of_stored
from borderdesk.closing.edition_log import KIND as EDITION
from borderdesk.exchange.desks.author_rules import AuthorRules, RecordOwner
from borderdesk.exchange.entries.record_derivation import (
    derive_record,
    named_households,
    note_double,
)
from borderdesk.exchange.entries.waiting_revisions import kept_text
from borderdesk.exchange.format.package_revisions import PackageRecord, PackageRevision
from borderdesk.exchange.reading.log_verification import VerifiedLog
from borderdesk.schema.content import joined, split
from borderdesk.schema.log_entries import REVISION
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import RevisionNode, current, heads, is_double, split_parents
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.matching.double_pairs import look_again
from borderdesk.store.records.history import last_seq
from borderdesk.store.records.logs import fill_entries, insert_entries
from borderdesk.store.records.revision_batches import (
    insert_claims,
    insert_parts,
    insert_refused_records,
    insert_revisions,
    insert_texts,
    local_revisions,
)
from borderdesk.store.records.writer import Writer

CHUNK_SIZE = 500
"""How many records are queried and written at once."""
TEXT, PART = 1, 2
"""Bit flags: the parts of a revision that a batch contained, its text and its separate part."""
ADDED, UPDATED, SAME, STALE, DOUBLE = "added", "updated", "unchanged", "stale", "double"
REFUSED_RECORDS = "refused_rows"
T = TypeVar("T")


class LocalRevision(NamedTuple):
    """A stored revision: its node, its `seq`, whether its text and its separate part are stored
    too."""

    node: RevisionNode
    seq: int
    has_text: bool
    has_part: bool


class MergedRecord(NamedTuple):
    """A record of a package, and what importing it does: one of `ADDED` … `REFUSED_RECORDS`."""

    type: str
    record: str
    what: str


LocalRevisions = Mapping[bytes, LocalRevision]


def local_revisions_of(
    store: Store, records: Sequence[PackageRecord]
) -> dict[str, dict[bytes, LocalRevision]]:
    """{record: {revision: its stored state}} of the records of a package."""
    by_record: dict[str, dict[bytes, LocalRevision]] = {}
    for row in local_revisions(store, [package_record.record for package_record in records]):
        record, revision, parents, number, time, deleted, *state = row
        node = RevisionNode(revision, split_parents(parents), number, time, bool(deleted))
        by_record.setdefault(record, {})[revision] = LocalRevision(node, *state)
    return by_record


def classify(package_record: PackageRecord, local_revisions: LocalRevisions) -> str:
    """The effect of importing a record: one of `ADDED` … `REFUSED_RECORDS`.

    local_revisions: the stored revisions of the record.
    """
    if package_record.reason() is not None:
        return REFUSED_RECORDS
    if not local_revisions and len(package_record.versions) == 1:
        return ADDED
    nodes = {version.id: version.node() for version in package_record.versions}
    if not local_revisions:
        return DOUBLE if is_double(nodes.values()) else ADDED
    merged = {**nodes, **{revision: local.node for revision, local in local_revisions.items()}}
    if len(merged) == len(local_revisions):
        same = _tops(nodes.values()) == _tops(local.node for local in local_revisions.values())
        return SAME if same else STALE
    return DOUBLE if is_double(merged.values()) else UPDATED


def _tops(nodes: Iterable[RevisionNode]) -> set[bytes]:
    return {node.id for node in heads(nodes)}


class MergeRows:
    """The rows to write for a chunk of records, by table."""

    def __init__(self) -> None:
        self.revisions: list[tuple[Any, ...]] = []
        self.texts: list[tuple[str, int]] = []
        self.claims: list[tuple[int, str, int]] = []
        self.parts: list[tuple[int, bytes, str]] = []
        self.left_out: list[tuple[str, str, str]] = []
        self.entries: list[tuple[Any, ...]] = []
        self.filled: list[tuple[int | None, str | None, str | None, int, int]] = []


class MergedLog(NamedTuple):
    """A log of the package while it is merged: `number`, its row number in the store; `written`,
    the numbers of its new entries written so far."""

    verified: VerifiedLog
    number: int
    written: set[int]


class _FreePlaces:
    """The places that new revisions get, from `last` on: what a desk wrote after an edition behind
    all that it wrote before, whatever the order of the records is, so that one place parts them."""

    def __init__(self, last: int, logs: Mapping[str, MergedLog]) -> None:
        self._editions: dict[str, list[int]] = {}
        room = Counter[int]()
        for name, log in logs.items():
            kinds = [(n, kind) for n, (kind, _id) in log.verified.carried.entries.items()]
            editions = self._editions[name] = sorted(n for n, kind in kinds if kind == EDITION)
            room.update(bisect_left(editions, n) for n, kind in kinds if kind == REVISION)
        self._next: dict[int, int] = {}
        for part in sorted({0, *room}):
            self._next[part] = last
            last += room[part]

    def take(self, log: str, entry: int) -> int:
        """The place of a revision that is an entry of a log."""
        part = bisect_left(self._editions.get(log, ()), entry)
        place = self._next[part] = self._next[part] + 1
        return place


class RevisionMerge:
    """Merges the records of one package.

    filled: the stubs that got their content; parts: how many separate parts came of versions that
    were here; erased: the records whose separate parts were erased; logs: the package's logs that
    may be taken, by name; None for a package of the first format, which has none.
    """

    def __init__(
        self,
        session: Session,
        batch: str,
        erased: set[str],
        logs: Mapping[str, MergedLog] | None = None,
    ) -> None:
        self.counts = Counter[str]()
        self.reasons = Counter[str]()
        self._store = session.store
        self._batch = batch
        self._erased = erased
        self._logs = logs
        self._rules = AuthorRules(session)
        self._writer = Writer(session.store, session.book)
        self._places = _FreePlaces(last_seq(session.store), logs or {})
        self.filled: dict[int, set[int]] = {}
        self.parts = 0
        self.merged: list[MergedRecord] = []

    def _readable(
        self, package_records: Sequence[PackageRecord], stored: Mapping[str, LocalRevisions]
    ) -> list[PackageRecord]:
        """The records with those of their versions alone that may be looked at, the new ones judged
        by their authors; records of logs that are left out are not among them."""
        logs = self._logs
        if logs is None:
            return list(package_records)
        readable = []
        for package_record in package_records:
            versions = [
                v
                for v in package_record.versions
                if (log := logs.get(v.log)) is not None and log.verified.is_read(v.entry, v.id)
            ]
            if len(versions) == len(package_record.versions):
                readable.append(package_record)
            elif versions:
                readable.append(package_record._replace(versions=versions))
        changed = [
            package_record.record
            for package_record in readable
            if package_record.record in stored
            and any(v.id not in stored[package_record.record] for v in package_record.versions)
        ]
        owners = self._rules.owners(changed) if changed else {}
        return [
            self._judged(
                package_record,
                owners.get(package_record.record),
                stored.get(package_record.record, ()),
            )
            for package_record in readable
        ]

    def _judged(
        self, package_record: PackageRecord, owner: RecordOwner | None, stored: Container[bytes]
    ) -> PackageRecord:
        """A record with the versions refused that their author may not write."""
        versions = self._rules.judged(package_record.versions, owner, stored)
        return (
            package_record
            if versions is package_record.versions
            else package_record._replace(versions=versions)
        )

    def take(
        self, package_records: Sequence[PackageRecord], stored: Mapping[str, LocalRevisions]
    ) -> None:
        """Write a chunk of records; stored: {record: its stored revisions}."""
        rows = MergeRows()
        fresh: list[tuple[PackageRecord, dict[bytes, int]]] = []
        rederived: list[str] = []
        filled_up: list[str] = []
        for package_record in self._readable(package_records, stored):
            local_revisions = stored.get(package_record.record, {})
            outcome = classify(package_record, local_revisions)
            self.counts[outcome] += 1
            self.merged.append(MergedRecord(package_record.type, package_record.record, outcome))
            why = package_record.reason()
            if why is not None:
                self.reasons[words_of_stored(why)] += 1
                rows.left_out.append((package_record.type, package_record.record, why))
            if package_record.refused is not None:
                continue
            package_record = self._sound(package_record, local_revisions, rows)
            if not package_record.versions:
                continue
            places = {
                revision.id: self._put(revision, local_revisions.get(revision.id), rows)
                for revision in package_record.versions
            }
            filled = self._fill(package_record, local_revisions, places, rows)
            if not local_revisions:
                fresh.append((package_record, places))
            elif filled or outcome in (UPDATED, DOUBLE, REFUSED_RECORDS):
                rederived.append(package_record.record)
                if all(revision.id in local_revisions for revision in package_record.versions):
                    filled_up.append(package_record.record)
        self._write(rows)
        self._derive(fresh, rederived)
        # None of these is newer than the last comparison for doubles, but they have more values
        # now.
        look_again(self._store, filled_up)

    def _sound(
        self, package_record: PackageRecord, local_revisions: LocalRevisions, rows: MergeRows
    ) -> PackageRecord:
        """The record with its valid versions alone; the others are stored in their logs."""
        if package_record.reason() is None:
            return package_record
        sound = []
        for version in package_record.versions:
            if version.lacking is None and version.refused is None:
                sound.append(version)
            elif version.id in local_revisions:
                self._put_entry(version, local_revisions[version.id].seq, None, None, rows)
            else:
                stored = version._replace(part=None) if version.record in self._erased else version
                content = kept_text(stored) if version.lacking is None else None
                self._put_entry(version, None, content, version.lacking or version.refused, rows)
        return package_record._replace(versions=sound)

    def _put_entry(
        self,
        version: PackageRevision,
        seq: int | None,
        content: str | None,
        refused: str | None,
        rows: MergeRows,
    ) -> None:
        """Buffer the log entry of a revision, unless it is stored already."""
        if self._logs is None:
            return
        log = self._logs[version.log]
        if log.verified.is_new(version.entry):
            log.written.add(version.entry)
            chain = log.verified.chains[version.entry]
            rows.entries.append(
                (log.number, version.entry, REVISION, version.id, chain, seq, content, refused)
            )
        elif version.entry in log.verified.unread and (seq is not None or content is not None):
            rows.filled.append((seq, content, refused, log.number, version.entry))

    def _put(
        self, revision: PackageRevision, local: LocalRevision | None, rows: "MergeRows"
    ) -> int:
        """Buffer the rows of a revision: itself if it is new, its text if that is, and the
        reference of the batch to it. Returns the `seq` of the revision."""
        if local is None:
            place = self._places.take(revision.log, revision.entry)
            rows.revisions.append((place, *revision_row(revision)))
        elif revision.body is not None and not local.has_text:
            rows.texts.append((revision.body, local.seq))
        if local is not None:
            place = local.seq
        self._put_entry(revision, place, None, None, rows)
        flags = self._brought(revision, local)
        if flags or self._logs is None:
            rows.claims.append((place, self._batch, flags))
        return place

    def _brought(self, revision: PackageRevision, local: LocalRevision | None) -> int:
        """Bit flags of the parts of a revision to claim for the batch: entries imply their own; of
        a revision stored before, only the new parts, so that an undo removes nothing else."""
        is_old = self._logs is None
        if local is None and not is_old:
            return 0
        new_text = is_old or (local is not None and not local.has_text)
        new_part = is_old or (local is not None and not local.has_part)
        text, part = revision.body is not None, revision.part is not None
        return TEXT * (text and new_text) + PART * (part and new_part)

    def _fill(
        self,
        package_record: PackageRecord,
        local_revisions: LocalRevisions,
        places: Mapping[bytes, int],
        rows: "MergeRows",
    ) -> bool:
        """Buffer the rows of the separate parts that are new; returns whether there are any."""
        if package_record.record in self._erased:
            return False
        before = len(rows.parts)
        for revision in package_record.versions:
            local = local_revisions.get(revision.id)
            if revision.part is not None and (local is None or not local.has_part):
                rows.parts.append((places[revision.id], *revision.part))
                self.parts += local is not None
        return len(rows.parts) > before

    def _write(self, rows: "MergeRows") -> None:
        insert_revisions(self._store, rows.revisions)
        insert_texts(self._store, rows.texts)
        insert_claims(self._store, rows.claims)
        insert_entries(self._store, rows.entries)
        fill_entries(self._store, rows.filled)
        for *_content, log, number in rows.filled:
            self.filled.setdefault(log, set()).add(number)
        insert_parts(self._store, rows.parts)
        first = self.counts[REFUSED_RECORDS] - len(rows.left_out)
        insert_refused_records(
            self._store,
            [(self._batch, first + place, *row) for place, row in enumerate(rows.left_out)],
        )

    def _derive(
        self, fresh: list[tuple[PackageRecord, dict[bytes, int]]], again: list[str]
    ) -> None:
        """Derive current rows: those of new records from the package itself, the others (`again`)
        from their revisions."""
        writer = self._writer
        for package_record, places in fresh:
            head, double = _head_of(package_record.versions)
            values = head.values
            if (
                values is not None
                and head.part is not None
                and package_record.record in self._erased
            ):
                values = _public_values(ALL_TYPES[package_record.type], values)
            model = ALL_TYPES[package_record.type]
            writer.derive(model, package_record.record, places[head.id], values, is_new=True)
            if double:
                note_double(self._store, package_record.record, package_record.type)
        homes = [
            package_record.record
            for package_record, _places in fresh
            if package_record.type == Household.type_name
        ]
        if homes:
            writer.note_moved(Household, named_households(self._store, homes))
        for record in again:
            derive_record(self._store, writer, record)
        writer.flush()

    def end(self) -> None:
        """Update the rows that depend on the households that changed."""
        self._writer.finish()


def _head_of(versions: Sequence[PackageRevision]) -> tuple[PackageRevision, bool]:
    """The current version, and whether a conflict exists that a person has to resolve."""
    if len(versions) == 1:
        return versions[0], False
    nodes = [version.node() for version in versions]
    current_id = current(nodes).id
    return next(version for version in versions if version.id == current_id), is_double(nodes)


def _public_values(model: type[RevisionedModel], values: dict[str, Any]) -> dict[str, Any]:
    """The values without those of the separate part."""
    return joined(model, split(model, values)[0], None)


def revision_row(revision: PackageRevision) -> tuple[Any, ...]:
    """The row of a revision, without its place."""
    hidden = revision.content if revision.body is None and not revision.deleted else None
    return (
        revision.id,
        revision.type,
        revision.record,
        revision.number,
        b"".join(sorted(revision.parents)) if revision.parents else b"",
        revision.stamp.author,
        revision.stamp.desk,
        revision.stamp.time,
        revision.reason,
        int(revision.deleted),
        revision.body,
        hidden,
    )
