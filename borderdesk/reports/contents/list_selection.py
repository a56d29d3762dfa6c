"""What a list was limited to, in words, for its paper and workbook: of the paper alone nobody could
tell a month from a year, or one commune from all."""

import datetime
from collections.abc import Iterator

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import sort_key
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.record import RevisionedModel
from borderdesk.store.lists.listing import REVIEW_STATES, Filter

MOST_UNITS = 4
"""So many communes are named; a commune stands with those that it was made of."""


def selection_words(
    model: type[RevisionedModel], list_filter: Filter, book: ReferenceBook
) -> tuple[str, ...]:
    """The line that says which records are listed; none where all are."""
    line = " · ".join(_parts(model, list_filter, book))
    return (line[:1].upper() + line[1:],) if line else ()


def _parts(model: type[RevisionedModel], list_filter: Filter, book: ReferenceBook) -> Iterator[str]:
    if list_filter.first is not None or list_filter.last is not None:
        yield _days(list_filter.first, list_filter.last)
    if list_filter.post:
        yield book.post_name(list_filter.post)
    if list_filter.units:
        names = sorted({book.unit_name(unit) for unit in list_filter.units}, key=sort_key)
        yield ", ".join(names[:MOST_UNITS]) + (" …" if len(names) > MOST_UNITS else "")
    if list_filter.kind:
        yield model.columns()[model.kind_key].show(list_filter.kind, book)
    if list_filter.review_state:
        yield _(REVIEW_STATES[list_filter.review_state]).lower()
    if list_filter.search.strip():
        yield _("with “{words}”").format(words=list_filter.search.strip())
    if list_filter.ids is not None:
        yield _("rows chosen one by one")


def _days(first: datetime.date | None, last: datetime.date | None) -> str:
    if first is None or last is None:
        day = first or last
        assert day is not None
        words = _("from {date} on") if last is None else _("until {date}")
        return words.format(date=format_date(day))
    words = _("from {first} to {last}")
    return words.format(first=format_date(first), last=format_date(last))
