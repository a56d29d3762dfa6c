"""Reading a package that may be damaged or hostile: everything is checked before it is used.

Time and memory are bounded by what the file's size allows: tables are streamed side by side,
record after record. A fault of the whole package raises `PackageError`, a fault of one record
leaves that record out with its reason.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import IO, Any

from borderdesk.exchange.format.package_descriptor import facts_of, listed_tables, parse_descriptor
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.package_revisions import PackageRecord
from borderdesk.exchange.format.package_tables import (
    DESCRIPTOR,
    FIRST_FORMAT,
    OLD_ERASURES,
    OLD_NOTES,
    ORDER,
    PLACES,
    SIGNATURE,
)
from borderdesk.exchange.reading.package_archive import (
    MAX_DESCRIPTOR,
    MAX_SIGNATURE,
    check_bytes,
    check_tables,
    open_archive,
    read_entry,
)
from borderdesk.exchange.reading.package_entries import (
    CarriedLog,
    EntryContent,
    read_entry_contents,
    read_logs,
)
from borderdesk.exchange.reading.record_reader import RecordReader
from borderdesk.exchange.reading.small_tables import (
    checked_erasure,
    checked_note,
    checked_places,
)
from borderdesk.exchange.reading.table_rows import TableReader
from borderdesk.store.connection.database import SCHEMA_VERSION


class Package:
    """A package whose descriptor, hashes and small tables were read and checked.

    facts: what the descriptor states; places: the rows of that table; notes, erasures: the rows of
    these tables of a package of the first format, which has neither logs nor entries.
    """

    def __init__(self, facts: dict[str, Any], tables: TableReader) -> None:
        self.facts = facts
        self._tables = tables
        self.places = [tuple(row) for row in tables.small_rows(PLACES)]
        self.notes: list[tuple[str, ...]] = []
        self.erasures: list[tuple[str, str, str, str]] = []
        if self.is_old:
            self.notes = [checked_note(row) for row in tables.small_rows(OLD_NOTES)]
            self.erasures = [checked_erasure(row) for row in tables.small_rows(OLD_ERASURES)]
        self._known_places = checked_places(self.places)

    @cached_property
    def logs(self) -> dict[str, CarriedLog]:
        """The logs by name; none of a package of the first format. Raises PackageError."""
        return {} if self.is_old else read_logs(self._tables)

    @cached_property
    def entry_contents(self) -> dict[bytes, EntryContent]:
        """{entry: its content} of those that are no revisions. Raises PackageError."""
        return {} if self.is_old else read_entry_contents(self._tables)

    @property
    def is_old(self) -> bool:
        """Whether it is of the first format."""
        return bool(self.facts["format"] == FIRST_FORMAT)

    def records(self, *, judged: bool = True) -> Iterator[PackageRecord]:
        """Every record, households first, each checked by itself; can be called again.

        judged: their values are validated too; otherwise only hashes and chains, which is enough
        for what this very desk has just written. Raises PackageError for damaged tables.
        """
        reader = RecordReader(self._tables, self.facts, self._known_places, judged=judged)
        for model in ORDER:
            yield from reader.of_type(model)
        reader.end()


def read_descriptor(file: IO[bytes]) -> tuple[bytes, bytes, dict[str, Any]]:
    """(descriptor, signature, the facts it states) of a package. Raises PackageError."""
    with open_archive(file) as archive:
        descriptor = read_entry(archive, DESCRIPTOR, MAX_DESCRIPTOR)
        signature = read_entry(archive, SIGNATURE, MAX_SIGNATURE)
    return descriptor, signature, facts_of(parse_descriptor(descriptor))


def read_package(file: IO[bytes], descriptor: bytes | None = None) -> Package:
    """The package in a zip, every table's bytes checked against the descriptor.

    descriptor: the one whose signature was verified, if any. Raises PackageError.
    """
    archive = open_archive(file)
    content = read_entry(archive, DESCRIPTOR, MAX_DESCRIPTOR)
    if descriptor is not None and content != descriptor:
        raise damaged_package()
    parsed = parse_descriptor(content)
    facts = facts_of(parsed)
    listed = listed_tables(parsed)
    older = facts["schema"] < SCHEMA_VERSION
    check_tables(archive, listed, form=facts["format"], older=older)
    check_bytes(archive, listed)
    return Package(facts, TableReader(archive, listed, older=older))
