"""Stored sentences: stored as their English key, shown in the language of the reader.

A reason is stored where an error occurs, and shown days later, maybe in another language.
"""

import json
from typing import Any

from borderdesk.base.i18n import Translation, _, ngettext

PLURAL = ""
"""The name among the values of [English plural, number], of a sentence that has one."""


def stored_words(sentence: str | Exception) -> str:
    """The stored form of a sentence, or of an error's: the English key, and after a tab its values
    as JSON, each a text or, for a nested sentence, [its stored form]. A text without a translation
    is stored as it is."""
    text: Any = sentence
    if isinstance(sentence, Exception):
        text = (
            sentence.args[0]
            if sentence.args and isinstance(sentence.args[0], str)
            else str(sentence)
        )
    if not isinstance(text, Translation):
        return str(text)
    values: dict[str, Any] = {
        key: [stored_words(value)] if isinstance(value, Translation) else str(value)
        for key, value in text.values.items()
    }
    if text.plural is not None:
        values[PLURAL] = list(text.plural)
    if not values:
        return text.key
    return f"{text.key}\t{json.dumps(values, ensure_ascii=False)}"


def words_of_stored(stored: str) -> str:
    """A stored sentence in the language in use; unchanged if it was stored by an earlier version,
    or has a tab of its own."""
    message, _tab, values = stored.partition("\t")
    if not values:
        return _(message)
    try:
        stored_values = json.loads(values)
        plural = stored_values.pop(PLURAL, None)
        fields = {key: _value(value) for key, value in stored_values.items()}
        text = _(message) if plural is None else _plural(message, *plural)
        return text.format(**fields)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return stored


def _plural(singular: str, many: Any, number: Any) -> str:
    if not isinstance(many, str) or type(number) is not int:
        raise TypeError
    return ngettext(singular, many, number)


def _value(value: Any) -> str:
    return words_of_stored(value[0]) if isinstance(value, list) else str(value)
