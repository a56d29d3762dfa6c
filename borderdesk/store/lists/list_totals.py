"""The sums of a list's numbers.

Hand-written SQL, like that of the lists.
"""

from decimal import Decimal

from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.lists.listing import Filter, ListQuery


def totals(
    store: Store, model: type[RevisionedModel], list_filter: Filter
) -> dict[str, int | Decimal]:
    """The sums of a list's numbers by field; a field that no record has is left out."""
    keys = [key for key, field in model.columns().items() if field.numeric]
    if not keys:
        return {}
    query = ListQuery(store, model, list_filter)
    # An aggregate without GROUP BY has one row, of an empty list too.
    parts = [_total(model, key, list_filter.units) for key in keys]
    params = [value for _sql, values in parts for value in values]
    (sums,) = store.rows(query.sql(", ".join(sql for sql, _v in parts)), [*params, *query.params])
    columns = model.columns()
    return {
        key: columns[key].python_value(total)
        for key, total in zip(keys, sums, strict=True)
        if total is not None
    }


def _total(
    model: type[RevisionedModel], key: str, units: frozenset[str] | None
) -> tuple[str, list[str]]:
    """The SQL that sums a number, and its parameters: for a number split over places, with units
    selected, only the share that the report counts in these."""
    split = model.split_number
    if units is None or split is None:
        return f"SUM(t.{key})", []
    sorted_units = sorted(units)
    marks = ", ".join("?" * len(sorted_units)) or "NULL"
    is_chosen = f"t.{model.main_place()} IN ({marks})"
    if key != split.number:
        return f"SUM(CASE WHEN {is_chosen} THEN t.{key} END)", sorted_units
    table = table_name(model.children()[split.places].child)
    elsewhere = f"COALESCE((SELECT SUM(c.{split.of}) FROM {table} c WHERE c.row = t.row"
    own_part = f"CASE WHEN {is_chosen} THEN COALESCE(t.{key}, 0) - {elsewhere}), 0) ELSE 0 END"
    inside = f"{elsewhere} AND c.{split.unit} IN ({marks})), 0)"
    return f"SUM({own_part} + {inside})", sorted_units * 2
