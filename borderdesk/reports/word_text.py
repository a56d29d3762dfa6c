"""The XML of a Word document's text: runs, paragraphs, fields, cells; and its picture files."""

import re
import struct
import zlib
from collections.abc import Iterable
from xml.sax.saxutils import escape

from borderdesk.base.text import nfc
from borderdesk.reports.blocks import Align
from borderdesk.reports.faces import Line

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def twips(points: float) -> int:
    """Points in the unit of most lengths in Word, a twentieth."""
    return round(points * 20)


def plain(text: str) -> str:
    """A text as a Word file holds it: what no XML can hold is dropped."""
    return _NOT_IN_XML.sub("", nfc(text))


def run(text: str, *, bold: bool = False, italic: bool = False, size: float = 0.0) -> str:
    """A run of text; \\n is a line break; size: in points where it is not that of the style."""
    marks = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "")
    if size:
        marks += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in plain(text).split("\n"))
    return f"<w:r><w:rPr>{marks}</w:rPr>{'<w:br/>'.join(lines)}</w:r>"


def field(code: str) -> str:
    """A field that Word fills in, such as PAGE."""
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def paragraph(
    runs: str,
    style: str,
    *,
    align: Align | None = None,
    before: float | None = None,
    indents: tuple[float, float] | None = None,
    ruled: bool = False,
    framed: bool = False,
    keep: bool = False,
) -> str:
    """A paragraph; before: the space above; indents: left and right, in points; ruled: with a line
    below, framed: on grey in a frame; keep: on the page of what follows."""
    marks = f'<w:pStyle w:val="{style}"/>' + ("<w:keepNext/>" if keep else "")
    line = '<w:{} w:val="single" w:sz="5" w:space="1" w:color="000000"/>'
    if framed or ruled:
        sides = ("top", "left", "bottom", "right") if framed else ("bottom",)
        marks += f"<w:pBdr>{''.join(map(line.format, sides))}</w:pBdr>"
    if framed:
        marks += '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'
    if before is not None:
        marks += f'<w:spacing w:before="{twips(before)}"/>'
    if indents is not None:
        left, right = map(twips, indents)
        marks += f'<w:ind w:left="{left}" w:right="{right}" w:firstLine="0"/>'
    if align is not None:
        marks += f'<w:jc w:val="{align}"/>'
    return f"<w:p {NAMESPACE}><w:pPr>{marks}</w:pPr>{runs}</w:p>"


def short_rule(room: float, length: float) -> str:
    """A line of `length` in the middle of a column `room` wide."""
    side = (room - length) / 2
    return paragraph(run("", size=2), "ReportHead", indents=(side, side), ruled=True)


def joined(lines: Iterable[Line]) -> str:
    """Measured lines as one text with line breaks."""
    return "\n".join(line for line, _width in lines)


def cell(
    paragraphs: str,
    width: float,
    *,
    span: int = 1,
    merged: str = "",
    fill: str = "",
    turned: bool = False,
    middle: bool = False,
) -> str:
    """A table cell; merged: "restart" or "continue" of a cell over two rows; turned: read from
    bottom to top."""
    marks = f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>'
    if span > 1:
        marks += f'<w:gridSpan w:val="{span}"/>'
    if merged:
        marks += f'<w:vMerge w:val="{merged}"/>'
    if fill:
        marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    if turned:
        marks += '<w:textDirection w:val="btLr"/>'
    if middle:
        marks += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{paragraphs}</w:tc>"


def row(cells: str, *, head: bool = False, height: float = 0.0) -> str:
    """A table row, never broken over pages; head: repeated on each page."""
    marks = "<w:cantSplit/>"
    if height:
        marks += f'<w:trHeight w:val="{twips(height)}" w:hRule="atLeast"/>'
    if head:
        marks += "<w:tblHeader/>"
    return f"<w:tr><w:trPr>{marks}</w:trPr>{cells}</w:tr>"


def table(rows: str, widths: Iterable[float], *, pad: float, grid: bool = True) -> str:
    """A table of fixed column widths, in points; grid: with lines."""
    given = [*widths]
    columns = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in given)
    style = '<w:tblStyle w:val="TableGrid"/>' if grid else ""
    sides = "".join(f'<w:{side} w:w="{twips(pad)}" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f"<w:tbl {NAMESPACE}><w:tblPr>{style}"
        f'<w:tblW w:w="{twips(sum(given))}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def png(width: int, height: int, rgb: bytes) -> bytes:
    """A picture file of RGB rows without padding."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    step = width * 3
    rows = b"".join(b"\0" + rgb[at * step : (at + 1) * step] for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
