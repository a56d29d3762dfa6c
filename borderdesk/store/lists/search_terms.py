"""The parser of a typed search: each word is a prefix of a word in the index, or matches the text
shown in a list.

The index contains the words of texts, places, picks and markers. Other fields are compared in their
columns: dates and figures as they are written, choices and posts by their labels.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from borderdesk.base.text import query_words, words
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.order_cache import OrderCache
from borderdesk.store.records.written_records import MONTH_MARK

MOST_MONTHS = 24
"""A longer period is not searched month by month: its dates are compared instead."""
FEWEST_LETTERS = 2
"""The least number of letters for matching labels: a single letter is a prefix of nearly any."""
MASK = "•"
"""Stands for the digits of a number that a list does not show."""

_GROUPED = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+\Z")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)\Z")
_GROUPED_DECIMAL = re.compile(r"(\d{1,3}(?:([.,\u00a0\u202f])\d{3})+)(?!\2)[.,](\d+)\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})(?:\2(\d{0,4}))?\Z")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})\Z")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_ISO = re.compile(r"\d{4}-\d\d(?:-\d\d)?\Z")


class SearchTerm(NamedTuple):
    """A part of the search text between two spaces: its words, and the alternative conditions with
    their parameters, any of which suffices; `t` is the table of the records."""

    words: list[str]
    conditions: list[str]
    params: list[Any]


def search_terms(model: type[RevisionedModel], search: str, labels: OrderCache) -> list[SearchTerm]:
    """The terms of a search, all of which a record must meet."""
    return [_term(model, typed, labels) for typed in search.split() if typed]


def _term(model: type[RevisionedModel], typed: str, labels: OrderCache) -> SearchTerm:
    query = query_words(typed)
    conditions: list[str] = []
    params: list[Any] = []
    for condition, values in (
        *_dates(model, typed),
        *_figures(model, typed),
        *_masked(model, typed),
        *_labelled(model, query, labels),
    ):
        conditions.append(condition)
        params += values
    return SearchTerm(query, conditions, params)


Condition = tuple[str, list[Any]]


def _dates(model: type[RevisionedModel], typed: str) -> Iterator[Condition]:
    """Days written as a list shows them, or begun so: 06/11, 06/11/2026, 11/2026, 2026."""
    for pattern in _date_patterns(typed):
        for key, field in model.columns().items():
            if field.is_date:
                yield f"t.{key} LIKE ?", [pattern]


def _date_patterns(typed: str) -> Iterator[str]:
    """The ISO dates that a typed date means, `_` for a digit that is open."""
    day_first = _DAY_FIRST.match(typed)
    # A point or a hyphen without a year is a number or a range, not a day.
    if day_first and (day_first[2] == "/" or day_first[4]):
        year = (day_first[4] or "").ljust(4, "_")
        yield f"{year}-{int(day_first[3]):02}-{int(day_first[1]):02}"
    month = _MONTH.match(typed)
    if month:
        yield f"{month[2]}-{int(month[1]):02}-__"
    if _YEAR.match(typed):
        yield f"{typed}-__-__"
    if _ISO.match(typed):
        yield typed.ljust(10, "_") if len(typed) == 10 else f"{typed}-__"


def _figures(model: type[RevisionedModel], typed: str) -> Iterator[Condition]:
    """Figures as they are written: 1250, 1.250, 12,5."""
    for number in _numbers(typed):
        for key, field in model.columns().items():
            if field.numeric and (stored := _stored(field, number)) is not None:
                yield f"t.{key} = ?", [stored]


def _numbers(typed: str) -> set[Decimal]:
    """The numbers that typed digits may mean; a mark may group by threes or part decimals."""
    if typed.isascii() and typed.isdigit():
        return {Decimal(typed)} if len(typed) <= 18 else set()
    numbers = set()
    if _GROUPED.match(typed):
        numbers.add(Decimal(re.sub(r"\D", "", typed)))
    decimal = _DECIMAL.match(typed)
    if decimal and len(typed) <= 18:
        numbers.add(Decimal(f"{decimal[1]}.{decimal[2]}"))
    decimal_match = _GROUPED_DECIMAL.match(typed)
    if decimal_match:
        numbers.add(Decimal(re.sub(r"\D", "", decimal_match[1]) + "." + decimal_match[3]))
    return numbers


def _stored(field: ColumnField, number: Decimal) -> Any:
    """A number as the column of a field holds it; None where it cannot."""
    if field.canonical_type is int:
        return int(number) if number == number.to_integral_value() else None
    stored = field.db_value(number)
    return stored if field.python_value(stored) == number else None


def _masked(model: type[RevisionedModel], typed: str) -> Iterator[Condition]:
    """A number with hidden digits, as a list shows it."""
    if MASK in typed:
        for key, field in model.columns().items():
            if field.masked:
                yield f"t.{key} LIKE ?", [typed.replace("_", "").replace(MASK, "_")]


def _labelled(
    model: type[RevisionedModel], query: Sequence[str], labels: OrderCache
) -> Iterator[Condition]:
    """Choices, posts and picks whose label has words that begin so."""
    if not query or max(map(len, query)) < FEWEST_LETTERS:
        return
    for key, field in model.columns().items():
        if key == model.own_post() and labels.of_one_post:
            continue
        codes = _codes_of(
            labels.searched_labels(field.rank_name(f"{model.type_name}.{key}")), query
        )
        if not codes:
            continue
        if field.several:
            parts = " OR ".join(f"';' || t.{key} || ';' LIKE ?" for _code in codes)
            yield f"({parts})", [f"%;{code};%" for code in codes]
        else:
            yield f"t.{key} IN ({', '.join('?' * len(codes))})", list(codes)


def _codes_of(labels: Mapping[str, str], query: Sequence[str]) -> list[str]:
    return [
        code
        for code, label in labels.items()
        if all(any(form.startswith(word) for form in words(label)) for word in query)
    ]


def month_marks(first: datetime.date | None, last: datetime.date | None) -> list[str]:
    """The months of a period, as the search index marks them; [] for too many."""
    if first is None or last is None:
        return []
    start = first.year * 12 + first.month - 1
    end = last.year * 12 + last.month - 1
    if end - start >= MOST_MONTHS:
        return []
    return [f"{MONTH_MARK}{n // 12:04d}{n % 12 + 1:02d}" for n in range(start, end + 1)]


def match_expression(typed: Sequence[str], months: Sequence[str]) -> str:
    """The full-text query for typed words: each as a beginning, accents as they were typed;
    without words one that finds nothing."""
    parts = [f'"{word}"*' for word in typed]
    if parts and months:
        parts.append("(" + " OR ".join(f'"{month}"' for month in months) + ")")
    return " AND ".join(parts) if parts else f'"{MONTH_MARK}none"'
