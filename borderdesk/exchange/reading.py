"""Reading a package that may be damaged or hostile: everything is checked before it is used.

Time and memory are bounded by what the file's size allows: tables are streamed side by side,
record after record. A fault of the whole package raises `Broken`, a fault of one record leaves
that record out with its reason.
"""

import codecs
import csv
import hashlib
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from io import BufferedReader, TextIOWrapper
from typing import IO, Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN
from borderdesk.entry.entering import household_fields
from borderdesk.entry.outgoing import unguarded
from borderdesk.exchange.cells import Places, Reads, check_values, reading
from borderdesk.exchange.inbox import sound_note
from borderdesk.exchange.resources import (
    DESCRIPTOR,
    ERASURES,
    FORMAT,
    NOTES,
    ORDER,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    SIGNATURE,
    Table,
    child_table,
    record_table,
    tables,
)
from borderdesk.schema.fields import PUBLIC, Bad, Children, is_uuid
from borderdesk.schema.record import Revisioned, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import (
    Node,
    Stamp,
    canonical,
    content_hash,
    heads,
    identified,
    make_body,
    private_hash,
)
from borderdesk.schema.settings import is_day
from borderdesk.store.database import SCHEMA_VERSION

MOST_ENTRIES = 64
MOST_DIRECTORY = 64 << 10
MOST_DESCRIPTOR = 2 << 20
MOST_CELL = 8 << 20
UNPACKED_ALWAYS, UNPACKED_TIMES = 64 << 20, 50
"""How many bytes a package may unpack to: so many in any case, and so many times its own size."""
MOST_SMALL = 16 << 20
"""How large the tables may be that are read whole: places, notes, erasures."""
BUFFER = 1 << 20

_PATH = re.compile(r"data/[a-z_]{1,60}\.csv")
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_DESK = re.compile(r"[0-9a-f]{32}")
_UNIT = re.compile(r"[0-9A-Za-z-]{1,20}")
_PERIOD = re.compile(r"[0-9A-Z.-]{4,22}")
_SALT = re.compile(r"[0-9a-f]{32}")

# A part of a record's text may be longer than what the csv module takes by itself.
csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL))


class Broken(UserError):
    """A package that cannot be taken at all, and why; `mendable` here: nothing is wrong with it,
    and it need not be asked for again."""

    def __init__(self, text: str, *, mendable: bool = False) -> None:
        super().__init__(text)
        self.mendable = mendable


class Came(NamedTuple):
    """A revision as it came: `content` its content's hash ("" for a deletion), `private` that of
    its separate part. Where the package carries its text, `body` is that, `values` what it says,
    and `part` the separate part's salt and text if that came too."""

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
    body: str | None = None
    values: Values | None = None
    part: tuple[bytes, str] | None = None

    def node(self) -> Node:
        """The revision as the graph sees it."""
        return Node(self.id, self.parents, self.number, self.stamp.time, self.deleted)


class Arrival(NamedTuple):
    """A record as it came, its revisions by number; `refused`: why it has to be left out."""

    type: str
    record: str
    versions: list[Came]
    refused: str | None = None


class RefusedRow(NamedTuple):
    """A record that was left out, and why."""

    type: str
    record: str
    reason: str


