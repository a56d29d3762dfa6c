"""Deleted records: who deleted each, when, why, and its last values, so that it can be restored."""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.entry.record_output import fields_json
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import SessionPart
from borderdesk.store.records.history import newest_deletions, revisions_of

MOST = 2_000
"""So many deletions, the latest, are listed."""


class DeletedRecord(NamedTuple):
    """A deleted record; values: its last values, None if unknown to this desk; when: local time."""

    id: str
    when: datetime.datetime
    author: str
    reason: str
    values: Values | None


class DeletedRecords(SessionPart):
    """The deleted records of a desk, by type."""

    def latest(self, type_name: str) -> list[DeletedRecord]:
        """The MOST records of a type that were deleted last, the latest first."""
        return list(self._read(type_name))

    def _read(self, type_name: str) -> Iterator[DeletedRecord]:
        for deletion in newest_deletions(self.store, ALL_TYPES[type_name], MOST):
            versions = revisions_of(self.store, deletion.record)
            values = next((v.values() for v in reversed(versions) if not v.deleted), None)
            when = moment_of(deletion.stamp.time)
            yield DeletedRecord(
                deletion.record, when, deletion.stamp.author, deletion.reason or "", values
            )


def deleted_json(type_name: str, record: DeletedRecord, book: ReferenceBook) -> dict[str, Any]:
    """A deleted record in the shape of `list --deleted --format json`."""
    return {
        "id": record.id,
        "deleted_at": record.when.isoformat(timespec="seconds"),
        "deleted_by": record.author,
        "reason": record.reason,
        **fields_json(ALL_TYPES[type_name], record.values or {}, book),
    }


def deleted_lines(
    type_name: str, records: list[DeletedRecord], book: ReferenceBook
) -> Iterator[str]:
    """The deleted records as people read them, with tabs between; IDs are masked."""
    model = ALL_TYPES[type_name]
    columns, listed = model.columns(), model.listed()
    heads = (
        "id",
        _("Deleted on"),
        _("Deleted by"),
        _("Reason"),
        *(_(columns[key].label) for key in listed),
    )
    yield "\t".join(heads) + "\n"
    for record in records:
        shown = (columns[key].show((record.values or {}).get(key), book) for key in listed)
        cells = (record.id, f"{record.when:%Y-%m-%d %H:%M}", record.author, record.reason, *shown)
        yield "\t".join(" ".join(cell.split()) for cell in cells) + "\n"


def gist(type_name: str, values: Values | None, book: ReferenceBook, most: int = 6) -> str:
    """A summary of a record: the first of its listed fields; "–" without values."""
    model = ALL_TYPES[type_name]
    columns = model.columns()
    known_values = values or {}
    shown = (_short(columns[k], known_values[k], book) for k in model.listed() if k in known_values)
    return " · ".join([text for text in shown if text][:most]) or "–"


def _short(field: ColumnField, value: Any, book: ReferenceBook) -> str:
    """A value in a few words; of a record that is described and not made yet what names it."""
    if isinstance(value, dict):
        return next((str(part) for part in value.values() if part), "")
    return field.show_short(value, book)
