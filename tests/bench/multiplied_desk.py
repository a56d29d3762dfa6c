"""A desk with many copies of another desk's records, each under its own id.

Entering 10,000,000 records through the rules of entry took two hours. Here the revisions of a desk
are multiplied, hashed and chained by product code; their rows are copied within the database, and
search words are computed once for all copies. `verify` reports no problems, and `rebuild` creates
the same rows. Copies of a household have different heads, and copies of records that name it refer
to the corresponding copy; days, places, amounts and texts are the same in all copies.
"""

import json
import random
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.paths import database_file
from borderdesk.base.progress import Progress, no_progress
from borderdesk.demo.wording import NAMES, person
from borderdesk.desk import Desk
from borderdesk.schema.log_entries import REVISION, START, next_chain
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import (
    SALT_BYTES,
    RevisionStamp,
    canonical,
    private_hash,
    revision_id,
)
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import (
    household_columns,
    link_tables,
    search_table,
    table_name,
    type_columns,
)
from borderdesk.store.records.history import from_row, load_children
from borderdesk.store.records.named_records import NamedRecords, naming
from borderdesk.store.records.written_records import RecordWording

AT_ONCE = 2_000
"""The records of the source desk read at a time."""
PAGE_CACHE_KIB = 3 << 20
FAR_NAME = 1_511
"""The step from the name of a household's head to that of its next copy; coprime with the number of
names."""
_NUMBERS = {person(number): number for number in range(NAMES)}
_COLUMNS = "seq, type, record, author, desk, time, reason, body"


def multiply(source: Path, folder: Path, times: int, progress: Progress = no_progress) -> None:
    """Create in `folder` a desk with `times` as many records as `source`, each of which must have a
    single version; progress: called with the revisions done and their total."""
    folder.mkdir(parents=True)
    shutil.copyfile(database_file(source), database_file(folder))
    target = _target(database_file(folder), times)
    with Desk.open(source) as desk:
        indexes = _empty(target)
        target.execute("ATTACH ? AS source", (str(database_file(source)),))
        target.execute("BEGIN")
        _Revisions(desk.store, target, times).write(progress)
        for model in ALL_TYPES.values():
            _copy_rows(target, model)
        _write_households(desk, target, times)
        for model in ALL_TYPES.values():
            _write_words(desk, target, model, times)
        for sql in indexes:
            target.execute(sql)
        target.execute("COMMIT")
    target.execute("DETACH source")
    target.execute("PRAGMA journal_mode = WAL").fetchall()
    target.close()


def _target(file: Path, times: int) -> Any:
    """A connection without durability: a failed run is discarded."""
    connection = sqlcipher.connect(str(file), isolation_level=None)
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "foreign_keys = OFF",
        f"cache_size = -{PAGE_CACHE_KIB}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.create_function("copy_id", 2, copy_id, deterministic=True)
    connection.execute("CREATE TEMP TABLE copy (number INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO copy VALUES (?)", [(k,) for k in range(times)])
    return connection


def _empty(target: Any) -> list[str]:
    """Empty the tables of records; returns the statements of their indexes, to be created again at
    the end."""
    tables = ["revision", "log_entry", "private_part"]
    for model in ALL_TYPES.values():
        table = search_table(model)
        target.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        tables += [table_name(model), *_below(model)]
    marks = ", ".join("?" * len(tables))
    indexes = target.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({marks})"
        " AND sql IS NOT NULL",
        tables,
    ).fetchall()
    for name, _sql in indexes:
        target.execute(f"DROP INDEX {name}")
    for table in tables:
        target.execute(f"DELETE FROM {table}")
    target.execute("VACUUM")
    return [sql for _name, sql in indexes]


def _below(model: type[RevisionedModel]) -> list[str]:
    """The child tables of a type."""
    children = [table_name(field.child) for field in model.children().values()]
    return [*children, *link_tables(model).values()]


@lru_cache(maxsize=200_000)
def copy_id(record: str | None, number: int) -> str | None:
    """The id of a copy; its time bits are kept, so that copies are adjacent."""
    if record is None or number == 0:
        return record
    last = (int(record[-12:], 16) + number * 0x9E3779B97F5) & 0xFFFFFFFFFFFF
    return f"{record[:-12]}{last:012x}"


