"""The tables of a package, written one after another from the revisions."""

import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from borderdesk.base.spreadsheets import guarded
from borderdesk.exchange.package_tables import (
    ERASURES,
    NOTES,
    ORDER,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    PackageTable,
    child_table,
    record_table,
)
from borderdesk.exchange.provisional import named_type, place_rows
from borderdesk.exchange.table_writer import TableWriter
from borderdesk.schema.book import Book
from borderdesk.schema.kinds import PUBLIC, ColumnField
from borderdesk.schema.record import Revisioned
from borderdesk.schema.reference import ReferenceType
from borderdesk.schema.revisions import canonical, content_hash, current, heads
from borderdesk.store.database import Store
from borderdesk.store.history import StoredRevision
from borderdesk.store.models.base import TableRow
from borderdesk.store.models.exchange import ErasureRow, ReviewNoteRow
from borderdesk.store.package_selection import selected_revisions

PlaceNote = Callable[["PackageContents", Any], None]
RecordProgress = Callable[[int], None]
"""Called with how many records are done."""


class PackageContents:
    """The tables of one package, read from the desk within one transaction.

    with_private: the personal and internal parts are written too.
    """

    def __init__(
        self, store: Store, book: Book, *, with_private: bool, progress: RecordProgress
    ) -> None:
        self._store = store
        self._book = book
        self._with_private = with_private
        self._progress = progress
        self._done = 0
        self._revisions = TableWriter(REVISIONS)
        self._others = TableWriter(OTHERS)
        self._private = TableWriter(PRIVATE)
        self._named: defaultdict[type[ReferenceType], set[tuple[str, ...]]] = defaultdict(set)

    def sheets(self) -> Iterator[TableWriter]:
        """Every table, one after another; those of revisions and places come last."""
        for model in ORDER:
            yield from self._of_type(model)
        yield self._revisions
        yield self._others
        yield self._copied(NOTES, ReviewNoteRow, {"text", "author"})
        yield self._copied(ERASURES, ErasureRow, {"reason"})
        yield self._places()
        if self._with_private:
            yield self._private

    def _copied(
        self, table: PackageTable, row: type[TableRow], typed: Container[str]
    ) -> TableWriter:
        """A table of the database with its rows as they are; typed: the columns whose text a
        person typed."""
        writer = TableWriter(table)
        columns = [getattr(row, name) for name in table.columns]
        for cells in self._store.fetch(row.select(*columns).order_by(columns[0])):
            named = zip(table.columns, cells, strict=True)
            writer.add(guarded(cell) if name in typed else cell or "" for name, cell in named)
        return writer

    # ------------------------------------------------------------------ records

    def _of_type(self, model: type[Revisioned]) -> Iterator[TableWriter]:
        sheet = TableWriter(record_table(model))
        below = {k: TableWriter(child_table(model, c)) for k, c in model.children().items()}
        found = selected_revisions(self._store, model)
        for _record, versions in groupby(found, key=lambda version: version.record):
            self._write_record(model, list(versions), sheet, below)
            self._done += 1
            if self._done % 500 == 0:
                self._progress(self._done)
        yield sheet
        yield from below.values()

    def _write_record(
        self,
        model: type[Revisioned],
        versions: list[StoredRevision],
        sheet: TableWriter,
        below: dict[str, TableWriter],
    ) -> None:
        nodes = [v.node() for v in versions]
        chosen = current(nodes).id
        tops = {node.id for node in heads(nodes)}
        for version in versions:
            body = json.loads(version.body) if version.body and version.id in tops else None
            self._write_revision(version, body)
            if body is None:
                continue
            fields = body["fields"]
            self._note_places(model, fields)
            if version.id == chosen:
                self._write_current(model, version, fields, sheet, below)
            else:
                text = canonical(fields)
                self._others.add((version.id.hex(), version.type, version.record, text))

    def _write_revision(self, version: StoredRevision, body: dict[str, Any] | None) -> None:
        """Write the row of a revision; body: parsed, where the package carries it."""
        content = content_hash(version.body) if version.body else version.content or ""
        self._revisions.add(
            (
                version.id.hex(),
                version.type,
                version.record,
                str(version.number),
                " ".join(parent.hex() for parent in version.parents),
                guarded(version.stamp.author),
                version.stamp.desk,
                version.stamp.time,
                guarded(version.reason or ""),
                "true" if version.deleted else "false",
                content,
                (body or {}).get("private", ""),
            )
        )
        if self._with_private and body and version.salt is not None and version.part is not None:
            self._private.add((version.id.hex(), version.salt.hex(), version.part))

    def _write_current(
        self,
        model: type[Revisioned],
        version: StoredRevision,
        fields: dict[str, Any],
        sheet: TableWriter,
        below: dict[str, TableWriter],
    ) -> None:
        columns = _public_columns(model)
        cells = (field.to_package(fields[key]) if key in fields else "" for key, field in columns)
        sheet.add((version.record, version.id.hex(), *cells))
        for key, children in below.items():
            of = model.children()[key].child.fields()
            for place, row in enumerate(fields.get(key, ())):
                written = (
                    of[k].to_package(row[k]) if k in row else "" for k in children.table.columns[2:]
                )
                children.add((version.record, str(place), *written))

    # ------------------------------------------------------------------- places

    def _note_places(self, model: type[Revisioned], fields: dict[str, Any]) -> None:
        for key, note in _place_notes(model):
            if key in fields:
                note(self, fields[key])
        for key, children in model.children().items():
            for row in fields.get(key, ()):
                for child_key, note in _place_notes(children.child):
                    if child_key in row:
                        note(self, row[child_key])

    def note_place(self, table: type[ReferenceType], key: tuple[str, ...]) -> None:
        """Remember a row of reference data that a record names."""
        self._named[table].add(key)

    def _places(self) -> TableWriter:
        writer = TableWriter(PLACES)
        for row in place_rows(self._named, self._book):
            writer.add(row)
        return writer


@cache
def _public_columns(model: type[Revisioned]) -> tuple[tuple[str, ColumnField], ...]:
    """The columns of a type's table, each with its field."""
    columns = model.columns()
    return tuple((key, columns[key]) for key in record_table(model).columns[2:])


@cache
def _place_notes(model: type[Any]) -> tuple[tuple[str, PlaceNote], ...]:
    """The public fields whose values name reference data: (key, how to remember one)."""
    fields = model.columns() if issubclass(model, Revisioned) else model.fields()
    noted = ((key, _note_of(field)) for key, field in fields.items() if field.part == PUBLIC)
    return tuple((key, note) for key, note in noted if note is not None)


def _note_of(field: ColumnField) -> PlaceNote | None:
    if field.several:
        each = _note_of(field.each)
        return None if each is None else _for_each(each)
    named = named_type(field)
    if named is None:
        return None
    table, begin = named
    return lambda own, kept: own.note_place(table, (*begin, kept))


def _for_each(note: PlaceNote) -> PlaceNote:
    def note_all(own: PackageContents, kept: list[str]) -> None:
        for one in kept:
            note(own, one)

    return note_all
