"""Lists of records: filtered, searched, sorted, and paged by keyset.

Never by OFFSET, which reads what it skips (166 ms at row 950,000).
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import AT_LEAST_TWO, LATE, UNIT, ColumnField
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.dialect import by_index, in_order, matches
from borderdesk.store.connection.tables import link_tables, search_table, table_name
from borderdesk.store.lists.list_order import natural_order, quoted, referred
from borderdesk.store.lists.search_terms import (
    SearchTerm,
    match_expression,
    month_marks,
    search_terms,
)
from borderdesk.store.records.history import from_row, load_children

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

PAGE = 100
STREAM_ROWS = 500


class Filter(NamedTuple):
    """The filter of a list: days included, `units` unit ids, `kind` a code, folded search."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    post: str | None = None
    units: frozenset[str] | None = None
    kind: str | None = None
    search: str = ""
    review_state: str = ""
    """One of REVIEW_STATES: only the records in it; "" for all."""
    ids: frozenset[str] | None = None
    """These records only; at most some thousands."""
    running: bool = False
    """Work that began before `first` and went on until then, too."""
    former: tuple[str, ...] = ()
    """Posts that became `post`, whose records are listed as its own."""


class Sort(NamedTuple):
    """The order of a list; an empty key is the event date (a household's: its head)."""

    key: str = ""
    descending: bool = True


DOUBTED, TYPED_LATE, MISSING, DOUBLE = "doubted", "late", "missing", "double"
REVIEW_STATES = {
    DOUBTED: N_("Doubtful, kept"),
    TYPED_LATE: N_("Typed late"),
    MISSING: N_("Something missing"),
    DOUBLE: N_("Two versions"),
}
"""{review state that a list can be limited to: its label}."""


class ListEntry(NamedTuple):
    """A record in a list: `place` is the position after which the next page begins, `doubts`
    [[field, doubt]], `revision` the id of its version if requested."""

    row: int
    id: str
    revision: str | None
    values: Values
    doubts: list[list[str]]
    place: tuple[Any, int]
    double: bool = False
    """Whether it has two versions that wait for a choice."""


class ListQuery:
    """The SQL of one list, built by hand: peewee has no join of a fixed order with a condition.

    walked: tables, with the record as t, that are read in an order of their own, instead of the
    type's; without a search. terms: those searched for, instead of all that the search says.
    """

    def __init__(
        self,
        store: Store,
        model: type[RevisionedModel],
        list_filter: Filter,
        walked: str = "",
        terms: Sequence[SearchTerm] = (),
    ) -> None:
        self.model = model
        self._tables = walked or f"{table_name(model)} t"
        self._conditions: list[str] = []
        self.params: list[Any] = []
        if list_filter.search.strip():
            self._search(
                list_filter, terms or search_terms(self.model, list_filter.search, store.orders)
            )
        self._limit(list_filter)

    def _search(self, list_filter: Filter, terms: Sequence[SearchTerm]) -> None:
        # The index marks the month in which work began: running work may have begun before.
        by_month = self.model.event() is not None and not list_filter.running
        months = month_marks(list_filter.first, list_filter.last) if by_month else []
        search = search_table(self.model)
        search_words = [word for term in terms if not term.conditions for word in term.words]
        shown = [term for term in terms if term.conditions]
        if search_words or not shown:
            # Full text first: few records contain the words, and their month is one of the words.
            self._tables = in_order(f"{search} s", f"{table_name(self.model)} t", "t.row = s.rowid")
            self._add(matches(search), match_expression(search_words, months))
        for term in shown:
            ways, params = term.conditions, term.params
            if term.words:
                ways = [f"t.row IN (SELECT rowid FROM {search} WHERE {matches(search)})", *ways]
                params = [match_expression(term.words, months), *params]
            self._add(f"({' OR '.join(ways)})", *params)

    def _limit(self, list_filter: Filter) -> None:
        event = self.model.event()
        if event is not None and list_filter.first is not None:
            ends = self.model.work_end() if list_filter.running else ""
            last_day = f"COALESCE(t.{ends}, t.{event.name})" if ends else f"t.{event.name}"
            self._add(f"{last_day} >= ?", list_filter.first.isoformat())
        if event is not None and list_filter.last is not None:
            self._add(f"t.{event.name} <= ?", list_filter.last.isoformat())
        if list_filter.post is not None and self.model.own_post():
            posts = (list_filter.post, *list_filter.former)
            self._add(f"t.{self.model.own_post()} IN ({', '.join('?' * len(posts))})", *posts)
        if list_filter.kind is not None and self.model.kind_key:
            self._add(f"t.{self.model.kind_key} = ?", list_filter.kind)
        if list_filter.units is not None:
            condition, params = place_condition(self.model, list_filter.units)
            self._add(condition, *params)
        if list_filter.review_state:
            self._add(review_condition(self.model, list_filter.review_state))
        if list_filter.ids is not None:
            self._add(
                f"t.id IN ({', '.join('?' * len(list_filter.ids))})", *sorted(list_filter.ids)
            )

    def join_named(self, key: str) -> None:
        """Let the list be sorted by the names of the records (households) that a field refers to:
        a join looks each up once a row, a subquery would run again in every comparison."""
        table = table_name(referred(self.model.columns()[key]))
        named_table = by_index(f"{table} h", f"{table}_by_id")
        self._tables += f" LEFT JOIN {named_table} ON h.id = t.{key}"

    def _add(self, condition: str, *params: Any) -> None:
        self._conditions.append(condition)
        self.params += params

    def sql(self, columns: str, *more: str) -> str:
        """The query for these columns, under these further conditions."""
        conditions = [*self._conditions, *more]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT {columns} FROM {self._tables}{where}"