def copy_name(head: str, number: int) -> str:
    """The head of a household's copy."""
    return person(_NUMBERS[head] + number * FAR_NAME)


# ------------------------------------------------------------------------- revisions


class _Revisions:
    """Writes the revisions of all copies, with their separate parts and log entries."""

    def __init__(self, source: Store, target: Any, times: int) -> None:
        self._source, self._target, self._times = source, target, times
        self._salts = random.Random("bench salts")
        self._chain = START
        self._parts: list[tuple[int, bytes, str]] = []
        self._entries: list[tuple[Any, ...]] = []

    def write(self, progress: Progress) -> None:
        """Write all revisions."""
        (counted,) = self._source.rows(
            "SELECT COUNT(*), SUM(number > 1 OR deleted OR length(parents) > 0) FROM revision"
        )
        total, several = counted
        assert not several, "a record has several versions"
        rows = iter(
            self._source.rows(
                f"SELECT {_COLUMNS}, salt, part FROM revision"
                " LEFT JOIN private_part ON revision = seq ORDER BY seq"
            )
        )
        done = 0
        while some := list(islice(rows, AT_ONCE)):
            self._write(some)
            done += len(some)
            progress(done * self._times, total * self._times)

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        many = self._target.executemany
        copies = (self._copy(row, k) for row in rows for k in range(self._times))
        many(
            f"INSERT INTO revision (id, number, parents, deleted, {_COLUMNS})"
            " VALUES (?, 1, x'', 0, ?, ?, ?, ?, ?, ?, ?, ?)",
            copies,
        )
        many("INSERT INTO private_part (revision, salt, part) VALUES (?, ?, ?)", self._parts)
        many(
            "INSERT INTO log_entry (log, number, kind, id, chain, revision)"
            " VALUES (1, ?, 'revision', ?, ?, ?)",
            self._entries,
        )
        self._parts, self._entries = [], []

    def _copy(self, row: tuple[Any, ...], k: int) -> tuple[Any, ...]:
        old, kind, record, *stamp, reason, body, salt, part = row
        seq, new = (old - 1) * self._times + k + 1, copy_id(record, k)
        body = _named(kind, body, k)
        if part is not None:
            body, part = self._part(seq, kind, body, (salt, part), k)
        id_ = revision_id(kind, str(new), 1, (), RevisionStamp(*stamp), reason, body)
        self._chain = next_chain(self._chain, REVISION, id_)
        self._entries.append((seq, id_, self._chain, seq))
        return id_, seq, kind, new, *stamp, reason, body

    def _part(
        self, seq: int, kind: str, body: str, old: tuple[bytes, str], k: int
    ) -> tuple[str, str]:
        part = old[1]
        if kind == Household.type_name and k:
            head = json.loads(part)["head"]
            part = part.replace(canonical(head), canonical(copy_name(head, k)), 1)
        salt = self._salts.randbytes(SALT_BYTES)
        self._parts.append((seq, salt, part))
        return body.replace(private_hash(*old), private_hash(salt, part), 1), part


def _named(kind: str, body: str, k: int) -> str:
    """The body with references to the copies of the households it names."""
    keys = household_columns(ALL_TYPES[kind])
    for key in keys if k else ():
        before, mark, after = body.partition(f'"{key}":"')
        if mark:
            named, rest = after[:36], after[36:]
            body = f"{before}{mark}{copy_id(named, k)}{rest}"
    return body


# ------------------------------------------------------------------------------ rows


def _copy_rows(target: Any, model: type[RevisionedModel]) -> None:
    """Copy the rows of a type (except households, whose names differ) and of its child tables."""
    times = "(SELECT COUNT(*) FROM copy)"
    row = f"(t.row - 1) * {times} + k.number + 1"
    if model is not Household:
        named = household_columns(model)
        columns = [
            f"copy_id(t.{c}, k.number)" if c in named else f"t.{c}" for c in type_columns(model)[3:]
        ]
        head = f"{row}, copy_id(t.id, k.number), (t.revision - 1) * {times} + k.number + 1"
        _insert_copies(target, table_name(model), type_columns(model), (head, *columns))
    for table in _below(model):
        found = target.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        columns = [name for (name,) in found]
        _insert_copies(target, table, columns, (row, *(f"t.{c}" for c in columns[1:])))


