"""The file of a paper: PDF/A-1b for long-term archives, tagged for reading aloud.

ReportLab draws the pages and makes fonts and images; the file around them is written by this
module, since the standard requires an end of line before each `endstream`, metadata, a colour
profile, a file identifier, and the structure made by `structure`.
"""

import hashlib
import re
import zlib
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import Document
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.colour_profile import srgb_profile
from borderdesk.reports.paper.faces import faces
from borderdesk.reports.paper.structure import StructureTree

if TYPE_CHECKING:
    from reportlab.pdfbase import pdfdoc
    from reportlab.pdfgen import canvas as canvas_module

    from borderdesk.reports.paper import font_subset
else:
    canvas_module = lazy_module("reportlab.pdfgen.canvas")
    font_subset = lazy_module("borderdesk.reports.paper.font_subset")
    pdfdoc = lazy_module("reportlab.pdfbase.pdfdoc")

Canvas = Any  # ReportLab has no types

HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
PROGRAM = "BorderDesk"
XREF_CHUNK = 1000
ANNOTATION_FLAGS = 4  # printed, as the standard wants every annotation to be
_FONT_FILE = "fontFile:"
_STREAM_END = b"endstream\n"
_NO_XML = re.compile(r"[\x00-\x1f\ufffe\uffff]+")

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>1</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
{properties}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


class PdfProperty(NamedTuple):
    """A property of the file: its name in the document information, and its XMP around `{}`."""

    name: str
    xmp: str


def _worded(name: str) -> str:
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{{}}</rdf:li></rdf:Alt></{name}>'


PROPERTIES = (
    PdfProperty("Title", _worded("dc:title")),
    PdfProperty("Author", "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>"),
    PdfProperty("Subject", _worded("dc:description")),
    PdfProperty("Keywords", "<pdf:Keywords>{}</pdf:Keywords>"),
    PdfProperty("Creator", "<xmp:CreatorTool>{}</xmp:CreatorTool>"),
)
"""The properties of a file, equal in document information and metadata."""


def new_canvas(document: Document) -> Canvas:
    """An empty canvas with the document's properties, its structure (`canvas.structure`), and no
    creation date."""
    canvas = canvas_module.Canvas(
        "",
        pagesize=m.page_size(document.wide_paper, document.landscape),
        pageCompression=1,
        invariant=1,
        initialFontName=faces().regular.name,
        lang=document.lang,
    )
    canvas.structure = StructureTree(canvas, document.lang)
    canvas.properties = {
        "Title": as_property(document.name),
        "Author": as_property(document.author),
        "Subject": as_property(document.subject),
        "Keywords": as_property(document.made_of),
        "Creator": PROGRAM,
    }
    stated = {name: pdfdoc.PDFString(text) for name, text in canvas.properties.items() if text}
    # For reproducible bytes ReportLab would write an invented date of the year 2000.
    canvas._doc.info.format = pdfdoc.PDFDictionary(stated).format
    return canvas


def as_property(text: str) -> str:
    """A text as viewers show it outside the pages: half a letter that is no text is dropped, and
    what XML cannot say."""
    return _NO_XML.sub(" ", nfc(text).encode("utf-8", "replace").decode()).strip()


def close_page(canvas: Canvas) -> None:
    """Close the page: assign its structure, and compress it, since ReportLab would hold the
    uncompressed content of all pages in memory."""
    canvas.showPage()
    canvas.structure.page_done()
    page = canvas._doc.Pages.pages[-1]
    page.Contents = pdfdoc.PDFStream(
        pdfdoc.PDFDictionary({"Filter": pdfdoc.PDFName("FlateDecode")}),
        zlib.compress(page.stream.encode("latin-1")),
    )
    page.stream = None


