"""Units in which lists give figures, besides the unit of the field, each with its factor."""

import re
from collections.abc import Mapping
from decimal import Decimal

from borderdesk.base.text import fold

_BOTH = re.compile(r"(\d{1,3})\s*km\s*(?:(\d{3})\s*m?|(\d{1,2})\s*m)\Z", re.IGNORECASE)
"""A length in two units: 1km200, 1 km 50 m; 1km2 may be of metres or of hundreds of them."""
_UNSAID = re.compile(r"[\s.:]+")
_MONEY = {
    **dict.fromkeys(("trieudong", "trieu", "trd", "trdong", "tr", "trieuvnd"), 10**6),
    **dict.fromkeys(("nghindong", "ngandong", "nghin", "ngan"), 1_000),
    **dict.fromkeys(("1000dong", "1000d", "1000vnd"), 1_000),
    **dict.fromkeys(("tydong", "ty", "tidong"), 10**9),
}
SCALES: Mapping[str, Mapping[str, Decimal]] = {
    "VND": {word: Decimal(factor) for word, factor in _MONEY.items()},
    "m": dict.fromkeys(("km", "kilomet", "kilometre"), Decimal(1_000)),
    "km": dict.fromkeys(("m", "met", "metre"), Decimal("0.001")),
}
"""By the English key of the field's unit: {folded words without spaces and points: factor}."""
SAME: Mapping[str, frozenset[str]] = {
    "VND": frozenset({"d", "dong", "vnd"}),
    "participant-turns": frozenset(
        {"nguoi", "luot", "luot nguoi", "ng", "d/c", "dc", "dong chi", "cbcs", "can bo chien si"}
    ),
    "m": frozenset({"met"}),
    "km": frozenset({"kilomet", "ki lo met"}),
    "households": frozenset({"ho", "ho gia dinh"}),
    "persons": frozenset({"nguoi", "ng", "doi tuong", "thanh vien", "nhan khau", "khau"}),
    "sessions": frozenset({"cuoc", "lan"}),
    "times": frozenset({"luot", "dot", "chuyen"}),
    "leaflets": frozenset({"to roi", "to gap", "ban"}),
    "sets": frozenset({"bo tai lieu"}),
    "tracks": frozenset({"tuyen"}),
    "work-days": frozenset({"cong", "ngay", "ngay cong"}),
}
"""Folded words for the unit itself besides its name."""
_NAMED = frozenset(
    word
    for unit, factors in SCALES.items()
    for word in (fold(unit), *factors, *(_UNSAID.sub("", same) for same in SAME[unit]))
)


def scale_of(unit: str, text: str) -> Decimal | None:
    """The factor that turns figures in the unit that `text` names into those of `unit` (an English
    key); None where it is that unit, or none."""
    return SCALES.get(unit, {}).get(_UNSAID.sub("", fold(text)))


def is_one_of_several(text: str) -> bool:
    """Whether a text names a unit of figures that lists give in several: money or a length."""
    return _UNSAID.sub("", fold(text)) in _NAMED


def metres_in(unit: str, text: str) -> str | None:
    """A length in kilometres and metres (1km200) in the unit of a field, as it is typed; None for
    any other text."""
    match = _BOTH.match(text) if unit in ("m", "km") else None
    if match is None:
        return None
    metres = Decimal(int(match[1]) * 1_000 + int(match[2] or match[3]))
    return scaled(metres, Decimal(1) if unit == "m" else SCALES["km"]["m"])


def scaled(number: Decimal, factor: Decimal) -> str:
    """A number times a factor as it is typed: 1500000, 0,8."""
    product = (number * factor).normalize()
    return f"{product:f}".replace(".", ",")
