"""What a package holds: the records of a period, what is new since the last one, and what
these name; written table by table from the revisions."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from io import TextIOWrapper
from itertools import groupby
from tempfile import SpooledTemporaryFile
from typing import Any

from borderdesk.base.periods import Period
from borderdesk.entry.entering import household_fields
from borderdesk.entry.outgoing import guarded
from borderdesk.exchange.cells import to_cell
from borderdesk.exchange.resources import (
    ERASURES,
    NOTES,
    ORDER,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    Table,
    child_table,
    record_table,
)
from borderdesk.schema.book import FOREVER, Book
from borderdesk.schema.fields import PUBLIC, Commune, Kind, Pick, Post, Several
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import canonical, content_hash, current, heads
from borderdesk.store.database import Store
from borderdesk.store.history import Past, past
from borderdesk.store.tables import table_name


def chosen_revisions(store: Store) -> "Sum":
    """What the revisions of the chosen records add up to."""
    total = Sum()
    for (revision,) in store.rows(
        f"SELECT r.id FROM {SENT} s JOIN revision r ON r.record = s.record"
    ):
        total.add(revision)
    return total


class Sum:
    """What a set of revisions adds up to, in whatever order they are met."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0

    def add(self, revision: bytes) -> None:
        """Count one more."""
        self.count += 1
        self.total ^= int.from_bytes(revision, "big")

    def same_as(self, other: "Sum") -> bool:
        """Whether the same revisions were met."""
        return (self.count, self.total) == (other.count, other.total)


Note = Callable[["Contents", Any], None]

SENT = "temp.sent"
IN_MEMORY, PART = 4 << 20, 1 << 20


def choose(store: Store, period: Period, since: int) -> int:
    """Put into the table `sent` every record dated in the period, every one with a revision
    after `since`, and the households they name; how many records there are."""
    store.run(f"CREATE TEMP TABLE IF NOT EXISTS {SENT.partition('.')[2]}"
              " (record TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID")  # fmt: skip
    store.run(f"DELETE FROM {SENT}")
    for model in ALL_TYPES.values():
        event = model.event()
        if event is not None:
            store.run(
                f"INSERT OR IGNORE INTO {SENT} SELECT id, ? FROM {table_name(model)}"
                f" WHERE {event.name} BETWEEN ? AND ?",
                (model.type_name, period.first.isoformat(), period.last.isoformat()),
            )
    store.run(
        f"INSERT OR IGNORE INTO {SENT} SELECT record, type FROM revision WHERE seq > ?", (since,)
    )
    _choose_deleted(store, period)
    _choose_households(store)
    return int(store.value(f"SELECT COUNT(*) FROM {SENT}"))


def _choose_deleted(store: Store, period: Period) -> None:
    """The deleted records that were dated in the period, or nobody here knows when: the package
    that told of the deletion may have been lost."""
    rows = store.rows(
        "SELECT d.record, d.type, b.body FROM revision d LEFT JOIN revision b"
        " ON b.record = d.record AND b.body IS NOT NULL WHERE d.deleted = 1 ORDER BY d.record"
    )
    first, last = period.first.isoformat(), period.last.isoformat()
    for (record, type_name), group in groupby(list(rows), key=lambda row: row[:2]):
        event = ALL_TYPES[type_name].event()
        known = [json.loads(body)["fields"] for *_rest, body in group if body is not None]
        days = [fields.get(event.name, "") for fields in known] if event is not None else []
        if not days or any(first <= day <= last for day in days):
            store.run(
                f"INSERT OR IGNORE INTO {SENT} (record, type) VALUES (?, ?)", (record, type_name)
            )


def _choose_households(store: Store) -> None:
    for model in ALL_TYPES.values():
        for key in household_fields(model):
            store.run(
                f"INSERT OR IGNORE INTO {SENT} SELECT t.{key}, 'household' FROM {SENT} s"
                f" JOIN {table_name(model)} t ON t.id = s.record"
                " WHERE t.{key} IS NOT NULL AND s.type = ?".replace("{key}", key),
                (model.type_name,),
            )
    _choose_of_doubles(store)
    before = -1
    while before != (before := int(store.value(f"SELECT COUNT(*) FROM {SENT}"))):
        store.run(
            f"INSERT OR IGNORE INTO {SENT} SELECT h.merged_into, 'household' FROM {SENT} s"
            " JOIN household h ON h.id = s.record WHERE h.merged_into IS NOT NULL"
        )


