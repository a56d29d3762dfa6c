"""A cache of parsed input, so that each text of a long list is parsed once."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from borderdesk.schema.kinds import Doubt, EntryContext, stored_doubt

_TEXTS = frozenset({str})
KEPT_BY = frozenset({str, int})
"""The types of input that are keys of the cache, besides lists of texts: of other types equal
values may have different meanings (True and 1, 1.0 and 1), or have no hash."""
MOST_KEPT = 10_000
"""The limit of cached inputs of a type; the cache is cleared above it."""

Reading = tuple[Any, tuple[Doubt, ...]]
"""The value that an input means, and the doubts of it."""
Era = tuple[int, int]
"""A stretch of days in which the reference data mean the same."""


class AlikeRecord(NamedTuple):
    """The values of a valid record except the records it names, with its doubts, the date that its
    places are validated on, and the era of that; lists: the keys of its list values."""

    values: Mapping[str, Any]
    doubts: Sequence[Doubt]
    on: datetime.date | None
    era: Era | None
    lists: Sequence[str] = ()

    def copied(self) -> dict[str, Any]:
        """The values, with lists of their own."""
        copied = {**self.values}
        for key in self.lists:
            copied[key] = [*copied[key]]
        return copied


class ReadingCache(dict[tuple[type, bool, Era | None], dict[tuple[str, Any], Reading]]):
    """A cache of the readings of the records of one transaction: lists of the posts repeat the same
    communes, days, markers and names, and each is parsed once.

    {(type, whether as typed, era of the record): {(field, input): reading}}; refused input is not
    cached. keeps_dated: whether readings that depend on the record's day are cached too, each for
    the era of the day: not where a pick may be created and removed again with a refused record.
    """

    era: Era | None = None
    """That of the record in hand, None while its day is not known."""

    def __init__(self, *, keeps_dated: bool = False) -> None:
        super().__init__()
        self.keeps_dated = keeps_dated
        self.alike: dict[tuple[Any, ...], AlikeRecord] = {}
        """Cache of valid records by all values except the records they name."""

    def keep_like(self, likeness: tuple[Any, ...], record: AlikeRecord) -> None:
        """Cache a record for those that differ from it only in whom they name."""
        if len(self.alike) >= MOST_KEPT:
            self.alike.clear()
        self.alike[likeness] = record

    def __missing__(self, about: tuple[type, bool, Era | None]) -> dict[tuple[str, Any], Reading]:
        readings: dict[tuple[str, Any], Reading] = {}
        self[about] = readings
        return readings


class ReadingStep(NamedTuple):
    """The steps of reading one field: the conversion of the input, and the checks for doubts about
    the value and the text, if any; keeps: whether its readings may be cached; dated: whether they
    depend on the day of the record."""

    key: str
    convert: Callable[[Any, EntryContext], Any]
    doubts: Callable[[Any, EntryContext], Iterable[tuple[str, Any]]] | None
    typed_doubts: Callable[[Any, Any], Iterable[tuple[str, Any]]] | None
    keeps: bool
    dated: bool


def read_input(
    step: ReadingStep,
    cell: Any,
    entry: EntryContext,
    readings: ReadingCache,
    known_readings: dict[tuple[str, Any], Reading],
) -> Reading:
    """The parsed input, from the cache `known_readings` where it holds it. Raises FieldError."""
    key, _convert, _doubts, _typed, keeps, dated = step
    if not keeps or (dated and not readings.keeps_dated):
        return read_anew(step, cell, entry)
    several = type(cell) is list and _TEXTS.issuperset(map(type, cell))
    if not several and type(cell) not in KEPT_BY:
        return read_anew(step, cell, entry)
    about = (key, tuple(cell) if several else cell)
    reading = known_readings.get(about)
    if reading is None:
        if len(known_readings) >= MOST_KEPT:
            known_readings.clear()
        reading = known_readings[about] = read_anew(step, cell, entry)
    # A list is not shared by records.
    return ([*reading[0]], reading[1]) if type(reading[0]) is list else reading


def read_anew(step: ReadingStep, cell: Any, entry: EntryContext) -> Reading:
    """The input, parsed without the cache. Raises FieldError."""
    key, convert, doubts, typed_doubts, _keeps, _dated = step
    value = convert(cell, entry)
    if value is None or (doubts is None and typed_doubts is None):
        return value, ()
    raised: list[tuple[str, Any]] = []
    if typed_doubts is not None:
        raised += typed_doubts(cell, value)
    if doubts is not None:
        raised += doubts(value, entry)
    return value, tuple([Doubt(key, stored_doubt(*doubt)) for doubt in raised]) if raised else ()