def place_condition(
    model: type[RevisionedModel], units: frozenset[str], *, main_only: bool = False
) -> tuple[str, list[str]]:
    """The SQL for "its place is one of these units", and its parameters.

    main_only leaves out the further places among a record's children, which carry a share only.
    """
    sorted_units = sorted(units)
    marks = ", ".join("?" * len(sorted_units)) or "NULL"
    links = link_tables(model)
    if links:
        table = next(iter(links.values()))
        # Row by row: IN would go through the links of every year.
        linked = f"SELECT 1 FROM {table} l WHERE l.row = t.row AND l.unit IN ({marks})"
        return f"EXISTS ({linked})", sorted_units
    place = model.main_place()
    conditions = [f"t.{place} IN ({marks})"] if place else []
    if not main_only:
        conditions += [
            f"t.row IN (SELECT row FROM {table_name(field.child)} WHERE {key} IN ({marks}))"
            for field in model.children().values()
            for key in field.child.referring(UNIT)
        ]
    if len(conditions) == 1:
        return conditions[0], sorted_units
    return f"({' OR '.join(conditions) or 0})", sorted_units * len(conditions)


def review_condition(model: type[RevisionedModel], review_state: str) -> str:
    """The SQL condition for the records in a review state."""
    if review_state == DOUBTED:
        return "EXISTS (SELECT 1 FROM soft_warning w WHERE w.record = t.id)"
    if review_state == TYPED_LATE:
        late = quoted(f"%{LATE}%")
        return (
            f"EXISTS (SELECT 1 FROM soft_warning w WHERE w.record = t.id AND w.doubts LIKE {late})"
        )
    if review_state == DOUBLE:
        return "EXISTS (SELECT 1 FROM double_version d WHERE d.record = t.id)"
    absent = [_absent(key, field) for key, field in model.columns().items() if field.required]
    return f"({' OR '.join(absent)})"


def _absent(key: str, field: ColumnField) -> str:
    """The SQL for "this required field is missing", where its condition applies."""
    if field.when is None:
        return f"t.{key} IS NULL"
    governing, values = field.when
    if values is AT_LEAST_TWO:
        return f"(t.{key} IS NULL AND t.{governing} > 1)"
    assert isinstance(values, Iterable)
    listed = ", ".join(quoted(str(value)) for value in sorted(values))
    return f"(t.{key} IS NULL AND t.{governing} IN ({listed}))"


def default_sort(model: type[RevisionedModel]) -> Sort:
    """Newest first; households by the name of their head."""
    event = model.event()
    return Sort(event.name, True) if event is not None else Sort(model.listed()[0], False)