def _choose_of_doubles(store: Store) -> None:
    """The households that the versions name which do not count as long as nobody has chosen."""
    rows = store.rows(
        f"SELECT d.record, d.type FROM double_version d JOIN {SENT} s ON s.record = d.record"
    )
    for record, type_name in list(rows):
        for key in household_fields(ALL_TYPES[type_name]):
            for version in past(store, "WHERE r.record = ? AND r.body IS NOT NULL", (record,)):
                named = json.loads(version.body or "{}")["fields"].get(key)
                if named is not None:
                    store.run(
                        f"INSERT OR IGNORE INTO {SENT} SELECT record, type FROM revision"
                        " WHERE record = ? LIMIT 1",
                        (named,),
                    )


class Sheet:
    """A table of a package while it is being written, in memory as long as it is small: UTF-8
    with a byte order mark, RFC 4180."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = 0
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the sheet
        self._text = TextIOWrapper(self._file, "utf-8-sig", newline="", write_through=False)
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._csv.writerow(table.columns)

    def add(self, cells: Iterable[str]) -> None:
        """Write a row."""
        self._csv.writerow(cells)
        self.rows += 1

    def parts(self) -> Iterator[bytes]:
        """The file's bytes; the sheet is closed after the last."""
        self._text.flush()
        self._file.seek(0)
        while part := self._file.read(PART):
            yield part
        self._text.close()


Say = Callable[[int], None]
"""Told how many records are done."""


