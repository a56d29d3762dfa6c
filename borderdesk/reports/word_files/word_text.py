"""The XML of a Word document's text: runs, paragraphs, fields, cells; and its picture files."""

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from borderdesk.base.text import nfc
from borderdesk.reports.blocks import Align
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.faces import Line
from borderdesk.reports.paper.png import png_file

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
NAMESPACES = (
    f'{NAMESPACE} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    f' xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main"'
    f' xmlns:pic="{_DRAWING}/picture"'
)
"""The namespaces of a document with pictures."""

_EMUS = 12_700
"""In a point: the unit of pictures."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def twips(points: float) -> int:
    """Points in the unit of most lengths in Word, a twentieth."""
    return round(points * 20)


def plain(text: str) -> str:
    """A text escaped for a Word file, without characters forbidden in XML."""
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
    framed: bool = False,
    keep: bool = False,
) -> str:
    """A paragraph; before: the space above; indents: left and right, in points; framed: on
    grey in a frame; keep: on the page of what follows."""
    marks = f'<w:pStyle w:val="{style}"/>' + ("<w:keepNext/>" if keep else "")
    if framed:
        line = '<w:{} w:val="single" w:sz="5" w:space="1" w:color="000000"/>'
        frame = "".join(map(line.format, ("top", "left", "bottom", "right")))
        marks += f"<w:pBdr>{frame}</w:pBdr>"
        marks += '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'
    if before is not None:
        marks += f'<w:spacing w:before="{twips(before)}"/>'
    if indents is not None:
        left, right = map(twips, indents)
        marks += f'<w:ind w:left="{left}" w:right="{right}" w:firstLine="0"/>'
    if align is not None:
        marks += f'<w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{marks}</w:pPr>{runs}</w:p>"


def short_rule(room: float, length: float) -> str:
    """A line of `length` in the middle of a column `room` wide, close to the text above."""
    side = (room - length) / 2
    return gap(m.RULE_GAP, sides=side, ruled=True)


def gap(height: float, *, keep: bool = False, sides: float = 0.0, ruled: bool = False) -> str:
    """A blank paragraph of this height; sides: its indents; ruled: with a line below; keep: on the
    page of the next paragraph."""
    line = '<w:pBdr><w:bottom w:val="single" w:sz="5" w:space="0" w:color="000000"/></w:pBdr>'
    room = twips(sides)
    return (
        f"<w:p><w:pPr>{'<w:keepNext/>' if keep else ''}{line if ruled else ''}"
        f'<w:spacing w:before="0" w:after="0" w:line="{twips(height)}" w:lineRule="exact"/>'
        f'<w:ind w:left="{room}" w:right="{room}" w:firstLine="0"/></w:pPr></w:p>'
    )


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


def table(
    rows: str, widths: Iterable[float], *, pad: float, rise: float = 0.0, grid: bool = True
) -> str:
    """A table of fixed column widths, in points. pad, rise: room in its cells beside and above the
    text; grid: with lines."""
    column_widths = [*widths]
    columns = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in column_widths)
    style = '<w:tblStyle w:val="TableGrid"/>' if grid else ""
    pads = {"top": rise, "left": pad, "bottom": rise, "right": pad}
    sides = "".join(f'<w:{side} w:w="{twips(n)}" w:type="dxa"/>' for side, n in pads.items())
    return (
        f"<w:tbl><w:tblPr>{style}"
        f'<w:tblW w:w="{twips(sum(column_widths))}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def picture(link: str, number: int, width: float, height: float, shows: str) -> str:
    """A run with a picture of this size in points. link: the id of its file; number: unlike that of
    any other picture; shows: read aloud instead."""
    size = f'cx="{round(width * _EMUS)}" cy="{round(height * _EMUS)}"'
    name = f'id="{number}" name="Picture {number}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {size}/><wp:docPr {name} descr={quoteattr(plain(shows))}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{link}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def section(
    size: tuple[float, float],
    margins: tuple[float, float, float, float],
    edge: float,
    furniture: str,
    *,
    landscape: bool,
    first: bool,
    anew: bool,
) -> str:
    """The properties of a section, lengths in points. margins: top, right, bottom, left; edge: from
    the sheet's edge to headers and footers; first: page 1 has its own; anew: pages count from 1."""
    wide, high = map(twips, size)
    names = ("top", "right", "bottom", "left")
    sides = " ".join(
        f'w:{name}="{twips(length)}"' for name, length in zip(names, margins, strict=True)
    )
    turned = ' w:orient="landscape"' if landscape else ""
    number = '<w:pgNumType w:start="1"/>' if anew else ""
    return (
        f'<w:sectPr>{furniture}<w:pgSz w:w="{wide}" w:h="{high}"{turned}/>'
        f'<w:pgMar {sides} w:header="{twips(edge)}" w:footer="{twips(edge)}" w:gutter="0"/>'
        f'{number}<w:cols w:space="720"/>{"<w:titlePg/>" if first else ""}</w:sectPr>'
    )


def section_end(marks: str) -> str:
    """The paragraph that ends a section, hardly to be seen."""
    return gap(1.0).replace("</w:pPr>", f"{marks}</w:pPr>")


def furniture(kind: str, page: str, link: str) -> str:
    """The mark that a section's "header" or "footer" is that of an id, on "first" or "default"
    pages."""
    return f'<w:{kind}Reference w:type="{page}" r:id="{link}"/>'


def png(width: int, height: int, grey: bytes) -> bytes:
    """A picture file of rows in 256 greys without padding."""
    rows = (grey[at * width : (at + 1) * width] for at in range(height))
    return png_file(width, height, 8, rows)
