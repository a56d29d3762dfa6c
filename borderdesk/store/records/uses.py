"""Counts the records that name a row of reference data."""

from collections import Counter
from collections.abc import Iterator, Mapping

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference import ReferenceType
from borderdesk.schema.reference.table import Cells, EditableTable
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import link_tables, table_name
from borderdesk.store.records.record_queries import count_rows

Condition = tuple[str, str, tuple[str, ...]]
"""A table, the condition on its rows, and the parameters of that."""


def count_uses(store: Store, table: type[EditableTable], cells: Cells) -> Counter[str]:
    """How many records of each type, by its title, name the row with these cells."""
    uses: Counter[str] = Counter()
    if not issubclass(table, ReferenceType):
        return uses
    if not cells[table.record_column or table.key_columns()[0]]:
        return uses
    for model in ALL_TYPES.values():
        for rows, condition, values in _conditions(model, table, cells):
            uses[_(model.title)] += count_rows(store, rows, condition, values)
    return +uses


def _conditions(
    model: type[RevisionedModel], table: type[ReferenceType], cells: Cells
) -> Iterator[Condition]:
    """The conditions on the fields of a type, and of the rows below it, that may name the row."""
    tables: list[tuple[str, Mapping[str, ColumnField]]] = [(table_name(model), model.columns())]
    tables += [(table_name(c.child), c.child.fields()) for c in model.children().values()]
    value = cells[table.record_column or table.key_columns()[0]]
    for name, fields in tables:
        context = [key for key in table.record_context if key in fields]
        for key, field in fields.items():
            if not table.is_named(field.each, cells):
                continue
            if field.linked:
                link = link_tables(model)[key]
                yield link, "unit = ?", (value,)
            elif field.several:
                yield name, f"instr(';' || {key} || ';', ?) > 0", (f";{value};",)
            else:
                where = " AND ".join(f"{column} = ?" for column in (key, *context))
                yield name, where, (value, *(cells[column] for column in context))