class Contents:
    """The tables of one package, read from the desk within one transaction.

    with_private: the personal and internal parts go too.
    """

    def __init__(self, store: Store, book: Book, *, with_private: bool, say: Say) -> None:
        self._store = store
        self._book = book
        self._with_private = with_private
        self._say = say
        self._done = 0
        self._revisions = Sheet(REVISIONS)
        self._others = Sheet(OTHERS)
        self._private = Sheet(PRIVATE)
        self._units: set[str] = set()
        self._posts: set[str] = set()
        self._picks: set[tuple[str, str]] = set()

    def sheets(self) -> Iterator[Sheet]:
        """Every table, one after another; what is told of places and revisions comes last."""
        for model in ORDER:
            yield from self._of_type(model)
        yield self._revisions
        yield self._others
        yield self._copied(NOTES, "review_note", "text author")
        yield self._copied(ERASURES, "erasure", "reason")
        yield self._places()
        if self._with_private:
            yield self._private

    def _copied(self, table: Table, stored: str, texts: str) -> Sheet:
        """A table that goes as it is kept; `texts` are the columns a person typed."""
        sheet, typed = Sheet(table), set(texts.split())
        rows = self._store.rows(
            f"SELECT {', '.join(table.columns)} FROM {stored} ORDER BY {table.key[0]}"
        )
        for row in rows:
            cells = zip(table.columns, row, strict=True)
            sheet.add(guarded(cell) if column in typed else cell or "" for column, cell in cells)
        return sheet

    # ------------------------------------------------------------------ records

    def _of_type(self, model: type[Revisioned]) -> Iterator[Sheet]:
        sheet = Sheet(record_table(model))
        below = {k: Sheet(child_table(model, c)) for k, c in model.children().items()}
        where = f"JOIN {SENT} s ON s.record = r.record WHERE s.type = ?"
        found = past(self._store, where, (model.type_name,), order="r.record, r.number, r.id")
        for _record, versions in groupby(found, key=lambda version: version.record):
            self._write_record(model, list(versions), sheet, below)
            self._done += 1
            if self._done % 500 == 0:
                self._say(self._done)
        yield sheet
        yield from below.values()

    def _write_record(
        self, model: type[Revisioned], versions: list[Past], sheet: Sheet, below: dict[str, Sheet]
    ) -> None:
        nodes = [v.node() for v in versions]
        chosen = current(nodes).id
        tops = {node.id for node in heads(nodes)}
        for version in versions:
            told = json.loads(version.body) if version.body and version.id in tops else None
            self._write_revision(version, told)
            if told is None:
                continue
            fields = told["fields"]
            self._note_places(model, fields)
            if version.id == chosen:
                self._write_current(model, version, fields, sheet, below)
            else:
                text = canonical(fields)
                self._others.add((version.id.hex(), version.type, version.record, text))

    def _write_revision(self, version: Past, told: dict[str, Any] | None) -> None:
        """The row of a revision; `told`: what its text says where that goes too."""
        content = content_hash(version.body) if version.body else version.content or ""
        self._revisions.add(
            (
                version.id.hex(), version.type, version.record, str(version.number),
                " ".join(parent.hex() for parent in version.parents),
                guarded(version.stamp.author), version.stamp.desk, version.stamp.time,
                guarded(version.reason or ""), "true" if version.deleted else "false",
                content, (told or {}).get("private", ""),
            )
        )  # fmt: skip
        if self._with_private and told and version.salt is not None and version.part is not None:
            self._private.add((version.id.hex(), version.salt.hex(), version.part))

    def _write_current(
        self,
        model: type[Revisioned],
        version: Past,
        fields: dict[str, Any],
        sheet: Sheet,
        below: dict[str, Sheet],
    ) -> None:
        columns = _public(model)
        cells = (to_cell(field, fields.get(key)) for key, field in columns)
        sheet.add((version.record, version.id.hex(), *cells))
        for key, children in below.items():
            of = model.children()[key].child.fields()
            for place, row in enumerate(fields.get(key, ())):
                written = (to_cell(of[k], row.get(k)) for k in children.table.columns[2:])
                children.add((version.record, str(place), *written))

    # ------------------------------------------------------------------- places

    def _note_places(self, model: type[Revisioned], fields: dict[str, Any]) -> None:
        for key, note in _placed(model):
            if key in fields:
                note(self, fields[key])
        for key, children in model.children().items():
            for row in fields.get(key, ()):
                for child_key, note in _placed(children.child):
                    if child_key in row:
                        note(self, row[child_key])

    def note_unit(self, unit: str) -> None:
        """Remember a unit that a row names."""
        self._units.add(unit)

    def note_post(self, post: str) -> None:
        """Remember a post that a row names."""
        self._posts.add(post)

    def note_pick(self, pick_list: str, code: str) -> None:
        """Remember an entry of a pick list that a row names."""
        self._picks.add((pick_list, code))

    def _places(self) -> Sheet:
        sheet, book = Sheet(PLACES), self._book
        parents = {book.units[u].parent for u in self._units if u in book.units}
        for code in sorted(self._units | {p for p in parents if p in book.units}):
            unit = book.units.get(code)
            if unit is None:
                sheet.add(("unit", "", code, *[""] * 6))
                continue
            until = "" if unit.valid_to == FOREVER else unit.valid_to
            border = "true" if unit.border else "false"
            sheet.add(
                (
                    "unit", unit.kind, code, guarded(unit.name), unit.code, unit.parent, border,
                    unit.valid_from, until,
                )
            )  # fmt: skip
        for code in sorted(self._posts):
            name = book.posts[code].name if code in book.posts else ""
            sheet.add(("post", "", code, guarded(name), *[""] * 5))
        for pick_list, code in sorted(self._picks):
            pick = book.picks.get(pick_list, {}).get(code)
            sheet.add(("pick", pick_list, code, guarded(pick.vi if pick else ""), *[""] * 5))
        return sheet


@cache
def _public(model: type[Revisioned]) -> tuple[tuple[str, Kind], ...]:
    """The columns of a type's table, each with its field."""
    columns = model.columns()
    return tuple((key, columns[key]) for key in record_table(model).columns[2:])


@cache
def _placed(model: type[Any]) -> tuple[tuple[str, Note], ...]:
    """The public fields whose values are units, posts or picks: (key, how to remember one)."""
    fields = model.columns() if issubclass(model, Revisioned) else model.fields()
    noted = ((key, _note_of(field)) for key, field in fields.items() if field.part == PUBLIC)
    return tuple((key, note) for key, note in noted if note is not None)


def _note_of(field: Kind) -> Note | None:
    if isinstance(field, Several):
        each = _note_of(field.each)
        return None if each is None else _for_each(each)
    if isinstance(field, Commune):
        return Contents.note_unit
    if isinstance(field, Post):
        return Contents.note_post
    if isinstance(field, Pick):
        pick_list = field.pick_list
        return lambda own, kept: own.note_pick(pick_list, kept)
    return None


def _for_each(note: Note) -> Note:
    def note_all(own: Contents, kept: list[str]) -> None:
        for one in kept:
            note(own, one)

    return note_all
