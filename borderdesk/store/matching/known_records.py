"""The records that entry rules compare a new record with: stored ones and earlier ones of the same
list.

One `KnownRecords` serves one transaction. It caches query results and buffers the
records that are prepared but not written yet, so that the lines of a long list are validated as if
they were saved one by one, and a query that many lines need runs once.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from borderdesk.base.periods import Calendar
from borderdesk.schema.record import RevisionedModel, Values, YearlyRule, event_key
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.matching.match_index import MatchIndex
from borderdesk.store.records.history import storing

MOST_CACHED = 50_000
"""A cache of more entries is cleared after each write, and filled again by later queries."""
MOST_HASHED = 1_000_000
"""The same of hashes, which take some 70 bytes each: whole days are read again after it."""

ListedValues = tuple[Any, ...]
"""A record's post and listed fields as they are stored."""
YearlyEvents = set[tuple[Any, ...]]
"""The records stored under a first key of a yearly rule: (its other keys …, year) each."""


class _YearlyRecords:
    """The records of a type with a yearly rule: `keys_of` gives the values of the rule's keys and
    the event date of one; `by_first`: the events of all years by the first key."""

    def __init__(self, model: type[RevisionedModel], rule: YearlyRule) -> None:
        self.keys_of: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(
            *rule.keys, event_key(model)
        )
        self.by_first: dict[str, YearlyEvents] = {}


