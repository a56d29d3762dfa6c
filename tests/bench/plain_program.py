"""A plain program that does the work of `add` without validation: the second baseline of its line.

It reads the same file and writes the same tables with the same content: revisions with their hashes
and salted parts, entries of the desk's chained log, current rows with sort and match keys, child
rows, search words, the lateness doubt, and the digest that protects doubts. `verify` finds no
problems (tests/core/entry/test_plain_program.py). It lacks what the product exists for: no field is
validated, nothing is completed except defaults and the household's place, no duplicate is searched
for.

It uses the fastest known means: dicts and tuples, caches of repeated values, one executemany per
table, and the product's functions for hashing and folding.
"""

import datetime
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.text import words_of
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import UNIT, ColumnField, QuantityField
from borderdesk.schema.log_entries import REVISION, next_chain
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import (
    SALT_BYTES,
    RevisionStamp,
    body_of,
    canonical,
    new_id,
    private_hash,
    revision_id,
)
from borderdesk.store.connection.table_digests import row_digest
from borderdesk.store.connection.tables import link_tables, search_table, table_name, type_columns
from borderdesk.store.records.earlier_records import (
    AT_ONCE,
    marked_insert,
    overtaking,
    span_update,
)

FLUSH_ROWS = 2_000
LATE = "Entered {value} days after it happened.\t"
MONTH_MARK = "\ue000"
TABLES = {
    "revision": "seq id type record number parents author desk time reason deleted body",
    "log_entry": "log number kind id chain revision content refused",
    "private_part": "revision salt part",
    "soft_warning": "record doubts",
}
Known = dict[tuple[str, Any], frozenset[str]]


class _PlainField(NamedTuple):
    """A field: its column, whether it is in the separate part, and converters from JSON to stored
    value, column value and search text; None where the value is used as it is."""

    at: int
    apart: bool
    said: Callable[[Any], Any] | None
    kept: Callable[[Any], Any] | None
    text_of: Callable[[Any], str] | None


class _PlainType(NamedTuple):
    """A type: its statements, the number of its columns and the index of the first one without a
    field, its fields, defaults, event date, child rows and commune links, and whether the first of
    its columns without a field is its place."""

    insert: str
    search: str
    width: int
    derived_at: int
    fields: Mapping[str, _PlainField]
    defaults: tuple[tuple[str, Any, tuple[str, Any] | None], ...]
    event: str
    below: Mapping[str, tuple[str, int, Mapping[str, _PlainField]]]
    links: Mapping[str, str]
    is_placed: bool


