"""The schema of a desk's database: what the migrations define, and what a file lacks of that.

The migrations are the only place where tables are made. Nothing else states their shape: the
models of store/models and the record types are held to what the migrations arrive at.
"""

import glob
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import peewee as pw
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.errors import UnsupportedSchema
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import MIGRATIONS
from borderdesk.base.progress import Progress, no_progress
from borderdesk.store.connection.migration_progress import listening

if TYPE_CHECKING:
    from playhouse import migrations
else:
    migrations = lazy_module("playhouse.migrations")

COLUMNS = (
    "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c"
    " WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND t.name NOT LIKE 'sqlite%'"
)

Column = tuple[str, str]
"""(table, column)."""

OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
"""The definitions in a file, without SQLite's own statistics."""
_BLANKS = re.compile(r"[ \n\t]+")


class ScratchDatabase(pw.SqliteDatabase):
    """An empty database in memory, of the same SQLite as a desk's."""

    def __init__(self) -> None:
        super().__init__(":memory:")

    def _connect(self, *_args: Any, **_kwargs: Any) -> Any:
        return sqlcipher.connect(":memory:", isolation_level=None)


def names() -> list[str]:
    """The names of the migrations in order: the first makes schema version 1."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def migrate(
    database: pw.SqliteDatabase,
    version: int | None = None,
    finish: Callable[[], None] | None = None,
    progress: Progress = no_progress,
) -> None:
    """Run the migrations that the database lacks, up to schema `version`, and record that version,
    in one transaction.

    finish: called last within that transaction; progress: called with the progress. Raises
    UnsupportedSchema where a migration was not recorded afterwards, IntegrityError where rows with
    dangling foreign keys are left.
    """
    steps_to_version = names()[:version]
    database.pragma("foreign_keys", 0)
    # Without effect within a transaction: a table that is rebuilt must not take its children.
    try:
        with database.atomic("IMMEDIATE"):
            runner = _runner(database)
            # Nobody waits for a new desk: all in one go, which is quicker.
            steps = [
                migration for migration in steps_to_version if migration not in runner.applied()
            ]
            steps = steps if progress is not no_progress else steps[-1:]
            for place, name in enumerate(steps):
                with listening(progress, place, len(steps)):
                    runner.up(name)
            if sorted(runner.applied()) != steps_to_version:
                raise UnsupportedSchema
            if database.pragma("foreign_key_check"):
                raise sqlcipher.IntegrityError("foreign keys after the migrations")
            database.pragma("user_version", len(steps_to_version))
            if finish is not None:
                finish()
    finally:
        database.pragma("foreign_keys", 1)


def is_upgradable(database: pw.SqliteDatabase, version: int) -> bool:
    """Whether the migrations applied to a database of this version are the first ones of ours; more
    than the version where an earlier program was killed before it recorded the version."""
    applied = sorted(_runner(database).applied())
    return len(applied) >= version and applied == names()[: len(applied)]


def _runner(database: pw.SqliteDatabase) -> "migrations.Runner":
    # The library takes the folder for a pattern, and `[` in its path for a part of one.
    return migrations.Runner(database, directory=glob.escape(str(MIGRATIONS)))


class SchemaObject(NamedTuple):
    """A table or index: what it is, its name, the table it belongs to, the statement that makes it
    in single blanks ("" for what SQLite makes by itself)."""

    kind: str
    name: str
    table: str
    statement: str


class SchemaShape(NamedTuple):
    """The columns, tables and indexes of a schema version."""

    columns: frozenset[Column]
    objects: frozenset[SchemaObject]


@cache
def shape_of(version: int) -> SchemaShape:
    """Every column and object at a schema version, found by running the migrations."""
    database = ScratchDatabase()
    with database.connection_context():
        migrate(database, version)
        columns = frozenset(_rows(database, COLUMNS))
        return SchemaShape(columns, _objects(_rows(database, OBJECTS)))


def _objects(rows: Iterable[tuple[Any, ...]]) -> frozenset[SchemaObject]:
    return frozenset(
        SchemaObject(kind, str(name), table, _BLANKS.sub(" ", str(sql or "")))
        for kind, name, table, sql in rows
    )


def lacking(connection: Any, version: int) -> list[str]:
    """Tables and columns (`table.column`) that a file of this version should have and has not.

    connection: an open connection of the database library itself.
    """
    present = set(connection.execute(COLUMNS))
    tables = {table for table, _column in present}
    absent = shape_of(version).columns - present
    return sorted({f"{t}.{c}" if t in tables else t for t, c in absent})


def altered(database: pw.SqliteDatabase, version: int) -> list[str]:
    """The tables and indexes whose definitions differ from those of the migrations at this version,
    missing and additional ones included.

    SQLite trusts these definitions without a check: a damaged byte of one can remove a constraint
    or an order, and a planted trigger runs with the next save.
    """
    differing = _objects(_rows(database, OBJECTS)) ^ shape_of(version).objects
    return sorted({differs.name for differs in differing})


def definition(database: pw.SqliteDatabase) -> dict[str, str]:
    """{name: its CREATE statement, in single spaces} of every table and index, except SQLite's
    internal ones and those of search tables."""
    statements: list[tuple[str, str]] = [
        (name, " ".join(sql.split()))
        for name, sql in _rows(
            database,
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite%' ORDER BY name",
        )
    ]
    searches = tuple(f"{name}_" for name, sql in statements if sql.startswith("CREATE VIRTUAL"))
    return {name: sql for name, sql in statements if not (searches and name.startswith(searches))}


def _rows(database: pw.SqliteDatabase, sql: str) -> Iterable[tuple[Any, ...]]:
    rows: Iterable[tuple[Any, ...]] = database.execute_sql(sql)  # type: ignore[no-untyped-call]
    return rows