class Package:
    """A package whose descriptor, hashes and small tables were read and checked."""

    def __init__(
        self, archive: zipfile.ZipFile, facts: dict[str, Any], listed: Mapping[str, Any]
    ) -> None:
        self.facts = facts
        self._archive = archive
        self._older = facts["schema"] < SCHEMA_VERSION
        self._listed = listed
        self.places = [tuple(row) for row in self._small(PLACES)]
        self.notes = [_note(_texts(row, (3, 4))) for row in self._small(NOTES)]
        self.erasures = [_erasure(_texts(row, (1,))) for row in self._small(ERASURES)]
        self._known_places = _places(self.places)

    def records(self, *, judged: bool = True) -> Iterator[Arrival]:
        """Every record, households first, each checked by itself. May be asked for again.
        judged: their values are looked at too; otherwise only whether hashes and chains hold,
        which is enough for what this very desk has just written.
        Raises Broken for what is wrong with the tables as such."""
        reader = _Reader(self, self._known_places, judged=judged)
        for model in ORDER:
            yield from reader.of_type(model)
        reader.end()

    # ------------------------------------------------------------------- one table

    def _small(self, table: Table) -> Iterator[list[str]]:
        if self._listed[table.path]["bytes"] > MOST_SMALL:
            raise _damaged()
        return self.rows(table)

    def has(self, table: Table) -> bool:
        """Whether the package has the table: one of an older program may not know it."""
        return table.path in self._listed

    def rows(self, table: Table) -> Iterator[list[str]]:
        """The rows of a table, a cell for every column of ours."""
        try:
            with self._archive.open(table.path) as entry:
                lines = csv.reader(_text(entry), strict=True)
                given = next(lines, [])
                if tuple(given) == table.columns:
                    yield from _whole_rows(lines, len(given))
                else:
                    yield from self._reordered(table, given, lines)
        except (csv.Error, UnicodeDecodeError, *_ZIP_FAULTS) as error:
            raise _damaged() from error

    def _reordered(
        self, table: Table, given: list[str], lines: Iterator[list[str]]
    ) -> Iterator[list[str]]:
        """The rows of a table of an older program, that lacks columns ours have."""
        known = [column for column in table.columns if column in given]
        if not self._older or given != known:
            raise _damaged()
        places = [given.index(column) if column in given else None for column in table.columns]
        for row in _whole_rows(lines, len(given)):
            yield ["" if place is None else row[place] for place in places]


_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError,
               NotImplementedError, struct.error)  # fmt: skip


