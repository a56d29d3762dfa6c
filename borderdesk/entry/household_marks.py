"""Distinguishes households of one name and place, and words the question which one is meant."""

from collections import Counter
from collections.abc import Iterator, Sequence

from borderdesk.base.i18n import _
from borderdesk.schema.record import Values
from borderdesk.schema.records.household import Household
from borderdesk.store.connection.database import Store
from borderdesk.store.matching.match_index import MatchIndex
from borderdesk.store.records.history import load

MOST_NAMED = 5


def marks_of(values: Values) -> list[str]:
    """The marks that distinguish a household from namesakes, as far as known: its ID masked, the
    end of its telephone number, its note."""
    columns, keys = Household.columns(), Household.matching.told_apart_by
    return [columns[key].telling(values[key]) for key in keys if values.get(key)]


def mark_of(values: Values) -> str:
    """The first mark of a household, "" for none."""
    return next(iter(marks_of(values)), "")


def distinguishing_texts(marks: Sequence[Sequence[str]]) -> list[str]:
    """One distinct text for each of several namesakes: its first marks, as many as distinguish it
    from all others; all and a number if none do."""
    prefixes = Counter(prefix for own_marks in marks for prefix in _beginnings(own_marks))
    telling = (
        next((prefix for prefix in _beginnings(own_marks) if prefixes[prefix] == 1), ())
        for own_marks in marks
    )
    return [
        " · ".join(some or (*own_marks, str(place)))
        for place, (own_marks, some) in enumerate(zip(marks, telling, strict=True), 1)
    ]


def _beginnings(marks: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(marks[:count]) for count in range(1, len(marks) + 1))


def which_household(store: Store, index: MatchIndex, fitting: Sequence[str], *, typed: bool) -> str:
    """The sentence for a description that several households fit. typed: in the window, where one
    is chosen from the list; elsewhere one is named by its id."""
    marks = []
    for record in fitting[:MOST_NAMED]:
        values = index.buffered(record) or load(store, Household, record)[0]
        mark = mark_of(values) or _("without an ID")
        marks.append(mark if typed else f"{record} {mark}")
    shown = "; ".join([*marks, *(["…"] if len(fitting) > MOST_NAMED else [])])
    words = (
        _("Several households are called so there ({marks}). Choose one from the list.")
        if typed
        else _("Several households are called so there ({marks}). Give the id of one, or its ID.")
    )
    return words.format(marks=shown)
