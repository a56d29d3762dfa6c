"""The connection to a desk's database: pragmas, transactions, copies, and the translation of
errors."""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee as pw
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk import __version__
from borderdesk.base.disk import MEBIBYTE, make_folders
from borderdesk.base.errors import (
    CannotOpen,
    DamagedFile,
    FullDisk,
    IncompleteSchema,
    NewerSchema,
    SchemaMismatch,
    TooLittleMemory,
    UnreadFile,
    UserError,
)
from borderdesk.base.files import part_file
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import marker_key, sort_key
from borderdesk.store.connection import schema
from borderdesk.store.connection.bound_values import bind_as_they_are
from borderdesk.store.connection.database_address import (
    WITHOUT_LOCKS,
    database_address,
    has_bare_log,
    has_log,
)
from borderdesk.store.connection.file_checks import check_findings, search_tables
from borderdesk.store.connection.order_cache import OrderCache
from borderdesk.store.connection.page_cipher import page_mac, raw_text
from borderdesk.store.connection.table_digests import WatchedConnection, altered_tables

SCHEMA_VERSION = 26
"""The number of the newest migration; a file with a higher one was made by a newer program."""

BUSY_SECONDS = 10.0
READING_SECONDS = 1
"""How long `empty_log` waits for readers to finish."""
PAGE_CACHE_KIB = 8_192
DECRYPTED_CACHE_KIB = 65_536
"""The page cache of an encrypted desk: a page is decrypted and its MAC checked at every reading, so
that those in use stay."""
COPIED_PAGES = 2_000
"""Pages copied between two reports of progress."""
CHECKPOINT_PAGES = 16_000
"""The write-ahead log is checkpointed at this length, and earlier when the desk is idle: the
checkpoint is the slowest 1 % of saves."""

SQL_FUNCTIONS: dict[str, Callable[[str], Any]] = {"vn_key": sort_key, "marker_key": marker_key}

bind_as_they_are()


