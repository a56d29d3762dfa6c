"""Writing revisions, and the tables of current rows and of search that are derived from them.

A `Writer` collects the rows of one transaction and writes them table by table, which is what
makes a large import as fast as the database allows; a single save goes the same way.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.text import words
from borderdesk.schema.record import Revisioned, Values, parts
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import (
    SALT_BYTES,
    Stamp,
    body_of,
    canonical,
    private_hash,
    revision_id,
)
from borderdesk.store.database import Store
from borderdesk.store.history import (
    Change,
    Converter,
    child_columns,
    followers,
    last_seq,
    load,
    own_words,
    storing,
)
from borderdesk.store.tables import link_tables, search_table, table_name, type_columns

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

FLUSH_ROWS = 2_000
HOUSEHOLDS_KEPT = 20_000


class HouseholdFacts(NamedTuple):
    """What a record that names a household needs to know of it."""

    commune: str
    words: frozenset[str]
    """Head, hamlet and commune, as a search finds them."""


class _Shape(NamedTuple):
    """How the current version of a type's records is written, worked out once.

    places: {field's column: its place in the row, how it is stored}; derived: the places of the
    columns that follow from the values; below: of each kind of child its key, statement, and
    how its columns are stored; links: of each field of several communes its key and statement.
    """

    insert: str
    search: str
    width: int
    places: dict[str, tuple[int, Converter]]
    derived: dict[str, int]
    below: tuple[tuple[str, str, tuple[tuple[str, Converter], ...]], ...]
    links: tuple[tuple[str, str], ...]


@cache
def _shape(model: type[Revisioned]) -> _Shape:
    fields = storing(model)
    derived = [c for c in type_columns(model)[3:] if c not in fields]
    written = ("row", "id", "revision", *fields, *derived)
    place = {column: at for at, column in enumerate(written)}
    return _Shape(
        _insert(table_name(model), written),
        _insert(search_table(model), ("rowid", "words")),
        len(written),
        {column: (place[column], convert) for column, convert in fields.items()},
        {column: place[column] for column in derived},
        tuple(
            (k, _insert(table_name(f.child), child_columns(f.child)), (*storing(f.child).items(),))
            for k, f in model.children().items()
        ),
        tuple((k, _insert(t, ("row", "unit"))) for k, t in link_tables(model).items()),
    )


def _insert(table: str, columns: Iterable[str]) -> str:
    names = list(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


_REVISION_SQL = _insert(
    "revision",
    ("seq id type record number parents author desk time reason deleted body").split(),
)
_PRIVATE_SQL = _insert("private_part", ("revision", "salt", "part"))
_WARNING_SQL = (
    "INSERT INTO soft_warning (record, doubts) VALUES (?, ?)"
    " ON CONFLICT (record) DO UPDATE SET doubts = excluded.doubts"
)


class Writer:
    """Writes changes within the transaction that is open; `flush` before it ends.

    salts: gives 16 random bytes a call (a demonstration gives its own).
    """

    def __init__(
        self, store: Store, book: "Book", salts: Callable[[], bytes] | None = None
    ) -> None:
        self._store = store
        self._book = book
        self._salt = salts or (lambda: os.urandom(SALT_BYTES))
        self._pending: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._waiting = 0
        self._rows: dict[type[Revisioned], int] = {}
        self._seq: int | None = None
        self._households: dict[str, HouseholdFacts] = {}
        self._moved: set[str] = set()
        self._joined = False

    # --------------------------------------------------------------- revisions

    def write(self, change: Change, stamp: Stamp) -> bytes:
        """Write the change as a revision and make it the current version; its id."""
        body, separate = self._content(change)
        new = revision_id(
            change.model.type_name, change.record, change.number, change.parents,
            stamp, change.reason, body,
        )  # fmt: skip
        seq = self._next_seq()
        self._pending[_REVISION_SQL].append(
            (
                seq, new, change.model.type_name, change.record, change.number,
                b"".join(sorted(change.parents)), stamp.author, stamp.desk, stamp.time,
                change.reason, int(body is None), body,
            )
        )  # fmt: skip
        if separate is not None:
            self._pending[_PRIVATE_SQL].append((seq, *separate))
        if change.doubts:
            kept = canonical(change.doubts)
            self._pending[_WARNING_SQL].append((change.record, kept))
        elif change.parents and change.doubts is not None:
            self.flush()
            self._store.run("DELETE FROM soft_warning WHERE record = ?", (change.record,))
        self.derive(change.model, change.record, seq, change.values, is_new=not change.parents)
        return new

    def _content(self, change: Change) -> tuple[str | None, tuple[bytes, str] | None]:
        """The body, and salt and text of the separate part where there is one."""
        if change.values is None:
            return None, None
        public, private = parts(change.model, change.values)
        if not private:
            return body_of(public, None), None
        salt = self._salt()
        return body_of(public, private_hash(salt, private)), (salt, private)

    def _next_seq(self) -> int:
        self._seq = (last_seq(self._store) if self._seq is None else self._seq) + 1
        return self._seq

    def _next_row(self, model: type[Revisioned]) -> int:
        self._note_last_row(model)
        self._rows[model] += 1
        return self._rows[model]

    def _note_last_row(self, model: type[Revisioned]) -> None:
        if model not in self._rows:
            self._rows[model] = self._store.value(
                f"SELECT COALESCE(MAX(row), 0) FROM {table_name(model)}"
            )

    # ------------------------------------------------------------ derived tables

    def derive(
        self,
        model: type[Revisioned],
        record: str,
        seq: int,
        values: Values | None,
        *,
        is_new: bool,
    ) -> None:
        """Make `values` the current version of the record (None: it is deleted)."""
        row = None if is_new else self._clear(model, record)
        if model is Household:
            self._note_household(record, values, is_new)
        if values is None:
            return
        if row is None:
            row = self._next_row(model)
        shape, household = _shape(model), self._household(values.get("household"))
        self._put_row(shape, model, row, record, seq, values, household)
        self._put_below(shape, row, values)
        self._pending[shape.search].append((row, self._words(model, values, household)))
        self._waiting += 1
        if self._waiting >= FLUSH_ROWS:
            self.flush()

    def index(self, model: type[Revisioned], row: int, values: Values) -> None:
        """Make the search entry of the record in this row."""
        household = self._household(values.get("household"))
        said = self._words(model, values, household)
        self._pending[_shape(model).search].append((row, said))

    def _words(
        self, model: type[Revisioned], values: Values, household: HouseholdFacts | None
    ) -> str:
        """What a search finds the record by: its words and those of its household."""
        found = own_words(model, values, self._book)
        if household is not None:
            found |= household.words
        return " ".join(found)

    def _clear(self, model: type[Revisioned], record: str) -> int | None:
        """Take the current version away; its row number, to be used again."""
        self.flush()
        # A row taken away and not yet put back must not be given to another record.
        self._note_last_row(model)
        table = table_name(model)
        row: int | None = self._store.value(f"SELECT row FROM {table} WHERE id = ?", (record,))
        if row is not None:
            self._store.run(f"DELETE FROM {search_table(model)} WHERE rowid = ?", (row,))
            self._store.run(f"DELETE FROM {table} WHERE row = ?", (row,))
        return row

    def clear(self, model: type[Revisioned], records: Sequence[str]) -> None:
        """Take the current versions of records away that have no revision any more."""
        self.flush()
        self._note_last_row(model)
        marks = ", ".join("?" * len(records))
        table, params = table_name(model), tuple(records)
        rows = f"SELECT row FROM {table} WHERE id IN ({marks})"
        self._store.run(f"DELETE FROM {search_table(model)} WHERE rowid IN ({rows})", params)
        self._store.run(f"DELETE FROM {table} WHERE id IN ({marks})", params)
        if model is Household:
            self.note_moved(records)

    def note_moved(self, households: Iterable[str]) -> None:
        """Have the records that name these households follow them at the end."""
        moved = set(households)
        for household in moved:
            self._households.pop(household, None)
        self._moved |= moved
        self._joined |= bool(moved)

    def _put_row(
        self,
        shape: _Shape,
        model: type[Revisioned],
        row: int,
        record: str,
        seq: int,
        values: Values,
        household: HouseholdFacts | None,
    ) -> None:
        stored: list[Any] = [None] * shape.width
        stored[:3] = row, record, seq
        places = shape.places
        for key, value in values.items():
            if key in places:
                at, convert = places[key]
                stored[at] = value if convert is None else convert(value)
        if shape.derived:
            extra = model.derived(values)
            extra.update(model.follows(values, household.commune if household else None))
            for column, at in shape.derived.items():
                stored[at] = extra.get(column)
        self._pending[shape.insert].append(tuple(stored))

    def _put_below(self, shape: _Shape, row: int, values: Values) -> None:
        for key, sql, columns in shape.below:
            children = values.get(key)
            if not children:
                continue
            pending = self._pending[sql]
            for place, child in enumerate(children):
                stored = [row, place]
                for column, convert in columns:
                    value = child.get(column)
                    stored.append(value if convert is None or value is None else convert(value))
                pending.append(tuple(stored))
        for key, sql in shape.links:
            for unit in values.get(key) or ():
                self._pending[sql].append((row, unit))

    # -------------------------------------------------------------- households

    def _household(self, record: str | None) -> HouseholdFacts | None:
        """What is known of a household, whether it is in the database yet or only waiting."""
        if record is None:
            return None
        if record not in self._households:
            found = self._store.one(
                "SELECT head, hamlet, commune FROM household WHERE id = ?", (record,)
            )
            if found is None:
                return None
            self._remember(record, *found)
        return self._households[record]

    def _remember(self, record: str, head: str | None, hamlet: str | None, commune: str) -> None:
        if len(self._households) > HOUSEHOLDS_KEPT:
            self._households.clear()
        place = self._book.unit_name(commune)
        said = words(head or "") | words(hamlet or "") | words(place)
        self._households[record] = HouseholdFacts(commune, said)

    def _note_household(self, record: str, values: Values | None, is_new: bool) -> None:
        self._households.pop(record, None)
        if values is not None:
            self._remember(record, values.get("head"), values.get("hamlet"), values["commune"])
            self._joined |= "merged_into" in values
        if not is_new:
            self._moved.add(record)
            self._joined = True

    def _refresh_followers(self, household: str) -> None:
        """Place and search words of what names the household, after the household changed."""
        for model in followers():
            table = table_name(model)
            ids = [
                str(r[0])
                for r in self._store.rows(
                    f"SELECT id FROM {table} WHERE household = ?", (household,)
                )
            ]
            for record in ids:
                values, seq = load(self._store, model, record)
                self.derive(model, record, seq, values, is_new=False)

    def _regroup_households(self) -> None:
        """Work out anew which households are joined: few are, so all of them."""
        leader: dict[str, str] = {}

        def find(member: str) -> str:
            while leader.get(member, member) != member:
                member = leader[member]
            return member

        edges = list(
            self._store.rows("SELECT id, merged_into FROM household WHERE merged_into IS NOT NULL")
        )
        for member, other in edges:
            low, high = sorted((find(member), find(other)))
            leader[high] = low
            leader.setdefault(low, low)
        self._store.run("DELETE FROM household_group")
        self._store.many(
            _insert("household_group", ("member", "leader")),
            [(member, find(member)) for member in sorted(leader)],
        )

    # ------------------------------------------------------------------- ending

    def flush(self) -> None:
        """Write what is waiting, parents before children."""
        self._waiting = 0
        pending, self._pending = self._pending, defaultdict(list)
        for sql in sorted(pending, key=_rank):
            self._store.many(sql, pending[sql])

    def finish(self) -> None:
        """Write everything, and what follows from changed households."""
        self.flush()
        moved, self._moved = self._moved, set()
        for household in sorted(moved):
            self._refresh_followers(household)
        self.flush()
        if self._joined:
            self._regroup_households()
            self._joined = False


@cache
def _ranks() -> dict[str, int]:
    tables = ["revision", "private_part", "soft_warning"]
    for model in ALL_TYPES.values():
        tables += [table_name(model), *(table_name(f.child) for f in model.children().values())]
        tables += [*link_tables(model).values(), search_table(model)]
    return {table: rank for rank, table in enumerate(tables)}


def _rank(sql: str) -> int:
    return _ranks()[sql.split(" ", 3)[2]]
