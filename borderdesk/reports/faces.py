"""The four styles of Liberation Serif: their glyphs, text widths and line breaks."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES
from borderdesk.base.text import nfc

if TYPE_CHECKING:
    from reportlab.pdfbase import pdfmetrics, ttfonts
else:
    pdfmetrics = lazy_module("reportlab.pdfbase.pdfmetrics")
    ttfonts = lazy_module("reportlab.pdfbase.ttfonts")


FONTS = RESOURCES / "fonts"
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")

Line = tuple[str, float]
"""A line of text and its width in ems."""


class Face:
    """One style of Liberation Serif, with the widths of its letters."""

    def __init__(self, style: str) -> None:
        self.name = f"LiberationSerif-{style}"
        font = ttfonts.TTFont(self.name, str(FONTS / f"{self.name}.ttf"))
        pdfmetrics.registerFont(font)
        glyphs = font.face.charToGlyph
        default = font.face.defaultWidth
        self.widths: dict[str, float] = {
            chr(code): font.face.charWidths.get(code, default) / 1000
            for code, glyph in glyphs.items()
            if glyph and not unicodedata.category(chr(code)).startswith("C")
        }
        self.lines = lru_cache(maxsize=20_000)(self._lines)

    def width(self, text: str) -> float:
        """The width of `text` in ems. Raises KeyError for a character without a glyph."""
        return sum(map(self.widths.__getitem__, text))

    def _lines(self, text: str, room: float) -> tuple[Line, ...]:
        """Break `text` at spaces into lines no wider than `room` ems."""
        return tuple(
            (line, self.width(line))
            for part in text.split("\n")
            for line in self._wrapped(part, room, room)
        )

    def indented(self, text: str, room: float, indent: float) -> list[Line]:
        """Break `text` into lines of `room` ems, the first one shorter by `indent`."""
        return [(line, self.width(line)) for line in self._wrapped(text, room - indent, room)]

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

    def _wrapped(self, text: str, first: float, room: float) -> Iterator[str]:
        """Break `text` into lines: the first at most `first` ems wide, the others `room`."""
        if self.width(text) <= first:
            yield text
            return
        line, limit = "", first
        for word in self._words(text, min(first, room)):
            longer = f"{line} {word}" if line else word
            if line and self.width(longer) > limit:
                yield line
                line, limit = word, room
            else:
                line = longer
        yield line

    def _words(self, text: str, room: float) -> Iterator[str]:
        """The words of `text`; one wider than `room` is split into parts that fit."""
        for word in text.split(" "):
            start, used = 0, 0.0
            for end, letter in enumerate(word):
                used += self.widths[letter]
                if used > room and end > start:
                    yield word[start:end]
                    start, used = end, self.widths[letter]
            yield word[start:]


class FaceFamily(NamedTuple):
    """The four styles."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face


@cache
def faces() -> FaceFamily:
    """The four styles, registered with ReportLab by path on the first call."""
    return FaceFamily(*map(Face, STYLES))


@cache
def letters() -> frozenset[str]:
    """Every character that all four styles have a glyph for, and the line break."""
    common = set.intersection(*(set(face.widths) for face in faces()))
    return frozenset(common | {"\n"})


def printable(text: str, where: str | None = None) -> str:
    """`text` in NFC without tabs and carriage returns, as the faces can print it.

    Raises UserError with the first character that has no glyph and `where` it is (or the text).
    """
    text = nfc(text)
    if "\r" in text or "\t" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not letters().issuperset(text):
        bad = next(letter for letter in text if letter not in letters())
        raise UserError(_missing_letter(bad, text if where is None else where))
    return text


def _missing_letter(letter: str, where: str) -> str:
    name = unicodedata.name(letter, "?")
    shown = (
        f"{letter} (U+{ord(letter):04X} {name})"
        if letter.isprintable()
        else (f"U+{ord(letter):04X} {name}")
    )
    return _(
        "The character {letter} in “{text}” cannot be printed. No file was made. "
        "Correct the text and make the report again."
    ).format(letter=shown, text=where[:200])
