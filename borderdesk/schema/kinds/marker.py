"""Boundary markers."""

import datetime
import re
from collections.abc import Iterable
from typing import Any

import peewee as pw

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.field import MARKER, ColumnField, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading

MARKER_FORM = "[0-9]{3,4}(?:/[0-9]{1,2})?"
"""How a marker is written whole; digits of other scripts are none."""

_ROAD = (
    "(?:(?:tuyến )?đường (?:(?:bê tông|kiểm tra|tuần tra|dân sinh|đi|lên|vào|ra|đến|tới|dẫn) )*)"
)
"""The words for a road by the marker that it leads to: đường bê tông lên mốc 1146."""
_WORD = re.compile(
    rf"\A(?:{_ROAD}?(?:cột )?mốc(?: (?:quốc giới|giới|chính|phụ))?(?: số)?:?|số:?|m\.?(?=\s*\d))"
    r"\s*",
    re.IGNORECASE,
)
_OF_SEVERAL = re.compile(r"([0-9]{3,4}) ?\(([0-9]{1,2})\)\Z")
"""One of two or three markers of a number, as older lists write it: 1150(2)."""
_BESIDE = re.compile(
    r"([0-9]{3,4}(?:/[0-9]{1,2})?)(?:\s*\+\s*[0-9]{1,4}\s*(?:m|mét)?|\s*\([^()0-9]*\))\Z"
)
"""A place so many metres behind a marker (1175+200m), or a remark on it."""
_ZEROS = re.compile(r"\.0\Z|(?<=/)0(?=[1-9]\Z)")
"""What is left of a number of decimals, and the zero of 1175/01."""
MARKER_ALONE = N_("Only the marker was read of: {value}.")

FIRST_HEADINGS = (
    "Từ mốc số; Mốc số từ; Mốc từ; Mốc đầu; Điểm đầu; Mốc giới từ; Cột mốc từ; Từ cột mốc"
)
LAST_HEADINGS = "Đến mốc số; Mốc số đến; Mốc đến; Mốc cuối; Điểm cuối; Mốc giới đến; Cột mốc đến"
"""Headings of the last marker of a stretch in lists of any type."""


def is_marker(text: str) -> bool:
    """Whether a text is written like a marker: 1146 or 1146/1."""
    return re.fullmatch(MARKER_FORM, text) is not None


class MarkerField(ColumnField, pw.TextField):
    """A boundary marker: 1146, or 1146/1 for an auxiliary one."""

    refers_to = MARKER
    order = "marker"
    form_width = "narrow"
    register_width = 0.8

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        text = raw.strip()
        if not text:
            return None
        if not is_marker(text):
            raise FieldError(_("A marker is written like 1146 or 1146/1."))
        return text

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        text = cell_text(cell)
        if not isinstance(cell, str) or text.isdecimal():
            return text
        text = _ZEROS.sub("", _OF_SEVERAL.sub(r"\1/\2", _WORD.sub("", text)))
        beside = _BESIDE.match(text)
        if beside is None:
            return text
        reading.doubt(MARKER_ALONE, text[:60])
        return beside[1]

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        own_markers = (marker for marker, (post, *_rest) in book.markers.items() if post == home)
        return next(own_markers, next(iter(book.markers), "1146"))

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        return str(value)

    def doubts(self, value: str, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        known_markers = entry.book.markers
        if known_markers and value not in known_markers:
            return [(N_("Marker {value} is not in the list of markers."), value)]
        return ()
