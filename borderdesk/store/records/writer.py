"""Writing revisions, and the tables of current rows and of search that are derived from them.

A `Writer` buffers the rows of one transaction and writes them table by table, for a single save
too. The statements are written by hand for executemany, which costs 1.2 times the bare sqlite3
shell; peewee's insert_many costs 5 times, Model.create 15 times. The few other statements are SQL
too, so that a start loads no model class of a table that only a save touches (0.3 ms each).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.schema.log_entries import REVISION
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import (
    SALT_BYTES,
    RevisionStamp,
    body_of,
    canonical,
    private_hash,
    random_draws,
    revision_id,
)
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import link_tables, search_table, table_name
from borderdesk.store.records.earlier_records import EarlierRecords, marked_insert
from borderdesk.store.records.history import (
    NewVersion,
    child_columns,
    last_seq,
    load,
)
from borderdesk.store.records.household_homes import home_on, without_copied_home
from borderdesk.store.records.logs import ENTRY_SQL, LogTail, log_tail
from borderdesk.store.records.named_records import NamedFacts, NamedRecords, naming, naming_sql
from borderdesk.store.records.written_records import RecordWording, WrittenRecord, type_plan

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

FLUSH_ROWS = 2_000
"""At most so many records are buffered, which bounds the memory an import takes."""
MOST_DOUBTS = 20_000
"""So many rows of doubts are buffered by `flush_records`, some 6 MB."""

_NO_WORDS: frozenset[str] = frozenset()

_doubts_json = lru_cache(maxsize=2_048)(canonical)
"""Cached: a bulk import has few distinct doubts about lateness."""


class _Statements(NamedTuple):
    """The statements for a current row of a type: the row, its search entry, the child rows and the
    links, these two by key; the derived columns of the row, which are its last ones; and the field
    that names a record of another type, and that type."""

    insert: str
    search: str
    derived: tuple[str, ...]
    below: dict[str, str]
    links: dict[str, str]
    names: tuple[str, type[RevisionedModel]] | None


@cache
def _statements(model: type[RevisionedModel]) -> _Statements:
    return _Statements(
        _insert_row(model, type_plan(model).columns),
        _insert(search_table(model), ("rowid", "words")),
        type_plan(model).derived,
        {
            k: _insert(table_name(f.child), child_columns(f.child))
            for k, f in model.children().items()
        },
        {k: _insert(table, ("row", "unit")) for k, table in link_tables(model).items()},
        naming(model),
    )


def _insert(table: str, columns: Iterable[str]) -> str:
    names = list(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _insert_row(model: type[RevisionedModel], columns: tuple[str, ...]) -> str:
    return marked_insert(model, columns) if model.earlier else _insert(table_name(model), columns)


_REVISION_SQL = _insert(
    "revision",
    ("seq id type record number parents author desk time reason deleted body").split(),
)
_PRIVATE_SQL = _insert("private_part", ("revision", "salt", "part"))
_WARNING_SQL = (
    "INSERT INTO soft_warning (record, doubts) VALUES (?, ?)"
    " ON CONFLICT (record) DO UPDATE SET doubts = excluded.doubts"
)


class _TypeState:
    """The records of a type within one transaction: how they are written, and the number of the
    last row of their table, None until it is needed."""

    __slots__ = ("last_row", "plan", "wording")

    def __init__(self, model: type[RevisionedModel], book: "ReferenceBook") -> None:
        self.plan = _statements(model)
        self.wording = RecordWording(model, book)
        self.last_row: int | None = None


class Writer:
    """Writes changes within the transaction that is open; `flush` before it ends.

    salts: returns 16 random bytes a call (a demonstration passes its own, to be repeatable).
    """

    def __init__(
        self, store: Store, book: "ReferenceBook", salts: Callable[[], bytes] | None = None
    ) -> None:
        self._store = store
        self._book = book
        self._salt = salts or random_draws(SALT_BYTES).__next__
        self._pending: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._waiting = 0
        self._seq: int | None = None
        self._tails: dict[str, LogTail] = {}
        self._named: dict[type[RevisionedModel], NamedRecords] = {}
        self._types: dict[type[RevisionedModel], _TypeState] = {}
        self._earlier = EarlierRecords(store)

    # --------------------------------------------------------------- revisions

    def write(self, change: NewVersion, stamp: RevisionStamp) -> bytes:
        """Write the change as a revision, the next entry of its desk's log, and make it the current
        version; returns its id."""
        model, record, values, parents, number, reason, doubts, away = change
        state = self._types.get(model) or self._type(model)
        written = None if values is None else state.wording.of(values)
        body, separate = self._content(written, away)
        kind, pending = model.type_name, self._pending
        new = revision_id(kind, record, number, parents, stamp, reason, body)
        seq = self._seq = (last_seq(self._store) if self._seq is None else self._seq) + 1
        joined = b"".join(sorted(parents)) if parents else b""
        pending[_REVISION_SQL].append(
            (seq, new, kind, record, number, joined, *stamp, reason, int(body is None), body)
        )
        pending[ENTRY_SQL].append(self._tail(stamp.desk).row(REVISION, new, seq))
        if separate is not None:
            pending[_PRIVATE_SQL].append((seq, *separate))
        if doubts:
            pending[_WARNING_SQL].append((record, _doubts_json(doubts)))
        elif parents and doubts is not None:
            self.flush()
            self._store.run("DELETE FROM soft_warning WHERE record = ?", (record,))
        self._derive(state, model, record, seq, values, written, not parents)
        return new

    def _type(self, model: type[RevisionedModel]) -> _TypeState:
        state = self._types.get(model)
        if state is None:
            state = self._types[model] = _TypeState(model, self._book)
        return state

    def _content(
        self, written: WrittenRecord | None, away: str | None
    ) -> tuple[str | None, tuple[bytes, str] | None]:
        """(body, (salt, text of the private part)); None for a missing one. away: the hash of a
        private part that is stored on another desk."""
        if written is None:
            return None, None
        private = written.private
        if not private:
            return body_of(written.public, away), None
        salt = self._salt()
        return body_of(written.public, private_hash(salt, private)), (salt, private)

    def _tail(self, desk: str) -> LogTail:
        """The end of the desk's log, read again after every flush: other code may append to it
        too."""
        tail = self._tails.get(desk)
        if tail is None:
            tail = self._tails[desk] = log_tail(self._store, desk)
        return tail

    def _last_row(self, model: type[RevisionedModel]) -> int:
        """The number of the last row of a type's table, asked for once."""
        state = self._type(model)
        if state.last_row is None:
            state.last_row = self._store.value(
                f"SELECT COALESCE(MAX(row), 0) FROM {table_name(model)}"
            )
        assert state.last_row is not None
        return state.last_row

    # ------------------------------------------------------------ derived tables

    def derive(
        self,
        model: type[RevisionedModel],
        record: str,
        seq: int,
        values: Values | None,
        *,
        is_new: bool,
    ) -> None:
        """Make `values` the current version of the record (None: it is deleted)."""
        state = self._type(model)
        written = None if values is None else state.wording.of(values)
        self._derive(state, model, record, seq, values, written, is_new)

    def _derive(
        self,
        state: _TypeState,
        model: type[RevisionedModel],
        record: str,
        seq: int,
        values: Values | None,
        written: WrittenRecord | None,
        is_new: bool,
    ) -> None:
        """The same, `written` being the serialized values."""
        row = None if is_new else self._clear(model, record)
        if model.matching is not None:
            words = None if written is None else written.words
            self.named(model).note(record, values, is_new=is_new, words=words)
        if values is None or written is None:
            return
        if row is None:
            row = state.last_row = (state.last_row or self._last_row(model)) + 1
        if model.home_place is not None:
            placed = self._with_home(model, values, seq)
            if placed is not values:
                values, written = placed, state.wording.of(placed)
        plan = state.plan
        facts = None if plan.names is None else self._facts(plan, values)
        written.row[:3] = row, record, seq
        if model.earlier is not None:
            self._earlier.note(model, record, row, values, is_new=is_new)
        self._put_row(plan, model, values, written, facts)
        if written.below or plan.links:
            self._put_below(plan, row, values, written)
        self._pending[plan.search].append((row, _joined_words(written, facts)))
        self._waiting += 1
        if self._waiting >= FLUSH_ROWS:
            self.flush()

    def _with_home(self, model: type[RevisionedModel], values: Values, seq: int) -> Values:
        """The values with the place of the record that this one names, as it was on the day: an
        older record, in whose content it does not stand, gets it from that one."""
        home, event = model.home_place, model.event()
        if home is None or event is None or home.commune in values:
            return values
        household = values.get(home.reference)
        if household is None:
            return values
        arguments = (self._store, self._book, household, values[event.name], seq)
        place = home_on(*arguments)
        names = self._type(model).plan.names
        if place is None and names is not None and self.named(names[1]).is_known(household):
            # It is buffered: written in the same transaction.
            self.flush()
            place = home_on(*arguments)
        if place is None:
            return values
        home_values = {home.commune: place.commune, home.hamlet: place.hamlet}
        return {**values, **{key: value for key, value in home_values.items() if value is not None}}

    def index(self, model: type[RevisionedModel], row: int, values: Values) -> None:
        """Buffer the search entry of the record in this row."""
        state = self._type(model)
        entry = _joined_words(state.wording.of(values), self._facts(state.plan, values))
        self._pending[state.plan.search].append((row, entry))

    def _clear(self, model: type[RevisionedModel], record: str) -> int | None:
        """Delete the current row; returns its number, which the next version takes."""
        self.flush()
        # Before the delete, or the number of the highest row would be assigned to another record.
        self._last_row(model)
        table = table_name(model)
        row: int | None = self._store.value(f"SELECT row FROM {table} WHERE id = ?", (record,))
        if row is not None:
            self._earlier.note_deleted(model, (record,))
            self._store.run(f"DELETE FROM {search_table(model)} WHERE rowid = ?", (row,))
            self._store.run(f"DELETE FROM {table} WHERE row = ?", (row,))
        return row

    def clear(self, model: type[RevisionedModel], records: Sequence[str]) -> None:
        """Delete the current rows of records that have no revision any more."""
        self.flush()
        self._last_row(model)
        marks = ", ".join("?" * len(records))
        table, params = table_name(model), tuple(records)
        rows = f"SELECT row FROM {table} WHERE id IN ({marks})"
        self._earlier.note_deleted(model, records)
        self._store.run(f"DELETE FROM {search_table(model)} WHERE rowid IN ({rows})", params)
        self._store.run(f"DELETE FROM {table} WHERE id IN ({marks})", params)
        if model.matching is not None:
            self.note_moved(model, records)

    def note_moved(self, model: type[RevisionedModel], records: Iterable[str]) -> None:
        """Rewrite the records that name these when `finish` is called."""
        self.named(model).note_moved(records)

    def _put_row(
        self,
        plan: _Statements,
        model: type[RevisionedModel],
        values: Values,
        written: WrittenRecord,
        facts: NamedFacts | None,
    ) -> None:
        row, derived = written.row, plan.derived
        if derived:
            extra = model.derived(values)
            extra |= model.follows(values, facts.place if facts else None)
            row[-len(derived) :] = map(extra.get, derived)
        self._pending[plan.insert].append(tuple(row))

    def _put_below(
        self, plan: _Statements, row: int, values: Values, written: WrittenRecord
    ) -> None:
        for key, children in written.below.items():
            pending = self._pending[plan.below[key]]
            for place, stored in enumerate(children):
                stored[:2] = row, place
                pending.append(tuple(stored))
        for key, sql in plan.links.items():
            for unit in values.get(key) or ():
                self._pending[sql].append((row, unit))

    # ------------------------------------------------------------ records named

    def named(self, model: type[RevisionedModel]) -> NamedRecords:
        """The cache of the records of a type that others name."""
        named_records = self._named.get(model)
        if named_records is None:
            named_records = self._named[model] = NamedRecords(self._store, self._book, model)
        return named_records

    def _facts(self, plan: _Statements, values: Values) -> NamedFacts | None:
        """The facts of the record that one of these values names; None if unknown."""
        if plan.names is None:
            return None
        record = values.get(plan.names[0])
        return None if record is None else self.named(plan.names[1]).facts(record)

    def _refresh_followers(self, named_records: NamedRecords) -> None:
        """Rewrite place and search words of the records that name one that was changed."""
        for moved in named_records.take_moved():
            for model, sql in naming_sql(named_records.model):
                for record in [str(row[0]) for row in self._store.rows(sql, (moved,))]:
                    values, seq = load(self._store, model, record)
                    if model.home_place is not None:
                        body = self._store.value("SELECT body FROM revision WHERE seq = ?", (seq,))
                        values = without_copied_home(model, values, body)
                    self.derive(model, record, seq, values, is_new=False)

    # ------------------------------------------------------------------- ending

    def flush(self) -> None:
        """Write the buffered rows, parents before children."""
        self._waiting = 0
        self._tails.clear()
        pending, self._pending = self._pending, defaultdict(list)
        for sql in sorted(pending, key=_rank):
            self._store.many(sql, pending[sql])
        self._earlier.note_inserted()

    def flush_records(self) -> None:
        """Flush all but doubts, until these are many: each of their rows opens a savepoint, since
        triggers watch the table, and at one FTS5 writes the words of all rows before it as a
        segment of their own, which is merged with others soon after."""
        doubts = self._pending.pop(_WARNING_SQL, [])
        self.flush()
        if doubts:
            self._pending[_WARNING_SQL] = doubts
        if len(doubts) >= MOST_DOUBTS:
            self.flush()

    def finish(self) -> None:
        """Write everything, the records that name changed ones included."""
        self.flush()
        for named_records in list(self._named.values()):
            self._refresh_followers(named_records)
        self.flush()
        self._earlier.refresh()
        for named_records in self._named.values():
            named_records.regroup()


def _joined_words(written: WrittenRecord, facts: NamedFacts | None) -> str:
    """The search words of a record, those of the one it names among them."""
    own_words = _NO_WORDS.union(*written.words.values())
    return (
        " ".join(own_words)
        if facts is None
        else " ".join((facts.joined, *(own_words - facts.words)))
    )


@cache
def _ranks() -> dict[str, int]:
    tables = ["revision", "log_entry", "private_part", "soft_warning"]
    for model in ALL_TYPES.values():
        tables += [table_name(model), *(table_name(f.child) for f in model.children().values())]
        tables += [*link_tables(model).values(), search_table(model)]
    return {table: rank for rank, table in enumerate(tables)}


def _rank(sql: str) -> int:
    return _ranks()[sql.split(" ", 3)[2]]
