"""Line 4: the first and the next page of every list, sort, filter and search of one period."""

import datetime
import statistics
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from borderdesk.base.text import fold, words
from borderdesk.desk import Desk
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import PAGE, Filter, ListEntry, Sort
from tests.bench.harness import Ground, Line, absolute, repeated, timed

FIRST_BOUND, NEXT_BOUND = 50.0, 20.0
SAMPLE = 2_000
WORST = 5
LAST_YEAR = 2023
PERIODS = {
    "month": (datetime.date(LAST_YEAR, 10, 1), datetime.date(LAST_YEAR, 10, 31)),
    "year": (datetime.date(LAST_YEAR, 1, 1), datetime.date(LAST_YEAR, 12, 31)),
}


class Asked(NamedTuple):
    """A list query to measure."""

    type: str
    period: str
    filter: str
    sort: Sort
    chosen: Filter

    def __str__(self) -> str:
        way = "desc" if self.sort.descending else "asc"
        return f"{self.type} by {self.sort.key} {way}, {self.period}, {self.filter}"


def measure(ground: Ground) -> Iterator[Line]:
    """The slowest first page and the slowest next page of all queries."""
    first: dict[Asked, float] = {}
    further: dict[Asked, float] = {}
    ahead: dict[Asked, float] = {}
    with Desk.open(ground.desk) as desk:
        for asked in every_list(desk):
            first[asked] = _time(desk, asked, None)
            page = _page(desk, asked, None)
            if len(page) == PAGE:
                # As the window does while the first page is being read.
                order = partial(desk.lists.order_ahead, asked.type, asked.chosen, asked.sort)
                ahead[asked] = timed(order) * 1_000
                further[asked] = _time(desk, asked, page[-1].place)
    yield _slowest("first page of a list", first, FIRST_BOUND)
    if further:
        line = _slowest("next page of a list", further, NEXT_BOUND)
        slow = max(ahead, key=lambda asked: ahead[asked])
        note = f"put in order before, aside: median {_middle(ahead):.1f} ms, at most"
        yield line._replace(notes=(*line.notes, f"{note} {ahead[slow]:.1f} ms: {slow}"))


def _page(desk: Desk, asked: Asked, after: tuple[Any, int] | None) -> list[ListEntry]:
    return desk.lists.page(asked.type, asked.chosen, asked.sort, after)


def _time(desk: Desk, asked: Asked, after: tuple[Any, int] | None) -> float:
    return statistics.median(repeated(lambda: _page(desk, asked, after)))


def _slowest(name: str, measured: dict[Asked, float], bound: float) -> Line:
    worst = sorted(measured, key=lambda asked: -measured[asked])
    over = sum(value > bound for value in measured.values())
    notes = [
        f"the slowest of {len(measured)}; median {_middle(measured):.1f} ms; {over} over",
        *(f"{measured[asked]:.1f} ms: {asked}" for asked in worst[:WORST]),
    ]
    line = absolute(name, list(measured.values()), bound, "ms", notes)
    slowest = measured[worst[0]]
    return line._replace(ours=slowest, judged=slowest)


def _middle(measured: dict[Asked, float]) -> float:
    return statistics.median(measured.values())


def every_list(desk: Desk) -> Iterator[Asked]:
    """Every type, period, filter and sort."""
    for name, model in ALL_TYPES.items():
        periods = PERIODS if model.event() is not None else {"all": (None, None)}
        for period, (first, last) in periods.items():
            within = Filter(first=first, last=last)
            for told, chosen in _filters(desk, model, within).items():
                for sort in _sorts(model):
                    yield Asked(name, period, told, sort, chosen)


def _sorts(model: type[RevisionedModel]) -> Iterator[Sort]:
    keys = [*model.listed(), *(["post"] if "post" in model.columns() else [])]
    for key in keys:
        yield Sort(key, True)
        yield Sort(key, False)


def _filters(desk: Desk, model: type[RevisionedModel], within: Filter) -> dict[str, Filter]:
    """The period alone, then each filter set to its most common value in the period."""
    sample = [one.values for one in desk.lists.page(model.type_name, within, limit=SAMPLE)]
    found = {"no filter": within}
    if "post" in model.columns():
        found["post"] = within._replace(post=_commonest(v.get("post") for v in sample))
    commune = _commonest(_commune(v) for v in sample)
    if commune is not None:
        found["commune"] = within._replace(units=frozenset(desk.book.lineage(commune)))
    if model.kind_key:
        found["kind"] = within._replace(kind=_commonest(v.get(model.kind_key) for v in sample))
    common, rare = _words(desk, model, sample)
    found[f"search “{common}”"] = within._replace(search=common)
    found[f"search “{rare}”"] = within._replace(search=rare)
    return found


def _commune(values: dict[str, Any]) -> str | None:
    several = values.get("communes")
    return several[0] if several else values.get("commune")


def _commonest(values: Any) -> Any:
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _words(
    desk: Desk, model: type[RevisionedModel], sample: list[dict[str, Any]]
) -> tuple[str, str]:
    """A common and a rare word of the sample."""
    counted: Counter[str] = Counter()
    for values in sample:
        found: set[str] = set()
        for text in _texts(desk, model, values):
            found |= {word for word in words(text) if word == fold(word) and len(word) > 1}
        if values.get("household"):
            found |= {fold(w) for w in desk.household_name(values["household"]).split() if w}
        counted.update(word.strip(",") for word in found)
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return ordered[0][0], min(ordered, key=lambda entry: (entry[1], entry[0]))[0]


def _texts(desk: Desk, model: type[RevisionedModel], values: dict[str, Any]) -> Iterator[str]:
    """The searchable texts of a record."""
    for key, field in model.columns().items():
        if key in values:
            yield field.search_text(values[key], desk.book)
    for key, children in model.children().items():
        columns = children.child.fields()
        for row in values.get(key, ()):
            yield from (columns[k].search_text(value, desk.book) for k, value in row.items())