class KnownRecords:
    """The records that the rules of entry compare a record with."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._years: dict[datetime.date, int] = {}
        self._taken: set[str] = set()
        self._indexes: dict[type[RevisionedModel], MatchIndex] = {}
        self._yearly: dict[type[RevisionedModel], _YearlyRecords] = {
            model: _YearlyRecords(model, model.once_a_year)
            for model in ALL_TYPES.values()
            if model.once_a_year is not None
        }
        self._leaders: dict[str, str] | None = None
        self._groups: dict[str, list[str]] = {}
        self._asked: set[tuple[Any, ...]] = set()
        self._waiting: defaultdict[tuple[Any, ...], set[int]] = defaultdict(set)
        self._days: dict[tuple[Any, ...], set[int]] = {}
        """The hashes of listed values by type, post and day: a list of 200,000 stays in memory,
        and two that differ meet by chance once in 2⁶⁴."""

    def index(self, model: type[RevisionedModel]) -> MatchIndex:
        """The index of the records of a type that others may describe."""
        index = self._indexes.get(model)
        if index is None:
            index = self._indexes[model] = MatchIndex(self._store, model)
        return index

    def takes(self, record: str) -> bool:
        """Whether a record has this id, or had it and was erased."""
        return record in self._taken or any(
            self._store.value(f"SELECT 1 FROM {table} WHERE record = ? LIMIT 1", (record,))
            for table in ("revision", "erasure")
        )

    def repeats(
        self, model: type[RevisionedModel], listed: ListedValues, besides: str = ""
    ) -> bool:
        """Whether a record of this post has the same listed fields; `besides` is ignored."""
        if besides:
            return bool(self._store.value(_same_sql(model), (*listed, besides)))
        listed = self.led(model, listed)
        key = (model, listed[0], listed[1])
        day = self._days.get(key)
        if day is None and key not in self._asked and not self._is_led(model):
            # A single record, or the first of its day: the day is not read for it.
            self._asked.add(key)
            return hash(listed) in self._waiting.get(key, ()) or bool(
                self._store.value(_same_sql(model), (*listed, ""))
            )
        if day is None:
            rows = self._store.rows(_day_sql(model), listed[:2])
            stored = {hash(self.led(model, row)) for row in rows}
            day = self._days[key] = stored | self._waiting.pop(key, set())
        return hash(listed) in day

    def with_listed(self, model: type[RevisionedModel], listed: ListedValues) -> list[str]:
        """The ids of written records that have the same post and listed fields; those that name a
        joined duplicate name the one it was joined to."""
        records: list[str] = []
        for variant in self._variants(model, listed):
            records += [str(record) for (record,) in self._store.rows(_listed_sql(model), variant)]
        return records

    def leader(self, record: Any) -> Any:
        """The record that a duplicate was joined to, else itself; of any other value itself."""
        return self._joined().get(record, record) if type(record) is str else record

    def _joined(self) -> Mapping[str, str]:
        """{duplicate: the record that it was joined to}; most desks have none."""
        if self._leaders is None:
            self._leaders = {}
            for model in ALL_TYPES.values():
                if model.matching is not None:
                    sql = f"SELECT member, leader FROM {table_name(model)}_group"
                    self._leaders |= {
                        str(member): str(leader) for member, leader in self._store.rows(sql)
                    }
        return self._leaders

    def _members(self, leader: Any) -> Sequence[str]:
        """The duplicates that were joined to a record."""
        if not self._groups:
            for member, leading in self._joined().items():
                self._groups.setdefault(leading, []).append(member)
        return self._groups.get(leader, ()) if type(leader) is str else ()

    def led(self, model: type[RevisionedModel], listed: ListedValues) -> ListedValues:
        """Listed values with the records that duplicates were joined to."""
        places = _naming_places(model)
        if not places or not self._joined():
            return listed
        return tuple(
            self.leader(value) if place in places else value for place, value in enumerate(listed)
        )

    def _is_led(self, model: type[RevisionedModel]) -> bool:
        """Whether listed values of a type may name a duplicate that was joined to another
        record."""
        return bool(_naming_places(model) and self._joined())

    def _variants(
        self, model: type[RevisionedModel], listed: ListedValues
    ) -> Iterator[ListedValues]:
        """Listed values with every duplicate in place of the record it was joined to."""
        listed = self.led(model, listed)
        yield listed
        for place in _naming_places(model):
            for member in self._members(listed[place]):
                if member != listed[place]:
                    yield (*listed[:place], member, *listed[place + 1 :])

    def repeats_in_year(
        self, model: type[RevisionedModel], rule: YearlyRule, values: Values, besides: str = ""
    ) -> bool:
        """Whether a record of the same year has the same values of the rule's keys."""
        if besides:
            return bool(self.same_in_year(model, rule, values, besides))
        yearly = self._yearly[model]
        first, *rest, day = yearly.keys_of(values)
        events = yearly.by_first.get(first)
        if events is None:
            led = self.leader(first)
            events = {
                (*keys, self._year_of(datetime.date.fromisoformat(iso)))
                for household in {first, led, *self._members(led)}
                for *keys, iso in self._store.rows(_all_years_sql(model, rule), (household,))
            }
            yearly.by_first[first] = events
        return (*rest, self._year_of(day)) in events

    def same_in_year(
        self, model: type[RevisionedModel], rule: YearlyRule, values: Values, besides: str
    ) -> str:
        """The id of another record of the same year with the same values of the rule's keys, "" for
        none."""
        first, *rest, day = self._yearly[model].keys_of(values)
        year = self._calendar.year_of(day)
        days = (year.first.isoformat(), year.last.isoformat())
        return str(
            self._store.value(_same_year_sql(model, rule), (first, *rest, *days, besides)) or ""
        )

    def _year_of(self, day: datetime.date) -> int:
        """The desk's own year that contains a day."""
        year = self._years.get(day)
        if year is None:
            year = self._years[day] = self._calendar.year_of(day).year
        return year

    # --------------------------------------------------------------- remembering

    def note_new(self, record: str) -> None:
        """Register a record that the current one creates: no yearly rule can have seen it yet."""
        for yearly in self._yearly.values():
            yearly.by_first[record] = set()

    def remember(
        self, model: type[RevisionedModel], record: str, values: Values, listed: ListedValues = ()
    ) -> None:
        """Buffer what later records of this transaction are compared with; a record that belongs to
        no post has no `listed` values."""
        self._taken.add(record)
        if model.matching is not None:
            self.index(model).remember(record, values)
            return
        listed = self.led(model, listed)
        key = (model, listed[0], listed[1])
        day = self._days.get(key)
        (self._waiting[key] if day is None else day).add(hash(listed))
        rule = model.once_a_year
        if rule is not None and rule.keys[0] in values:
            yearly = self._yearly[model]
            first, *rest, event = yearly.keys_of(values)
            yearly.by_first[first].add((*rest, self._year_of(event)))

    def forget_written(self) -> None:
        """Clear the buffer of prepared records: they are in the database now."""
        self._taken.clear()
        self._waiting.clear()
        if len(self._asked) > MOST_CACHED:
            self._asked.clear()
        for index in self._indexes.values():
            index.forget_written(MOST_CACHED)
        if sum(map(len, self._days.values())) > MOST_HASHED:
            self._days.clear()
        for yearly in self._yearly.values():
            if len(yearly.by_first) > MOST_CACHED:
                yearly.by_first.clear()


