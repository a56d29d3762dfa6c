"""Reading a package that may be damaged or hostile: everything is checked before it is used.

Time and memory are bounded by what the file's size allows; a fault of the whole package raises
`Broken`, a fault of one record leaves that record out with its reason.
"""

import codecs
import csv
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from typing import IO, Any, NamedTuple

from borderdesk.db.store import SCHEMA_VERSION
from borderdesk.errors import UserError
from borderdesk.exchange.cells import Places, check_values, from_cell
from borderdesk.exchange.resources import (
    DESCRIPTOR,
    ERASURES,
    FORMAT,
    NOTES,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    SIGNATURE,
    Table,
    child_table,
    record_table,
)
from borderdesk.fields import Bad, Kind, is_uuid
from borderdesk.i18n import _
from borderdesk.outgoing import unguarded
from borderdesk.records import ALL_TYPES
from borderdesk.records.base import Revisioned
from borderdesk.revisions import (
    Node,
    Stamp,
    canonical,
    content_hash,
    current,
    heads,
    identified,
    make_body,
    private_hash,
)
from borderdesk.text import FORBIDDEN

MOST_ENTRIES = 64
MOST_DESCRIPTOR = 2 << 20
MOST_TABLE = 1 << 30
BUFFER = 1 << 20
MOST_ROWS = 5_000_000

_PATH = re.compile(r"data/[a-z_]{1,60}\.csv")
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_DESK = re.compile(r"[0-9a-f]{32}")


class Broken(UserError):
    """A package that cannot be taken at all, and why; `mendable` here: nothing is wrong with it,
    and it need not be asked for again."""

    def __init__(self, text: str, *, mendable: bool = False) -> None:
        super().__init__(text)
        self.mendable = mendable


class Came(NamedTuple):
    """A revision as it came: `content` its content's hash ("" for a deletion), `private` the
    hash of its separate part, `fields` its public fields where the package carries them."""

    id: bytes
    type: str
    record: str
    number: int
    parents: tuple[bytes, ...]
    stamp: Stamp
    reason: str | None
    deleted: bool
    content: str
    private: str
    body: str | None

    def node(self) -> Node:
        """The revision as the graph sees it."""
        return Node(self.id, self.parents, self.number, self.stamp.time, self.deleted)


class RefusedRow(NamedTuple):
    """A record that was left out, and why."""

    type: str
    record: str
    reason: str


