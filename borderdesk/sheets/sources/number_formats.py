"""Units that the number format of a cell shows behind its figure, as 0" km": the file holds 1.5 and
people read 1,5 km. Words that change no figure, as 0" BP", are not looked at."""

import re
from typing import NamedTuple
from xml.etree import ElementTree

from borderdesk.schema.kinds.unit_scales import is_one_of_several

_BUILT_IN = {"9": "0%", "10": "0.00%"}
_TOKEN = re.compile(
    r"\"(?P<quoted>[^\"]*)\"?|\\(?P<escaped>.)|\[[^\]]*\]|[_*].|(?P<figure>[0#?]|General)"
    r"|(?P<next>;)|(?P<percent>%)|(?P<mark>[.,])|.",
    re.IGNORECASE | re.DOTALL,
)
_THOUSANDS = re.compile(r"[0#?](,+)(?![0#?,])")
"""Commas behind the last figure: each divides what is shown by 1000."""


class ShownUnit(NamedTuple):
    """The unit behind a figure, and what the figure is multiplied and divided by to be shown."""

    words: str
    times: int
    divisor: int


def unit_styles(styles: bytes) -> dict[bytes, ShownUnit]:
    """{number of a style of cells (styles.xml): the unit its format shows behind a figure}."""
    codes, shown = dict(_BUILT_IN), dict[bytes, ShownUnit]()
    for part in ElementTree.fromstring(styles) if styles else ():  # noqa: S314 - no entities
        name = part.tag.rpartition("}")[2]
        if name == "numFmts":
            codes |= {code.get("numFmtId", ""): code.get("formatCode", "") for code in part}
        elif name == "cellXfs":
            units = {number: unit_behind(code) for number, code in codes.items()}
            shown = {
                str(place).encode(): unit
                for place, style in enumerate(part)
                if (unit := units.get(style.get("numFmtId", "")))
            }
    return shown


def unit_behind(code: str) -> ShownUnit | None:
    """The unit or per cent sign behind a positive figure; None for none, or one between figures."""
    words, figure = "", ""
    for token in _TOKEN.finditer(code):
        if token["next"]:
            break
        if token["figure"] and _is_unit(words):
            # 1200 as 1km200 is in the smaller one.
            return None
        if token["figure"] or (token["mark"] and not words):
            figure, words = figure + token[0], ""
        elif figure:
            words += token["quoted"] or token["escaped"] or token["percent"] or ""
    if not _is_unit(words):
        return None
    thousands = _THOUSANDS.search(figure)
    divisor = 1_000 ** len(thousands[1]) if thousands else 1
    return ShownUnit(words.strip(), 100 if "%" in words else 1, divisor)


def _is_unit(words: str) -> bool:
    return "%" in words or is_one_of_several(words)


def as_shown(figure: float, unit: ShownUnit) -> str:
    """A figure with the unit behind it, as a person would type both."""
    shown = figure * unit.times / unit.divisor
    return f"{f'{shown:f}'.rstrip('0').rstrip('.').replace('.', ',')} {unit.words}"
