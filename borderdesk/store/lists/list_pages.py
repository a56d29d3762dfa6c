"""The pages of a list: by keyset, or from an order that was prepared ahead."""

import datetime
from array import array
from collections.abc import Sequence
from typing import Any

from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.dialect import in_order
from borderdesk.store.connection.tables import table_name
from borderdesk.store.lists.list_order import shown_columns, sort_expression
from borderdesk.store.lists.list_walks import first_rows
from borderdesk.store.lists.listing import (
    PAGE,
    Filter,
    ListEntry,
    ListQuery,
    Sort,
    complete,
    default_sort,
)

MOST_ORDERED = 200_000
"""At most so many row numbers of a sorted list are cached ahead of the pages that show them."""


def page(
    store: Store,
    model: type[RevisionedModel],
    list_filter: Filter,
    sort: Sort,
    after: tuple[Any, int] | None = None,
    limit: int = PAGE,
) -> list[ListEntry]:
    """A page of a list: the first, or the one after `place` of the last record seen."""
    sort = sort if sort.key else default_sort(model)
    if after is not None:
        ahead = _known_order(store, (model.type_name, list_filter, sort), after[1], limit)
        if ahead is not None:
            return _at_rows(store, model, sort, ahead)
    elif (first := first_rows(store, model, list_filter, sort, limit)) is not None:
        return _at_rows(store, model, sort, first)
    expression = sort_expression(store, model, sort.key)
    query = _sorted_query(store, model, list_filter, sort)
    direction, sign = ("DESC", "<") if sort.descending else ("ASC", ">")
    more = [] if after is None else [f"({expression}, t.row) {sign} (?, ?)"]
    columns = ("row", "id", "revision", *model.columns())
    cells = shown_columns(model, columns)
    # The inner query is answered from an index alone; only the page's own rows are read whole.
    chosen_rows = (
        f"{query.sql(f'{expression} AS sorted, t.row AS chosen', *more)}"
        f" ORDER BY {expression} {direction}, t.row {direction} LIMIT ?"
    )
    sql = (
        f"SELECT sorted, {cells}"
        f" FROM {in_order(f'({chosen_rows})', f'{table_name(model)} t', 't.row = chosen')}"
        f" ORDER BY sorted {direction}, t.row {direction}"
    )
    rows = list(store.rows(sql, [*query.params, *(after or ()), limit]))
    return complete(store, model, columns, rows)


def _sorted_query(
    store: Store, model: type[RevisionedModel], list_filter: Filter, sort: Sort
) -> ListQuery:
    query = ListQuery(store, model, list_filter)
    if model.columns()[sort.key].order == "named":
        query.join_named(sort.key)
    return query


def dates(
    store: Store, model: type[RevisionedModel]
) -> tuple[datetime.date | None, datetime.date | None]:
    """The dates of the newest and of the oldest record of a type, None for each of an empty table:
    two index lookups, instead of reading the whole first row of a list."""
    event = model.event()
    if event is None:
        return None, None
    table = table_name(model)
    ends = [f"(SELECT {end}({event.name}) FROM {table})" for end in ("MAX", "MIN")]
    newest, oldest = store.one(f"SELECT {', '.join(ends)}") or (None, None)
    return event.python_value(newest), event.python_value(oldest)


def order_ahead(
    store: Store, model: type[RevisionedModel], list_filter: Filter, sort: Sort
) -> None:
    """Cache the order of a list of one period, so that its next pages need no sorting.

    Cheap where an index has the order; elsewhere every page would sort every record of the
    period again.
    """
    sort = sort if sort.key else default_sort(model)
    if model.event() is not None and (list_filter.first is None or list_filter.last is None):
        return
    expression = sort_expression(store, model, sort.key)
    direction = "DESC" if sort.descending else "ASC"
    sql = (
        f"{_sorted_query(store, model, list_filter, sort).sql('t.row')}"
        f" ORDER BY {expression} {direction}, t.row {direction} LIMIT ?"
    )
    newest = _newest(store)
    params = [*ListQuery(store, model, list_filter).params, MOST_ORDERED]
    rows = array("q", (row[0] for row in store.rows(sql, params)))
    store.orders.add((model.type_name, list_filter, sort), (newest, rows))


def _newest(store: Store) -> int:
    """The `seq` of the newest revision: cached orders are valid while it is the same."""
    return int(store.value("SELECT MAX(seq) FROM revision") or 0)


def _known_order(
    store: Store, key: tuple[str, Filter, Sort], last: int, limit: int
) -> Sequence[int] | None:
    """The rows after the row `last` in a cached order; None without a valid one."""
    cached_order = store.orders.get(key)
    if cached_order is None or cached_order[0] != _newest(store):
        return None
    rows = cached_order[1]
    try:
        place = rows.index(last) + 1
    except ValueError:
        return None
    # Rows after the end of a truncated order are unknown.
    if len(rows) == MOST_ORDERED and place + limit > len(rows):
        return None
    return rows[place : place + limit]


def _at_rows(
    store: Store, model: type[RevisionedModel], sort: Sort, rows: Sequence[int]
) -> list[ListEntry]:
    """The records of these rows, in this order."""
    columns = ("row", "id", "revision", *model.columns())
    cells = shown_columns(model, columns)
    marks = ", ".join("?" * len(rows)) or "NULL"
    query = _sorted_query(store, model, Filter(), sort)
    sql = query.sql(f"{sort_expression(store, model, sort.key)}, {cells}", f"t.row IN ({marks})")
    by_row = {stored[1]: stored for stored in store.rows(sql, list(rows))}
    entries = [by_row[row] for row in rows if row in by_row]
    return complete(store, model, columns, entries)
