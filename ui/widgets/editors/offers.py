"""Ranks the suggestions for a typed text, the best first.

One order for every chooser, list and cell: what the text begins with comes before what merely
contains it, and among equals the order given, in which the entries used last and the post's own
places stand first. Accents that were typed count for the order, never for what is found.
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
    """An entry: its code, its label, and what a list says beside it."""

    code: str
    label: str
    note: str = ""


def bare(folded: str) -> str:
    """A folded name without the word for what it names: "xa ba son" → "ba son"."""
    word = _UNIT_WORDS.match(folded)
    return folded[word.end() :] if word else folded


def place_of(typed: str, label: str) -> int:
    """How well a label fits a folded text: 0 the same, 1 begins with it, 2 a word of it does,
    3 contains it; 4 does not."""
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
    """The options that fit a text, the best first; all of them, as they are, for no text."""
    typed = fold(text)
    if not typed:
        return list(options)
    said = accented(text)
    plain = said == typed
    found = []
    for place, option in enumerate(options):
        rank = place_of(typed, option.label)
        if rank != _NOWHERE:
            other = not plain and said not in accented(option.label)
            found.append((rank, other, place, option))
    found.sort(key=lambda one: one[:3])
    return [option for *_order, option in found]


def meant(text: str, options: Iterable[ComboOption]) -> str:
    """The code of the option whose label a text is: to the letter, else with its accents, else
    the only one without any; "" for several or none."""
    exact, said, typed = nfc(text).strip(), accented(text), fold(text)
    alike = [option for option in options if fold(option.label) == typed] if typed else []
    for fits in (
        lambda label: label == exact,
        lambda label: accented(label) == said,
        lambda _label: True,
    ):
        codes = {option.code for option in alike if fits(option.label)}
        if len(codes) == 1:
            return codes.pop()
    return ""


def only(text: str, options: Sequence[ComboOption]) -> str:
    """The code of the one option that a text means: the only one that contains it, else the only
    one that begins with it; "" for several or none. Accents decide where any option has those
    that were typed."""
    typed, said = fold(text), accented(text)
    if not typed:
        return ""
    written = [option for option in options if said in accented(option.label)]
    found = [(place_of(typed, option.label), option.code) for option in written or options]
    for most in (3, 1, 0):
        codes = {code for place, code in found if place <= most}
        if len(codes) == 1:
            return codes.pop()
    return ""
