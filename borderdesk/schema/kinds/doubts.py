"""Doubts: warnings that a clerk may overrule, stored by key and shown in the language in use."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from borderdesk.base.errors import Problem
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language

LATE = N_("Entered {value} days after it happened.")
HIGH = N_("{value} is unusually high.")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
LOW = N_("{value} is unusually low: is it in this unit?")
_NUMERIC = (LATE, HIGH, LOW)
"""Doubts whose value is a number, to be grouped as numbers are."""


class Doubt(Problem):
    """A doubt the clerk may overrule: `message` is an English key with {value} in it."""


def stored_doubt(message: str, value: Any) -> str:
    """A doubt as it is stored: the English key, and the value shown in it after a tab."""
    return f"{message}\t{value}" if "{value}" in message else message


def doubt_text(stored: str) -> str:
    """A stored doubt in the language in use."""
    return _text_in(language(), stored)


@lru_cache(maxsize=2_048)
def _text_in(lang: str, stored: str) -> str:
    """Cached: the lateness of every line of a bulk import is one of few."""
    message, _tab, value = stored.partition("\t")
    if message in _NUMERIC and _NUMBER.match(value):
        value = format_number(Decimal(value), lang)
    return _(message).replace("{value}", value)


def doubt_texts(stored: Iterable[tuple[str, str]] | None) -> dict[str, str]:
    """Stored doubts, each (field, doubt), by field in the language in use."""
    texts: dict[str, str] = {}
    for field, doubt in stored or ():
        text = doubt_text(doubt)
        texts[field] = f"{texts[field]} {text}" if field in texts else text
    return texts
