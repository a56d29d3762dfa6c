"""Compares the versions of one record field by field, for a person to choose from."""

import datetime
from textwrap import shorten
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.entry.differences import shown
from borderdesk.exchange.entries.inbox import Inbox, RecordVersions
from borderdesk.exchange.merging.desk_names import desk_names, desk_title, owner_title
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds.field import HAMLET, MARKER, PUBLIC, UNIT, measured_label
from borderdesk.schema.record import Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import Session
from borderdesk.store.records.history import StoredRevision

HEADLINE_FIELDS, MOST_TOLD = 3, 200
_PLACES = (MARKER, UNIT, HAMLET)


class VersionSide(NamedTuple):
    """One version: its revision in hex, its number in the chain, its author, desk and local time,
    whether it is a deletion, and whether its personal and internal fields are stored on this
    desk."""

    revision: str
    number: int
    author: str
    desk: str
    when: datetime.datetime
    deleted: bool
    whole: bool


class FieldComparison(NamedTuple):
    """A field as each version shows it, in the order of the sides. differs: whether the versions
    with a known value differ."""

    key: str
    label: str
    texts: tuple[str, ...]
    differs: bool


class RecordComparison(NamedTuple):
    """A record with several versions; `sides[0]` counts until somebody chooses. owner: whose
    post may choose; chosen_here: this desk may."""

    type: str
    record: str
    title: str
    owner: str
    sides: list[VersionSide]
    lines: list[FieldComparison]
    chosen_here: bool

    @property
    def whole_only(self) -> bool:
        """Whether a version must be chosen whole, because one of them is a deletion."""
        return any(side.deleted for side in self.sides)

    def why_first(self) -> str:
        """Why the first version is the current one until a person chooses."""
        first, rest = self.sides[0], self.sides[1:]
        if any(side.deleted for side in rest) and not first.deleted:
            return _("an edit counts before a deletion")
        if all(first.number > side.number for side in rest):
            return _("it was revised more often")
        if all(first.when > side.when for side in rest):
            return _("it was written later")
        return _("both are equally new, and the same one counts on every desk")


def compare_all_versions(session: Session, limit: int) -> list[RecordComparison]:
    """The records that wait for a choice, at most `limit`, as a person compares them."""
    names = desk_names(session)
    return [compare(session, double, names) for double in session.part(Inbox).doubles(limit)]


def compare(session: Session, double: RecordVersions, names: dict[str, str]) -> RecordComparison:
    """Versions as a person compares them; names: {desk: its short name}."""
    by_version = [version.values() for version in double.versions]
    values = next((contents for contents in by_version if contents is not None), {})
    owner = owner_title(session, double.type, values, names, double.versions[-1].stamp.desk)
    return RecordComparison(
        double.type,
        double.record,
        headline(double.type, values, session.book),
        owner,
        [_side(version, names) for version in double.versions],
        _lines(double, by_version, session.book),
        double.chosen_here,
    )


def _side(version: StoredRevision, names: dict[str, str]) -> VersionSide:
    stamp = version.stamp
    when = moment_of(stamp.time)
    where = desk_title(names, stamp.desk)
    return VersionSide(
        version.id.hex(),
        version.number,
        stamp.author,
        where,
        when,
        version.deleted,
        version.is_whole(),
    )


def _lines(
    double: RecordVersions, by_version: list[Values | None], book: ReferenceBook
) -> list[FieldComparison]:
    model, lines = ALL_TYPES[double.type], []
    for key, field in model.fields().items():
        values = [(contents or {}).get(key) for contents in by_version]
        hidden = [
            value is None and not version.is_whole() and model.keeps_apart(key)
            for value, version in zip(values, double.versions, strict=True)
        ]
        readable_values = [value for value, away in zip(values, hidden, strict=True) if not away]
        differs = any(value != readable_values[0] for value in readable_values[1:])
        if differs or any(value is not None for value in readable_values):
            texts = tuple(
                _("(kept at its desk)") if away else shown(field, value, book)
                for value, away in zip(values, hidden, strict=True)
            )
            lines.append(FieldComparison(key, measured_label(field), texts, differs))
    return lines


def headline(type_name: str, values: Values, book: ReferenceBook) -> str:
    """A record in few words: its type, and the first of its listed fields that are filled in."""
    model = ALL_TYPES[type_name]
    columns = model.columns()
    texts = [shown(columns[key], values.get(key), book) for key in model.listed()]
    return " · ".join([_(model.title), *[text for text in texts if text][:HEADLINE_FIELDS]])


def day_and_place(type_name: str, values: Values, book: ReferenceBook) -> str:
    """A record by its type, day and places, in MOST_TOLD letters at most, for a reason or a note:
    none of it is personal."""
    model = ALL_TYPES[type_name]
    fields = [
        field
        for key, field in model.columns().items()
        if (field.event or field.refers_to in _PLACES) and model.part_of(key, values) == PUBLIC
    ]
    # The day first, as in lists.
    fields.sort(key=lambda field: not field.event)
    texts = [shown(field, values.get(field.name), book) for field in fields]
    title = " · ".join([_(model.title), *filter(None, texts)])
    return shorten(title, MOST_TOLD, placeholder=" …")
