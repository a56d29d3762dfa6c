"""Detects a file's format by its first bytes: its name is often wrong."""

import re
import zipfile
from pathlib import Path
from typing import Literal

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language

FileFormat = Literal["xlsx", "xls", "ods", "csv"]

MOST_BYTES = 256 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
_HEAD_BYTES = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "Workbook".encode("utf-16-le")
_BOOK = "Book".encode("utf-16-le")
_MARKUP = re.compile(rb"\s*(?:<!doctype html|<html|<head|<table|<meta|<body|<!--)", re.IGNORECASE)
_MHTML = re.compile(rb"\s*(?:mime-version:|content-type:)", re.IGNORECASE)
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
    if "xl/workbook.xml" in parts or "[Content_Types].xml" in parts:
        if any(name.endswith("workbook.bin") for name in parts):
            raise UserError(_("This is an .xlsb file. Save it as .xlsx and try again."))
        return "xlsx"
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    raise UserError(_("This is not a spreadsheet. Give an .xlsx, .xls, .ods or .csv file."))


def _is_small(part: zipfile.ZipInfo | None) -> bool:
    return part is not None and part.file_size <= _HEAD_BYTES


def _ole_format(path: Path) -> FileFormat:
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise protected()
    if _WORKBOOK not in content and _BOOK not in content:
        raise UserError(_("This is not a spreadsheet. Give an .xlsx, .xls, .ods or .csv file."))
    return "xls"


def _refuse_others(head: bytes) -> None:
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = head[2:].replace(b"\0", b"")
    if _MARKUP.match(plain) or _MHTML.match(plain):
        raise UserError(
            _(
                "This is a web page that was saved as a spreadsheet. Open it in a spreadsheet"
                " program, save it as .xlsx and try again."
            )
        )
    if plain.lstrip().startswith(b"<?xml"):
        raise UserError(_("This is an XML file. Save it as .xlsx and try again."))
    if head.startswith(_OLD_BIFF):
        raise UserError(_("This is a very old Excel file. Save it as .xlsx and try again."))
    if plain.startswith((b"%PDF", b"{\\rtf")):
        raise UserError(_("This is not a spreadsheet. Give an .xlsx, .xls, .ods or .csv file."))


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