def _insert_copies(target: Any, table: str, columns: Iterable[str], values: Iterable[str]) -> None:
    target.execute(
        f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(values)}"
        f" FROM source.{table} t CROSS JOIN temp.copy k"
    )


def _values(store: Store, model: type[RevisionedModel]) -> Iterator[tuple[tuple[Any, ...], Values]]:
    """(row, id, revision) and the values of every record of a type."""
    columns = ("row", "id", "revision", *model.columns())
    rows = iter(store.rows(f"SELECT {', '.join(columns)} FROM {table_name(model)} ORDER BY row"))
    while some := list(islice(rows, AT_ONCE)):
        values = {stored[0]: from_row(model, columns, stored) for stored in some}
        load_children(store, model, values)
        yield from ((stored[:3], values[stored[0]]) for stored in some)


def _head_copies(values: Values, times: int) -> Iterator[Values]:
    """The values of a household's copies."""
    return ({**values, "head": copy_name(values["head"], k)} for k in range(times))


def _write_households(desk: Desk, target: Any, times: int) -> None:
    columns = type_columns(Household)
    marks = ", ".join("?" * len(columns))
    sql = f"INSERT INTO household ({', '.join(columns)}) VALUES ({marks})"
    stored = desk.store.rows(f"SELECT {', '.join(columns)} FROM household ORDER BY row")
    rows = zip(_values(desk.store, Household), list(stored), strict=True)

    def copies() -> Iterator[list[Any]]:
        for ((row, record, seq), values), kept in rows:
            for k, copy in enumerate(_head_copies(values, times)):
                changed = {"head": copy["head"], **Household.derived(copy)}
                yield [
                    (row - 1) * times + k + 1,
                    copy_id(record, k),
                    (seq - 1) * times + k + 1,
                    *(changed.get(c, old) for c, old in zip(columns[3:], kept[3:], strict=True)),
                ]

    target.executemany(sql, copies())


# ----------------------------------------------------------------------------- words


def _write_words(desk: Desk, target: Any, model: type[RevisionedModel], times: int) -> None:
    """Write the search words of a type, the same for all copies except those of a household's
    name."""
    wording = RecordWording(model, desk.book)
    names = naming(model)
    named = NamedRecords(desk.store, desk.book, Household)
    facts = lru_cache(maxsize=200_000)(partial(_copied_words, desk, named, times))

    def copies() -> Iterator[tuple[int, str]]:
        for (row, _id, _seq), values in _values(desk.store, model):
            first = (row - 1) * times + 1
            if model is Household:
                written = [wording.of(copy).words.values() for copy in _head_copies(values, times)]
                yield from ((first + k, _joined(words)) for k, words in enumerate(written))
                continue
            words = wording.of(values).words.values()
            record = values.get(names[0]) if names else None
            if record is None:
                joined = _joined(words)
                yield from ((first + k, joined) for k in range(times))
            else:
                for k, more in enumerate(facts(record)):
                    yield first + k, _joined([more, *words])

    table = search_table(model)
    target.executemany(f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", copies())


def _joined(words: Iterable[Iterable[str]]) -> str:
    return " ".join(set().union(*words))


def _copied_words(desk: Desk, named: NamedRecords, times: int, record: str) -> list[frozenset[str]]:
    """The search words of the household copies for records that name them."""
    keys = Household.matching.found_by
    (row,) = desk.store.rows(f"SELECT {', '.join(keys)} FROM household WHERE id = ?", (record,))
    found = []
    for copy in _head_copies(dict(zip(keys, row, strict=True)), times):
        named.note(record, copy, is_new=True)
        facts = named.facts(record)
        assert facts is not None
        found.append(facts.words)
    return found