def archive_parts(canvas: Canvas) -> Iterator[bytes]:
    """The file, piece by piece, once. The same drawing gives the same bytes: the identifier is made
    of them."""
    document, structure = canvas._doc, canvas.structure
    _prepare(canvas)
    offsets, digest = array("Q"), hashlib.sha256()
    place = 0
    for number, piece in _objects(document, structure, canvas.properties):
        if number:
            offsets.extend([0] * (number + 1 - len(offsets)))
            offsets[number] = place
        place += len(piece)
        digest.update(piece)
        yield piece
    if missing := [number for number in range(1, len(offsets)) if not offsets[number]]:
        raise ValueError(f"objects without content: {missing[:5]}")
    yield b"xref\n0 %d\n0000000000 65535 f \n" % len(offsets)
    for start in range(1, len(offsets), XREF_CHUNK):
        chunk = offsets[start : start + XREF_CHUNK]
        yield b"".join(b"%010d 00000 n \n" % offset for offset in chunk)
    name = digest.hexdigest()[:32].encode()
    root, info = (
        document.Reference(part).format(document) for part in (document.Catalog, document.info)
    )
    size = len(offsets)
    yield b"trailer\n<</Size %d/Root %b/Info %b/ID[<%b><%b>]>>\n" % (size, root, info, name, name)
    yield b"startxref\n%d\n%%%%EOF\n" % place


def _prepare(canvas: Canvas) -> None:
    """Generate the objects that ReportLab generates last: fonts and outline."""
    document = canvas._doc
    for font in document.delayedFonts:
        font.addObjects(document)
    for name, stream in document.idToObject.items():
        if name.startswith(_FONT_FILE):
            stream.content = font_subset.without_programs(stream.content)
            stream.dictionary["Length1"] = len(stream.content)
    document.Reference(document.Catalog)
    document.Reference(document.info)
    document.Outlines.prepare(document, canvas)
    if document.Outlines.ready < 0:
        document.Catalog.Outlines = None
    document.encrypt.prepare(document)


def _objects(
    document: Any, structure: StructureTree, properties: dict[str, str]
) -> Iterator[tuple[int, bytes]]:
    """The header (number 0), then every object of the file with its number."""
    metadata, profile = structure.new_number(), structure.new_number()
    catalog = document.idToObjectNumberAndVersion[document.Catalog.__InternalName__][0]
    structure.additions[catalog] = (
        f"/StructTreeRoot {structure.root_number} 0 R/MarkInfo<</Marked true>>"
        f"/Metadata {metadata} 0 R/ViewerPreferences<</DisplayDocTitle true>>"
        "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier"
        f"(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>]"
    )
    yield 0, HEADER
    number = 0
    while number < document.objectcounter:  # which grows while objects are written
        number += 1
        name = document.numberToId.get(number)
        if name is not None:
            formatted = pdfdoc.format(document.idToObject[name], document, toplevel=1)
            yield number, _numbered(number, _completed(formatted, structure.additions.get(number)))
    for number, body in structure.objects():
        yield number, _numbered(number, body)
    yield metadata, _numbered(metadata, _stream("/Type/Metadata/Subtype/XML", _xmp(properties)))
    packed = zlib.compress(srgb_profile())
    yield profile, _numbered(profile, _stream("/N 3/Filter/FlateDecode", packed))


def _completed(pdf_object: bytes, addition: str | None) -> bytes:
    """An object of ReportLab with its addition, and an end of line after the content of a
    stream."""
    if pdf_object.endswith(_STREAM_END):
        pdf_object = pdf_object[: -len(_STREAM_END)] + b"\nendstream"
    if addition is not None:
        pdf_object = pdf_object.replace(b"<<", b"<<" + addition.encode(), 1)
    return pdf_object.rstrip(b"\n") if not pdf_object.endswith(b"endstream") else pdf_object


def _numbered(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def _stream(entries: str, content: bytes) -> bytes:
    head = f"<<{entries}/Length {len(content)}>>".encode()
    return b"%b\nstream\n%b\nendstream" % (head, content)


def _xmp(properties: dict[str, str]) -> bytes:
    """The metadata; empty entries are left out, as in the document information."""
    lines = (of.xmp.format(escape(properties[of.name])) for of in PROPERTIES if properties[of.name])
    return XMP.format(properties="\n".join(lines)).encode()