@cache
def _naming_places(model: type[RevisionedModel]) -> tuple[int, ...]:
    """The positions in the listed values of references to records that may be joined."""
    fields = model.fields()
    joined = {name for name, target in ALL_TYPES.items() if target.matching is not None}
    keys = (model.own_post(), *(key for key, _convert in _listed(model)))
    return tuple(place for place, key in enumerate(keys) if key and fields[key].refers_to in joined)


@cache
def _all_years_sql(model: type[RevisionedModel], rule: YearlyRule) -> str:
    """The records stored under a first key of a yearly rule, of all years."""
    first, *rest = rule.keys
    columns = ", ".join((*rest, event_key(model)))
    return f"SELECT {columns} FROM {table_name(model)} WHERE {first} = ?"


@cache
def _same_year_sql(model: type[RevisionedModel], rule: YearlyRule) -> str:
    """The query for another record with the same keys of a yearly rule, within the days of a
    year."""
    day = event_key(model)
    same = " AND ".join(f"{key} = ?" for key in rule.keys)
    return (
        f"SELECT id FROM {table_name(model)} WHERE {same}"
        f" AND {day} >= ? AND {day} <= ? AND id <> ? LIMIT 1"
    )


@cache
def _listed(model: type[RevisionedModel]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """The listed fields, the event date first, each with how it is stored."""
    stored = storing(model)
    return tuple((key, stored[key]) for key in model.listed())


def listed_values(model: type[RevisionedModel], values: Mapping[str, Any]) -> ListedValues:
    """The post, the event date and the other listed fields as they are stored."""
    keys, converted = _listed_places(model)
    listed = [values.get(key) for key in keys]
    for place, convert in converted:
        if listed[place] is not None:
            listed[place] = convert(listed[place])
    return tuple(listed)


@cache
def _listed_places(
    model: type[RevisionedModel],
) -> tuple[tuple[str, ...], tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """The keys of the listed values, and how those that are not stored as they are become so."""
    listed = _listed(model)
    keys = (model.own_post(), *(key for key, _convert in listed))
    places = enumerate((convert for _key, convert in listed), start=1)
    return keys, tuple((place, convert) for place, convert in places if convert is not None)


@cache
def _day_sql(model: type[RevisionedModel]) -> str:
    """The query for a post's records of a day: the event date leads the summary's index."""
    event, *rest = model.listed()
    post = model.own_post()
    columns = ", ".join((post, event, *rest))
    return f"SELECT {columns} FROM {table_name(model)} WHERE {post} = ? AND {event} = ?"


@cache
def _same_sql(model: type[RevisionedModel]) -> str:
    """The query for another record with the same listed fields."""
    event, *rest = model.listed()
    equal = (f"{model.own_post()} = ?", f"{event} = ?", *(f"{key} IS ?" for key in rest))
    same = " AND ".join((*equal, "id <> ?"))
    return f"SELECT 1 FROM {table_name(model)} WHERE {same} LIMIT 1"


@cache
def _listed_sql(model: type[RevisionedModel]) -> str:
    """The ids of the records with these listed fields."""
    event, *rest = model.listed()
    same = " AND ".join(
        (f"{model.own_post()} = ?", f"{event} = ?", *(f"{key} IS ?" for key in rest))
    )
    return f"SELECT id FROM {table_name(model)} WHERE {same} ORDER BY id"
