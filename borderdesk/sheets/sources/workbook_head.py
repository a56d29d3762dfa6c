"""The first rows of a large workbook as a workbook of its own, made without reading the rest.

A library reads a sheet whole before it returns a row: seconds for 200,000. The preview needs the
first rows only, and these are cut out of the archive.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from borderdesk.sheets.sources.file_formats import FileFormat
from borderdesk.sheets.sources.workbook_scan import BROKEN, sheet_part

ROWS = 300
LARGE = 4 * 1024 * 1024
"""A smaller part is read whole soon enough."""
_CHUNK = 64 * 1024
_MOST = 16 * 1024 * 1024
"""Rows of so many bytes are no list: the whole file is judged instead."""
_ROW_END = re.compile(rb"</(?:\w+:)?row>|<(?:\w+:)?row\b[^<>]*/>")
_TEXT_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si/>")
_SHARED = re.compile(rb"\bt=[\"']s[\"'][^<>]{0,400}>\s*<(?:\w+:)?v>(\d{1,9})<")
_ROOT = re.compile(rb"<(\w+:)?(?:worksheet|sst)\b")
_ODS_ROW_END = re.compile(rb"</table:table-row>")
_ODS_NAME = re.compile(rb"<table:table\b[^<>]*?\btable:name=\"([^\"]{1,400})\"")
_ODS_END = b"</office:spreadsheet></office:body></office:document-content>"
_EMPTY = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


def head_of(path: Path, kind: FileFormat, place: int, *, large: int = LARGE) -> BytesIO | None:
    """The first rows of the sheet with this number (from 0) as a workbook with the same sheets, the
    others empty; None if the sheet has fewer bytes than `large`, or cannot be cut."""
    cut = {"xlsx": _xlsx_head, "ods": _ods_head}.get(kind)
    try:
        with zipfile.ZipFile(path) as archive:
            return cut(archive, place, large) if cut is not None else None
    except BROKEN:
        # The reader of the whole file reports the error.
        return None


def _xlsx_head(archive: zipfile.ZipFile, place: int, large: int) -> BytesIO | None:
    part = sheet_part(archive, archive.read("xl/workbook.xml"), place)
    if part is None or archive.getinfo(part).file_size < large:
        return None
    rows = _until(archive, part, _ROW_END, ROWS)
    if rows is None:
        return None
    texts = [int(index) for index in _SHARED.findall(rows)]
    parts = {part: _closed(rows, b"sheetData", b"worksheet")}
    shared = next((n for n in archive.namelist() if n.casefold() == "xl/sharedstrings.xml"), "")
    if shared:
        strings = _until(archive, shared, _TEXT_END, max(texts, default=0) + 1)
        if strings is None:
            return None
        parts[shared] = _closed(strings, b"sst")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as head:
        for name in archive.namelist():
            if name in parts:
                head.writestr(name, parts[name])
            elif re.match(r"xl/worksheets/[^/]+\.xml\Z", name):
                head.writestr(name, _EMPTY)
            elif archive.getinfo(name).file_size < _MOST and "media/" not in name:
                head.writestr(name, archive.read(name))
    return out


def _ods_head(archive: zipfile.ZipFile, place: int, large: int) -> BytesIO | None:
    if place or archive.getinfo("content.xml").file_size < large:
        return None
    rows = _until(archive, "content.xml", _ODS_ROW_END, ROWS)
    if rows is None or rows.count(b"<table:table ") != 1:
        return None
    names = dict.fromkeys(name for chunk in _chunks(archive) for name in _ODS_NAME.findall(chunk))
    empty_tables = b"".join(b'<table:table table:name="%s"/>' % name for name in list(names)[1:])
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as head:
        for name in ("mimetype", "META-INF/manifest.xml"):
            if name in archive.namelist():
                head.writestr(name, archive.read(name))
        head.writestr("content.xml", rows + b"</table:table>" + empty_tables + _ODS_END)
    return out


def _chunks(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open("content.xml") as part:
        while block := part.read(1024 * 1024):
            yield block


def _until(archive: zipfile.ZipFile, name: str, end: re.Pattern[bytes], count: int) -> bytes | None:
    """A part up to the end of so many elements, or to its last one; None for one that is none or
    too long."""
    read = b""
    with archive.open(name) as part:
        while len(read) < _MOST:
            block = part.read(_CHUNK if len(read) < LARGE else LARGE)
            read += block
            if read.count(b"</") < count and block:
                continue
            ends = [match.end() for match in end.finditer(read)]
            if ends and (len(ends) >= count or not block):
                return read[: ends[min(count, len(ends)) - 1]]
            if not block:
                return None
    return None


def _closed(xml: bytes, *names: bytes) -> bytes:
    """A part that breaks off, with its open elements closed."""
    root = _ROOT.search(xml)
    prefix = root[1] or b"" if root else b""
    return xml + b"".join(b"</" + prefix + name + b">" for name in names)
