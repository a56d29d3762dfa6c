"""The orders of lists in SQL: Vietnamese order, codes by their labels, markers as numbers."""

from collections.abc import Mapping, Sequence

from borderdesk.schema.kinds import UNIT, ColumnField
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.order_cache import UNRANKED
from borderdesk.store.connection.tables import type_columns

TREE_LEAF = 8
"""So many codes are compared one after the other, as CASE reads its column once for all of them."""


def sort_expression(store: Store, model: type[RevisionedModel], key: str) -> str:
    """The SQL that orders a list by a field: Vietnamese order, markers as numbers."""
    if f"{key}_key" in type_columns(model):
        return f"t.{key}_key"
    field = model.columns()[key]
    if field.event:
        # Never NULL: the index on the plain column gives the order.
        return f"t.{key}"
    if field.order == "rank" and not field.several:
        return _rank_sql(
            store.orders.ranks_of(field.rank_name(f"{model.type_name}.{key}")),
            shown_column(model, key),
        )
    return _orders(field, f"t.{key}", f"{model.type_name}.{key}")


def _rank_sql(places: dict[str, int], column: str) -> str:
    """The rank of a code as an SQL expression: a Python function would be called for each row."""
    place = _search_tree(sorted(places), places, column)
    return f"CASE WHEN {column} IS NULL THEN -1 ELSE {place} END"


def _search_tree(
    codes: Sequence[str], values: Mapping[str, int | str], column: str, other: int | str = UNRANKED
) -> str:
    if not codes:
        return str(other)
    if len(codes) <= TREE_LEAF:
        cases = "".join(f" WHEN {quoted(code)} THEN {values[code]}" for code in codes)
        return f"CASE {column}{cases} ELSE {other} END"
    middle = len(codes) // 2
    parts = codes[:middle], codes[middle:]
    low, high = (_search_tree(part, values, column, other) for part in parts)
    return f"CASE WHEN {column} < {quoted(codes[middle])} THEN {low} ELSE {high} END"


def by_code(conditions: Mapping[str, str], column: str) -> str:
    """The condition of a column's code as an SQL expression; any other code, and none, meets it.
    Takes fewer comparisons than NOT IN."""
    return _search_tree(sorted(conditions), conditions, column, "TRUE")


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


_ORDERS = {
    "number": "COALESCE({column}, -1)",
    "text": "COALESCE({column}, '')",
    "marker": "COALESCE(marker_key({column}), -1)",
    "rank": "COALESCE(rank_of('{rank}', {column}), '')",
    "named": "COALESCE(h.{named}, '')",
    "words": "COALESCE(vn_key({column}), '')",
}
"""The SQL of each order that a kind of field may declare."""


def _orders(field: ColumnField, column: str, name: str) -> str:
    name_column = name_key(referred(field)) if field.order == "named" else ""
    return _ORDERS[field.order].format(column=column, rank=field.rank_name(name), named=name_column)


def referred(field: ColumnField) -> type[RevisionedModel]:
    """The record type that a field refers to."""
    return ALL_TYPES[field.refers_to]


def name_key(model: type[RevisionedModel]) -> str:
    """The column with the sort key of the first listed field, in a type without an event."""
    return f"{model.listed()[0]}_key"


def natural_order(model: type[RevisionedModel]) -> str:
    """The SQL of the order oldest first; of households by name."""
    event = model.event()
    return f"t.{event.name}" if event is not None else f"t.{name_key(model)}"


def shown_columns(model: type[RevisionedModel], columns: Sequence[str]) -> str:
    """The columns that a list shows: the place a record counts in where it names none itself."""
    return ", ".join(f"{shown_column(model, column)} AS {column}" for column in columns)


def shown_column(model: type[RevisionedModel], column: str) -> str:
    """The column that a list shows, and is sorted by, for a field."""
    # Derived of the record's own place first: it alone is in the index of the summary.
    is_place = bool(model.place_column) and column in model.referring(UNIT, several=False)
    return f"t.{model.place_column if is_place else column}"
