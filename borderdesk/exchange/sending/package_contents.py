"""The tables of a package, written one after another from the entries of the logs."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

from borderdesk.base.spreadsheets import guarded
from borderdesk.exchange.entries.waiting_revisions import as_stored, kept_revision
from borderdesk.exchange.format.package_tables import (
    HEADS,
    ORDER,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    PackageTable,
    child_table,
    record_table,
)
from borderdesk.exchange.format.table_writer import TableWriter
from borderdesk.exchange.reading.package_layout import KINDS
from borderdesk.exchange.reading.provisional import named_type, place_rows
from borderdesk.exchange.sending.package_plan import CarriedEntry, PackagePlan, Receiver
from borderdesk.schema.kinds import PUBLIC, ColumnField
from borderdesk.schema.log_entries import REVISION
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.reference import ReferenceType
from borderdesk.schema.revisions import canonical, content_hash, current
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.records.history import StoredRevision
from borderdesk.store.records.logs import StoredEntry, chain_at, signature_of
from borderdesk.store.records.package_selection import (
    LogRange,
    SentRevision,
    sent_entries,
    sent_revisions,
)

PlaceNote = Callable[["PackageContents", Any], None]
RecordProgress = Callable[[int], None]
"""Called with how many records are done."""


class PackageRequest(NamedTuple):
    """The requested content of a package: the ranges of the logs, the receiver; with_private: the
    personal and internal parts too."""

    ranges: Sequence[LogRange]
    receiver: Receiver
    with_private: bool


class PackageContents:
    """The tables of one package, read from the desk within one transaction; the revisions were
    selected before."""

    def __init__(
        self, session: Session, request: PackageRequest, *, progress: RecordProgress
    ) -> None:
        self._session = session
        self._store = session.store
        self._book = session.book
        self._request = request
        self._names = {log_range.log: log_range.name for log_range in request.ranges}
        self._progress = progress
        self._done = 0
        self._revisions = self._table(REVISIONS)
        self._others = self._table(OTHERS)
        self._private = self._table(PRIVATE)
        self._of_kind = {kind.name: self._table(kind.table) for kind in KINDS}
        self._named: defaultdict[type[ReferenceType], set[tuple[str, ...]]] = defaultdict(set)
        self._waiting: defaultdict[str, list[SentRevision]] = defaultdict(list)
        self._rest: list[StoredEntry] = []
        self._carried: set[bytes] = set()

    def sheets(self) -> Iterator[TableWriter]:
        """Every table, one after another; those that all of them fill are last."""
        self._sort_entries()
        for model in ORDER:
            yield from self._of_type(model)
        for entry in self._rest:
            self._write_entry(entry)
        yield self._revisions
        yield self._heads()
        yield self._others
        yield from self._of_kind.values()
        yield self._places()
        if self._request.with_private:
            yield self._private

    def waiting_ids(self) -> Iterator[bytes]:
        """The ids of the waiting revisions, which are forwarded unchanged."""
        return (carried.revision.id for group in self._waiting.values() for carried in group)

    # ------------------------------------------------------------------ entries

    def _sort_entries(self) -> None:
        """Put the revisions that wait with their type, and set the other entries apart."""
        for log_range in self._request.ranges:
            for entry in sent_entries(self._store, log_range):
                if log_range.whole and entry.kind == REVISION and entry.content is not None:
                    waiting = as_stored(kept_revision(entry.content))
                    self._waiting[waiting.type].append(
                        SentRevision(log_range.log, entry.number, waiting)
                    )
                else:
                    self._rest.append(entry)
        for group in self._waiting.values():
            group.sort(key=_place)

    def _write_entry(self, entry: StoredEntry) -> None:
        """Write an entry that is no revision, or that is sent as a stub only."""
        row = [entry.log, str(entry.number), entry.kind, entry.id.hex()]
        self._revisions.add([*row, *[""] * (len(REVISIONS.columns) - len(row))])
        plan = self._session.part(PackagePlan)
        carried = plan.carried(entry, self._request.receiver)
        # Two lines of a copied desk begin with the same entries.
        if carried is not None and entry.id not in self._carried:
            self._carried.add(entry.id)
            self._write_carried(entry, carried)

    def _write_carried(self, entry: StoredEntry, carried: CarriedEntry) -> None:
        kind, facts = carried.kind, carried.facts
        cells = [entry.id.hex(), *(guarded(facts.get(key, "")) for key in kind.keys)]
        if kind.typed:
            salt, text = self._session.part(DeskLog).text_of(entry.id) or (b"", "")
            cells += [carried.hashed, salt.hex(), guarded(text)]
        self._of_kind[kind.name].add(cells)

    def _table(self, table: PackageTable) -> TableWriter:
        return TableWriter(table, self._session.folder)

    def _heads(self) -> TableWriter:
        writer = self._table(HEADS)
        for log_range in self._request.ranges:
            chain = chain_at(self._store, log_range.log, log_range.last)
            signature = signature_of(self._store, log_range.log, log_range.last)
            assert chain is not None
            assert signature is not None
            writer.add((log_range.name, str(log_range.last), chain.hex(), signature))
        return writer

    # ------------------------------------------------------------------ records

    def _of_type(self, model: type[RevisionedModel]) -> Iterator[TableWriter]:
        sheet = self._table(record_table(model))
        below = {k: self._table(child_table(model, c)) for k, c in model.children().items()}
        waiting = self._waiting.get(model.type_name, [])
        revisions = merge(sent_revisions(self._store, model), waiting, key=_place)
        for _record, versions in groupby(revisions, key=lambda carried: carried.revision.record):
            self._write_record(model, list(versions), sheet, below)
            self._done += 1
            if self._done % 500 == 0:
                self._progress(self._done)
        yield sheet
        yield from below.values()

    def _write_record(
        self,
        model: type[RevisionedModel],
        versions: list[SentRevision],
        sheet: TableWriter,
        below: dict[str, TableWriter],
    ) -> None:
        current_id = versions[0].revision.id
        if len(versions) > 1:
            current_id = current(carried.revision.node() for carried in versions).id
        for carried in versions:
            version = carried.revision
            body = json.loads(version.body) if version.body else None
            self._write_revision(carried, body)
            if body is None:
                continue
            fields = body["fields"]
            self._note_places(model, fields)
            if version.id == current_id:
                self._write_current(model, version, fields, sheet, below)
            else:
                text = canonical(fields)
                self._others.add((version.id.hex(), version.type, version.record, text))

    def _write_revision(self, carried: SentRevision, body: dict[str, Any] | None) -> None:
        """Write the row of a revision; body: parsed, where the package carries it."""
        version = carried.revision
        content = content_hash(version.body) if version.body else version.content or ""
        self._revisions.add(
            (
                self._names[carried.log],
                str(carried.entry),
                REVISION,
                version.id.hex(),
                version.type,
                version.record,
                str(version.number),
                " ".join(parent.hex() for parent in version.parents),
                guarded(version.stamp.author),
                version.stamp.time,
                guarded(version.reason or ""),
                "true" if version.deleted else "false",
                content,
                (body or {}).get("private", ""),
            )
        )
        if not self._request.with_private or body is None:
            return
        if version.salt is not None and version.part is not None:
            self._private.add((version.id.hex(), version.salt.hex(), version.part))

    def _write_current(
        self,
        model: type[RevisionedModel],
        version: StoredRevision,
        fields: dict[str, Any],
        sheet: TableWriter,
        below: dict[str, TableWriter],
    ) -> None:
        cells = [version.record, version.id.hex()]
        for key, to_cell in _public_columns(model):
            cells.append(to_cell(fields[key]) if key in fields else "")
        sheet.add(cells)
        for key, children in below.items():
            of = model.children()[key].child.fields()
            for place, row in enumerate(fields.get(key, ())):
                written = (
                    of[k].to_package(row[k]) if k in row else "" for k in children.table.columns[2:]
                )
                children.add((version.record, str(place), *written))

    # ------------------------------------------------------------------- places

    def _note_places(self, model: type[RevisionedModel], fields: dict[str, Any]) -> None:
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
        writer = self._table(PLACES)
        for row in place_rows(self._named, self._book):
            writer.add(row)
        return writer


def _place(carried: SentRevision) -> tuple[str, int, bytes]:
    """The place of a revision in the table of its type."""
    return carried.revision.record, carried.revision.number, carried.revision.id


@cache
def _public_columns(model: type[RevisionedModel]) -> tuple[tuple[str, Callable[[Any], str]], ...]:
    """The columns of a type's table, each with the function that makes its cells."""
    columns = model.columns()
    return tuple((key, columns[key].to_package) for key in record_table(model).columns[2:])


@cache
def _place_notes(model: type[Any]) -> tuple[tuple[str, PlaceNote], ...]:
    """The public fields whose values name reference data: (key, how to remember one)."""
    fields = model.columns() if issubclass(model, RevisionedModel) else model.fields()
    noted = ((key, _note_of(field)) for key, field in fields.items() if field.part == PUBLIC)
    return tuple((key, note) for key, note in noted if note is not None)


def _note_of(field: ColumnField) -> PlaceNote | None:
    if field.several:
        each = _note_of(field.each)
        return None if each is None else _for_each(each)
    type_key = named_type(field)
    if type_key is None:
        return None
    table, begin = type_key
    return lambda contents, value: contents.note_place(table, (*begin, value))


def _for_each(note: PlaceNote) -> PlaceNote:
    def note_all(contents: PackageContents, values: list[str]) -> None:
        for value in values:
            note(contents, value)

    return note_all
