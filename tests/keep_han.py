"""Builds the Han face: `python -m tests.keep_han NotoSerifSC-Regular.otf` (needs fonttools).

It subsets the typeface to the Chinese characters of GB 2312 and a few signs, and converts their
outlines to TrueType, the only kind that ReportLab embeds. resources/fonts/README.md names the
source of the typeface.
"""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from borderdesk.base.letters import HAN_SIGNS, is_han
from borderdesk.reports.paper.faces import FONTS, HAN_NAME

ERROR = 2.0
"""The largest deviation from the original outline, in thousandths of the type size."""

UNUSED = ("CFF ", "VORG", "vhea", "vmtx", "GSUB", "GPOS", "GDEF", "BASE", "DSIG")
MAXP = dict.fromkeys(
    ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
     "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"), 0
) | {"maxZones": 1}  # fmt: skip


def letters() -> list[int]:
    """The code points of the face."""
    return [ord(sign) for sign in HAN_SIGNS] + [
        code for code in range(0x4E00, 0xA000) if is_han(chr(code))
    ]


def subset(source: Path) -> Any:
    """The typeface reduced to these code points."""
    from fontTools import subset as tool
    from fontTools.ttLib import TTFont

    options = tool.Options(
        hinting=False, layout_features=[], desubroutinize=True, notdef_outline=True
    )
    font = tool.load_font(str(source), options)
    subsetter = tool.Subsetter(options)
    subsetter.populate(unicodes=letters())
    subsetter.subset(font)
    # Reloaded, as a subset font cannot be changed further.
    small = BytesIO()
    font.save(small)
    return TTFont(small, recalcTimestamp=False)


def as_truetype(font: Any) -> None:
    """Convert the outlines of a font to TrueType."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    drawn, glyphs = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), glyphs
    for table in filter(font.__contains__, UNUSED):
        del font[table]
    font["maxp"].tableVersion = 0x00010000
    for key, value in MAXP.items():
        setattr(font["maxp"], key, value)
    font["post"].formatType, font["head"].glyphDataFormat = 3.0, 0
    font.sfntVersion = "\0\1\0\0"


def rename(font: Any) -> None:
    """Give the modified font a name of its own; copyright notices stay."""
    family = HAN_NAME.partition("-")[0]
    names = {1: family, 2: "Regular", 3: HAN_NAME, 4: HAN_NAME, 6: HAN_NAME, 16: family}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


if __name__ == "__main__":
    made = subset(Path(sys.argv[1]))
    as_truetype(made)
    rename(made)
    made.save(FONTS / f"{HAN_NAME}.ttf")
