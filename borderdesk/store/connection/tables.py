"""The tables of the record types: their names, columns and indexes."""

from functools import cache
from typing import Any

import peewee as pw

from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES


def table_name(model: type[pw.Model]) -> str:
    """The name of the model's table."""
    return str(model._meta.table_name)


@cache
def type_columns(model: type[RevisionedModel]) -> tuple[str, ...]:
    """The columns of a type's table: row, id, revision, its fields, then derived columns."""
    return tuple(f.name for f in model._meta.sorted_fields)


@cache
def link_tables(model: type[RevisionedModel]) -> dict[str, str]:
    """{key of a field of several communes: the table with a (row, unit) for each}."""
    return {
        key: f"{model.type_name}_{key}" for key, field in model.columns().items() if field.linked
    }


def search_table(model: type[RevisionedModel]) -> str:
    """The full-text table of a type, its rowid the record's `row`."""
    return f"{model.type_name}_search"


def index_columns(model: type[RevisionedModel]) -> list[tuple[str, ...]]:
    """The further indexes of a type's table: that of the summary, those looked up, and that of
    the revision, without which taking one out would look through every row of every type."""
    declared = (model.summary, *model.looked_up, "revision")
    return [tuple(columns.split()) for columns in declared if columns]


def derived_models() -> list[type[Any]]:
    """Every table that could be rebuilt from the revisions, types before their children."""
    models: list[type[Any]] = []
    for model in ALL_TYPES.values():
        models += [model, *(field.child for field in model.children().values())]
    return models


@cache
def household_columns(model: type[RevisionedModel]) -> tuple[str, ...]:
    """The columns of a type that name a household."""
    return model.referring(HOUSEHOLD)
