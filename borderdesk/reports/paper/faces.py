"""The four styles of Liberation Serif and the Han face: text widths and line breaks."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.lazy import lazy_module
from borderdesk.base.letters import HAN, is_han, on_paper
from borderdesk.base.paths import RESOURCES
from borderdesk.base.text import nfc

if TYPE_CHECKING:
    from reportlab.pdfbase import pdfmetrics, ttfonts
else:
    pdfmetrics = lazy_module("reportlab.pdfbase.pdfmetrics")
    ttfonts = lazy_module("reportlab.pdfbase.ttfonts")


FONTS = RESOURCES / "fonts"
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
HAN_NAME = "BorderDeskHan-Regular"
HAN_WIDTH = 1.0
"""The width of every letter of the Han face in ems."""

Line = tuple[str, float]
"""A line of text and its width in ems. A line broken between two words ends with the blank, which
is not in its width: it is invisible, but separates the words when copied or read aloud."""


class LetterWidths(dict[str, float]):
    """The widths of a style's letters in ems; letters of the Han face are added as they come."""

    def __missing__(self, letter: str) -> float:
        if not is_han(letter):
            raise KeyError(letter)
        return self.setdefault(letter, HAN_WIDTH)


class FontFace:
    """One style of Liberation Serif, with the widths of its letters and of those that it lacks but
    the Han face has."""

    def __init__(self, style: str) -> None:
        self.name = f"LiberationSerif-{style}"
        font = ttfonts.TTFont(self.name, str(FONTS / f"{self.name}.ttf"))
        pdfmetrics.registerFont(font)
        glyphs = font.face.charToGlyph
        default = font.face.defaultWidth
        self.widths = LetterWidths(
            (chr(code), font.face.charWidths.get(code, default) / 1000)
            for code, glyph in glyphs.items()
            if glyph and not unicodedata.category(chr(code)).startswith("C")
        )
        self.lines = lru_cache(maxsize=20_000)(self._lines)

    def width(self, text: str) -> float:
        """The width of `text` in ems. Raises KeyError for a character without a glyph."""
        return sum(map(self.widths.__getitem__, text))

    def _lines(self, text: str, room: float) -> tuple[Line, ...]:
        """Break `text` at spaces into lines no wider than `room` ems."""
        *parts, last = (list(self._wrapped(part, room, room)) for part in text.split("\n"))
        ended = ((*lines[:-1], (f"{lines[-1][0]} ", lines[-1][1])) for lines in parts)
        return (*chain.from_iterable(ended), *last)

    def indented(self, text: str, room: float, indent: float) -> list[Line]:
        """Break `text` into lines of `room` ems, the first one shorter by `indent`."""
        return list(self._wrapped(text, room - indent, room))

    def balanced(self, text: str, room: float) -> tuple[Line, ...]:
        """Break `text` into as few lines as `room` ems allow, of nearly equal length."""
        lines = self.lines(text, room)
        # A width below that of the longest word would break within the word.
        least = max(map(self.width, text.split()), default=0.0)
        while room * 0.95 >= least and len(lines) > 1:
            narrower = self.lines(text, room * 0.95)
            if len(narrower) > len(lines):
                break
            lines, room = narrower, room * 0.95
        return lines

    def _wrapped(self, text: str, first: float, room: float) -> Iterator[Line]:
        """Break `text` into lines: the first at most `first` ems wide, the others `room`."""
        whole = self.width(text)
        if whole <= first:
            yield text, whole
            return
        line, limit = "", first
        for word, blank in self._words(text, min(first, room)):
            longer = f"{line} {word}" if line else word
            if line and self.width(longer) > limit:
                yield f"{line}{blank}", self.width(line)
                line, limit = word, room
            else:
                line = longer
        yield line, self.width(line)

    def _words(self, text: str, room: float) -> Iterator[tuple[str, str]]:
        """The words of `text`, each with the blank before it; one wider than `room` is split into
        parts that fit."""
        for word in text.split(" "):
            start, width, blank = 0, 0.0, " "
            for end, letter in enumerate(word):
                width += self.widths[letter]
                if width > room and end > start:
                    yield word[start:end], blank
                    start, width, blank = end, self.widths[letter], ""
            yield word[start:], blank


class FaceFamily(NamedTuple):
    """The four styles."""

    regular: FontFace
    bold: FontFace
    italic: FontFace
    bold_italic: FontFace


@cache
def faces() -> FaceFamily:
    """The four styles, registered with ReportLab by path on the first call."""
    return FaceFamily(*map(FontFace, STYLES))


@cache
def letters() -> frozenset[str]:
    """Every character that all four styles have a glyph for, and the line break."""
    common = set.intersection(*(set(face.widths) for face in faces()))
    return frozenset(letter for letter in common | {"\n"} if not is_han(letter))


@cache
def han_face() -> str:
    """The name of the Han face, registered with ReportLab on the first call."""
    pdfmetrics.registerFont(ttfonts.TTFont(HAN_NAME, str(FONTS / f"{HAN_NAME}.ttf")))
    return HAN_NAME


def text_runs(face: FontFace, text: str) -> Iterator[tuple[str, str]]:
    """(font name, part) of a printable text: Chinese parts are set in the Han face."""
    start = 0
    for match in HAN.finditer(text):
        if match.start() > start:
            yield face.name, text[start : match.start()]
        yield han_face(), match[0]
        start = match.end()
    if start < len(text):
        yield face.name, text[start:]


def printable(text: str) -> str:
    """`text` in NFC as the faces can print it, with something else for every letter they lack."""
    return on_paper(nfc(text))


def serif_text(text: str) -> str:
    """The same for text drawn in one face: letters of the Han face are replaced, too."""
    return on_paper(nfc(text), han=False)
