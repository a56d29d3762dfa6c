"""The zip of a package: opened, its directory and the bytes of its tables checked."""

import codecs
import hashlib
import struct
import zipfile
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.exchange.format.package_errors import changed_package, damaged_package
from borderdesk.exchange.format.package_tables import (
    DESCRIPTOR,
    FIRST_FORMAT,
    HEADS,
    OLD_ERASURES,
    OLD_NOTES,
    OLD_REVISIONS,
    OTHERS,
    PLACES,
    PRIVATE,
    REVISIONS,
    SIGNATURE,
    type_tables,
)
from borderdesk.exchange.format.text_forms import TABLE_PATH
from borderdesk.exchange.reading.package_layout import tables

MAX_ENTRIES = 64
MAX_DIRECTORY = 64 << 10
MAX_DESCRIPTOR = 2 << 20
MAX_SIGNATURE = 4_096
UNPACKED_ALWAYS, UNPACKED_TIMES = 64 << 20, 50
"""How many bytes a package may unpack to: a fixed number, and a multiple of its own size."""
BUFFER = 1 << 20

_END_OF_DIRECTORY, _END_BYTES = b"PK\x05\x06", 22
_ZIP64_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20
_MAX_COMMENT = 0xFFFF


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """The zip of a package, none of its entries read yet. Raises PackageError."""
    size = _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN_ZIP as error:
        raise damaged_package() from error
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(names) != len(entries) or not all(_is_plain(entry) for entry in entries):
        raise damaged_package()
    if sum(entry.file_size for entry in entries) > UNPACKED_ALWAYS + UNPACKED_TIMES * size:
        raise damaged_package()
    return archive


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry has a name of ours and is an ordinary file, deflated and not encrypted."""
    name_match = entry.filename in (DESCRIPTOR, SIGNATURE) or TABLE_PATH.fullmatch(entry.filename)
    deflated = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ordinary = entry.external_attr >> 28 in (0, 0x8)
    return bool(name_match) and deflated and ordinary and not entry.flag_bits & 0x1


def _check_directory(file: IO[bytes]) -> int:
    """The file's size in bytes. Raises PackageError for a central directory larger than any of
    ours, before zipfile reads it into memory."""
    directory = zip_directory(file)
    if directory is None or directory.entries > MAX_ENTRIES or directory.bytes > MAX_DIRECTORY:
        raise damaged_package()
    return directory.file_size


class ZipDirectory(NamedTuple):
    """The central directory of a zip as its end states it: entries and bytes, and the size of the
    whole file."""

    entries: int
    bytes: int
    file_size: int


def zip_directory(file: IO[bytes]) -> ZipDirectory | None:
    """The directory at the end of a zip; None for other files, for truncated ones, and for
    zip64."""
    try:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_BYTES - _MAX_COMMENT - _LOCATOR_BYTES))
        tail = file.read()
        file.seek(0)
    except OSError:
        return None
    end = tail.rfind(_END_OF_DIRECTORY)
    if end < 0 or len(tail) - end < _END_BYTES:
        return None
    entries, directory = struct.unpack_from("<HI", tail, end + 10)
    zip64 = end >= _LOCATOR_BYTES and tail[end - _LOCATOR_BYTES : end].startswith(_ZIP64_LOCATOR)
    return None if zip64 else ZipDirectory(entries, directory, size)


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """An entry's content. Raises PackageError when it has more than `most` bytes."""
    try:
        with archive.open(name) as entry:
            content = entry.read(most + 1)
    except BROKEN_ZIP as error:
        raise damaged_package() from error
    if len(content) > most:
        raise damaged_package()
    return content


def check_tables(
    archive: zipfile.ZipFile, listed: Mapping[str, dict[str, Any]], *, form: int, older: bool
) -> None:
    """Raise PackageError unless the entries are those listed, and none is missing or unknown.

    form: the number of the package's layout; older: it is of an earlier schema, which may not have
    had all tables.
    """
    contained = {name for name in archive.namelist() if name not in (DESCRIPTOR, SIGNATURE)}
    if form == FIRST_FORMAT:
        always = {t.path for t in (OLD_REVISIONS, OTHERS, OLD_NOTES, OLD_ERASURES, PLACES)}
        all_of_them = {*always, PRIVATE.path, *(table.path for table in type_tables())}
    else:
        always = {t.path for t in (REVISIONS, HEADS, OTHERS, PLACES)}
        all_of_them = {table.path for table in tables(with_private=True)}
    needed = always if older else all_of_them - {PRIVATE.path}
    if contained != set(listed) or not needed <= contained <= all_of_them:
        raise damaged_package()


def check_bytes(archive: zipfile.ZipFile, listed: Mapping[str, dict[str, Any]]) -> None:
    """Raise PackageError unless the size and hash of every table are those in the descriptor."""
    for path, entry_facts in listed.items():
        digest, size, begins = hashlib.sha256(), 0, b""
        try:
            with archive.open(path) as entry:
                while size <= entry_facts["bytes"] and (part := entry.read(BUFFER)):
                    begins = begins or part[:3]
                    digest.update(part)
                    size += len(part)
        except BROKEN_ZIP as error:
            raise damaged_package() from error
        if size != entry_facts["bytes"] or entry_facts["hash"] != f"sha256:{digest.hexdigest()}":
            raise changed_package()
        if begins != codecs.BOM_UTF8:
            raise damaged_package()
