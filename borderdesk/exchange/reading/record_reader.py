"""Streams the records of a package, merged from its tables, all of which have one order."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from borderdesk.base.i18n import N_
from borderdesk.base.stored_words import stored_words
from borderdesk.exchange.format.package_cells import ReferenceCodes, check_values
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.package_revisions import (
    PackageRecord,
    PackageRevision,
    check_alone,
    check_graph,
    parse_object,
    parse_old_revision,
    parse_revision,
    shape_fault,
)
from borderdesk.exchange.format.package_tables import (
    FIRST_FORMAT,
    OLD_REVISIONS,
    OTHERS,
    PRIVATE,
    REVISIONS,
    child_table,
    record_table,
)
from borderdesk.exchange.format.record_places import post_of
from borderdesk.exchange.format.text_forms import SALT
from borderdesk.exchange.reading.table_rows import RowCursor, TableReader
from borderdesk.schema.kinds import PUBLIC, CellReader, ChildrenField, FieldError
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import (
    content_hash,
    heads,
    make_body,
    private_hash,
)
from borderdesk.store.connection.tables import household_columns

Texts = dict[str, dict[str, Any]]
"""{revision in hex: its public fields}."""
Parts = dict[str, tuple[bytes, str]]
"""{revision in hex: salt and text of its separate part}."""


class RecordReader:
    """Merges the tables of one package by record: all lie in one order, so that the rows of a
    record are always the next in each of them.

    In the table of revisions the columns of type and record stand side by side. places: the codes
    that values may name; judged: values are validated too.
    """

    def __init__(
        self, tables: TableReader, facts: Mapping[str, Any], places: ReferenceCodes, *, judged: bool
    ) -> None:
        self._tables = tables
        self._facts = facts
        self._places = places
        self._is_judging = judged
        self._is_old = facts["format"] == FIRST_FORMAT
        table = OLD_REVISIONS if self._is_old else REVISIONS
        self._type = table.columns.index("type")
        self._id = self._type + 1
        self._parse = parse_old_revision if self._is_old else parse_revision
        self._revisions = RowCursor(tables.rows(table))
        self._others = RowCursor(tables.rows(OTHERS))
        private = tables.rows(PRIVATE) if tables.has(PRIVATE) else iter(())
        self._private = RowCursor(private)
        self._households: set[str] = set()

    def of_type(self, model: type[RevisionedModel]) -> Iterator[PackageRecord]:
        """The records of a type, in order of their ids."""
        name = model.type_name
        if not self._tables.has(record_table(model)):
            return
        rows = RowCursor(self._tables.rows(record_table(model)))
        below = self._child_readers(model)
        readers = _cell_readers(model)
        last = ""
        while (row := self._revisions.next) is not None and row[self._type] == name:
            record = row[self._id]
            if record <= last:
                raise damaged_package()
            last = record
            texts: Texts = {}
            problems: list[str] = []
            if rows.next is not None and rows.next[0] == record:
                cells = rows.take()
                texts[cells[1]] = _read_cells(readers, cells[2:], problems)
                for reader in below:
                    reader.take(record, texts[cells[1]], problems)
            yield self._record(model, record, texts, problems)
        if rows.next is not None or any(reader.rows.next is not None for reader in below):
            raise damaged_package()

    def _child_readers(self, model: type[RevisionedModel]) -> list["ChildRowReader"]:
        return [
            ChildRowReader(children, RowCursor(self._tables.rows(child_table(model, children))))
            for children in model.children().values()
            if self._tables.has(child_table(model, children))
        ]

    def end(self) -> None:
        """Raise PackageError for remaining rows that belong to no record and are no entry of
        another kind."""
        while (row := self._revisions.next) is not None and not (row[self._type] or row[self._id]):
            self._revisions.take()
        for table in (self._revisions, self._others, self._private):
            if table.next is not None:
                raise damaged_package()

    def _record(
        self, model: type[RevisionedModel], record: str, texts: Texts, problems: list[str]
    ) -> PackageRecord:
        """The record of the next rows.

        texts: {revision: fields} of the version in the type's own table; the others are added.
        """
        name = model.type_name
        versions = []
        cursor, at = self._revisions, self._id
        while (row := cursor.next) is not None and row[at] == record and row[at - 1] == name:
            versions.append(self._parse(cursor.take()))
        if self._others.next is not None:
            self._take_other_texts(name, record, texts)
        parts: Parts = {}
        if self._private.next is not None:
            parts = self._take_parts({version.id.hex() for version in versions})
        if not self._is_old:
            return self._entries(model, record, versions, texts, parts, problems)
        if problems:
            return PackageRecord(name, record, versions, problems[0])
        try:
            whole = self._with_texts(model, versions, texts, parts)
        except FieldError as error:
            return PackageRecord(name, record, versions, stored_words(error))
        if model is Household:
            self._households.add(record)
        return PackageRecord(name, record, whole)

    def _take_other_texts(self, name: str, record: str, texts: Texts) -> None:
        while (row := self._others.next) is not None and row[1:3] == [name, record]:
            revision, _type, _record, text = self._others.take()
            if revision in texts:
                raise damaged_package()
            texts[revision] = parse_object(text)

    def _take_parts(self, revisions: set[str]) -> Parts:
        parts: Parts = {}
        while (row := self._private.next) is not None and row[0] in revisions:
            revision, salt, part = self._private.take()
            if not SALT.fullmatch(salt) or revision in parts:
                raise damaged_package()
            parts[revision] = (bytes.fromhex(salt), part)
        return parts

    def _entries(
        self,
        model: type[RevisionedModel],
        record: str,
        versions: list[PackageRevision],
        texts: Texts,
        parts: Parts,
        problems: list[str],
    ) -> PackageRecord:
        """The record as entries of logs, each judged by itself."""
        entries = []
        for version in versions:
            version_id = version.id.hex()
            fields = texts.pop(version_id, None)
            part = parts.pop(version_id, None) if parts else None
            entries.append(self._entry(model, version, fields, part, problems))
        if texts or parts:
            raise damaged_package()
        return PackageRecord(model.type_name, record, entries)

    def _entry(
        self,
        model: type[RevisionedModel],
        version: PackageRevision,
        fields: dict[str, Any] | None,
        part: tuple[bytes, str] | None,
        problems: list[str],
    ) -> PackageRevision:
        try:
            check_alone(version)
            if version.deleted:
                return version._replace(refused=shape_fault(version))
            if fields is None:
                raise FieldError(N_("Its fields are missing."))
            if problems:
                raise FieldError(problems[0])
            body, private = self._body(version, fields, part)
        except FieldError as error:
            return version._replace(lacking=stored_words(error))
        fault, values = shape_fault(version), None
        if fault is None and self._is_judging:
            try:
                values = check_values(model, fields, private, self._places)
            except FieldError as error:
                fault = stored_words(error)
        return version.with_text(body, values, part, fault)

    def _with_texts(
        self,
        model: type[RevisionedModel],
        versions: list[PackageRevision],
        texts: Texts,
        parts: Parts,
    ) -> list[PackageRevision]:
        """The revisions with their texts: those of the heads are required, every text must match
        its hash and be valid. Raises FieldError."""
        check_graph(versions)
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
                raise FieldError(N_("Its fields are missing."))
            whole.append(version)
        if texts or parts:
            raise damaged_package()
        return whole

    def _with_text(
        self,
        model: type[RevisionedModel],
        version: PackageRevision,
        fields: dict[str, Any],
        part: tuple[bytes, str] | None,
    ) -> PackageRevision:
        body, private = self._body(version, fields, part)
        if not self._is_judging:
            return version._replace(body=body, part=part)
        values = check_values(model, fields, private, self._places)
        if model is not Household:
            self._check_writer(model, version, values)
            household_ids = (fields[key] for key in household_columns(model) if key in fields)
            if not self._households.issuperset(household_ids):
                raise FieldError(N_("The household it names is not in the package."))
        return version._replace(body=body, part=part, values=values)

    @staticmethod
    def _body(
        version: PackageRevision, fields: dict[str, Any], part: tuple[bytes, str] | None
    ) -> tuple[str, dict[str, Any] | None]:
        """The text of a revision, and its separate part parsed. Raises FieldError where they are
        not what it was hashed from."""
        body = make_body(fields, version.private or None)
        if content_hash(body) != version.content:
            raise FieldError(N_("Its text is not what was signed for."))
        private = None
        if part is not None:
            if private_hash(*part) != version.private:
                raise FieldError(N_("Its text is not what was signed for."))
            private = parse_object(part[1])
        return body, private

    def _check_writer(
        self, model: type[RevisionedModel], version: PackageRevision, values: Values
    ) -> None:
        """Check that a post's desk writes only for its own post. Raises FieldError."""
        facts = self._facts
        may_differ = facts["role"] != "post" or version.stamp.desk != facts["desk"]
        if not may_differ and post_of(model, values) != facts["unit"]:
            raise FieldError(N_("It is of another post than the desk that wrote it."))


