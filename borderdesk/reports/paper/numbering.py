"""Numbers the parts of a document: I., 1., a) in the order of the Vietnamese alphabet."""

from borderdesk.reports.blocks import Heading
from borderdesk.reports.paper.measures import POINTS

_ROMAN = (
    (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
    (1, "I"),
)  # fmt: skip
LEVELS = 3


def roman(number: int) -> str:
    """1 → I, 14 → XIV."""
    text = ""
    for value, digits in _ROMAN:
        text += digits * (number // value)
        number %= value
    return text


def point(number: int) -> str:
    """1 → a, 5 → đ, 6 → e; after y the letters are doubled."""
    times, place = divmod(number - 1, len(POINTS))
    return POINTS[place] * (times + 1)


class Numbering:
    """Counts the numbered headings of a document or an annex."""

    def __init__(self) -> None:
        self._counts = [0] * LEVELS

    def of(self, heading: Heading) -> str:
        """The text of the next heading, with its number if it is numbered."""
        level = min(max(heading.level, 1), LEVELS)
        if not heading.numbered:
            return heading.text
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (LEVELS - level)
        count = self._counts[level - 1]
        number = (f"{roman(count)}.", f"{count}.", f"{point(count)})")[level - 1]
        return f"{number} {heading.text}"