class Package:
    """A package, read and checked.

    records: {record: its revisions in order of number}; private: {revision: (salt, part)}.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.records: dict[str, list[Came]] = {}
        self.private: dict[bytes, tuple[bytes, str]] = {}
        self.refused: list[RefusedRow] = []
        self.places: list[tuple[str, ...]] = []
        self.notes: list[tuple[str, ...]] = []
        self.erasures: list[tuple[str, ...]] = []

    def tops(self) -> Iterator[bytes]:
        """The revisions no other one in the package revises."""
        for versions in self.records.values():
            yield from (node.id for node in heads(v.node() for v in versions))


def descriptor_of(file: IO[bytes]) -> tuple[bytes, bytes, dict[str, Any]]:
    """The descriptor of a package as bytes, its signature, and what it says. Raises Broken."""
    with _opened(file) as archive:
        told = _whole(archive, DESCRIPTOR, MOST_DESCRIPTOR)
        signature = _whole(archive, SIGNATURE, 4_096)
    return told, signature, _facts(told)


def read_package(file: IO[bytes]) -> Package:
    """The package in a zip, every hash, chain and value checked. Raises Broken."""
    with _opened(file) as archive:
        descriptor = json.loads(_whole(archive, DESCRIPTOR, MOST_DESCRIPTOR))
        facts = _facts(_whole(archive, DESCRIPTOR, MOST_DESCRIPTOR))
        return _Reader(archive, descriptor, Package(facts)).read()


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise _damaged() from error
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise _damaged()
    for entry in entries:
        known = entry.filename in (DESCRIPTOR, SIGNATURE) or _PATH.fullmatch(entry.filename)
        plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        link = entry.external_attr >> 28 not in (0, 0x8)
        if not known or not plain or link or entry.flag_bits & 0x1:
            raise _damaged()
    return archive


def _damaged() -> Broken:
    return Broken(_("The file is damaged or is not a BorderDesk package."))


def _newer() -> Broken:
    return Broken(
        _("The package was made by a newer program. Bring this one up to date first."),
        mendable=True,
    )


def _whole(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """An entry's content, never more than `most` bytes of it."""
    try:
        with archive.open(name) as entry:
            content = entry.read(most + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise _damaged() from error
    if len(content) > most:
        raise _damaged()
    return content


_SAID: dict[str, type] = {
    "desk": str, "unit": str, "role": str, "title": str, "period": str, "first": str,
    "last": str, "number": int, "schema": int, "program": str, "made": str, "scope": str,
    "figures": dict, "records": int, "with_private": bool, "invented": bool,
}  # fmt: skip


def _facts(content: bytes) -> dict[str, Any]:
    """What the descriptor says of the package. Raises Broken."""
    try:
        told = json.loads(content)
        facts = told["borderdesk"]
        form = facts["format"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise _damaged() from None
    if type(form) is int and form > FORMAT:
        raise _newer()
    if form != FORMAT or any(type(facts.get(k)) is not kind for k, kind in _SAID.items()):
        raise _damaged()
    if facts["schema"] > SCHEMA_VERSION:
        raise _newer()
    if not _DESK.fullmatch(facts["desk"]) or not _TIME.fullmatch(facts["made"]):
        raise _damaged()
    return {key: facts[key] for key in _SAID}


class _Reader:
    """Reads the tables of one package."""

    def __init__(
        self, archive: zipfile.ZipFile, descriptor: dict[str, Any], package: Package
    ) -> None:
        self._archive = archive
        self._package = package
        self._resources = self._listed(descriptor)
        self._bad: dict[str, RefusedRow] = {}
        self._fields: dict[bytes, dict[str, Any]] = {}

    @staticmethod
    def _listed(descriptor: dict[str, Any]) -> dict[str, dict[str, Any]]:
        listed = descriptor.get("resources")
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise _damaged()
        return {str(one.get("path")): one for one in listed}

    def read(self) -> Package:
        """Everything, in the order in which one table explains the next."""
        package = self._package
        self._check_names()
        package.places = [tuple(row) for row in self._rows(PLACES)]
        places = _places(package.places)
        package.notes = [_note(_texts(row, (3, 4))) for row in self._rows(NOTES)]
        package.erasures = [_erasure(_texts(row, (1,))) for row in self._rows(ERASURES)]
        for model in ALL_TYPES.values():
            self._read_type(model)
        for revision, _type, _record, text in self._rows(OTHERS):
            self._take_fields(_id(revision), _object(text))
        self._read_revisions(places)
        if PRIVATE.path in self._resources:
            self._read_private()
        self._drop_bad()
        return package

    def _check_names(self) -> None:
        expected = {
            t.path
            for m in ALL_TYPES.values()
            for t in (record_table(m), *(child_table(m, c) for c in m.children().values()))
        }
        expected |= {t.path for t in (REVISIONS, OTHERS, NOTES, ERASURES, PLACES)}
        there = {n for n in self._archive.namelist() if n not in (DESCRIPTOR, SIGNATURE)}
        listed = set(self._resources)
        if there != listed or not expected <= listed or listed - expected - {PRIVATE.path}:
            raise _damaged()

    # ------------------------------------------------------------------- one table

    def _rows(self, table: Table) -> Iterator[list[str]]:
        """The rows of a table whose bytes are those the descriptor vouches for."""
        content = self._checked(table)
        try:
            lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
            if tuple(next(lines, ())) != table.columns:
                raise _damaged()
            width = len(table.columns)
            for row in lines:
                if len(row) != width:
                    raise _damaged()
                yield row
        except (csv.Error, UnicodeDecodeError) as error:
            raise _damaged() from error

    def _checked(self, table: Table) -> bytes:
        resource = self._resources[table.path]
        size = resource.get("bytes")
        if type(size) is not int or not 0 <= size <= MOST_TABLE:
            raise _damaged()
        content = _whole(self._archive, table.path, size)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if len(content) != size or digest != resource.get("hash"):
            raise Broken(_("The file was changed after it was made, or is damaged."))
        if not content.startswith(codecs.BOM_UTF8):
            raise _damaged()
        return content

    # --------------------------------------------------------------------- records

    def _read_type(self, model: type[Revisioned]) -> None:
        table, columns = record_table(model), model.columns()
        readers = [(key, columns[key]) for key in table.columns[2:]]
        of_record: dict[str, dict[str, Any]] = {}
        for record, revision, *cells in self._rows(table):
            fields = self._cells(model.type_name, record, readers, cells)
            self._take_fields(_id(revision), fields)
            of_record[record] = fields
        for key, children in model.children().items():
            below = child_table(model, children)
            of = children.child.fields()
            readers = [(k, of[k]) for k in below.columns[2:]]
            for record, place, *cells in self._rows(below):
                fields = of_record.get(record, {})
                rows = fields.setdefault(key, [])
                if place != str(len(rows)):
                    self._refuse(model.type_name, record, _("Its rows are out of order."))
                rows.append(self._cells(model.type_name, record, readers, cells))

    def _cells(
        self, type_name: str, record: str, readers: list[tuple[str, Kind]], cells: list[str]
    ) -> dict[str, Any]:
        fields = {}
        for (key, field), cell in zip(readers, cells, strict=True):
            if cell:
                try:
                    fields[key] = from_cell(field, cell)
                except Bad as error:
                    self._refuse(type_name, record, str(error))
        return fields

    def _take_fields(self, revision: bytes, fields: dict[str, Any]) -> None:
        if revision in self._fields:
            raise _damaged()
        self._fields[revision] = fields

    def _refuse(self, type_name: str, record: str, why: str) -> None:
        self._bad.setdefault(record, RefusedRow(type_name, record[:40], why))

    # ------------------------------------------------------------------- revisions

    def _read_revisions(self, places: Places) -> None:
        records = self._package.records
        for row in self._rows(REVISIONS):
            came = self._came(row)
            records.setdefault(came.record, []).append(came)
        for record, versions in records.items():
            versions.sort(key=lambda version: (version.number, version.id))
            try:
                _check_graph(versions)
                self._check_tops(versions, places)
            except Bad as error:
                self._refuse(versions[0].type, record, str(error))
        unused = self._fields.keys() - {v.id for vs in records.values() for v in vs}
        if unused:
            raise _damaged()

    def _came(self, row: list[str]) -> Came:
        (revision, type_name, record, number, parents, author, desk, time, why, deleted,
         content, private) = row  # fmt: skip
        if type_name not in ALL_TYPES or deleted not in ("true", "false"):
            raise _damaged()
        whole = number.isascii() and number.isdigit() and 0 < len(number) < 10
        if not whole or not is_uuid(record) or not _DESK.fullmatch(desk):
            raise _damaged()
        if not _TIME.fullmatch(time) or (content and not _HASH.fullmatch(content)):
            raise _damaged()
        author, why = unguarded(author), unguarded(why)
        if FORBIDDEN.search(author) or len(author) > 200 or len(why) > 500:
            raise _damaged()
        came = Came(
            _id(revision), type_name, record, int(number),
            tuple(_id(parent) for parent in parents.split()), Stamp(author, desk, time),
            why or None, deleted == "true", content, private, None,
        )  # fmt: skip
        return came._replace(body=self._body(came))

    def _body(self, came: Came) -> str | None:
        fields = self._fields.get(came.id)
        if fields is None:
            return None
        return make_body(fields, came.private or None)

    def _check_tops(self, versions: list[Came], places: Places) -> None:
        """Of what counts, the fields must be there, be what was hashed, and be sound."""
        tops = {node.id for node in heads(v.node() for v in versions)}
        for version in versions:
            if version.body is not None:
                if content_hash(version.body) != version.content:
                    raise Bad(_("Its text is not what was signed for."))
                fields = self._fields[version.id]
                check_values(ALL_TYPES[version.type], fields, places)
            elif version.id in tops and not version.deleted:
                raise Bad(_("Its fields are missing."))

    def _read_private(self) -> None:
        wanted = {v.id: v.private for vs in self._package.records.values() for v in vs}
        for revision, salt, part in self._rows(PRIVATE):
            one = _id(revision)
            try:
                known = bytes.fromhex(salt)
            except ValueError:
                raise _damaged() from None
            if one not in wanted or private_hash(known, part) != wanted[one]:
                raise _damaged()
            self._package.private[one] = (known, part)

    # --------------------------------------------------------------------- ending

    def _drop_bad(self) -> None:
        """Leave out bad records, and those that name a household left out or not there."""
        records = self._package.records
        for record in self._bad:
            records.pop(record, None)
        homeless = [
            (versions[0].type, record)
            for record, versions in records.items()
            for named in self._named(versions)
            if named not in records
        ]
        for type_name, record in homeless:
            self._refuse(type_name, record, _("The household it names is not in the package."))
            records.pop(record, None)
        self._package.refused = list(self._bad.values())

    def _named(self, versions: list[Came]) -> Iterator[str]:
        chosen = current(v.node() for v in versions).id
        fields = self._fields.get(chosen, {})
        return (fields[key] for key in _household_keys(versions[0].type) if key in fields)


@cache
def _household_keys(type_name: str) -> tuple[str, ...]:
    from borderdesk.entering import household_fields

    return tuple(household_fields(ALL_TYPES[type_name]))


def _id(text: str) -> bytes:
    if not _HASH.fullmatch(text):
        raise _damaged()
    return bytes.fromhex(text)


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(told, dict) or canonical(told) != text:
        raise _damaged()
    return told


def _texts(row: list[str], typed: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(unguarded(cell) if at in typed else cell for at, cell in enumerate(row))


def _note(row: tuple[str, ...]) -> tuple[str, ...]:
    """A review note whose every cell is of its kind. Raises Broken."""
    note, type_name, record, text, author, desk, time, reply_to = row
    from borderdesk.exchange.inbox import sound_note

    known = is_uuid(note) and is_uuid(record) and (not reply_to or is_uuid(reply_to))
    signed = _DESK.fullmatch(desk) and _TIME.fullmatch(time) and _line(author, 200)
    if not known or type_name not in ALL_TYPES or not signed or not sound_note(text):
        raise _damaged()
    return row


def _erasure(row: tuple[str, ...]) -> tuple[str, ...]:
    """An erasure whose every cell is of its kind. Raises Broken."""
    record, why, desk, time = row
    signed = _DESK.fullmatch(desk) and _TIME.fullmatch(time)
    if not is_uuid(record) or not signed or not _line(why, 500):
        raise _damaged()
    return row


def _line(text: str, most: int) -> bool:
    return 0 < len(text) <= most and not FORBIDDEN.search(text)


def _places(rows: list[tuple[str, ...]]) -> Places:
    return Places(
        frozenset(row[2] for row in rows if row[0] == "unit"),
        frozenset(row[2] for row in rows if row[0] == "post"),
        frozenset((row[1], row[2]) for row in rows if row[0] == "pick"),
    )


def _check_graph(versions: list[Came]) -> None:
    """Raise Bad unless the revisions of a record form one sound chain, ancestors and all."""
    by_id = {version.id: version for version in versions}
    if len(by_id) != len(versions) or len({v.type for v in versions}) != 1:
        raise Bad(_("Its versions do not fit together."))
    for version in versions:
        known = [by_id[parent] for parent in version.parents if parent in by_id]
        whole = len(known) == len(version.parents) == len(set(version.parents)) <= 2
        if not whole or version.number != 1 + max((p.number for p in known), default=0):
            raise Bad(_("Its versions do not fit together."))
        if version.deleted == bool(version.content) or _identity(version) != version.id:
            raise Bad(_("Its text is not what was signed for."))


def _identity(version: Came) -> bytes:
    return identified(
        version.type, version.record, version.number, version.parents, version.stamp,
        version.reason, version.content or None,
    )  # fmt: skip
