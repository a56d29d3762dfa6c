"""Every table of a desk that is not reference data, and what the record types add to them."""

from functools import cache
from typing import Any

import peewee as pw

from borderdesk.fields import Communes
from borderdesk.records import ALL_TYPES
from borderdesk.records.base import Revisioned


class _Table(pw.Model):
    class Meta:
        legacy_table_names = False


class Meta(_Table):
    """What this desk is: its id, role, unit, user, and counters of change."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()


class Revision(_Table):
    """A save or delete of a record or household, for ever; `seq` is its order of arrival here.

    `parents` are 0–2 ids of 32 bytes, sorted and joined; `body` is the canonical JSON whose
    SHA-256 is the revision's content, absent for a deletion.
    """

    seq = pw.AutoField()
    id = pw.BlobField(unique=True)
    type = pw.TextField()
    record = pw.TextField()
    number = pw.IntegerField()
    parents = pw.BlobField()
    author = pw.TextField()
    desk = pw.TextField()
    time = pw.TextField()
    reason = pw.TextField(null=True)
    deleted = pw.IntegerField()
    body = pw.TextField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("record", "number"), False),)


class PrivatePart(_Table):
    """The personal and internal fields of a revision, as canonical JSON, with their salt."""

    revision = pw.IntegerField(primary_key=True)
    salt = pw.BlobField()
    part = pw.TextField()


class SoftWarning(_Table):
    """What was doubtful at entry and kept: JSON [[field, doubt], …] a record."""

    record = pw.TextField(primary_key=True)
    doubts = pw.TextField()


class HouseholdGroup(_Table):
    """Derived: households joined to others, each with the smallest id of its group."""

    member = pw.TextField(primary_key=True)
    leader = pw.TextField(index=True)


class Draft(_Table):
    """An unfinished form, JSON of the form's own making; `parked` when put aside on purpose."""

    id = pw.TextField(primary_key=True)
    form = pw.TextField()
    parked = pw.IntegerField()
    texts = pw.TextField()
    started = pw.TextField()
    touched = pw.TextField()


class Preference(_Table):
    """How a person arranged the window, JSON by key."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()


STORE_TABLES: tuple[type[pw.Model], ...] = (
    Meta, Revision, PrivatePart, SoftWarning, HouseholdGroup, Draft, Preference,
)  # fmt: skip


def table_name(model: type[pw.Model]) -> str:
    """The name of the model's table."""
    return str(model._meta.table_name)


@cache
def type_columns(model: type[Revisioned]) -> tuple[str, ...]:
    """The columns of a type's table: row, id, revision, its fields, then derived columns."""
    return tuple(f.name for f in model._meta.sorted_fields)


@cache
def link_tables(model: type[Revisioned]) -> dict[str, str]:
    """{key of a field of several communes: the table with a (row, unit) for each}."""
    return {
        key: f"{model.type_name}_{key}"
        for key, field in model.columns().items()
        if isinstance(field, Communes)
    }


def search_table(model: type[Revisioned]) -> str:
    """The full-text table of a type, its rowid the record's `row`."""
    return f"{model.type_name}_search"


def index_columns(model: type[Revisioned]) -> list[tuple[str, ...]]:
    """The further indexes of a type's table: that of the summary, then those looked up."""
    declared = (model.summary, *model.looked_up)
    return [tuple(columns.split()) for columns in declared if columns]


def derived_models() -> list[type[Any]]:
    """Every table that could be rebuilt from the revisions, types before their children."""
    models: list[type[Any]] = []
    for model in ALL_TYPES.values():
        models += [model, *(field.child for field in model.children().values())]
    return models
