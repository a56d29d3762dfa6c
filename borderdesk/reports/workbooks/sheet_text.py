"""The width of a text on a sheet and its number of lines, so that no cell hides a part.

The line breaks of a spreadsheet program are not stored in a file. The sheet's letters have the
widths of Liberation Serif, the typeface of the papers.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from borderdesk.base.text import nfc
from borderdesk.reports.paper.faces import faces

SIZE = 11
"""The size of the sheet's letters, in points."""

MOST_LINES = 24
"""A row is at most 409 points high, which holds so many lines."""

WHOLE_WORD = 20.0
"""A word up to so many ems (an id has 18) is never broken."""

_EM = SIZE * 96 / 72  # pixels
_DIGIT, _PAD = 7, 9  # pixels of a column's unit, and of a cell's margins and edges
_SPARE = 1.04  # programs round letters to whole pixels
_UNKNOWN = 1.0  # ems of a letter from another face


def columns_of(ems: float) -> float:
    """The column width that holds so many ems."""
    return (ems * _EM * _SPARE + _PAD) / _DIGIT


def room_of(width: float, size: float = SIZE) -> float:
    """The ems of a type size that a column of this width holds."""
    return max((width * _DIGIT - _PAD) / (_EM * _SPARE * size / SIZE), 1.0)


@lru_cache(maxsize=20_000)
def ems(text: str, bold: bool = False) -> float:
    """The width of a text's longest line."""
    width = _widths(bold).get
    if "\n" not in text:
        return sum([width(letter, _UNKNOWN) for letter in nfc(text)])
    return max(ems(line, bold) for line in text.split("\n"))


@cache
def _widths(bold: bool) -> dict[str, float]:
    return dict((faces().bold if bold else faces().regular).widths)


def longest_word(text: str, bold: bool = False) -> float:
    """The width of the longest word that is not to be broken."""
    widths = (ems(word, bold) for word in text.split())
    return max((width for width in widths if width <= WHOLE_WORD), default=0.0)


@lru_cache(maxsize=20_000)
def broken(text: str, room: float, bold: bool = False) -> Sequence[str]:
    """The lines of a text in a cell with room for so many ems."""
    lines: list[str] = []
    for part in text.split("\n"):
        lines += _wrapped(part, room, bold)
    return lines


def _wrapped(part: str, room: float, bold: bool) -> list[str]:
    if ems(part, bold) <= room:
        return [part]
    lines, line, line_width = [], "", 0.0
    space = ems(" ", bold)
    for word in part.split(" "):
        width = ems(word, bold)
        if line and line_width + space + width > room:
            lines.append(line)
            line, line_width = "", 0.0
        line, line_width = (f"{line} {word}", line_width + space + width) if line else (word, width)
        while line_width > room and len(line) > 1:
            # A word wider than the cell is broken at its edge.
            fit = max(int(len(line) * room / line_width) - 1, 1)
            lines.append(line[:fit])
            line = line[fit:]
            line_width = ems(line, bold)
    return [*lines, line]
