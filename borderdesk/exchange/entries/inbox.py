"""The inbox: records with several versions, until their post chooses one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import OperationRefused, RecordChanged, UserError
from borderdesk.base.i18n import _
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.head_versions import head_versions, write_again, write_over
from borderdesk.entry.parts_elsewhere import stays_elsewhere
from borderdesk.entry.record_output import fields_json
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.models.records import DoubleVersionRow
from borderdesk.store.records.history import NewVersion, StoredRevision, revisions_of


class RecordVersions(NamedTuple):
    """A record with several versions; `versions[0]` is the current one until a person chooses.
    chosen_here: this desk may choose."""

    type: str
    record: str
    versions: list[StoredRevision]
    chosen_here: bool


class Inbox(SessionPart):
    """The records of which several versions wait for a person's choice."""

    def doubles(self, limit: int = 200) -> list[RecordVersions]:
        """Records with several versions, at most `limit`."""
        row = DoubleVersionRow
        query = row.select(row.type, row.record).order_by(row.type, row.record).limit(limit)
        return [self.double(*columns) for columns in list(self.store.fetch(query))]

    def count(self) -> int:
        """How many records have several versions."""
        return int(self.store.scalar(DoubleVersionRow.select(fn.COUNT(DoubleVersionRow.record))))

    def double(self, type_name: str, record: str) -> RecordVersions:
        """The versions of one record, the current one first."""
        versions = self.heads(type_name, record)
        return RecordVersions(type_name, record, versions, self.may_choose(versions))

    def heads(self, type_name: str, record: str) -> list[StoredRevision]:
        """The revisions of a record that no other follows, the current one first. Raises UserError
        for no record."""
        revisions = revisions_of(self.store, record.lower())
        if not revisions or revisions[0].type != type_name:
            raise UserError(_("There is no such record."))
        return head_versions(revisions)

    def may_choose(self, versions: list[StoredRevision]) -> bool:
        """Whether this desk may choose between versions of a record, that is, keeps it."""
        values = next((v.values() for v in versions if not v.deleted), None) or {}
        return self.session.part(RecordEditor).owns(versions[0].type, versions[0].record, values)

    @operation("record.write")
    def resolve(self, type_name: str, record: str, take: str | Mapping[str, str]) -> str:
        """Choose between versions: one whole (`take` a revision or its beginning), or field by
        field ({field: revision}; other fields as in the first version). Returns the new
        revision."""
        record = record.lower()
        double = self.double(type_name, record)
        if len(double.versions) < 2:
            raise UserError(_("There is only one version of this record."))
        self.session.part(RecordEditor).require_owner(type_name, record, self._any_values(double))
        values = self._taken(double, take)
        model = ALL_TYPES[type_name]
        change = NewVersion(model, record, values, reason=_("Chosen from two versions"))
        if isinstance(take, str):
            # The personal part may be on a lost machine only: the reference to it is preserved.
            change = change._replace(away=_version_named(double, take).away())
        write = self.session.part(RecordEditor).write
        return write_over(self.store, write, change, double.versions).hex()

    @operation("record.write")
    def reopen(self, type_name: str, record: str, versions: Sequence[str], choice: str) -> None:
        """Revert a choice between versions: they all wait for a choice again.

        versions: the revisions (hex) it was made between, the one that counted first; choice: the
        revision it became. Each version is written again as a revision after the choice, so that
        every desk which received the choice receives the question. Raises RecordChanged where the
        record was changed since.
        """
        record = record.lower()
        heads_by_id = {head.id.hex(): head for head in self.heads(type_name, record)}
        if set(heads_by_id) != {choice}:
            raise RecordChanged(
                _("This record was changed again since; that change has to be undone first.")
            )
        before = {version.id.hex(): version for version in revisions_of(self.store, record)}
        sides = [before[revision] for revision in versions]
        editor = self.session.part(RecordEditor)
        values = next((version.values() for version in sides if not version.deleted), None) or {}
        editor.require_owner(type_name, record, values)
        write_again(editor, sides, heads_by_id[choice], _("The choice was taken back"))

    def _any_values(self, double: RecordVersions) -> Values:
        return next((v.values() for v in double.versions if not v.deleted), None) or {}

    def _taken(self, double: RecordVersions, take: str | Mapping[str, str]) -> Values | None:
        if isinstance(take, str):
            taken_version = _version_named(double, take)
            if stays_elsewhere(self.session, taken_version):
                _require_whole([taken_version])
            return taken_version.values()
        if any(version.deleted for version in double.versions):
            raise UserError(_("Take one version whole: one of them is a deletion."))
        values = self._base(double)
        fields = ALL_TYPES[double.type].fields()
        for key, revision in take.items():
            if key not in fields:
                raise UserError(_("There is no field “{field}”.").format(field=key[:40]))
            source = _version_named(double, revision)
            other_values = source.values() or {}
            if not source.is_whole() and ALL_TYPES[double.type].keeps_apart(key):
                _require_whole([source])
            _take_value(values, key, other_values)
        return values

    def _base(self, double: RecordVersions) -> Values:
        """The values that a choice field by field starts from: those of the current version; if its
        separate part is on another desk, with that of a version whose part is stored."""
        first, *rest = double.versions
        values = first.values() or {}
        if first.is_whole():
            return values
        whole = next((version for version in rest if version.is_whole()), None)
        if whole is None:
            _require_whole([first])
            raise AssertionError(first.id.hex())
        model, whole_values = ALL_TYPES[double.type], whole.values() or {}
        for key in model.fields():
            if model.keeps_apart(key):
                _take_value(values, key, whole_values)
        return values


def _take_value(values: Values, key: str, source: Values) -> None:
    """Let a field have the value that it has in `source`: none where it has none there."""
    values.pop(key, None)
    if key in source:
        values[key] = source[key]


def _require_whole(versions: list[StoredRevision]) -> None:
    if not all(version.is_whole() for version in versions):
        raise OperationRefused(
            _(
                "A part of this version stayed on the desk that wrote it. Ask that desk for a"
                " package with personal fields, or choose there."
            )
        )


def _version_named(double: RecordVersions, revision: str) -> StoredRevision:
    matches = [v for v in double.versions if v.id.hex().startswith(revision.lower())]
    if not revision or len(matches) != 1:
        raise UserError(
            _("“{revision}” is none of the versions: {known}").format(
                revision=revision[:64], known=", ".join(v.id.hex()[:12] for v in double.versions)
            )
        )
    return matches[0]


def versions_json(double: RecordVersions, desk: Any) -> dict[str, Any]:
    """A double version in the shape of the `inbox` command."""
    return {
        "type": double.type,
        "id": double.record,
        "chosen_here": double.chosen_here,
        "versions": [
            {
                "revision": version.id.hex(),
                "author": version.stamp.author,
                "desk": version.stamp.desk,
                "time": version.stamp.time,
                "deleted": version.deleted,
                "values": _values_json(version, desk),
            }
            for version in double.versions
        ],
    }


def _values_json(version: StoredRevision, desk: Any) -> dict[str, Any] | None:
    values = version.values()
    return None if values is None else fields_json(ALL_TYPES[version.type], values, desk.book)
