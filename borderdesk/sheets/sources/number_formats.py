"""Units that the number format of a cell shows behind its figure, as 0" km": the file holds 1.5 and
people read 1,5 km. Words that change no figure, as 0" BP", are not looked at."""

import re
from xml.etree import ElementTree

from borderdesk.schema.kinds.unit_scales import is_one_of_several

_BUILT_IN = {"9": "0%", "10": "0.00%"}
_TOKEN = re.compile(
    r"\"(?P<quoted>[^\"]*)\"?|\\(?P<escaped>.)|\[[^\]]*\]|[_*].|(?P<figure>[0#?]|General)"
    r"|(?P<next>;)|(?P<percent>%)|.",
    re.IGNORECASE | re.DOTALL,
)


def unit_styles(styles: bytes) -> dict[bytes, str]:
    """{number of a style of cells (styles.xml): the unit its format shows behind a figure}."""
    codes, shown = dict(_BUILT_IN), dict[bytes, str]()
    for part in ElementTree.fromstring(styles) if styles else ():  # noqa: S314 - no entities
        name = part.tag.rpartition("}")[2]
        if name == "numFmts":
            codes |= {code.get("numFmtId", ""): code.get("formatCode", "") for code in part}
        elif name == "cellXfs":
            units = {number: unit_behind(code) for number, code in codes.items()}
            shown = {
                str(place).encode(): unit
                for place, style in enumerate(part)
                if (unit := units.get(style.get("numFmtId", ""), ""))
            }
    return shown


def unit_behind(code: str) -> str:
    """The unit or per cent sign behind a positive figure, "" for none."""
    words, has_figure = "", False
    for token in _TOKEN.finditer(code):
        if token["next"] or (token["figure"] and words):
            break
        has_figure = has_figure or token["figure"] is not None
        if has_figure:
            words += token["quoted"] or token["escaped"] or token["percent"] or ""
    return words if "%" in words or is_one_of_several(words) else ""


def as_shown(figure: float, unit: str) -> str:
    """A figure with the unit behind it, as a person would type both."""
    shown = figure * 100 if "%" in unit else figure
    return f"{f'{shown:f}'.rstrip('0').rstrip('.').replace('.', ',')} {unit.strip()}"
