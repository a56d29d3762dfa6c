"""Positions of text, rules and boxes on the pages of a PDF, read with pdfium.

In millimetres from the upper left corner; type sizes in points.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

MM = 72 / 25.4


class Run(NamedTuple):
    """A line of text in one face and size; foot: distance of the baseline from the top."""

    text: str
    left: float
    right: float
    foot: float
    size: float
    face: str

    @property
    def middle(self) -> float:
        """The horizontal centre."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """The width."""
        return self.right - self.left


class Box(NamedTuple):
    """The bounding box of a path; a rule has no height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """The horizontal centre."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """The width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The height."""
        return self.bottom - self.top


class Read(NamedTuple):
    """A page: size, text in file order, rules and boxes."""

    width: float
    height: float
    runs: list[Run]
    boxes: list[Box]

    def find(self, start: str) -> Run:
        """The first line of text with this prefix."""
        match = next((run for run in self.runs if run.text.startswith(start)), None)
        assert match is not None, (start, [run.text for run in self.runs])
        return match

    def rules(self) -> list[Box]:
        """The horizontal rules."""
        return [box for box in self.boxes if box.height < 0.6 and box.width > 2]

    def rule_under(self, run: Run) -> Box:
        """The nearest rule below a line of text."""
        below = [b for b in self.rules() if 0 < b.top - run.foot < 4 and b.left < run.right
                 and b.right > run.left]  # fmt: skip
        assert below, (run, self.rules())
        return min(below, key=lambda box: box.top)


def pages(path: Path) -> list[Read]:
    """All pages of a PDF."""
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


def _together(left_run: Run, right_run: Run) -> bool:
    near = abs(right_run.left - left_run.right) < 4 and abs(left_run.foot - right_run.foot) < 0.05
    blank = " " in (left_run.text, right_run.text)
    return near and (blank or (left_run.size, left_run.face) == (right_run.size, right_run.face))


def _joined(letters: list[Run]) -> Iterator[Run]:
    whole = "".join(letter.text for letter in letters)
    marks = [letter for letter in letters if letter.text != " "]
    if marks:
        yield Run(
            whole.strip(), marks[0].left, marks[-1].right, marks[0].foot, marks[0].size,
            marks[0].face,
        )  # fmt: skip
