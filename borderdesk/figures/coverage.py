"""The status of the markers along the border: last inspected, last cleared, condition, and by
whom."""

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from borderdesk.base.periods import Period
from borderdesk.base.text import marker_key
from borderdesk.figures.quantities import Scope
from borderdesk.figures.sources import CLEARINGS, INSPECTIONS
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import MARKER
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name

UNREACHABLE = "unreachable"
"""The condition of a marker that could not be reached: it was not inspected."""

FIRST_LOOK = datetime.timedelta(days=366)
"""Most markers were visited within a year; only those that were not need the whole past."""

VISITS = 40

_INSPECTED, _STRETCH = next(
    (table_name(field.child), field.stretch)
    for field in RECORD_TYPES[INSPECTIONS.type].children().values()
    if field.stretch is not None
)
"""The rows of the markers that a patrol saw, and how they follow from its two ends."""
_SEEN = f"c.{_STRETCH.marker}"
_CONDITION, _INTACT = next((f"c.{key}", code) for key, code in _STRETCH.rest.items())
"""The columns of such a row: the marker and its condition, with the value of an intact one."""
_PATROL_START, _PATROL_END = _STRETCH.ends
_CLEARED_START, _CLEARED_END = RECORD_TYPES[CLEARINGS.type].referring(MARKER, several=False)
"""The columns of the two markers of a stretch."""


class MarkerStatus(NamedTuple):
    """The state of a marker on a day; None for an event that never occurred.

    inspected: the last patrol that saw it, and in what condition; cleared: the last clearing or
    repair whose stretch includes it; invented: its place in the list is not verified.
    """

    marker: str
    post: str
    commune: str
    invented: bool
    inspected: datetime.date | None
    condition: str | None
    cleared: datetime.date | None


class MarkerVisit(NamedTuple):
    """A record that concerns a marker: `inspected` where a patrol lists it by name."""

    type: str
    record: str
    day: datetime.date
    from_marker: str
    to_marker: str
    inspected: bool


def days_since(last: datetime.date | None, day: datetime.date) -> int | None:
    """Days from `last` to `day`; None for never."""
    return None if last is None else (day - last).days


def standing(
    store: Store, book: ReferenceBook, day: datetime.date, post: str | None = None
) -> list[MarkerStatus]:
    """The state on `day` of every marker of the list (of a post, and of those that became it),
    along the border; its post is the one responsible then."""
    inspected = _LastInspections(store, day).of(book)
    cleared = _LastClearings(store, day).of(book)
    keepers = None if post is None else book.counted_with(post, day)
    statuses = []
    for marker, (owner, commune, invented) in book.markers.items():
        if keepers is None or owner in keepers:
            on, condition = inspected.get(marker, (None, None))
            keeper, cut = post or book.post_became(owner, day), cleared.get(marker)
            statuses.append(MarkerStatus(marker, keeper, commune, invented, on, condition, cut))
    return statuses


def standing_in(
    store: Store, book: ReferenceBook, day: datetime.date, scope: Scope
) -> list[MarkerStatus]:
    """The state on `day` of every marker of a scope, along the border: those of a post, or those in
    the communes of a district."""
    statuses = standing(store, book, day, scope.post)
    return [status for status in statuses if scope.units is None or status.commune in scope.units]


class _LastInspections:
    """When markers were last seen by a patrol, and how."""

    def __init__(self, store: Store, day: datetime.date) -> None:
        self._store = store
        self._day = day

    def of(self, book: ReferenceBook) -> dict[str, tuple[datetime.date, str]]:
        inspections = self._within(self._day - FIRST_LOOK, "")
        unseen = [marker for marker in book.markers if marker not in inspections]
        if unseen:
            marks = ", ".join("?" * len(unseen))
            inspections |= self._within(datetime.date.min, f" AND {_SEEN} IN ({marks})", unseen)
        return inspections

    def _within(
        self, first: datetime.date, more: str, params: list[str] | None = None
    ) -> dict[str, tuple[datetime.date, str]]:
        # The day leads in the text, so that the greatest is the latest; of two patrols of that
        # day the one that found something wrong.
        rows = self._store.rows(
            f"SELECT {_SEEN}, MAX(t.{INSPECTIONS.day} || CASE {_CONDITION} WHEN '{_INTACT}'"
            f" THEN '0' ELSE '1' END || {_CONDITION}) FROM {INSPECTIONS.tables}"
            f" WHERE t.{INSPECTIONS.day} BETWEEN ? AND ? AND {_CONDITION} <> '{UNREACHABLE}'{more}"
            f" GROUP BY {_SEEN}",
            [first.isoformat(), self._day.isoformat(), *(params or ())],
        )
        return {
            marker: (datetime.date.fromisoformat(last[:10]), last[11:]) for marker, last in rows
        }


