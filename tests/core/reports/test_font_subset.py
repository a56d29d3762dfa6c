"""The embedded font subset: the same outlines, without hinting programs."""

import struct
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import ttfonts

from borderdesk.reports.paper.faces import FONTS
from borderdesk.reports.paper.font_subset import without_programs

WORDS = "Đồn Biên phòng: 1.234 lượt người, Ủy ban"
BIG = 200


def black(font, codes):
    """The number of black dots in a rendering of the letters, and its width."""
    face = ImageFont.truetype(BytesIO(font), BIG, encoding="armn", layout_engine=0)
    picture = Image.new("L", (BIG * len(codes), BIG * 2))
    ImageDraw.Draw(picture).text((0, 0), "".join(map(chr, codes)), 255, face)
    return sum(picture.histogram()[128:]), picture.getbbox()[2]


def test_the_letters_are_the_same_and_half_as_large():
    face = ttfonts.TTFontFace(str(FONTS / "LiberationSerif-Regular.ttf"))
    subset = [*range(32, 127), *sorted({ord(letter) for letter in WORDS if ord(letter) > 126})]
    whole = face.makeSubset(subset)
    small = without_programs(whole)
    assert len(small) < 0.55 * len(whole)
    names = [struct.unpack_from(">4s", small, 12 + 16 * at)[0] for at in range(small[5])]
    assert not {b"cvt ", b"fpgm", b"prep"}.intersection(names)
    assert {b"glyf", b"loca", b"cmap", b"hmtx", b"head", b"OS/2"}.issubset(names)
    assert without_programs(small) == small
    codes = range(1, len(subset))  # glyph numbers of the font, in the requested order
    assert black(small, codes)[0] > 100_000
    assert black(small, codes) == pytest.approx(black(whole, codes), rel=0.02)
