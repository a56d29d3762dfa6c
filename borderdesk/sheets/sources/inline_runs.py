"""Texts in several fonts that stand in the cells of an .xlsx sheet themselves, as some libraries
write them: the reader of styles gives them as plain text."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from borderdesk.sheets.sources.cells import FontRun, column_number

_INLINE = re.compile(
    rb"<c\b[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*>\s*"
    rb"<is>((?:(?!</is>|<c\b).){0,200000})</is>",
    re.DOTALL,
)
"""Limited to the next cell: in a broken file a text may have no end. The font is searched in the
match, not by this pattern: in thousands of texts without an end each would be tried, 2.5 s for 100
KB."""


def inline_runs(chunk: bytes) -> Iterator[tuple[tuple[int, int], tuple[FontRun, ...]]]:
    """((row, column) from 1, the parts of its text) of the cells in a piece of a sheet whose text
    has several fonts; a part without a font of its own has "" for that of its cell."""
    if b"rFont" not in chunk:
        return
    for cell in _INLINE.finditer(chunk):
        if b"<rFont" not in cell[3]:
            continue
        try:
            # The scan refuses entities before.
            tree = ElementTree.fromstring(b"<is>%b</is>" % cell[3])  # noqa: S314
        except ElementTree.ParseError:
            continue
        place = int(cell[2]), column_number(cell[1].decode())
        yield place, tuple(map(_run, tree.iter("r")))


def _run(part: ElementTree.Element) -> FontRun:
    font = part.find("rPr/rFont")
    name = "" if font is None else font.get("val", "")
    return FontRun(name, "".join(element.text or "" for element in part.iter("t")))
