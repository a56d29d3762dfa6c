"""The zip of a Word document: its parts, their content types and relationships.

The parts are written as text and not by python-docx: that took three times as long as the PDF, and
gave each file its 164 styles, a picture of another document and the layout rules of Word 2010.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple
from xml.sax.saxutils import escape

from borderdesk.reports.word_files import word_text as w

PROGRAM = "BorderDesk"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every part of the file: the same report gives the same bytes."""

_COMPRESSION = 5
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_SETTINGS = (
    f"<w:settings {w.NAMESPACE}>"
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    "</w:settings>"
)
"""15: laid out by the rules of Word 2013 and later, where a table begins at the margin."""

_APPLICATION = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{PROGRAM}</Application></Properties>"
)


class _Kind(NamedTuple):
    """A kind of part: its content type, and the end of the relationship type that refers to it."""

    content: str
    link: str


_STYLES = _Kind(f"{_WORD}.styles+xml", "styles")
_SETTING = _Kind(f"{_WORD}.settings+xml", "settings")
_FURNITURE = {name: _Kind(f"{_WORD}.{name}+xml", name) for name in ("header", "footer")}
_ROOTS = {"header": "hdr", "footer": "ftr"}
_PICTURE = "image"


class _Part(NamedTuple):
    content: bytes
    kind: _Kind | None


class WordPackage:
    """Collects the further parts of a Word file, then makes the file."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._links: list[str] = []

    def furniture(self, kind: str, paragraphs: str) -> str:
        """Add a "header" or "footer"; returns the id by which a section names it."""
        root = _ROOTS[kind]
        text = f"<w:{root} {w.NAMESPACE}>{paragraphs}</w:{root}>"
        number = sum(name.startswith(kind) for name in self._parts) + 1
        return self._add(f"{kind}{number}.xml", _xml(text), _FURNITURE[kind])

    def picture(self, content: bytes) -> str:
        """Add the content of a PNG or JPEG file; returns the id by which a drawing names it."""
        ending = "png" if content.startswith(b"\x89PNG") else "jpeg"
        number = sum(name.startswith("media/") for name in self._parts) + 1
        name = f"media/picture{number}.{ending}"
        self._parts[name] = _Part(content, None)
        return self._link(name, _PICTURE)

    def content(self, body: str, styles: str, properties: Mapping[str, str]) -> bytes:
        """The bytes of the file. body: paragraphs, tables and the last section; styles: those of
        the file; properties: its metadata, by the names of core properties."""
        self._add("styles.xml", _xml(styles), _STYLES)
        self._add("settings.xml", _xml(_SETTINGS), _SETTING)
        text = f"<w:document {w.NAMESPACES}><w:body>{body}</w:body></w:document>"
        inner = {f"word/{name}": part.content for name, part in self._parts.items()}
        return _zipped(
            {
                "[Content_Types].xml": _xml(self._types()),
                "_rels/.rels": _xml(_links(_FILE_LINKS)),
                "docProps/core.xml": _xml(_core(properties)),
                "docProps/app.xml": _xml(_APPLICATION),
                "word/document.xml": _xml(text),
                "word/_rels/document.xml.rels": _xml(_links(self._links)),
                **inner,
            }
        )

    def _add(self, name: str, content: bytes, kind: _Kind) -> str:
        self._parts[name] = _Part(content, kind)
        return self._link(name, kind.link)

    def _link(self, name: str, kind: str) -> str:
        self._links.append(_relation(f"rId{len(self._links) + 1}", f"{_OFFICE}/{kind}", name))
        return f"rId{len(self._links)}"

    def _types(self) -> str:
        overrides = "".join(
            f'<Override PartName="/word/{name}" ContentType="{part.kind.content}"/>'
            for name, part in self._parts.items()
            if part.kind is not None
        )
        return f'<Types xmlns="{_PACKAGE}/content-types">{_TYPES}{overrides}</Types>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


def _links(relations: list[str]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'


_FILE_LINKS = [
    _relation("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
    _relation("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    _relation("rId3", f"{_OFFICE}/extended-properties", "docProps/app.xml"),
]

_TYPES = (
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="jpeg" ContentType="image/jpeg"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
)


def _core(properties: Mapping[str, str]) -> str:
    elements = "".join(
        f"<{name}>{escape(text)}</{name}>" for name, text in properties.items() if text
    )
    year, month, day = LONG_AGO[:3]
    moment = f"{year:04}-{month:02}-{day:02}T00:00:00Z"
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{elements}<cp:lastModifiedBy>{PROGRAM}</cp:lastModifiedBy>{times}</cp:coreProperties>"
    )


def _xml(text: str) -> bytes:
    return (_HEAD + text).encode()


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            packed = name.startswith("word/media/")  # a picture is compressed already
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return whole.getvalue()