def _whole_rows(lines: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for row in lines:
        if len(row) != width:
            raise _damaged()
        yield row


def _text(entry: IO[bytes]) -> TextIOWrapper:
    # Reading a member line by line without the buffer takes 2.5 times as long.
    return TextIOWrapper(BufferedReader(entry, BUFFER), "utf-8-sig", newline="")  # type: ignore[type-var]


def descriptor_of(file: IO[bytes]) -> tuple[bytes, bytes, dict[str, Any]]:
    """The descriptor of a package as bytes, its signature, and what it says. Raises Broken."""
    with _opened(file) as archive:
        told = _whole(archive, DESCRIPTOR, MOST_DESCRIPTOR)
        signature = _whole(archive, SIGNATURE, 4_096)
    return told, signature, _facts(_parsed(told))


def read_package(file: IO[bytes], descriptor: bytes | None = None) -> Package:
    """The package in a zip, every table's bytes checked against the descriptor (the one whose
    signature was checked, where there is one). Raises Broken."""
    archive = _opened(file)
    told = _whole(archive, DESCRIPTOR, MOST_DESCRIPTOR)
    if descriptor is not None and told != descriptor:
        raise _damaged()
    parsed = _parsed(told)
    facts = _facts(parsed)
    listed = _listed(parsed)
    _check_tables(archive, listed, older=facts["schema"] < SCHEMA_VERSION)
    _check_bytes(archive, listed)
    return Package(archive, facts, listed)


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    size = _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_FAULTS as error:
        raise _damaged() from error
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _damaged()
    for entry in entries:
        known = entry.filename in (DESCRIPTOR, SIGNATURE) or _PATH.fullmatch(entry.filename)
        plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        link = entry.external_attr >> 28 not in (0, 0x8)
        if not known or not plain or link or entry.flag_bits & 0x1:
            raise _damaged()
    if sum(entry.file_size for entry in entries) > UNPACKED_ALWAYS + UNPACKED_TIMES * size:
        raise _damaged()
    return archive


def _check_directory(file: IO[bytes]) -> int:
    """Raise Broken for a zip whose directory is larger than any of ours; the file's size."""
    try:
        size = file.seek(0, 2)
        file.seek(max(0, size - 22 - 0xFFFF - 20))
        tail = file.read()
        file.seek(0)
    except OSError as error:
        raise _damaged() from error
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise _damaged()
    entries, directory = struct.unpack_from("<HI", tail, end + 10)
    larger = end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07"
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY or larger:
        raise _damaged()
    return size


def _damaged() -> Broken:
    return Broken(_("The file is damaged or is not a BorderDesk package."))


def _changed() -> Broken:
    return Broken(_("The file was changed after it was made, or is damaged."))


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
    except _ZIP_FAULTS as error:
        raise _damaged() from error
    if len(content) > most:
        raise _damaged()
    return content


# ------------------------------------------------------------------------ the descriptor


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(told, dict):
        raise _damaged()
    return told


def _short(text: str) -> bool:
    return len(text) <= 200 and not FORBIDDEN.search(text)


def _figures(told: dict[str, Any]) -> bool:
    return len(told) <= 1_000 and all(
        len(key) <= 100 and (value is None or _figure(value)) for key, value in told.items()
    )


def _figure(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) <= 10**15


_SAID: Mapping[str, tuple[type, Any]] = {
    "desk": (str, _DESK.fullmatch), "unit": (str, _UNIT.fullmatch),
    "role": (str, ("post", "liaison", "province").__contains__), "title": (str, _short),
    "period": (str, _PERIOD.fullmatch), "first": (str, is_day), "last": (str, is_day),
    "number": (int, range(1, 10**9).__contains__), "schema": (int, range(1, 10**6).__contains__),
    "program": (str, _short), "made": (str, _TIME.fullmatch), "scope": (str, _short),
    "figures": (dict, _figures), "records": (int, range(10**9).__contains__),
    "with_private": (bool, (False, True).__contains__),
    "invented": (bool, (False, True).__contains__),
}  # fmt: skip
"""What a descriptor says of its package: each with its type and what it may be."""


def _facts(told: dict[str, Any]) -> dict[str, Any]:
    """What the descriptor says of the package. Raises Broken."""
    facts = told.get("borderdesk")
    if not isinstance(facts, dict):
        raise _damaged()
    form, schema = facts.get("format"), facts.get("schema")
    if type(form) is int and form > FORMAT:
        raise _newer()
    if type(schema) is int and schema > SCHEMA_VERSION:
        raise _newer()
    if form != FORMAT:
        raise _damaged()
    for key, (kind, fits) in _SAID.items():
        if type(facts.get(key)) is not kind or not fits(facts[key]):
            raise _damaged()
    if facts["first"] > facts["last"]:
        raise _damaged()
    return {key: facts[key] for key in _SAID}


def _listed(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """{path: what the descriptor says of that table}."""
    listed = told.get("resources")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise _damaged()
    for one in listed:
        path, size, digest = one.get("path"), one.get("bytes"), one.get("hash")
        sound = type(path) is str and type(size) is int and size >= 0 and type(digest) is str
        if not sound:
            raise _damaged()
    by_path = {one["path"]: one for one in listed}
    if len(by_path) != len(listed):
        raise _damaged()
    return by_path


def _check_tables(
    archive: zipfile.ZipFile, listed: Mapping[str, dict[str, Any]], *, older: bool
) -> None:
    """Raise Broken unless the entries are those listed and the tables those there must be."""
    there = {name for name in archive.namelist() if name not in (DESCRIPTOR, SIGNATURE)}
    all_of_them = {table.path for table in tables(with_private=True)}
    always = {t.path for t in (REVISIONS, OTHERS, NOTES, ERASURES, PLACES)}
    needed = always if older else all_of_them - {PRIVATE.path}
    if there != set(listed) or not needed <= there <= all_of_them:
        raise _damaged()


def _check_bytes(archive: zipfile.ZipFile, listed: Mapping[str, dict[str, Any]]) -> None:
    """Raise Broken unless every table is to the byte what the descriptor vouches for."""
    for path, told in listed.items():
        digest, size, begins = hashlib.sha256(), 0, b""
        try:
            with archive.open(path) as entry:
                while size <= told["bytes"] and (part := entry.read(BUFFER)):
                    begins = begins or part[:3]
                    digest.update(part)
                    size += len(part)
        except _ZIP_FAULTS as error:
            raise _damaged() from error
        if size != told["bytes"] or told["hash"] != f"sha256:{digest.hexdigest()}":
            raise _changed()
        if begins != codecs.BOM_UTF8:
            raise _damaged()


# ---------------------------------------------------------------------------- the records


class _Ahead:
    """Rows of a table with the next one to be seen before it is taken."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows = rows
        self.next: list[str] | None = next(rows, None)

    def take(self) -> list[str]:
        """The next row, which there must be."""
        assert self.next is not None
        taken, self.next = self.next, next(self._rows, None)
        return taken


class _Reader:
    """Streams the records of one package: the tables lie in one order, so that what belongs to
    a record is always next in each of them."""

    def __init__(self, package: Package, places: Places, *, judged: bool) -> None:
        self._package = package
        self._look_at_values = judged
        self._places = places
        self._revisions = _Ahead(package.rows(REVISIONS))
        self._others = _Ahead(package.rows(OTHERS))
        private = package.rows(PRIVATE) if package.has(PRIVATE) else iter(())
        self._private = _Ahead(private)
        self._households: set[str] = set()

    def of_type(self, model: type[Revisioned]) -> Iterator[Arrival]:
        """The records of a type, in order of their ids."""
        package, name = self._package, model.type_name
        if not package.has(record_table(model)):
            return
        rows = _Ahead(package.rows(record_table(model)))
        below = [
            _Below(children, _Ahead(package.rows(child_table(model, children))))
            for children in model.children().values()
            if package.has(child_table(model, children))
        ]
        readers = _cells_of(model)
        last = ""
        while (row := self._revisions.next) is not None and row[1] == name:
            record = row[2]
            if record <= last:
                raise _damaged()
            last = record
            texts: dict[str, dict[str, Any]] = {}
            problems: list[str] = []
            if rows.next is not None and rows.next[0] == record:
                taken = rows.take()
                texts[taken[1]] = _fields(readers, taken[2:], problems)
                for one in below:
                    one.take(record, texts[taken[1]], problems)
            yield self._arrival(model, record, texts, problems)
        if rows.next is not None or any(one.rows.next is not None for one in below):
            raise _damaged()

    def end(self) -> None:
        """Raise Broken when something is left that belongs to no record."""
        for table in (self._revisions, self._others, self._private):
            if table.next is not None:
                raise _damaged()

    def _arrival(
        self, model: type[Revisioned], record: str, texts: dict[str, dict[str, Any]],
        problems: list[str],
    ) -> Arrival:  # fmt: skip
        name = model.type_name
        versions = []
        while (row := self._revisions.next) is not None and row[1:3] == [name, record]:
            versions.append(_came(self._revisions.take()))
        while (row := self._others.next) is not None and row[1:3] == [name, record]:
            revision, _type, _record, text = self._others.take()
            if revision in texts:
                raise _damaged()
            texts[revision] = _object(text)
        parts = self._parts({version.id.hex() for version in versions})
        if problems:
            return Arrival(name, record, versions, problems[0])
        try:
            whole = self._judged(model, versions, texts, parts)
        except Bad as error:
            return Arrival(name, record, versions, str(error))
        if model is Household:
            self._households.add(record)
        return Arrival(name, record, whole)

    def _parts(self, revisions: set[str]) -> dict[str, tuple[bytes, str]]:
        found: dict[str, tuple[bytes, str]] = {}
        while (row := self._private.next) is not None and row[0] in revisions:
            revision, salt, part = self._private.take()
            if not _SALT.fullmatch(salt) or revision in found:
                raise _damaged()
            found[revision] = (bytes.fromhex(salt), part)
        return found

    def _judged(
        self, model: type[Revisioned], versions: list[Came], texts: dict[str, dict[str, Any]],
        parts: dict[str, tuple[bytes, str]],
    ) -> list[Came]:  # fmt: skip
        """The revisions with their texts: what counts must be there, be what was hashed, and be
        sound. Raises Bad."""
        _check_graph(versions)
        tops = {versions[0].id}
        if len(versions) > 1:
            tops = {node.id for node in heads(version.node() for version in versions)}
        whole = []
        for version in versions:
            fields = texts.pop(version.id.hex(), None)
            part = parts.pop(version.id.hex(), None)
            if fields is not None:
                version = self._with_text(model, version, fields, part)
            elif part is not None or (version.id in tops and not version.deleted):
                raise Bad(_("Its fields are missing."))
            whole.append(version)
        if texts or parts:
            raise _damaged()
        return whole

    def _with_text(
        self, model: type[Revisioned], version: Came, fields: dict[str, Any],
        part: tuple[bytes, str] | None,
    ) -> Came:  # fmt: skip
        body = make_body(fields, version.private or None)
        if content_hash(body) != version.content:
            raise Bad(_("Its text is not what was signed for."))
        private = None
        if part is not None:
            if private_hash(*part) != version.private:
                raise Bad(_("Its text is not what was signed for."))
            private = _object(part[1])
        if not self._look_at_values:
            return version._replace(body=body, part=part)
        values = check_values(model, fields, private, self._places)
        if model is not Household:
            self._check_writer(version, values)
            named = (fields[key] for key in household_fields(model) if key in fields)
            if not self._households.issuperset(named):
                raise Bad(_("The household it names is not in the package."))
        return version._replace(body=body, values=values, part=part)

    def _check_writer(self, version: Came, values: Values) -> None:
        """A post's desk writes only for its own post. Raises Bad."""
        facts = self._package.facts
        own = facts["role"] != "post" or version.stamp.desk != facts["desk"]
        if not own and values.get("post") != facts["unit"]:
            raise Bad(_("It is of another post than the desk that wrote it."))


class _Below:
    """The rows below the records of a type, read beside them."""

    def __init__(self, children: Children, rows: _Ahead) -> None:
        of = children.child.fields()
        table_columns = [k for k, f in of.items() if f.part == PUBLIC]
        self._key = children.key
        self._readers = [(key, reading(of[key])) for key in table_columns]
        self.rows = rows

    def take(self, record: str, fields: dict[str, Any], problems: list[str]) -> None:
        """Put the rows of a record into its fields."""
        found: list[dict[str, Any]] = []
        while (row := self.rows.next) is not None and row[0] == record:
            _record, place, *cells = self.rows.take()
            if place != str(len(found)):
                problems.append(_("Its rows are out of order."))
            found.append(_fields(self._readers, cells, problems))
        if found:
            fields[self._key] = found


@cache
def _cells_of(model: type[Revisioned]) -> list[tuple[str, Reads]]:
    columns = model.columns()
    return [(key, reading(columns[key])) for key in record_table(model).columns[2:]]


def _fields(
    readers: list[tuple[str, Reads]], cells: list[str], problems: list[str]
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for (key, read), cell in zip(readers, cells, strict=True):
        if not cell:
            continue
        try:
            fields[key] = cell if read is None else read(cell)
        except Bad as error:
            problems.append(str(error))
    return fields


def _came(row: list[str]) -> Came:
    (revision, type_name, record, number, parents, author, desk, time, why, deleted,
     content, private) = row  # fmt: skip
    whole = number.isascii() and number.isdigit() and 0 < len(number) < 10
    if deleted not in ("true", "false") or not whole or not is_uuid(record):
        raise _damaged()
    if not _DESK.fullmatch(desk) or not _TIME.fullmatch(time):
        raise _damaged()
    if any(text and not _HASH.fullmatch(text) for text in (content, private)):
        raise _damaged()
    author, why = unguarded(author), unguarded(why)
    if not _line(author, 200) or (why and not _line(why, 500)):
        raise _damaged()
    return Came(
        _id(revision), type_name, record, int(number),
        tuple(_id(parent) for parent in parents.split()), Stamp(author, desk, time),
        why or None, deleted == "true", content, private,
    )  # fmt: skip


def _id(text: str) -> bytes:
    if not _HASH.fullmatch(text):
        raise _damaged()
    return bytes.fromhex(text)


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
        if isinstance(told, dict) and canonical(told) == text:
            return told
    except (ValueError, RecursionError):
        pass
    raise _damaged()


def _check_graph(versions: list[Came]) -> None:
    """Raise Bad unless the revisions of a record form one sound chain, ancestors and all."""
    if len(versions) == 1:
        return _check_first(versions[0])
    by_id = {version.id: version for version in versions}
    if len(by_id) != len(versions):
        raise Bad(_("Its versions do not fit together."))
    for version in versions:
        known = [by_id[parent] for parent in version.parents if parent in by_id]
        whole = len(known) == len(version.parents) == len(set(version.parents)) <= 2
        if not whole or version.number != 1 + max((p.number for p in known), default=0):
            raise Bad(_("Its versions do not fit together."))
        _check_identity(version)
    return None


def _check_first(version: Came) -> None:
    """The same for a record of one revision, as most are."""
    if version.parents or version.number != 1:
        raise Bad(_("Its versions do not fit together."))
    _check_identity(version)


def _check_identity(version: Came) -> None:
    if version.deleted == bool(version.content) or _identity(version) != version.id:
        raise Bad(_("Its text is not what was signed for."))


def _identity(version: Came) -> bytes:
    return identified(
        version.type, version.record, version.number, version.parents, version.stamp,
        version.reason, version.content or None,
    )  # fmt: skip


# ------------------------------------------------------------------------ small tables


def _texts(row: list[str], typed: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(unguarded(cell) if at in typed else cell for at, cell in enumerate(row))


def _line(text: str, most: int) -> bool:
    return 0 < len(text) <= most and not FORBIDDEN.search(text)


def _note(row: tuple[str, ...]) -> tuple[str, ...]:
    """A review note whose every cell is of its kind. Raises Broken."""
    note, type_name, record, text, author, desk, time, reply_to = row
    known = is_uuid(note) and is_uuid(record) and (not reply_to or is_uuid(reply_to))
    signed = _DESK.fullmatch(desk) and _TIME.fullmatch(time) and _line(author, 200)
    if not known or type_name not in ALL_TYPES or not signed or not sound_note(text):
        raise _damaged()
    return row


def _erasure(row: tuple[str, ...]) -> tuple[str, str, str, str]:
    """An erasure whose every cell is of its kind. Raises Broken."""
    record, why, desk, time = row
    signed = _DESK.fullmatch(desk) and _TIME.fullmatch(time)
    if not is_uuid(record) or not signed or not _line(why, 500):
        raise _damaged()
    return record, why, desk, time


_KINDS = ("commune", "district", "province")


def _places(rows: list[tuple[str, ...]]) -> Places:
    """The places a package's rows may name, every cell checked. Raises Broken."""
    units, posts, picks = set(), set(), set()
    for kind, group, code, name, unit_code, parent, border, first, last in rows:
        texts = (name, unit_code, parent)
        dated = (not first or is_day(first)) and (not last or is_day(last))
        if not all(_short(text) for text in texts) or not dated or border not in _BORDER:
            raise _damaged()
        if kind == "unit" and _UNIT.fullmatch(code) and group in ("", *_KINDS):
            units.add(code)
        elif kind == "post" and _UNIT.fullmatch(code) and not group:
            posts.add(code)
        elif kind == "pick" and _PICK.fullmatch(code) and _PICK.fullmatch(group):
            picks.add((group, code))
        else:
            raise _damaged()
    return Places(units, posts, picks, {})


_BORDER = ("", "true", "false")
_PICK = re.compile(r"[0-9a-z_]{1,60}")
