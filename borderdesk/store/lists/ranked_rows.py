"""The first page of a long list that is sorted by codes, without ranking every record.

The rank of a code is computed for each record: for a year of 10,000,000 records 105 ms by the
communes of pledges. What sorts after the first page of a sample is not on that of the list either,
and few comparisons leave it out: 67 ms. SQL by hand, like that of the lists.
"""

import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.lists.list_order import by_code, shown_column, sort_expression
from borderdesk.store.lists.listing import Filter, ListQuery, Sort, known_size

SAMPLED = 64
"""A sample of this fraction of the days of a list is sorted first."""
MANY = 300_000
"""The least number of records of a type whose lists are sampled: shorter ones are sorted sooner."""


class _CodeGroup(NamedTuple):
    """The records of a sample that have one code."""

    rank: Any
    code: str | None
    size: int


def first_ranked_rows(
    store: Store, model: type[RevisionedModel], list_filter: Filter, sort: Sort, limit: int
) -> list[int] | None:
    """The rows of a list's first page, in order; None where the list is not sorted by a code, is
    short or that of a search, or its sample is shorter than a page."""
    if model.columns()[sort.key].order != "rank" or list_filter.search.strip():
        return None
    days = _sampled_days(store, model, list_filter, sort)
    if days is None:
        return None
    sample = ListQuery(store, model, list_filter._replace(first=days[0], last=days[1]))
    conditions = _conditions(store, sample, sort, limit)
    if not conditions:
        return None
    query = ListQuery(store, model, list_filter)
    early = query.sql("t.row", by_code(conditions, shown_column(model, sort.key)))
    rank, way = sort_expression(store, model, sort.key), _way(sort)
    sql = f"{early} ORDER BY {rank} {way}, t.row {way} LIMIT ?"
    page = [row[0] for row in store.rows(sql, [*query.params, limit])]
    return page if len(page) == limit else None


def _way(sort: Sort) -> str:
    return "DESC" if sort.descending else "ASC"


def _sampled_days(
    store: Store, model: type[RevisionedModel], list_filter: Filter, sort: Sort
) -> tuple[datetime.date, datetime.date] | None:
    """The days at that end of a list where the first rows of most codes are; None for a list
    of few days or of a small type."""
    first, last = list_filter.first, list_filter.last
    if (first and last and (last - first).days < SAMPLED) or known_size(store, model) < MANY:
        return None
    event = model.event()
    assert event is not None
    query = ListQuery(store, model, Filter(list_filter.first, list_filter.last))
    ends = [query.sql(f"{end}(t.{event.name})") for end in ("MIN", "MAX")]
    first, last = (event.python_value(store.value(sql, query.params)) for sql in ends)
    days = 0 if first is None else (last - first).days // SAMPLED
    if days == 0:
        return None
    some = datetime.timedelta(days)
    return (last - some, last) if sort.descending else (first, first + some)


def _conditions(store: Store, sample: ListQuery, sort: Sort, limit: int) -> dict[str, str]:
    """{code: the SQL condition of its records on the first page of a list}, of codes with one;
    empty where the sample is shorter than a page."""
    groups = _groups(store, sample, sort)
    sizes = accumulate(group.size for group in groups)
    ending = next((number for number, size in enumerate(sizes) if size >= limit), None)
    if ending is None:
        return {}
    last = groups[ending]
    late = [group.code for group in groups[ending:] if group.rank != last.rank]
    conditions = {code: "FALSE" for code in late if code is not None}
    if last.code is not None and sum(group.rank == last.rank for group in groups) == 1:
        place = limit - sum(group.size for group in groups[:ending])
        row = _row_at(store, sample, sort, last.code, place)
        # None where another process deleted records since.
        if row is not None:
            conditions[last.code] = f"t.row {'>=' if sort.descending else '<='} {row}"
    return conditions


def _groups(store: Store, sample: ListQuery, sort: Sort) -> list[_CodeGroup]:
    """The codes of a sample in order."""
    column = shown_column(sample.model, sort.key)
    rank = sort_expression(store, sample.model, sort.key)
    sql = f"{sample.sql(f'{rank}, {column}, COUNT(*)')} GROUP BY {column}"
    rows = store.rows(sql, sample.params)
    return sorted((_CodeGroup(*row) for row in rows), key=_rank, reverse=sort.descending)


def _rank(group: _CodeGroup) -> Any:
    return group.rank


def _row_at(store: Store, sample: ListQuery, sort: Sort, code: str, place: int) -> int | None:
    """The row at a place, from 1, among the records of a sample with a code, in order."""
    same = sample.sql("t.row", f"{shown_column(sample.model, sort.key)} = ?")
    sql = f"{same} ORDER BY t.row {_way(sort)} LIMIT 1 OFFSET ?"
    row: int | None = store.value(sql, [*sample.params, code, place - 1])
    return row