def complete(
    store: Store,
    model: type[RevisionedModel],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    children: bool = False,
    revisions: bool = False,
) -> list[ListEntry]:
    """Records with their doubts; `rows` are of (sort value, *columns).

    children: with their child rows; revisions: with the ids of their versions. Each id is on a
    database page of its own: of 103 pages read for the first list of a desk, 91 were for them.
    """
    values = {stored[1]: from_row(model, columns, stored[1:]) for stored in rows}
    if children:
        load_children(store, model, values)
    versions = _version_ids(store, rows) if revisions else {}
    doubts = _lookup(
        store, "SELECT record, doubts FROM soft_warning WHERE record IN", [s[2] for s in rows]
    )
    doubles = _lookup(
        store, "SELECT record, type FROM double_version WHERE record IN", [s[2] for s in rows]
    )
    return [
        ListEntry(
            stored[1],
            stored[2],
            versions.get(stored[3]),
            values[stored[1]],
            json.loads(doubts[stored[2]]) if stored[2] in doubts else [],
            (stored[0], stored[1]),
            stored[2] in doubles,
        )
        for stored in rows
    ]


def _version_ids(store: Store, rows: Sequence[tuple[Any, ...]]) -> dict[int, str]:
    """{`seq` of a revision: its id} of the records found."""
    ids = _lookup(store, "SELECT seq, id FROM revision WHERE seq IN", [s[3] for s in rows])
    return {seq: id_.hex() for seq, id_ in ids.items()}


def _lookup(store: Store, sql: str, keys: Sequence[Any]) -> dict[Any, Any]:
    marks = ", ".join("?" * len(keys)) or "NULL"
    return {row[0]: row[1] for row in store.rows(f"{sql} ({marks})", keys)}


def stream(
    store: Store,
    model: type[RevisionedModel],
    list_filter: Filter,
    limit: int | None = None,
    offset: int = 0,
    *,
    revisions: bool = False,
) -> Iterator[ListEntry]:
    """Yield every record of a list with its children, oldest first, in bounded memory; with the ids
    of their versions only with `revisions`."""
    expression = natural_order(model)
    query = ListQuery(store, model, list_filter)
    columns = ("row", "id", "revision", *model.columns())
    cells = ", ".join(f"t.{c}" for c in columns)
    place: tuple[Any, int] | None = None
    remaining = limit
    while remaining is None or remaining > 0:
        size = STREAM_ROWS if remaining is None else min(remaining, STREAM_ROWS)
        more = [] if place is None else [f"({expression}, t.row) > (?, ?)"]
        sql = (
            f"{query.sql(f'{expression}, {cells}', *more)}"
            f" ORDER BY {expression}, t.row LIMIT ? OFFSET ?"
        )
        rows = list(store.rows(sql, [*query.params, *(place or ()), size, offset]))
        offset = 0
        yield from complete(store, model, columns, rows, children=True, revisions=revisions)
        if len(rows) < size:
            return
        place = (rows[-1][0], rows[-1][1])
        remaining = None if remaining is None else remaining - len(rows)


def known_size(store: Store, model: type[RevisionedModel]) -> int:
    """The approximate number of records of a type."""
    return int(store.value(f"SELECT MAX(row) FROM {table_name(model)}") or 0)


def count(store: Store, model: type[RevisionedModel], list_filter: Filter) -> int:
    """How many records a list has."""
    query = ListQuery(store, model, list_filter)
    return int(store.value(query.sql("COUNT(*)"), query.params))


def ids(store: Store, model: type[RevisionedModel], list_filter: Filter) -> list[str]:
    """The ids of a list's records, oldest first."""
    query = ListQuery(store, model, list_filter)
    sql = f"{query.sql('t.id')} ORDER BY {natural_order(model)}, t.row"
    return [row[0] for row in store.rows(sql, query.params)]


def labels(
    book: "ReferenceBook", name: str, options: dict[str, str], *, full: bool
) -> dict[str, str]:
    """{code: its label} of units, posts, a pick list or a choice; of units and posts the short
    name that lists show, unless `full`."""
    if name == "unit":
        label_of_unit = book.unit_name if full else book.unit_short
        return {unit: label_of_unit(unit) for unit in book.units}
    if name == "post":
        label_of_post = book.post_name if full else book.post_short
        return {code: label_of_post(code) for code in book.posts}
    if name.startswith("pick:"):
        entries = book.picks.get(name.removeprefix("pick:"), {})
        return {code: book.pick_label(name.removeprefix("pick:"), code) for code in entries}
    return options