class _LastClearings:
    """When the stretches of markers were last cleared or repaired."""

    def __init__(self, store: Store, day: datetime.date) -> None:
        self._store = store
        self._day = day

    def of(self, book: ReferenceBook) -> dict[str, datetime.date]:
        markers = list(book.markers)
        keys = [marker_key(marker) for marker in markers]
        clearings: dict[str, datetime.date] = {}
        for first in (self._day - FIRST_LOOK, datetime.date.min):
            for start, end, last in self._stretches(first):
                low, high = sorted((marker_key(start or end), marker_key(end or start)))
                for marker in markers[bisect_left(keys, low) : bisect_right(keys, high)]:
                    clearings[marker] = max(last, clearings.get(marker, last))
            if len(clearings) == len(markers):
                break
        return clearings

    def _stretches(self, first: datetime.date) -> Iterator[tuple[str, str, datetime.date]]:
        rows = self._store.rows(
            f"SELECT COALESCE({_CLEARED_START}, ''), COALESCE({_CLEARED_END}, ''),"
            f" MAX({CLEARINGS.day}) FROM {CLEARINGS.tables} WHERE {CLEARINGS.day} BETWEEN ? AND ?"
            f" AND ({_CLEARED_START} IS NOT NULL OR {_CLEARED_END} IS NOT NULL)"
            f" GROUP BY {_CLEARED_START}, {_CLEARED_END}",
            (first.isoformat(), self._day.isoformat()),
        )
        return ((start, end, datetime.date.fromisoformat(last)) for start, end, last in rows)


def inspections_by_month(
    store: Store, period: Period, months: Sequence[Period]
) -> Counter[tuple[str, int]]:
    """{(marker, index of the month): how often it was inspected}; unreachable ones were not."""
    counts: Counter[tuple[str, int]] = Counter()
    for place, month in enumerate(months):
        first, last = max(month.first, period.first), min(month.last, period.last)
        # CROSS JOIN: the patrols of a month are few beside all inspections.
        rows = store.rows(
            f"SELECT {_SEEN}, COUNT(*) FROM {INSPECTIONS.tables}"
            f" WHERE t.{INSPECTIONS.day} BETWEEN ? AND ? AND {_CONDITION} <> ? GROUP BY {_SEEN}",
            (first.isoformat(), last.isoformat(), UNREACHABLE),
        )
        for marker, times in rows:
            counts[marker, place] = times
    return counts


def visits(store: Store, marker: str, day: datetime.date, most: int = VISITS) -> list[MarkerVisit]:
    """The latest records up to `day` that concern a marker, newest first: patrols that list it
    or whose stretch includes it, clearings whose stretch does."""
    key = marker_key(marker)
    marker_visits = [*_patrols(store, marker, key, day, most), *_clearings(store, key, day, most)]
    marker_visits.sort(key=lambda visit: (visit.day, visit.record), reverse=True)
    return marker_visits[:most]


def _patrols(
    store: Store, marker: str, key: int, day: datetime.date, most: int
) -> Iterator[MarkerVisit]:
    rows = store.rows(
        f"SELECT t.id, t.{INSPECTIONS.day}, t.{_PATROL_START}, t.{_PATROL_END},"
        f" EXISTS (SELECT 1 FROM {_INSPECTED} c WHERE c.row = t.row AND {_SEEN} = ?)"
        f" FROM {INSPECTIONS.type} t WHERE t.{INSPECTIONS.day} <= ?"
        f" ORDER BY t.{INSPECTIONS.day} DESC",
        (marker, day.isoformat()),
    )
    for record, started, start, end, inspected in rows:
        if most == 0:
            return
        if inspected or _includes(start, end, key):
            most -= 1
            on = datetime.date.fromisoformat(started)
            yield MarkerVisit(INSPECTIONS.type, record, on, start, end, bool(inspected))


def _clearings(store: Store, key: int, day: datetime.date, most: int) -> Iterator[MarkerVisit]:
    rows = store.rows(
        f"SELECT t.id, t.{CLEARINGS.day}, COALESCE({_CLEARED_START}, {_CLEARED_END}),"
        f" COALESCE({_CLEARED_END}, {_CLEARED_START}) FROM {CLEARINGS.tables}"
        f" WHERE t.{CLEARINGS.day} <= ? AND ({_CLEARED_START} IS NOT NULL"
        f" OR {_CLEARED_END} IS NOT NULL) ORDER BY t.{CLEARINGS.day} DESC",
        (day.isoformat(),),
    )
    for record, started, start, end in rows:
        if most == 0:
            return
        if _includes(start, end, key):
            most -= 1
            on = datetime.date.fromisoformat(started)
            yield MarkerVisit(CLEARINGS.type, record, on, start, end, False)


def _includes(start: str, end: str, key: int) -> bool:
    low, high = sorted((marker_key(start), marker_key(end)))
    return low <= key <= high
