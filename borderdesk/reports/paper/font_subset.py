"""Shrinks embedded fonts to half their size by removing the hinting programs, which neither print
nor today's viewers use."""

import struct
from collections.abc import Iterator
from itertools import pairwise

from reportlab.pdfbase import ttfonts

_PROGRAMS = frozenset({"cvt ", "fpgm", "prep"})
_NO_NAMES = struct.pack(">HHH", 0, 0, 6)
"""An empty name table: a PDF names its font itself."""
_HEAD = 10  # bytes of a glyph before its contours or parts
_LONG_PLACES, _WORDS, _MORE, _PROGRAM = 50, 0x1, 0x20, 0x100
_SCALES = ((0x8, 2), (0x40, 4), (0x80, 8))
"""{flag of a part of a glyph: bytes of its scale}."""


def without_programs(font: bytes) -> bytes:
    """A TrueType font with the same letters and no program in it. The same font gives the same
    bytes."""
    tables = dict(_tables(font))
    (long_places,) = struct.unpack_from(">h", tables["head"], _LONG_PLACES)
    size = "L" if long_places else "H"
    places = [place[0] for place in struct.iter_unpack(f">{size}", tables["loca"])]
    if not long_places:
        places = [place * 2 for place in places]
    glyphs, offsets = bytearray(), [0]
    for start, end in pairwise(places):
        glyphs += _outline(tables["glyf"][start:end])
        glyphs += bytes(-len(glyphs) % 4)
        offsets.append(len(glyphs))
    stored_offsets = [offset if long_places else offset // 2 for offset in offsets]
    tables["glyf"], tables["name"] = bytes(glyphs), _NO_NAMES
    tables["loca"] = struct.pack(f">{len(stored_offsets)}{size}", *stored_offsets)
    maker = ttfonts.TTFontMaker()
    for name, content in tables.items():
        if name not in _PROGRAMS:
            maker.add(name, content)
    return bytes(maker.makeStream())


def _tables(font: bytes) -> Iterator[tuple[str, bytes]]:
    (count,) = struct.unpack_from(">H", font, 4)
    for number in range(count):
        name, _sum, start, length = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        yield name.decode("latin-1"), font[start : start + length]


def _outline(glyph: bytes) -> bytes:
    """A glyph without its program."""
    if len(glyph) <= _HEAD:
        return glyph
    (contours,) = struct.unpack_from(">h", glyph)
    if contours < 0:
        return _composite(glyph)
    end = _HEAD + 2 * contours
    (length,) = struct.unpack_from(">H", glyph, end)
    return glyph[:end] + b"\0\0" + glyph[end + 2 + length :]


def _composite(glyph: bytes) -> bytes:
    """A composite glyph without hinting programs."""
    stripped, at, flags = bytearray(glyph), _HEAD, _MORE
    while flags & _MORE:
        (flags,) = struct.unpack_from(">H", stripped, at)
        struct.pack_into(">H", stripped, at, flags & ~_PROGRAM)
        at += 8 if flags & _WORDS else 6
        at += next((size for flag, size in _SCALES if flags & flag), 0)
    return bytes(stripped[:at])
