"""The columns that a sheet of a record type can have."""

from collections.abc import Sequence

from borderdesk.base.i18n import N_, _
from borderdesk.entry.entry_plan import references
from borderdesk.entry.grid import GridColumn, columns_of
from borderdesk.entry.headings import recognised
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.session.session import Session
from borderdesk.sheets.columns.child_columns import child_columns, is_below
from borderdesk.sheets.columns.shared_columns import is_shared, shared_columns
from borderdesk.sheets.values.household_parts import CITIZEN, HEAD

TELLS_COMMUNES = N_("(tells communes apart)")
NUMBERS_ROWS = N_("(row numbers)")
NAMES_RECORDS = N_("(ids of records)")
GIVES_UNIT = N_("(unit of the column beside it)")
"""What columns without a field are used for."""


def sheet_columns(session: Session, type_name: str) -> list[GridColumn]:
    """The columns that a sheet of a type can have: those of its fields, and those that hold more
    or less than one of them."""
    columns = field_columns(session, type_name)
    below = child_columns(ALL_TYPES[type_name])
    return [
        *columns,
        *shared_columns(columns),
        *(column for column in below if is_below(column.key)),
    ]


def field_columns(session: Session, type_name: str) -> list[GridColumn]:
    """The columns of a type's fields: those of its grid, the post, the rows below it, the ID of a
    household that records name, and the one that it was joined to."""
    model = ALL_TYPES[type_name]
    columns = columns_of(session, type_name)
    keys = {column.key for column in columns}
    post = model.own_post()
    if post and post not in keys:
        field = model.columns()[post]
        columns.append(GridColumn(post, _(field.label), field, usual=False))
    columns += [column for column in child_columns(model) if not is_below(column.key)]
    for key, target in references(model):
        if target is model:
            field = model.columns()[key]
            columns.append(GridColumn(key, _(field.label), field, usual=False))
    for key in described_keys(model):
        field = Household.columns()[CITIZEN]
        columns.append(GridColumn(f"{key}.{CITIZEN}", _(field.label), field, usual=False))
    return columns


def described_keys(model: type[RevisionedModel]) -> list[str]:
    """The fields of a record that name a household by its parts."""
    return [key for key, target in references(model) if target is not model]


def column_key(columns: Sequence[GridColumn], name: str) -> str | None:
    """The key of the column that a person names by key, by part of a household, or by heading;
    None for none."""
    keys = {column.key for column in columns}
    ends = [key for key in keys if key.endswith(f".{name}")]
    if name in keys:
        return name
    if f"{name}.{HEAD}" in keys:
        return f"{name}.{HEAD}"
    if len(ends) == 1:
        return ends[0]
    return recognised([name], [column for column in columns if not is_shared(column.key)])[0]


def label_of(columns: Sequence[GridColumn], key: str) -> str:
    """The label of a column that is missing in the sheet."""
    return next((column.label for column in columns if column.key == key), key)
