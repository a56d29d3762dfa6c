"""Detects a file's format by its first bytes: its name is often wrong."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language

FileFormat = Literal["xlsx", "xls", "ods", "csv"]

ENDINGS: Mapping[FileFormat, frozenset[str]] = {
    "xlsx": frozenset({".xlsx", ".xlsm"}),
    "xls": frozenset({".xls"}),
    "ods": frozenset({".ods"}),
    "csv": frozenset({".csv"}),
}
"""{format: the endings of files that are said to be in it}."""
MOST_BYTES = 256 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
_HEAD_BYTES = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOKS = tuple(name.encode("utf-16-le") for name in ("Workbook", "WORKBOOK", "Book", "BOOK"))
_XML = re.compile(rb"\s*<(?:\?xml|workbook[\s>])", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*<(?:!doctype|!--|[a-z][a-z0-9]{0,10}[\s/>])", re.IGNORECASE)
_MHTML = re.compile(
    rb"\s*(?:[a-z\-]{2,20}:[^\n]*\n[\s]*)*(?:mime-version|content-type):", re.IGNORECASE
)
_OTHER_PROGRAMS = ("word/document.xml", "ppt/presentation.xml")
"""The parts that documents of other programs have instead of a workbook."""
_OTHER_BEGINS = (
    b"%PDF", b"{\\rtf", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"MZ\x90", b"\x7fELF", b"BEGIN:V",
)  # fmt: skip
"""Pictures, packed files, programs and address books."""
_OLD_TABLE = re.compile(rb"ID;P[A-Z0-9]*(?:;[A-Z]+)*\r?\n[A-Z];|TABLE\r?\n0,1")
"""Tables of the 1980s, SYLK and DIF; a list of today may begin with ID;Phường."""
_OLD_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04")


def format_of(path: Path) -> FileFormat:
    """The format of the file. Raises UserError for a file that is no readable list."""
    try:
        size = path.stat().st_size
        with readable_file(path) as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise unreadable(path, error) from None
    if not head:
        raise UserError(_("The file is empty."))
    if size > MOST_BYTES:
        most = format_number(MOST_BYTES // (1024 * 1024), language())
        raise UserError(_("The file is larger than {most} MB.").format(most=most))
    if head.startswith(b"PK"):
        return _zip_format(path)
    if head.startswith(_OLE):
        return _ole_format(path)
    _refuse_others(head)
    return "csv"


def wrong_ending(path: Path, kind: FileFormat) -> str:
    """The ending of a file's name, where it is that of another format than the file's."""
    ending = path.suffix.casefold()
    others = (endings for other, endings in ENDINGS.items() if other != kind)
    return ending if any(ending in endings for endings in others) else ""


def format_name(kind: FileFormat) -> str:
    """A format as it is told: .xlsx, or CSV."""
    return "CSV" if kind == "csv" else f".{kind}"


def _zip_format(path: Path) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            mimetype = archive.read("mimetype")[:100] if _is_small(parts.get("mimetype")) else b""
    except BROKEN_ZIP:
        raise damaged() from None
    if any(part.flag_bits & 1 for part in parts.values()):
        raise protected()
    if sum(part.file_size for part in parts.values()) > MOST_UNPACKED:
        raise too_large()
    if any(name in parts for name in _OTHER_PROGRAMS):
        raise _no_spreadsheet()
    if "xl/workbook.xml" in parts or "[Content_Types].xml" in parts:
        if any(name.endswith("workbook.bin") for name in parts):
            raise UserError(_("This is an .xlsb file. Save it as .xlsx and try again."))
        return "xlsx"
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    raise _no_spreadsheet()


def _no_spreadsheet() -> UserError:
    return UserError(_("This is not a spreadsheet. Give an .xlsx, .xls, .ods or .csv file."))


def _is_small(part: zipfile.ZipInfo | None) -> bool:
    return part is not None and part.file_size <= _HEAD_BYTES


def _ole_format(path: Path) -> FileFormat:
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise protected()
    if not any(name in content for name in _BOOKS):
        raise _no_spreadsheet()
    return "xls"


def _refuse_others(head: bytes) -> None:
    head_without_mark = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head_without_mark = head[2:].replace(b"\0", b"")
    if _XML.match(head_without_mark) and b"<html" not in head_without_mark.lower():
        raise UserError(_("This is an XML file. Save it as .xlsx and try again."))
    if (
        _MARKUP.match(head_without_mark)
        or _XML.match(head_without_mark)
        or _MHTML.match(head_without_mark)
    ):
        raise UserError(
            _(
                "This is a web page that was saved as a spreadsheet. Open it in a spreadsheet"
                " program, save it as .xlsx and try again."
            )
        )
    if head.startswith(_OLD_BIFF) or _OLD_TABLE.match(head):
        raise UserError(_("This is a very old Excel file. Save it as .xlsx and try again."))
    if head_without_mark.startswith(_OTHER_BEGINS):
        raise _no_spreadsheet()


def damaged() -> UserError:
    """The error for a file that breaks off or is no longer whole."""
    return UserError(_("The file is damaged or incomplete; nothing was changed. Copy it again."))


def protected() -> UserError:
    """The error for a file that opens with a password only."""
    return UserError(_("The file is protected by a password. Save it without one and try again."))


def too_large() -> UserError:
    """The error for a file that would unpack to more than any list of a post."""
    return UserError(
        _(
            "The file would take too much room when it is opened. Copy the list alone into a new"
            " file and try again."
        )
    )
