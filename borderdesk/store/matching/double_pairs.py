"""Pairs of records that may be one event or household logged twice: found as records arrive, stored
until a person decides.

Records added or changed since the last comparison are compared with the stored ones, by indexes:
one query for the days of these records, one for the keys of these households. SQL by hand: the
names of the tables are known only at run time, and the comparison after an import runs thousands of
queries.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from borderdesk.base.name_likeness import likeness_of, slips_of
from borderdesk.base.names import head_name, tone_key
from borderdesk.base.periods import Calendar
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import meta_value, write_meta
from borderdesk.store.connection.tables import household_columns, table_name
from borderdesk.store.matching.event_profiles import (
    EventProfile,
    may_be_one,
    nearness,
    neighbours,
    profiles_of_days,
)
from borderdesk.store.records.history import first_desk, last_seq
from borderdesk.store.records.record_queries import PairDecider, pair_params, pairs_waiting

LOOKED = "doubles_looked"
"""The key in `meta` of the `seq` up to which records were compared."""
CHUNK_SEQS = 5_000
"""The number of revisions compared in a transaction."""
MOST_OF_A_DAY = 200
"""So many records of a day are compared with each other, more with their neighbours only."""
MOST_PARTNERS = 10
"""The limit of stored pairs of a household."""

SAME_WORK, ENTERED, SIGNED, ALIKE, SAME_ID = "same_work", "entered", "signed", "alike", "same_id"
BOTH_DELETED = "both_deleted"
"""Reasons of a pair: the same event by another desk or post; the same listed fields by the same; a
repetition within a year; a similar name; the same ID; and that one was deleted as the double of the
other, which was deleted elsewhere."""


class DoublePair(NamedTuple):
    """Two records that may be one; `first` is the one with the smaller id, the older as a rule.
    near: 0 to 100, how alike they are."""

    type: str
    first: str
    second: str
    why: str
    near: int


class FirstWriters(NamedTuple):
    """{desk: the post it belongs to} of the desks of posts, and a cache of who wrote what first."""

    posts: dict[str, str]
    writers: dict[str, str | None]

    def writer(self, store: Store, record: str) -> str | None:
        """The desk that first wrote a record."""
        if record not in self.writers:
            self.writers[record] = first_desk(store, record)
        return self.writers[record]

    def of_two_posts(self, store: Store, first: str, second: str) -> bool:
        """Whether two records were first written at two posts."""
        posts = {self.posts.get(self.writer(store, record) or "") for record in (first, second)}
        return len(posts) == 2 and None not in posts


def is_behind(store: Store) -> bool:
    """Whether records arrived or changed since the last comparison."""
    return _looked(store) < last_seq(store)


def _looked(store: Store) -> int:
    return int(meta_value(store, LOOKED) or 0)


def look_again(store: Store, records: Sequence[str]) -> None:
    """Have records compared once more whose current version is an older one now."""
    if records:
        marks = ", ".join("?" * len(records))
        oldest = store.value(
            f"SELECT MIN(seq) FROM revision WHERE record IN ({marks})", tuple(records)
        )
        write_meta(store, {LOOKED: str(min(_looked(store), (oldest or 1) - 1))})


def look_on(store: Store, posts: dict[str, str], calendar: Calendar) -> bool:
    """Compare the next chunk of new or changed records, within the open transaction; returns
    whether more are left. posts: {desk: its post}; calendar: defines the years of yearly rules."""
    since, last = _looked(store), last_seq(store)
    until = min(since + CHUNK_SEQS, last)
    if since >= last:
        return False
    PairFinder(store, FirstWriters(posts, {}), calendar).look(since, until)
    write_meta(store, {LOOKED: str(until)})
    return until < last


class PairFinder:
    """Finds the pairs of the records that arrived or changed between two positions in the order of
    arrival."""

    def __init__(self, store: Store, units: FirstWriters, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._units = units
        self._leaders = {str(m): str(leader) for m, leader in store.rows(_GROUPS_SQL)}
        self._pairs: dict[tuple[str, str], DoublePair] = {}

    def look(self, since: int, until: int) -> None:
        """Compare the records whose current version arrived after `since`, and replace their stored
        pairs with the new ones."""
        changed = {model: self._changed(model, since, until) for model in ALL_TYPES.values()}
        for model, records in list(changed.items()):
            if model.matching is not None:
                self._look_alike(model, records)
                self._add_naming(records, changed)
        for model, records in changed.items():
            if model.same_event is not None and records:
                self._look_at_days(model, records)
            if model.once_a_year is not None and records:
                self._look_at_years(model, records)
        self._write([record for records in changed.values() for record in records])

    def _changed(self, model: type[RevisionedModel], since: int, until: int) -> list[str]:
        sql = f"SELECT id FROM {table_name(model)} WHERE revision > ? AND revision <= ?"
        return [str(row[0]) for row in self._store.rows(sql, (since, until))]

    def _add_naming(
        self, records: Sequence[str], changed: dict[type[RevisionedModel], list[str]]
    ) -> None:
        """Add to `changed` the records that name a joined one of `records`, as its leader is
        another now, and those of a pair that name any: the pair may no longer be joined."""
        joined, apart = [record for record in records if record in self._leaders], {*records}
        for model in changed:
            for column in household_columns(model) if records and model.matching is None else ():
                table = table_name(model)
                sql = f"SELECT id FROM {table} WHERE {column} = ?"
                naming = [str(r[0]) for member in joined for r in self._store.rows(sql, (member,))]
                paired = self._store.rows(_paired_sql(table, column), (model.type_name,) * 2)
                naming += [
                    str(record) for record, named_household in paired if named_household in apart
                ]
                changed_records = {*changed[model]}
                changed[model] += dict.fromkeys(
                    named_by for named_by in naming if named_by not in changed_records
                )

    def _add(
        self, model: type[RevisionedModel], record: str, other_record: str, why: str, near: int
    ) -> None:
        first, second = sorted((record, other_record))
        self._pairs.setdefault(
            (first, second), DoublePair(model.type_name, first, second, why, near)
        )

    def _write(self, records: Iterable[str]) -> None:
        self._store.many(
            "DELETE FROM double_pair WHERE first = ? OR second = ?",
            [(record, record) for record in records],
        )
        self._store.many(
            "INSERT INTO double_pair (type, first, second, why, near) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (first, second) DO UPDATE SET why = excluded.why, near = excluded.near",
            list(self._pairs.values()),
        )

    # ------------------------------------------------------------------ one event

    def _look_at_days(self, model: type[RevisionedModel], records: Sequence[str]) -> None:
        new = set(records)
        days = sorted(_days_of(self._store, model, records))
        for day in profiles_of_days(self._store, model, days, self._leaders):
            for profile, other_profile in neighbours(day, new, MOST_OF_A_DAY):
                why = self._why_one(profile, other_profile)
                if why is not None:
                    self._add(
                        model,
                        profile.record,
                        other_profile.record,
                        why,
                        nearness(profile, other_profile),
                    )

    def _why_one(self, profile: EventProfile, other_profile: EventProfile) -> str | None:
        """Why two records of a day are a pair: who writes twice at one desk writes it in the same
        words or means two things."""
        is_same = profile.listed == other_profile.listed and not profile.hidden
        if not is_same and not may_be_one(profile, other_profile):
            return None
        if profile.post == other_profile.post:
            writer = self._units.writer
            if writer(self._store, profile.record) == writer(self._store, other_profile.record):
                return ENTERED if is_same else None
        return SAME_WORK if may_be_one(profile, other_profile) else None

    # ------------------------------------------------------------------ once a year

    def _look_at_years(self, model: type[RevisionedModel], records: Sequence[str]) -> None:
        rule, event = model.once_a_year, model.event()
        assert rule is not None
        assert event is not None
        first, *rest = rule.keys
        columns = ", ".join((first, *rest, event.name))
        for record in records:
            own_row = self._store.one(
                f"SELECT {columns} FROM {table_name(model)} WHERE id = ?", (record,)
            )
            if own_row is None or own_row[0] is None:
                continue
            year = self._calendar.year_of(datetime.date.fromisoformat(own_row[-1]))
            days = (year.first.isoformat(), year.last.isoformat())
            same = " AND ".join(f"{key} = ?" for key in rest)
            for household in self._group(own_row[0]):
                partners = self._store.rows(
                    f"SELECT id FROM {table_name(model)} WHERE {first} = ? AND {same}"
                    f" AND {event.name} BETWEEN ? AND ? AND id <> ? LIMIT {MOST_PARTNERS}",
                    (household, *own_row[1:-1], *days, record),
                )
                for (partner,) in list(partners):
                    self._add(model, record, str(partner), SIGNED, 100)

    def _group(self, household: str) -> Sequence[str]:
        leader = self._leaders.get(household)
        if leader is None:
            return (household,)
        return [member for member, led_by in self._leaders.items() if led_by == leader]

    # ----------------------------------------------------------------------- alike

    def _look_alike(self, model: type[RevisionedModel], records: Sequence[str]) -> None:
        places: dict[str, dict[str, list[DescribedRow]]] = {}
        for record in records:
            sql, by_alike, by_identity = _alike_sql(model)
            own_row = self._store.one(f"{sql} WHERE id = ?", (record,))
            if own_row is None:
                continue
            described = DescribedRow(*own_row)
            if described.name:
                for row in list(self._store.rows(by_alike, (described.alike, record))):
                    self._add_alike(model, described, DescribedRow(*row))
                for neighbour in self._slips(model, described, places):
                    self._add_alike(model, described, neighbour)
            if described.identity:
                for row in list(self._store.rows(by_identity, (described.identity, record))):
                    self._add_alike(model, described, DescribedRow(*row))

    def _slips(
        self,
        model: type[RevisionedModel],
        described: "DescribedRow",
        places: dict[str, dict[str, list["DescribedRow"]]],
    ) -> Iterator["DescribedRow"]:
        """Those that have the name of `described` but for a slip, at the same place; `places`
        caches the records of each main place by the rest of it."""
        if described.place not in places:
            groups: dict[str, list[DescribedRow]] = {}
            for row in self._store.rows(_place_sql(model), (described.place,)):
                neighbour = DescribedRow(*row)
                groups.setdefault(neighbour.alike.partition("|")[2], []).append(neighbour)
            places[described.place] = groups
        name, _bar, ending = described.alike.partition("|")
        neighbours = places[described.place].get(ending, [])
        names = [neighbour.alike.partition("|")[0] for neighbour in neighbours]
        for place in slips_of(name, names, MOST_PARTNERS):
            yield neighbours[place]

    def _add_alike(
        self, model: type[RevisionedModel], described_row: "DescribedRow", other_row: "DescribedRow"
    ) -> None:
        """Add two that may be the same, unless their identities differ, they were joined already,
        or two posts know them: these are not matched."""
        if (
            described_row.identity
            and other_row.identity
            and described_row.identity != other_row.identity
        ):
            return
        leader = self._leaders.get(described_row.record)
        if leader is not None and leader == self._leaders.get(other_row.record):
            return
        if self._units.of_two_posts(self._store, described_row.record, other_row.record):
            return
        same_id = bool(described_row.identity and described_row.identity == other_row.identity)
        near = 100 if same_id else likeness(described_row, other_row)
        self._add(
            model, described_row.record, other_row.record, SAME_ID if same_id else ALIKE, near
        )


def _paired_sql(table: str, column: str) -> str:
    """The records of a type (twice) that stand in a pair, with what `column` names."""
    pairs = " UNION ".join(f"SELECT {side} FROM double_pair WHERE type = ?" for side in _SIDES)
    return f"SELECT id, {column} FROM {table} WHERE id IN ({pairs})"


_SIDES = ("first", "second")
_GROUPS_SQL = "SELECT member, leader FROM household_group"


class DescribedRow(NamedTuple):
    """A record that others may describe: its id, its identity, its name, its two keys (`alike`
    begins with the name up to a bar), and its main place."""

    record: str
    identity: str | None
    name: str | None
    same: str
    alike: str
    place: str


@cache
def _alike_sql(model: type[RevisionedModel]) -> tuple[str, str, str]:
    """The SELECT of a `DescribedRow`, that of the records with the same like key, and that of those
    with the same identity."""
    rule = model.matching
    assert rule is not None
    columns = (
        f"id, {rule.identity}, {rule.described_by[0]}, {rule.same.column}, {rule.alike.column},"
        f" {model.main_place()}"
    )
    select = f"SELECT {columns} FROM {table_name(model)}"
    partners = f"AND id <> ? ORDER BY id LIMIT {MOST_PARTNERS}"
    return (
        select,
        f"{select} WHERE {rule.alike.column} = ? {partners}",
        f"{select} WHERE {rule.identity} = ? {partners}",
    )


@cache
def _place_sql(model: type[RevisionedModel]) -> str:
    """The select of every `DescribedRow` of a main place."""
    return f"{_alike_sql(model)[0]} WHERE {model.main_place()} = ? ORDER BY id"


def likeness(described_row: DescribedRow, other_row: DescribedRow) -> int:
    """How alike two names are whose like keys are equal but for a slip, 0 to 100: most where the
    accents are the same, then where one was typed without any, then by their equal letters."""
    if described_row.same == other_row.same:
        return 100
    names = [tone_key(head_name(row.name or "")) for row in (described_row, other_row)]
    if names[0] == names[1]:
        return 95
    if described_row.alike == other_row.alike and any(name.isascii() for name in names):
        return 90
    return 85 * likeness_of(described_row.name or "", other_row.name or "") // 100


def _days_of(store: Store, model: type[RevisionedModel], records: Sequence[str]) -> set[str]:
    """The days (ISO) of records."""
    event = model.event()
    assert event is not None
    days: set[str] = set()
    for start in range(0, len(records), 500):
        part = tuple(records[start : start + 500])
        marks = ", ".join("?" * len(part))
        sql = f"SELECT DISTINCT {event.name} FROM {table_name(model)} WHERE id IN ({marks})"
        days.update(str(row[0]) for row in store.rows(sql, part))
    return days


# --------------------------------------------------------------------------- reading


def same_group(store: Store, household: str, other_household: str) -> bool:
    """Whether two households were joined to each other."""
    leaders = f"{_GROUPS_SQL} WHERE member IN (?, ?)"
    sql = f"SELECT COUNT(DISTINCT leader) = 1 AND COUNT(*) = 2 FROM ({leaders})"
    return bool(store.value(sql, (household, other_household)))


def leads_to(store: Store, model: type[RevisionedModel], record: str, other_record: str) -> bool:
    """Whether a record was joined to another, directly or through others."""
    assert model.matching is not None
    sql = f"SELECT {model.matching.joined_to} FROM {table_name(model)} WHERE id = ?"
    passed, into = {record}, store.value(sql, (record,))
    while into not in {None, other_record, *passed}:
        passed.add(into)
        into = store.value(sql, (into,))
    return bool(into == other_record)


def waiting_pairs(store: Store, type_name: str, decider: PairDecider) -> list[DoublePair]:
    """The pairs of a type that wait for a person at a desk, the likeliest first."""
    sql = f"SELECT p.type, p.first, p.second, p.why, p.near {pairs_waiting(ALL_TYPES[type_name])}"
    order = " ORDER BY p.near DESC, p.first, p.second"
    return [DoublePair(*row) for row in store.rows(sql + order, pair_params(type_name, decider))]
