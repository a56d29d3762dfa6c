"""The history of a record as people read it: what each version changed, by whom, when and why."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from borderdesk.schema.kinds import Field, ReferenceLookup
from borderdesk.schema.kinds.field import measured_label
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import moment_of
from borderdesk.store.records.history import StoredRevision

NOTHING: Mapping[str, str] = {}
MADE, CHANGED, DELETED, TAKEN_BACK, CHOSEN = "made", "changed", "deleted", "taken back", "chosen"


class FieldDifference(NamedTuple):
    """A field that changed: its label and its displayed values before and after ("" for none)."""

    key: str
    label: str
    before: str
    after: str


class RecordVersion(NamedTuple):
    """A version of a record: one of the constants above, when (local time), by whom and why."""

    revision: str
    what: str
    when: datetime.datetime
    author: str
    reason: str
    differences: list[FieldDifference]
    known: bool
    """False for a version received as a hash only, so that its fields are unknown."""


def versions_of(past: Sequence[StoredRevision], book: ReferenceLookup) -> list[RecordVersion]:
    """The versions of one record in the order of their numbers, each against its parent."""
    by_id = {revision.id: revision for revision in past}
    ordered = sorted(past, key=lambda revision: (revision.number, revision.stamp.time, revision.id))
    return [
        _version(revision, [by_id[p] for p in revision.parents if p in by_id], book)
        for revision in ordered
    ]


def _version(
    revision: StoredRevision, parents: list[StoredRevision], book: ReferenceLookup
) -> RecordVersion:
    is_complete = revision.deleted or revision.body is not None
    differences = list(
        differing(revision.type, _before(revision, parents), revision.values(), book)
    )
    return RecordVersion(
        revision=revision.id.hex(),
        what=_what(revision, parents),
        when=moment_of(revision.stamp.time),
        author=revision.stamp.author,
        reason=revision.reason or "",
        differences=differences if is_complete and not revision.deleted else [],
        known=is_complete,
    )


def _what(revision: StoredRevision, parents: list[StoredRevision]) -> str:
    if revision.deleted:
        return DELETED
    if not revision.parents:
        return MADE
    if len(revision.parents) > 1:
        return CHOSEN
    return TAKEN_BACK if parents and parents[0].deleted else CHANGED


def _before(revision: StoredRevision, parents: list[StoredRevision]) -> Values:
    """The values before: the parent's; for a deletion those of the version deleted."""
    for parent in parents:
        values = parent.values()
        if values is not None:
            return values
    return (revision.values() or {}) if revision.parents else {}


def differing(
    type_name: str,
    before: Values | None,
    after: Values | None,
    book: ReferenceLookup,
    unread: Mapping[str, str] = NOTHING,
) -> Iterator[FieldDifference]:
    """The fields that differ between two versions, in the order of the form. unread: {field: text
    that is no value of it afterwards}."""
    before, after = before or {}, after or {}
    for key, field in ALL_TYPES[type_name].fields().items():
        if before.get(key) == after.get(key) and key not in unread:
            continue
        was, now = (shown(field, values.get(key), book) for values in (before, after))
        yield FieldDifference(key, measured_label(field), was, unread.get(key, now))


def shown(field: Field, value: Any, book: ReferenceLookup) -> str:
    """A value of a field as a person reads it, rows one a line; "" for nothing."""
    return "" if value is None or value == [] else field.show(value, book)
