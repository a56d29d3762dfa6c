"""Writing the records of a package into the desk, some hundreds at a time, within the one
transaction of its batch; and making current rows anew from revisions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from borderdesk.exchange.package_revisions import PackageRecord, PackageRevision
from borderdesk.exchange.record_derivation import derive_record, named_households, note_double
from borderdesk.schema.record import Revisioned, joined, split
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import Node, current, heads, is_double, split_parents
from borderdesk.session.session import Session
from borderdesk.store.database import Store
from borderdesk.store.history import Writer, last_seq
from borderdesk.store.revision_batches import (
    insert_claims,
    insert_parts,
    insert_refused_records,
    insert_revisions,
    insert_texts,
    local_revisions,
)

CHUNK_SIZE = 500
"""How many records are looked up and written at once."""
TEXT, PART = 1, 2
"""What a batch brought of a revision, added up: its text, its separate part."""
ADDED, UPDATED, SAME, STALE, DOUBLE = "added", "updated", "unchanged", "stale", "double"
REFUSED_RECORDS = "refused_rows"
T = TypeVar("T")


class LocalRevision(NamedTuple):
    """A revision that is here already: its node, place, whether its text and separate part are."""

    node: Node
    seq: int
    has_text: bool
    has_part: bool


LocalRevisions = Mapping[bytes, LocalRevision]


def local_revisions_of(
    store: Store, records: Sequence[PackageRecord]
) -> dict[str, dict[bytes, LocalRevision]]:
    """{record: {revision: what of it is here}} of the records of a package."""
    found: dict[str, dict[bytes, LocalRevision]] = {}
    for row in local_revisions(store, [one.record for one in records]):
        record, revision, parents, number, time, deleted, *rest = row
        node = Node(revision, split_parents(parents), number, time, bool(deleted))
        found.setdefault(record, {})[revision] = LocalRevision(node, *rest)
    return found


def classify(arrival: PackageRecord, known: LocalRevisions) -> str:
    """What a record's coming does, or would do."""
    if arrival.refused is not None:
        return REFUSED_RECORDS
    if not known and len(arrival.versions) == 1:
        return ADDED
    nodes = {one.id: one.node() for one in arrival.versions}
    if not known:
        return DOUBLE if is_double(nodes.values()) else ADDED
    merged = {**nodes, **{revision: here.node for revision, here in known.items()}}
    if len(merged) == len(known):
        same = _tops(nodes.values()) == _tops(here.node for here in known.values())
        return SAME if same else STALE
    return DOUBLE if is_double(merged.values()) else UPDATED


def _tops(nodes: Iterable[Node]) -> set[bytes]:
    return {node.id for node in heads(nodes)}


class MergeRows:
    """What is to be written of some records, table by table."""

    def __init__(self) -> None:
        self.revisions: list[tuple[Any, ...]] = []
        self.texts: list[tuple[str, int]] = []
        self.claims: list[tuple[int, str, int]] = []
        self.parts: list[tuple[int, bytes, str]] = []
        self.left_out: list[tuple[str, str, str]] = []


