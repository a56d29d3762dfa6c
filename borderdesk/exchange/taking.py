"""Writing the records of a package into the desk, some hundreds at a time, within the one
transaction of its batch; and making current rows anew from revisions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from borderdesk.db.history import Writer, last_seq, past_of
from borderdesk.db.store import Store
from borderdesk.db.tables import table_name
from borderdesk.entering import household_fields
from borderdesk.exchange.reading import Arrival, Came
from borderdesk.records import ALL_TYPES
from borderdesk.records.base import Revisioned
from borderdesk.records.household import Household
from borderdesk.revisions import Node, current, heads, is_double

if TYPE_CHECKING:
    from borderdesk.desk import Desk

TOGETHER = 500
"""How many records are looked up and written at once."""

TEXT, PART = 1, 2
"""What a batch brought of a revision, added up: its text, its separate part."""

ADDED, UPDATED, SAME, STALE, DOUBLE = "added", "updated", "unchanged", "stale", "double"
LEFT_OUT = "refused_rows"

T = TypeVar("T")

REVISION_SQL = (
    "INSERT INTO revision (seq, id, type, record, number, parents, author, desk, time, reason,"
    " deleted, body, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Here(NamedTuple):
    """A revision that is here already: its node, place, whether its text and separate part are."""

    node: Node
    seq: int
    has_text: bool
    has_part: bool


Known = Mapping[bytes, Here]


def judge(arrival: Arrival, known: Known) -> str:
    """What a record's coming does, or would do."""
    if arrival.refused is not None:
        return LEFT_OUT
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


class Taking:
    """Takes the records of one package in. erased: the records whose separate part is erased."""

    def __init__(self, desk: "Desk", batch: str, erased: set[str]) -> None:
        self.counts = Counter[str]()
        self.reasons = Counter[str]()
        self._store = desk.store
        self._batch = batch
        self._erased = erased
        self._writer = Writer(desk.store, desk.book)
        self._seq = last_seq(desk.store)
        self._rows: dict[str, list[tuple[Any, ...]]] = {}

    def take(self, arrivals: Sequence[Arrival], here: Mapping[str, Known]) -> None:
        """Write some records; `here`: what is known of them."""
        revisions, texts, claims, parts, left_out = self._new_rows()
        fresh: list[tuple[Arrival, dict[bytes, int]]] = []
        again: list[str] = []
        for arrival in arrivals:
            known = here.get(arrival.record, {})
            what = judge(arrival, known)
            self.counts[what] += 1
            if arrival.refused is not None:
                self.reasons[arrival.refused] += 1
                left_out.append((arrival.type, arrival.record, arrival.refused))
                continue
            places: dict[bytes, int] = {}
            filled = False
            for came in arrival.versions:
                there = known.get(came.id)
                if there is None:
                    self._seq += 1
                    places[came.id] = self._seq
                    revisions.append((self._seq, *_stored(came)))
                else:
                    places[came.id] = there.seq
                    if came.body is not None and not there.has_text:
                        texts.append((came.body, there.seq))
                brought = TEXT * (came.body is not None) + PART * (came.part is not None)
                claims.append((places[came.id], self._batch, brought))
                wanted = came.part is not None and arrival.record not in self._erased
                if wanted and (there is None or not there.has_part):
                    assert came.part is not None
                    parts.append((places[came.id], *came.part))
                    filled = True
            if what == ADDED or (what == DOUBLE and not known):
                fresh.append((arrival, places))
            elif filled or what in (UPDATED, DOUBLE):
                again.append(arrival.record)
        self._write(revisions, texts, claims, parts, left_out)
        self._derive(fresh, again)

    @staticmethod
    def _new_rows() -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
        return [], [], [], [], []

    def _write(
        self, revisions: list[Any], texts: list[Any], claims: list[Any], parts: list[Any],
        left_out: list[Any],
    ) -> None:  # fmt: skip
        many = self._store.many
        many(REVISION_SQL, revisions)
        many("UPDATE revision SET body = ?, content = NULL WHERE seq = ?", texts)
        many("INSERT INTO claim (revision, batch, carried) VALUES (?, ?, ?)", claims)
        many("INSERT INTO private_part (revision, salt, part) VALUES (?, ?, ?)", parts)
        first = self.counts[LEFT_OUT] - len(left_out)
        many(
            "INSERT INTO refused_row (batch, place, type, record, reason) VALUES (?, ?, ?, ?, ?)",
            [(self._batch, first + place, *row) for place, row in enumerate(left_out)],
        )

    def _derive(self, fresh: list[tuple[Arrival, dict[bytes, int]]], again: list[str]) -> None:
        """Make the current rows of the records: of those new here from what came with them."""
        writer = self._writer
        for arrival, places in fresh:
            nodes = [one.node() for one in arrival.versions]
            chosen = current(nodes).id if len(nodes) > 1 else nodes[0].id
            head = next(one for one in arrival.versions if one.id == chosen)
            values = head.values
            if values is not None and head.part is not None and arrival.record in self._erased:
                values = _public(ALL_TYPES[arrival.type], values)
            model = ALL_TYPES[arrival.type]
            writer.derive(model, arrival.record, places[chosen], values, is_new=True)
            if is_double(nodes):
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


def _public(model: type[Revisioned], values: dict[str, Any]) -> dict[str, Any]:
    """The values without what the separate part gave."""
    from borderdesk.records.base import joined, split

    return joined(model, split(model, values)[0], None)


def _stored(came: Came) -> tuple[Any, ...]:
    """The columns of a revision that is new here."""
    hidden = came.content if came.body is None and not came.deleted else None
    return (
        came.id, came.type, came.record, came.number, b"".join(sorted(came.parents)),
        came.stamp.author, came.stamp.desk, came.stamp.time, came.reason, int(came.deleted),
        came.body, hidden,
    )  # fmt: skip


def derive_record(store: Store, writer: Writer, record: str) -> None:
    """Make the current row of a record anew from its revisions, and say if it has two versions;
    without a revision only its row goes."""
    versions = past_of(store, record)
    store.run("DELETE FROM double_version WHERE record = ?", (record,))
    if not versions:
        return
    nodes = [version.node() for version in versions]
    chosen = current(nodes).id
    head = next(version for version in versions if version.id == chosen)
    model = ALL_TYPES[head.type]
    writer.derive(model, record, head.seq, head.values(), is_new=False)
    if is_double(nodes):
        note_double(store, record, head.type)


def note_double(store: Store, record: str, type_name: str) -> None:
    """Put a record into the inbox."""
    store.run("INSERT INTO double_version (record, type) VALUES (?, ?)", (record, type_name))


@cache
def _naming() -> tuple[tuple[str, str], ...]:
    """(table, column) of everything that names a household, households themselves apart."""
    return tuple(
        (table_name(model), key)
        for model in ALL_TYPES.values()
        if model is not Household
        for key in household_fields(model)
    )


def named_households(store: Store, households: Sequence[str]) -> set[str]:
    """Those of the households that a current record names."""
    marks = ", ".join("?" * len(households))
    return {
        row[0]
        for table, key in _naming()
        for row in store.rows(
            f"SELECT DISTINCT {key} FROM {table} WHERE {key} IN ({marks})", households
        )
    }


def in_parts(things: Iterable[T], size: int = TOGETHER) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    part: list[T] = []
    for thing in things:
        part.append(thing)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