class Store(pw.SqliteDatabase):
    """The database of one desk, encrypted if it has a key.

    key: used raw (deriving one from a text costs 0.2 s a connection); `page_cipher` reads the
    cipher settings from its form. One connection per thread; wrap work in other threads in
    `connection_context()`.
    """

    def __init__(self, path: Path, key: bytes | None = None, *, read_only: bool = False) -> None:
        super().__init__(str(path), timeout=BUSY_SECONDS)
        self.path = path
        self.key = key
        self.read_only = read_only
        self.orders = OrderCache()

    def _connect(self, *args: Any, **kwargs: Any) -> Any:
        connection: Any = sqlcipher.connect(
            self._address(),
            uri=True,
            isolation_level=None,
            timeout=BUSY_SECONDS,
            cached_statements=512,
            factory=sqlcipher.Connection if self.read_only else WatchedConnection,
        )
        try:
            if self.key is not None:
                # SQLCipher would log page errors to standard error; our own errors report them.
                connection.execute("PRAGMA cipher_log_level = NONE").fetchone()
                connection.execute(f"PRAGMA key = \"x'{raw_text(self.key)}'\"")
                connection.execute(f"PRAGMA cipher_hmac_algorithm = {page_mac(self.key)}")
            if self.read_only and has_bare_log(self.path):
                # Before the log is read: its index is in the memory of this process.
                connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            cache = PAGE_CACHE_KIB if self.key is None else DECRYPTED_CACHE_KIB
            connection.execute(f"PRAGMA cache_size = -{cache}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {CHECKPOINT_PAGES * 4096}")
            for name, function in SQL_FUNCTIONS.items():
                connection.create_function(name, 1, _on_text(function), deterministic=True)
            connection.create_function("rank_of", 2, self.orders.rank_of)
            if not self.read_only:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlcipher.OperationalError):
                _tell_full_disk(error, self.path)
            raise
        return connection

    def _address(self) -> str:
        """The URI that SQLite opens; immutable for a read-only file whose log holds nothing, since
        SQLite would otherwise make files beside it."""
        address = database_address(self.path)
        if not self.read_only:
            # Opening never creates a file: in place of a desk that was moved away no empty one must
            # appear.
            return f"{address}?mode=rw"
        if has_bare_log(self.path):
            return f"{address}?mode=ro&vfs={WITHOUT_LOCKS}"
        return f"{address}?mode=ro" if has_log(self.path) else f"{address}?mode=ro&immutable=1"

    def _raw(self) -> Any:
        """This thread's connection of the database library itself."""
        return self.connection()  # type: ignore[no-untyped-call]

    # ------------------------------------------------------------------ reading

    def rows(self, sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows a query gives, fetched as they are used."""
        return iter(self.execute_sql(sql, params))

    def one(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row a query gives."""
        row: tuple[Any, ...] | None = self.execute_sql(sql, params).fetchone()
        return row

    def value(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, params)
        return row[0] if row else None

    # ------------------------------------------------------- queries of the models

    def execute_sql(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """The cursor of a statement, ours or peewee's.

        Raises the errors of the database library as they are, not those that peewee makes of them.
        """
        try:
            return self._raw().execute(sql, params or ())
        except sqlcipher.OperationalError as error:
            self._blame_schema(error)
            raise

    def _blame_schema(self, error: Exception) -> None:
        """Raise NewerSchema or IncompleteSchema where the file is why a statement is not
        understood: SQLite has the same code for an absent table and for a mistake of ours."""
        if _codes(error) != {sqlcipher.SQLITE_ERROR}:
            return
        try:
            self.require_schema()
        except SchemaMismatch as mismatch:
            raise mismatch from error
        except sqlcipher.Error:
            # A file whose tables cannot be listed has a fault other than its schema.
            return

    def require_schema(self) -> None:
        """Raise NewerSchema or IncompleteSchema where the file is not as its version has to be;
        nothing happens for an older one that is whole."""
        connection = self._raw()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise self.newer_schema()
        absent = schema.lacking(connection, version) if version > 0 else []
        if absent:
            raise IncompleteSchema(absent)

    def execute(self, query: Any, **context_options: Any) -> Any:
        """Run an insert, update or delete; its cursor, with `rowcount` and `lastrowid`."""
        context: Any = self.get_sql_context(**context_options)
        sql, params = context.sql(query).query()
        return self.execute_sql(sql, params)

    def fetch(self, query: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a select as tuples, fetched as they are used."""
        return iter(self.execute(query))

    def first(self, query: Any) -> tuple[Any, ...] | None:
        """The first row of a select, or None."""
        return next(self.fetch(query), None)

    def scalar(self, query: Any) -> Any:
        """The first column of the first row of a select, or None."""
        row = self.first(query)
        return row[0] if row else None

    # ------------------------------------------------------------------ writing

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute for each row, through the connection's own executemany."""
        try:
            self._raw().executemany(sql, rows)
        except sqlcipher.OperationalError as error:
            self._blame_schema(error)
            raise

    def run(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Execute one statement."""
        self.execute_sql(sql, params)

    @contextmanager
    def transaction_for_writing(self) -> Iterator[None]:
        """One user action: everything in it or nothing, on the disk when it ends."""
        connection = self._raw()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            else:
                connection.note_rollback()
            raise

    def in_transaction(self) -> bool:
        """Whether a transaction of this thread is open."""
        return bool(self._raw().in_transaction)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A read transaction: everything read in the block is of one moment, despite concurrent
        writes. Within a transaction of this thread it is that one's moment."""
        connection = self._raw()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("COMMIT")  # nothing was written but temporary tables

    def durability(self) -> tuple[str, int]:
        """The journal mode and the level of synchronous (2: FULL) of this connection."""
        return self.value("PRAGMA journal_mode"), self.value("PRAGMA synchronous")

    def fold_log(self) -> None:
        """Checkpoint the write-ahead log without waiting for readers."""
        self._raw().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def empty_log(self) -> bool:
        """Checkpoint and truncate the log; False while another connection reads."""
        self.run(f"PRAGMA busy_timeout = {READING_SECONDS * 1_000}")
        try:
            return not self.value("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.run(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000:.0f}")

    # ----------------------------------------------------------------- the file

    def schema_version(self) -> int:
        """The number of the newest migration the file has been through; 0 for an empty one."""
        return int(self.value("PRAGMA user_version"))

    def newer_schema(self) -> NewerSchema:
        """The error for a file of a higher schema version than this program supports, with the
        version of the program that wrote it, if the file states it."""
        connection = self._raw()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        try:
            row = connection.execute("SELECT value FROM meta WHERE key = 'program'").fetchone()
        except sqlcipher.Error:
            row = None
        written = str(row[0]) if row else f"> {__version__}"
        return NewerSchema((version, SCHEMA_VERSION), (written, __version__))

    def table_statements(self) -> list[str]:
        """The CREATE statements of every table, without the shadow tables of full text, which come
        with theirs."""
        statements: list[tuple[str, str]] = [
            (row[0], row[1])
            for row in self.rows(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
                " AND name NOT LIKE 'sqlite%'"
            )
        ]
        searches = tuple(f"{name}_" for name, sql in statements if sql.startswith("CREATE VIRTUAL"))
        return [sql for name, sql in statements if not name.startswith(searches)]

    def damage(self) -> list[str]:
        """The faults that SQLite finds in the file and its foreign keys, as sentences."""
        faults = list(page_faults(self, "PRAGMA integrity_check(20)"))
        for table, row, parent, _number in self.rows("PRAGMA foreign_key_check"):
            faults.append(
                _("Table {table}, row {row}: what it names in {parent} is not there.").format(
                    table=table, row=row, parent=parent
                )
            )
        return faults

    def altered_tables(self) -> list[str]:
        """The tables, of those that no chain of hashes covers, that do not hold what was written
        to them."""
        return list(altered_tables(self._raw()))

    def scrub(self) -> None:
        """Rewrite the whole file, so that none of its bytes holds anything deleted."""
        for name in search_tables(self._raw()):
            self.run(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
        self.run("VACUUM")

    def size(self) -> int:
        """How many bytes a copy of the database takes."""
        return int(self.value("PRAGMA page_count")) * int(self.value("PRAGMA page_size"))

    def copy_to(self, target: Path, report: Progress = no_progress) -> None:
        """Write a whole copy of the database, flushed to the disk.

        Within a `snapshot` the copy is of its moment, and other connections may write meanwhile.
        report: called with (pages copied, pages in all); an exception raised by it aborts the copy.
        """
        make_folders(target.parent)
        with part_file(target) as part:
            copy = Store(part.path, self.key)
            with copy.connection_context():
                # A partial copy is worthless, so it needs no journal.
                copy.run("PRAGMA journal_mode = OFF")
                copy.run("PRAGMA synchronous = OFF")

                def on_progress(_status: int, remaining: int, total: int) -> None:
                    # Sync in small steps: a save waits for whatever is not written yet.
                    os.fsync(part.file.fileno())
                    report(total - remaining, total)

                try:
                    self._raw().backup(copy._raw(), pages=COPIED_PAGES, progress=on_progress)
                except sqlcipher.OperationalError as error:
                    _tell_full_disk(error, part.path)
                    raise
                copy.run("PRAGMA journal_mode = DELETE")


def page_faults(store: Store, check: str) -> Iterator[str]:
    """The findings of a check of SQLite. Raises the error that prevented reading a page where that
    is no damage: too little memory, a disk error, a lock of another process."""
    for text in check_findings(store._raw(), check):
        unread = _PAGE_NOT_READ.search(text)
        code = int(unread[1]) if unread else sqlcipher.SQLITE_CORRUPT
        if code in _NO_MEMORY:
            raise MemoryError
        if code & 0xFF in _UNCHECKED:
            error = sqlcipher.OperationalError(text)
            error.sqlite_errorcode = code
            raise error
        if text != "ok":
            yield text


def renew_digests(store: Store) -> None:
    """Recompute the digests of all tables, within the open transaction."""
    store._raw().renew_digests()


def _on_text(function: Callable[[str], Any]) -> Callable[[Any], Any]:
    def on_value(value: Any) -> Any:
        return None if value is None else function(str(value))

    return on_value


DATABASE_ERRORS: tuple[type[Exception], ...] = (sqlcipher.Error, pw.PeeweeException)
EXPLAINED_ERRORS: tuple[type[Exception], ...] = (*DATABASE_ERRORS, MemoryError)
"""Those that `explain` may have words for."""


def _codes(error: BaseException) -> set[int]:
    """The SQLite result codes of an error and of what led to it (a full disk surfaces as a failed
    rollback)."""
    codes = set()
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, DATABASE_ERRORS):
            # The low byte: an extended code adds details above it.
            codes.add(getattr(link, "sqlite_errorcode", sqlcipher.SQLITE_OK) & 0xFF)
        link = link.__cause__ or link.__context__
    return codes


def _tell_full_disk(error: sqlcipher.OperationalError, file: Path) -> None:
    """Set the error code of a full disk where the disk is full and SQLite reports a disk error (it
    cannot create the shared memory file of the log), or no code (`backup`)."""
    if getattr(error, "sqlite_errorcode", sqlcipher.SQLITE_IOERR) != sqlcipher.SQLITE_IOERR:
        return
    is_full = shutil.disk_usage(file.parent).free < MEBIBYTE
    error.sqlite_errorcode = sqlcipher.SQLITE_FULL if is_full else sqlcipher.SQLITE_IOERR


_BUSY = {sqlcipher.SQLITE_BUSY, sqlcipher.SQLITE_LOCKED}
_DAMAGED = {sqlcipher.SQLITE_NOTADB, sqlcipher.SQLITE_CORRUPT}
_FULL = {sqlcipher.SQLITE_FULL}
_UNWRITABLE = {sqlcipher.SQLITE_READONLY, sqlcipher.SQLITE_CANTOPEN, sqlcipher.SQLITE_PERM}
_UNREADABLE = {sqlcipher.SQLITE_IOERR}

_NO_MEMORY = {
    sqlcipher.SQLITE_NOMEM,
    *(sqlcipher.SQLITE_IOERR | detail << 8 for detail in (12, 21)),
}
_PAGE_NOT_READ = re.compile(r"unable to get the page\. error code=(\d+)")
"""The message of SQLite's checks for an unreadable page: it is not always damaged."""

_UNCHECKED = {
    *(_BUSY | _FULL | _UNWRITABLE | _UNREADABLE),
    *(sqlcipher.SQLITE_NOMEM, sqlcipher.SQLITE_INTERRUPT, sqlcipher.SQLITE_PROTOCOL),
    *(sqlcipher.SQLITE_AUTH, sqlcipher.SQLITE_MISUSE, sqlcipher.SQLITE_NOLFS),
}


def is_short_of_memory(error: BaseException) -> bool:
    """Whether an error, or one of its causes, is a lack of memory."""
    link: BaseException | None = error
    while link is not None:
        code = getattr(link, "sqlite_errorcode", None)
        if isinstance(link, (MemoryError, TooLittleMemory)) or code in _NO_MEMORY:
            return True
        link = link.__cause__ or link.__context__
    return False


def is_busy(error: BaseException) -> bool:
    """Whether the error is due to a lock held by another connection."""
    return bool(_codes(error) & _BUSY)


def has_corrupt_code(error: BaseException) -> bool:
    """Whether an error or one of its causes reports damaged pages; excludes “not a database”, as
    such a file may only be encrypted with another key."""
    return sqlcipher.SQLITE_CORRUPT in _codes(error)


def is_no_database(error: BaseException) -> bool:
    """Whether the first page of a file could not be decoded: damaged, or encrypted with another
    key."""
    return sqlcipher.SQLITE_NOTADB in _codes(error)


def is_unread(error: BaseException) -> bool:
    """Whether the error is a failed read or write of the disk."""
    return not is_short_of_memory(error) and bool(_codes(error) & _UNREADABLE)


def is_damage(error: BaseException) -> bool:
    """Whether an error met while the database was read shows damage of what is in it, and not that
    it could not be read: in use, a stick that was pulled, no permission, no room, no memory."""
    if is_short_of_memory(error):
        return False
    if isinstance(error, DATABASE_ERRORS):
        codes = _codes(error)
        return bool(codes & _DAMAGED) or not codes & _UNCHECKED
    return isinstance(error, (ValueError, TypeError, LookupError, ArithmeticError))


def damaged() -> DamagedFile:
    """The error for a file that cannot be read through."""
    return DamagedFile(
        _(
            "The desk's file is damaged or is not a desk. Nothing was changed; restore the"
            " newest backup into a new folder."
        )
    )


def explain(error: BaseException) -> UserError | None:
    """The user error for a database error; None for an unexpected one, which is a bug of ours."""
    if is_short_of_memory(error):
        return TooLittleMemory()
    codes = _codes(error)
    if codes & _BUSY:
        return CannotOpen(
            _("The desk is in use by another program. Nothing was changed; try again shortly.")
        )
    if codes & _DAMAGED:
        return damaged()
    if codes & _FULL:
        return FullDisk(_("The disk is full. Nothing was changed; free some space and try again."))
    if codes & _UNWRITABLE:
        return CannotOpen(
            _("The desk's folder cannot be written to. Ask for permission, or move the desk.")
        )
    if codes & _UNREADABLE:
        return UnreadFile()
    return None
