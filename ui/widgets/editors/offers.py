"""Matching and ranking of offered entries for a typed text.

One order for every combo box, list and cell: labels that begin with the text before labels that
contain it; among equals the given order, in which recently used entries and the post's own places
come first. Accents in the text affect the order, never what matches.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from borderdesk.base.text import accented, fold, nfc

_UNIT_WORDS = re.compile(
    r"(?:xa|thi tran|phuong|thon|ban|khu pho|khu|khoi|xom|to dan pho|to|don bien phong|don)\s+"
)
_NOWHERE = 4


class ComboOption(NamedTuple):
    """An entry: its code, its label, and a note shown beside the label."""

    code: str
    label: str
    note: str = ""


def bare(folded: str) -> str:
    """A folded name without the word for its kind of unit: "xa ba son" → "ba son"."""
    word = _UNIT_WORDS.match(folded)
    return folded[word.end() :] if word else folded


def place_of(typed: str, label: str) -> int:
    """How well a label matches a folded text: 0 equal, 1 begins with it, 2 one of its words does, 3
    contains it, 4 no match."""
    folded = fold(label)
    without = bare(folded)
    if typed in (folded, without):
        return 0
    if folded.startswith(typed) or without.startswith(typed):
        return 1
    at = folded.find(typed)
    if at < 0:
        return _NOWHERE
    return 2 if f" {typed}" in folded else 3


def ranked(text: str, options: Iterable[ComboOption]) -> list[ComboOption]:
    """The options that match a text, best first; all of them in the given order for an empty
    text."""
    typed = fold(text)
    if not typed:
        return list(options)
    with_accents = accented(text)
    has_no_accents = with_accents == typed
    matches = []
    for place, option in enumerate(options):
        rank = place_of(typed, option.label)
        if rank != _NOWHERE:
            differs = not has_no_accents and with_accents not in accented(option.label)
            matches.append((rank, differs, place, option))
    matches.sort(key=lambda match: match[:3])
    return [option for *_order, option in matches]


def meant(text: str, options: Iterable[ComboOption]) -> str:
    """The code of the option that has this label: exactly, else ignoring case, else ignoring
    accents if only one does; "" for none or several."""
    exact, with_accents, typed = nfc(text).strip(), accented(text), fold(text)
    alike = [option for option in options if fold(option.label) == typed] if typed else []
    for fits in (
        lambda label: label == exact,
        lambda label: accented(label) == with_accents,
        lambda _label: True,
    ):
        codes = {option.code for option in alike if fits(option.label)}
        if len(codes) == 1:
            return codes.pop()
    return ""


def only(text: str, options: Sequence[ComboOption]) -> str:
    """The code of the only option that contains the text, else of the only one that begins with it,
    else equals it; "" otherwise.

    If any option contains the text with its accents, only those are considered.
    """
    typed, with_accents = fold(text), accented(text)
    if not typed:
        return ""
    candidates = [option for option in options if with_accents in accented(option.label)]
    places = [(place_of(typed, option.label), option.code) for option in candidates or options]
    for most in (3, 1, 0):
        codes = {code for place, code in places if place <= most}
        if len(codes) == 1:
            return codes.pop()
    return ""
