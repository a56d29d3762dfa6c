"""The values of a record in words, as they were on its day: a household is named with the home
stored in the record, wherever it lives now."""

from collections.abc import Mapping
from typing import Any

from borderdesk.schema.kinds.context import ReferenceLookup
from borderdesk.schema.record import RevisionedModel


def value_words(
    model: type[RevisionedModel], key: str, values: Mapping[str, Any], book: ReferenceLookup
) -> str:
    """The field `key` of a record's values as people read it, "" without a value."""
    value = values.get(key)
    if value is None:
        return ""
    return _at_home(model, key, values, book) or model.fields()[key].show(value, book)


def short_value_words(
    model: type[RevisionedModel],
    key: str,
    values: Mapping[str, Any],
    book: ReferenceLookup,
    between: str = "; ",
) -> str:
    """The same for a narrow place; `between` parts several units."""
    value = values.get(key)
    if value is None:
        return ""
    home_words = _at_home(model, key, values, book)
    return home_words or model.columns()[key].show_short(value, book, between)


def _at_home(
    model: type[RevisionedModel], key: str, values: Mapping[str, Any], book: ReferenceLookup
) -> str:
    """A household's name with the hamlet stored in the record; "" for another field, and where no
    hamlet is stored."""
    home = model.home_place
    if home is None or key != home.reference:
        return ""
    hamlet = values.get(home.hamlet)
    return book.household_name(values[key], hamlet) if hamlet else ""
