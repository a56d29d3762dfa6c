"""The values of a record in words, as they were on its day: a household whose home a record keeps
is named with that one, wherever it lives now."""

from collections.abc import Mapping
from typing import Any

from borderdesk.schema.kinds.context import ReferenceLookup
from borderdesk.schema.record import HomePlace, Revisioned


def value_words(
    model: type[Revisioned], key: str, values: Mapping[str, Any], book: ReferenceLookup
) -> str:
    """The field `key` of a record's values as people read it, "" without a value."""
    value = values.get(key)
    if value is None:
        return ""
    home = model.home_place
    named = _at_home(home, values, book) if home is not None and key == home.reference else ""
    return named or model.fields()[key].show(value, book)


def short_value_words(
    model: type[Revisioned],
    key: str,
    values: Mapping[str, Any],
    book: ReferenceLookup,
    between: str = "; ",
) -> str:
    """The same for a narrow place; `between` parts several units."""
    value = values.get(key)
    if value is None:
        return ""
    home = model.home_place
    named = _at_home(home, values, book) if home is not None and key == home.reference else ""
    return named or model.columns()[key].show_short(value, book, between)


def _at_home(home: HomePlace, values: Mapping[str, Any], book: ReferenceLookup) -> str:
    """A household named with the hamlet that is kept with the record; "" where none is."""
    hamlet = values.get(home.hamlet)
    return book.household_name(values[home.reference], hamlet) if hamlet else ""