def _insert(table: str, columns: Iterable[str]) -> str:
    names = list(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


class PlainProgram:
    """Adds files of records to a desk's database through a bare sqlcipher3 connection."""

    _seq: int

    def __init__(
        self, connection: Any, book: ReferenceBook, stamp: RevisionStamp, day: datetime.date
    ) -> None:
        """day: the day on which commune codes are resolved."""
        self._connection = connection
        self._book = book
        self._stamp = stamp
        self._today = datetime.date.fromisoformat(stamp.time[:10])
        self._units = {book.unit_code(unit): unit for unit in book.units}
        for code, unit in self._units.items():
            self._units[code] = book.commune_on(code, day) or unit
        self._types = {name: self._plain_type(model) for name, model in ALL_TYPES.items()}
        self._words: Known = {}
        self._household_words: dict[str, frozenset[str]] = {}
        self._homes: dict[str, tuple[str, str, str]] = {}
        self._pending: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        self._named: defaultdict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
        self._digest = (0, 0)
        (self._seq,) = self._one("SELECT COALESCE(MAX(seq), 0) FROM revision")
        (self._log,) = self._one(
            "SELECT id FROM desk_log WHERE desk = ? AND branch = ''", stamp.desk
        )
        self._number, self._chain = self._one(
            "SELECT number, chain FROM log_entry WHERE log = ? ORDER BY number DESC LIMIT 1",
            self._log,
        )

    def _one(self, sql: str, *params: Any) -> Any:
        return self._connection.execute(sql, params).fetchone()

    # ------------------------------------------------------------------- declarations

    def _plain_type(self, model: type[RevisionedModel]) -> _PlainType:
        columns, event = type_columns(model), model.event()
        fields = model.columns()
        return _PlainType(
            marked_insert(model, columns) if model.earlier else _insert(table_name(model), columns),
            _insert(search_table(model), ("rowid", "words")),
            len(columns),
            1 + max(map(columns.index, fields)),
            self._plain_fields(fields, columns),
            tuple((k, f.initial, f.when) for k, f in fields.items() if f.initial is not None),
            event.name if event is not None else "",
            {
                key: (
                    _insert(table_name(of.child), ("row", "place", *of.child.fields())),
                    len(of.child.fields()) + 2,
                    self._plain_fields(of.child.fields(), ("row", "place", *of.child.fields())),
                )
                for key, of in model.children().items()
            },
            {key: _insert(table, ("row", "unit")) for key, table in link_tables(model).items()},
            bool(model.place_column),
        )

    def _plain_fields(
        self, fields: Mapping[str, ColumnField], columns: Iterable[str]
    ) -> dict[str, _PlainField]:
        places = list(columns)
        return {key: self._plain_field(field, places.index(key)) for key, field in fields.items()}

    def _plain_field(self, field: ColumnField, at: int) -> _PlainField:
        units, book = self._units, self._book
        said: Callable[[Any], Any] | None = None
        kept: Callable[[Any], Any] | None = None
        text_of: Callable[[Any], str] | None = None
        if field.refers_to == UNIT:
            said = (lambda codes: [units[c] for c in codes]) if field.several else units.__getitem__
        elif isinstance(field, QuantityField):
            said, kept = str, lambda tenths: round(float(tenths) * 10)
        if field.several:
            kept = ";".join
        if type(field).search_text is not ColumnField.search_text:
            text_of = lambda value: field.search_text(value, book)  # noqa: E731
        return _PlainField(at, field.part != "public", said, kept, text_of)

    # -------------------------------------------------------------------------- adding

    def add_file(self, type_name: str, file: Path) -> None:
        """Add the records of a file with one JSON object per line."""
        with file.open("rb") as lines:
            self.add(type_name, map(json.loads, lines))

    def add(self, type_name: str, records: Iterable[dict[str, Any]]) -> None:
        """Add records in one durable transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        for number, raw in enumerate(records, start=1):
            if type(raw.get("household")) is dict:
                self._name_household(raw)
            self._put(type_name, new_id(), raw)
            if number % FLUSH_ROWS == 0:
                self._flush()
        self._flush()
        self._mark_earlier()
        self._put_digest()
        self._connection.execute("COMMIT")

    def _name_household(self, raw: dict[str, Any]) -> None:
        """Set the id and place of the described household, which is added if new."""
        described = raw["household"]
        about = described.get(
            "citizen_id", f"{described['head']}|{described['hamlet']}|{described['commune']}"
        )
        home = self._homes.get(about)
        if home is None:
            home = self._homes[about] = self._find_or_add(described)
        raw["household"], raw["commune"], raw["hamlet"] = home

    def _find_or_add(self, described: dict[str, Any]) -> tuple[str, str, str]:
        commune, hamlet = described["commune"], described["hamlet"]
        keys = Household.derived({**described, "commune": self._units[commune]})
        if "citizen_id" in described:
            column, key = "citizen_id", described["citizen_id"]
        else:
            column, key = "match_key", keys["match_key"]
        found = self._one(f"SELECT id FROM household WHERE {column} = ?", key)
        if found is not None:
            return found[0], commune, hamlet
        record = new_id()
        self._put("household", record, described, keys.values())
        return record, commune, hamlet

    def _put(
        self, kind: str, record: str, raw: dict[str, Any], derived: Iterable[Any] = ()
    ) -> None:
        """Queue a record with its derived rows for writing; derived: the values of its last
        columns."""
        plan = self._types[kind]
        for key, value, when in plan.defaults:
            if key not in raw and (when is None or raw.get(when[0]) in when[1]):
                raw[key] = value
        place = self._rows[kind] = self._next_row(kind)
        row, parts, words = self._spread(plan, place, raw)
        if plan.event:
            day = raw[plan.event]
            self._doubt_late(record, plan.event, day)
            words.append(frozenset((f"{MONTH_MARK}{day[:4]}{day[5:7]}",)))
        if "household" in raw:
            words.append(self._household_words[raw["household"]])
            derived = (parts[0]["commune"],) if plan.is_placed else ()
            self._named[kind].append((raw["household"], raw[plan.event], record, place))
        seq = self._put_revision(kind, record, *parts)
        row[:3] = place, record, seq
        for at, value in enumerate(derived, start=plan.derived_at):
            row[at] = value
        found = frozenset().union(*words)
        if kind == "household":
            self._household_words[record] = found
        self._pending[plan.insert].append(tuple(row))
        self._pending[plan.search].append((place, " ".join(found)))

    def _spread(
        self, plan: _PlainType, place: int, raw: Mapping[str, Any]
    ) -> tuple[list[Any], tuple[dict[str, Any], dict[str, Any]], list[frozenset[str]]]:
        """The row, the public and the separate part, and the search words of each value; child rows
        and links are queued."""
        row: list[Any] = [None] * plan.width
        public: dict[str, Any] = {}
        private: dict[str, Any] = {}
        words: list[frozenset[str]] = []
        for key, given in raw.items():
            field = plan.fields.get(key)
            if field is None:
                public[key] = self._put_below(plan.below[key], place, given, words)
                continue
            value = given if field.said is None else field.said(given)
            (private if field.apart else public)[key] = value
            row[field.at] = value if field.kept is None else field.kept(value)
            if field.text_of is not None:
                words.append(self._words_of(key, field.text_of, value))
            if key in plan.links:
                self._pending[plan.links[key]] += [(place, unit) for unit in value]
        return row, (public, private), words

    def _next_row(self, kind: str) -> int:
        last = self._rows.get(kind)
        if last is None:
            (last,) = self._one(f"SELECT COALESCE(MAX(row), 0) FROM {kind}")
        return last + 1

    def _put_below(
        self,
        plan: tuple[str, int, Mapping[str, _PlainField]],
        place: int,
        given: list[dict[str, Any]],
        words: list[frozenset[str]],
    ) -> list[dict[str, Any]]:
        insert, width, fields = plan
        pending = self._pending[insert]
        for number, item in enumerate(given):
            row: list[Any] = [None] * width
            row[:2] = place, number
            for key, value in item.items():
                field = fields[key]
                row[field.at] = value
                if field.text_of is not None:
                    words.append(self._words_of(key, field.text_of, value))
            pending.append(tuple(row))
        return given

    def _words_of(self, key: str, text_of: Callable[[Any], str], value: Any) -> frozenset[str]:
        about = (key, tuple(value) if type(value) is list else value)
        found = self._words.get(about)
        if found is None:
            found = self._words[about] = frozenset(words_of((text_of(value),)))
        return found

    def _doubt_late(self, record: str, event: str, day: str) -> None:
        late = (self._today - datetime.date.fromisoformat(day)).days
        doubts = canonical([[event, f"{LATE}{late}"]])
        self._pending["soft_warning"].append((record, doubts))
        rows, digest = self._digest
        self._digest = rows + 1, digest ^ row_digest(record, doubts)

    def _put_revision(
        self, kind: str, record: str, public: dict[str, Any], private: dict[str, Any]
    ) -> int:
        hashed = None
        seq = self._seq = self._seq + 1
        if private:
            part, salt = canonical(private), os.urandom(SALT_BYTES)
            hashed = private_hash(salt, part)
            self._pending["private_part"].append((seq, salt, part))
        body = body_of(canonical(public), hashed)
        stamp = self._stamp
        new = revision_id(kind, record, 1, (), stamp, None, body)
        self._pending["revision"].append((seq, new, kind, record, 1, b"", *stamp, None, 0, body))
        self._number += 1
        self._chain = next_chain(self._chain, REVISION, new)
        self._pending["log_entry"].append(
            (self._log, self._number, REVISION, new, self._chain, seq, None, None)
        )
        return seq

    # ------------------------------------------------------------------------ writing

    def _flush(self) -> None:
        """Write the queued rows: revisions first, as current rows reference them."""
        pending, self._pending = self._pending, defaultdict(list)
        for table, columns in TABLES.items():
            self._connection.executemany(_insert(table, columns.split()), pending.pop(table, ()))
        for sql in sorted(pending, key=lambda sql: "_" in sql.split()[2]):
            self._connection.executemany(sql, pending[sql])

    def _mark_earlier(self) -> None:
        """Write anew until when an earlier record counts where one came before stored ones."""
        for kind, named in self._named.items():
            for first in range(0, len(named), AT_ONCE):
                cells = [cell for added in named[first : first + AT_ONCE] for cell in added]
                overtaken = overtaking(ALL_TYPES[kind], len(cells) // 4)
                households = {row[0] for row in self._connection.execute(overtaken, cells)}
                if households:
                    update = span_update(ALL_TYPES[kind], len(households))
                    self._connection.execute(update, [*households])
        self._named.clear()

    def _put_digest(self) -> None:
        (rows, digest), self._digest = self._digest, (0, 0)
        known = self._one("SELECT rows, digest FROM table_digest WHERE name = 'soft_warning'")
        before = known or (0, 0)
        self._connection.execute(
            "INSERT OR REPLACE INTO table_digest (name, rows, digest)"
            " VALUES ('soft_warning', ?, ?)",
            (before[0] + rows, before[1] ^ digest),
        )