class ChildRowReader:
    """The rows below the records of a type, read beside them."""

    def __init__(self, children: ChildrenField, rows: RowCursor) -> None:
        of = children.child.fields()
        table_columns = [k for k, f in of.items() if f.part == PUBLIC]
        self._key = children.key
        self._readers = [(key, of[key].package_reader()) for key in table_columns]
        self.rows = rows

    def take(self, record: str, fields: dict[str, Any], problems: list[str]) -> None:
        """Add the child rows of a record to its fields."""
        children: list[dict[str, Any]] = []
        while (row := self.rows.next) is not None and row[0] == record:
            _record, place, *cells = self.rows.take()
            if place != str(len(children)):
                problems.append(N_("Its rows are out of order."))
            children.append(_read_cells(self._readers, cells, problems))
        if children:
            fields[self._key] = children


@cache
def _cell_readers(model: type[RevisionedModel]) -> list[tuple[str, CellReader]]:
    columns = model.columns()
    return [(key, columns[key].package_reader()) for key in record_table(model).columns[2:]]


def _read_cells(
    readers: list[tuple[str, CellReader]], cells: list[str], problems: list[str]
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for (key, read), cell in zip(readers, cells, strict=True):
        if not cell:
            continue
        try:
            fields[key] = cell if read is None else read(cell)
        except FieldError as error:
            problems.append(stored_words(error))
    return fields
