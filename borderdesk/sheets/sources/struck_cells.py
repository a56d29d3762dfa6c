"""Cells whose whole text is struck through, as clerks do with a row that is no longer valid.

They are read like any other, and reported.
"""

import re
from collections.abc import Collection, Iterator
from xml.etree import ElementTree

from borderdesk.sheets.sources.cells import column_number

MOST_SOUGHT = 20
_ON = re.compile(r"(?:1|true|sngStrike|dblStrike)\Z")
_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^<>]*\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'])"
    rb"(?=[^<>]*\bs=[\"'](\d{1,6})[\"'])[^<>]*(?<!/)>"
)
"""No tag holds a "<": a file of tags without end is gone through once."""
_ODS_STYLE = re.compile(rb"<style:style\b")
_ODS_STYLE_NAME = re.compile(rb"\bstyle:name=[\"']([^\"']{1,200})[\"']")
_ODS_STRUCK = re.compile(rb"text-line-through-(?:style|type)=[\"'](?!none)")
_ODS_NAME = re.compile(rb"\btable:style-name=[\"']([^\"']{1,200})[\"']")


def struck_styles(styles: bytes) -> frozenset[bytes]:
    """The numbers of the styles of cells (styles.xml) whose font is struck out."""
    if b"strike" not in styles:
        return frozenset()
    fonts: list[bool] = []
    styles_struck: set[bytes] = set()
    for part in ElementTree.fromstring(styles):  # noqa: S314 - the scan refuses entities
        name = part.tag.rpartition("}")[2]
        if name == "fonts":
            fonts = [any(map(_is_strike, font)) for font in part]
        elif name == "cellXfs":
            struck = {str(place) for place, is_struck in enumerate(fonts) if is_struck}
            styles_struck = {
                str(place).encode()
                for place, style in enumerate(part)
                if style.get("fontId", "0") in struck
            }
    return frozenset(styles_struck)


def _is_strike(part: ElementTree.Element) -> bool:
    is_strike_tag = part.tag.rpartition("}")[2] == "strike"
    return is_strike_tag and _ON.match(part.get("val", "1")) is not None


def styled_cells(rows: bytes, styles: Collection[bytes]) -> Iterator[tuple[tuple[int, int], bytes]]:
    """The cells (row, column, from 1) of a piece of a sheet that have one of these styles, each
    with its style."""
    # Most lists have no such cell: to look for the few styles is quicker than at every cell.
    may_have = len(styles) > MOST_SOUGHT or any(
        b's="%s"' % style in rows or b"s='%s'" % style in rows for style in styles
    )
    if may_have:
        for cell in _CELL.finditer(rows):
            if cell[3] in styles:
                yield (int(cell[2]), column_number(cell[1].decode())), cell[3]


def struck_ods_styles(content: bytes) -> frozenset[bytes]:
    """The names of the styles, in a piece of an .ods file, whose text is struck out."""
    if b"line-through" not in content:
        return frozenset()
    names = set()
    for style in _ODS_STYLE.split(content)[1:]:
        tag, _end, inside = style.partition(b">")
        name = _ODS_STYLE_NAME.search(tag)
        if name is not None and _ODS_STRUCK.search(inside.partition(b"</style:style>")[0]):
            names.add(name[1])
    return frozenset(names)


def has_ods_style(attributes: bytes, styles: frozenset[bytes]) -> bool:
    """Whether a cell of an .ods file has one of these styles."""
    name = _ODS_NAME.search(attributes) if styles else None
    return name is not None and name[1] in styles
