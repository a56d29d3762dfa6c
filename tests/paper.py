"""What stands where on the pages of a PDF, read back with pdfium: lines of text, rules, boxes.

Millimetres from the upper left corner of the page; type sizes in points.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

MM = 72 / 25.4


class Run(NamedTuple):
    """A line of text of one face and size; `foot` is how far its baseline is from the top."""

    text: str
    left: float
    right: float
    foot: float
    size: float
    face: str

    @property
    def middle(self) -> float:
        """Half way between its ends."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """From end to end."""
        return self.right - self.left


class Box(NamedTuple):
    """What a path covers; a rule is one without height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way between its ends."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """From end to end."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


class Read(NamedTuple):
    """A page: its size, its text in the order of the file, its rules and boxes."""

    width: float
    height: float
    runs: list[Run]
    boxes: list[Box]

    def find(self, start: str) -> Run:
        """The first line of text that begins so."""
        found = next((run for run in self.runs if run.text.startswith(start)), None)
        assert found is not None, (start, [run.text for run in self.runs])
        return found

    def rules(self) -> list[Box]:
        """The level lines."""
        return [box for box in self.boxes if box.height < 0.6 and box.width > 2]

    def rule_under(self, run: Run) -> Box:
        """The rule nearest below a line of text."""
        below = [b for b in self.rules() if 0 < b.top - run.foot < 4 and b.left < run.right
                 and b.right > run.left]  # fmt: skip
        assert below, (run, self.rules())
        return min(below, key=lambda box: box.top)


def pages(path: Path) -> list[Read]:
    """Every page of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        return [_page(page) for page in document]


def _page(page: pypdfium2.PdfPage) -> Read:
    width, height = page.get_size()
    runs = [*_runs(page, height)]
    boxes = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (side / MM for side in item.get_bounds())
        boxes.append(Box(left, height / MM - top, right, height / MM - bottom))
    return Read(width / MM, height / MM, runs, boxes)


def _runs(page: pypdfium2.PdfPage, height: float) -> Iterator[Run]:
    letters = [*_letters(page, height)]
    start = 0
    for place in range(1, len(letters) + 1):
        if place < len(letters) and _together(letters[place - 1], letters[place]):
            continue
        yield from _joined(letters[start:place])
        start = place


def _letters(page: pypdfium2.PdfPage, height: float) -> Iterator[Run]:
    text = page.get_textpage()
    for place in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, place))
        if letter in "\r\n":
            continue
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        _left, _bottom, right, _top = text.get_charbox(place, loose=True)
        name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(text, place, name, 100, flags)
        size = pdfium.FPDFText_GetFontSize(text, place)
        foot = (height - y.value) / MM
        yield Run(letter, x.value / MM, right / MM, foot, size, name.value.decode())


def _together(one: Run, other: Run) -> bool:
    near = abs(other.left - one.right) < 4 and abs(one.foot - other.foot) < 0.05
    blank = " " in (one.text, other.text)
    return near and (blank or (one.size, one.face) == (other.size, other.face))


def _joined(letters: list[Run]) -> Iterator[Run]:
    whole = "".join(letter.text for letter in letters)
    marks = [letter for letter in letters if letter.text != " "]
    if marks:
        yield Run(
            whole.strip(), marks[0].left, marks[-1].right, marks[0].foot, marks[0].size,
            marks[0].face,
        )  # fmt: skip