class RevisionMerge:
    """Takes the records of one package in. erased: the records whose separate part is erased."""

    def __init__(self, desk: Session, batch: str, erased: set[str]) -> None:
        self.counts = Counter[str]()
        self.reasons = Counter[str]()
        self._store = desk.store
        self._batch = batch
        self._erased = erased
        self._writer = Writer(desk.store, desk.book)
        self._seq = last_seq(desk.store)

    def take(self, arrivals: Sequence[PackageRecord], here: Mapping[str, LocalRevisions]) -> None:
        """Write some records; `here`: what is known of them."""
        rows = MergeRows()
        fresh: list[tuple[PackageRecord, dict[bytes, int]]] = []
        again: list[str] = []
        for arrival in arrivals:
            known = here.get(arrival.record, {})
            what = classify(arrival, known)
            self.counts[what] += 1
            if arrival.refused is not None:
                self.reasons[arrival.refused] += 1
                rows.left_out.append((arrival.type, arrival.record, arrival.refused))
                continue
            places = {
                came.id: self._put(came, known.get(came.id), rows) for came in arrival.versions
            }
            filled = self._fill(arrival, known, places, rows)
            if not known:
                fresh.append((arrival, places))
            elif filled or what in (UPDATED, DOUBLE):
                again.append(arrival.record)
        self._write(rows)
        self._derive(fresh, again)

    def _put(self, came: PackageRevision, there: LocalRevision | None, rows: "MergeRows") -> int:
        """Have a revision written if it is new, its text if that is, and the batch's claim on it;
        its place."""
        if there is None:
            self._seq += 1
            rows.revisions.append((self._seq, *_revision_row(came)))
        elif came.body is not None and not there.has_text:
            rows.texts.append((came.body, there.seq))
        place = self._seq if there is None else there.seq
        brought = TEXT * (came.body is not None) + PART * (came.part is not None)
        rows.claims.append((place, self._batch, brought))
        return place

    def _fill(
        self,
        arrival: PackageRecord,
        known: LocalRevisions,
        places: Mapping[bytes, int],
        rows: "MergeRows",
    ) -> bool:
        """Have the separate parts written that came and are not here; whether there are any."""
        if arrival.record in self._erased:
            return False
        before = len(rows.parts)
        for came in arrival.versions:
            there = known.get(came.id)
            if came.part is not None and (there is None or not there.has_part):
                rows.parts.append((places[came.id], *came.part))
        return len(rows.parts) > before

    def _write(self, rows: "MergeRows") -> None:
        insert_revisions(self._store, rows.revisions)
        insert_texts(self._store, rows.texts)
        insert_claims(self._store, rows.claims)
        insert_parts(self._store, rows.parts)
        first = self.counts[REFUSED_RECORDS] - len(rows.left_out)
        insert_refused_records(
            self._store,
            [(self._batch, first + place, *row) for place, row in enumerate(rows.left_out)],
        )

    def _derive(
        self, fresh: list[tuple[PackageRecord, dict[bytes, int]]], again: list[str]
    ) -> None:
        """Make the current rows of the records: of those new here from what came with them."""
        writer = self._writer
        for arrival, places in fresh:
            head, double = _head_of(arrival.versions)
            values = head.values
            if values is not None and head.part is not None and arrival.record in self._erased:
                values = _public_values(ALL_TYPES[arrival.type], values)
            model = ALL_TYPES[arrival.type]
            writer.derive(model, arrival.record, places[head.id], values, is_new=True)
            if double:
                note_double(self._store, arrival.record, arrival.type)
        homes = [one.record for one, _places in fresh if one.type == Household.type_name]
        if homes:
            writer.note_moved(named_households(self._store, homes))
        for record in again:
            derive_record(self._store, writer, record)
        writer.flush()

    def end(self) -> None:
        """Write what follows from changed households."""
        self._writer.finish()


def _head_of(versions: Sequence[PackageRevision]) -> tuple[PackageRevision, bool]:
    """The version that counts, and whether somebody has to choose."""
    if len(versions) == 1:
        return versions[0], False
    nodes = [one.node() for one in versions]
    chosen = current(nodes).id
    return next(one for one in versions if one.id == chosen), is_double(nodes)


def _public_values(model: type[Revisioned], values: dict[str, Any]) -> dict[str, Any]:
    """The values without what the separate part gave."""
    return joined(model, split(model, values)[0], None)


def _revision_row(came: PackageRevision) -> tuple[Any, ...]:
    """The columns of a revision that is new here."""
    hidden = came.content if came.body is None and not came.deleted else None
    return (
        came.id,
        came.type,
        came.record,
        came.number,
        b"".join(sorted(came.parents)),
        came.stamp.author,
        came.stamp.desk,
        came.stamp.time,
        came.reason,
        int(came.deleted),
        came.body,
        hidden,
    )


def chunks(things: Iterable[T], size: int = CHUNK_SIZE) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    part: list[T] = []
    for thing in things:
        part.append(thing)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
