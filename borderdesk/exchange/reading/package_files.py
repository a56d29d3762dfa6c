"""The files of a stick: which are packages, by their content, and why the others are not.

A package in a zip of packages is named by a path through that zip: `Tháng 11.zip/BorderDesk_….bdx`.
"""

import errno
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.base.errors import reason
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import HOUSEKEEPING, is_folder_there
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.exchange.format.package_tables import DESCRIPTOR, RECEIPT, SIGNATURE
from borderdesk.exchange.format.text_forms import TABLE_PATH
from borderdesk.exchange.reading.package_archive import zip_directory

HEAD_BYTES = 400
AGE_MARKS = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
MAX_MEMBERS, MAX_DIRECTORY = 5_000, 2 << 20
"""The limits of entries, and of bytes of directory, of a zip to be searched."""
LABEL_LIMIT = 200

_TRASH_PARTS = {"files", "info"}
"""The contents of a recycle bin of a Linux desktop, in a folder called Trash."""
_PACKAGE_NAME = re.compile(r"\.bdx\b", re.IGNORECASE)
_PACKAGE_ENTRIES = (DESCRIPTOR, SIGNATURE, RECEIPT)
_SETUP_ENTRY = "setup.json"
_UPDATE_ENTRY = "update.json"
_UTF8_FLAG = 0x800
_ARCHIVE_MARKS = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


class OtherFile(NamedTuple):
    """A file that is not imported: its label, and the reason; known: it is a sound file of another
    kind."""

    path: Path
    label: str
    reason: str
    known: bool = False


class FolderContents(NamedTuple):
    """The packages among files and folders, and the files that are none."""

    packages: list[Path]
    others: list[OtherFile]


def file_label(path: Path) -> str:
    """A file's name as it can be shown, stored and printed, whatever its bytes."""
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", nfc(name))[:LABEL_LIMIT]


def find_packages(paths: Iterable[Path]) -> FolderContents:
    """Search files and folders (recursively) for packages, in order of their names.

    A file named by hand counts as a package unless it is a zip of packages or a known file of
    another kind: importing it reports its fault. Recycle bins and the like are skipped even if
    named: a pattern of a shell names them too.
    """
    contents = FolderContents([], [])
    for path in paths:
        if HOUSEKEEPING.fullmatch(path.name):
            continue
        if not is_folder_there(path):
            _add_named(path, contents)
            continue
        for file in files_below(path, contents.others):
            _add(file, contents)
    return contents


def _add_named(path: Path, contents: FolderContents) -> None:
    inside = FolderContents([], [])
    _add(path, inside)
    looked_into = inside.packages or any(file.known or file.path != path for file in inside.others)
    contents.packages.extend(inside.packages if looked_into else [path])
    contents.others.extend(inside.others if looked_into else [])


def files_below(folder: Path, other_files: list[OtherFile]) -> list[Path]:
    """The files of a folder and all below it, housekeeping passed over."""
    paths: list[Path] = []

    def unreadable(error: OSError) -> None:
        where = Path(error.filename or folder)
        text = _("The folder cannot be read: {error}").format(error=reason(error))
        other_files.append(OtherFile(where, file_label(where), text))

    with suppress(OSError):
        if not any(folder.iterdir()):
            # os.walk treats the root of an empty stick on Windows as missing.
            return []
    for at, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not _is_passed_over(Path(at) / name))
        names = (file for file in files if not HOUSEKEEPING.fullmatch(file))
        paths += (Path(at) / name for name in names)
    return sorted(path for path in paths if not path.is_symlink())


def _is_passed_over(folder: Path) -> bool:
    if HOUSEKEEPING.fullmatch(folder.name):
        return True
    return folder.name == "Trash" and all((folder / part).is_dir() for part in _TRASH_PARTS)


def _add(path: Path, contents: FolderContents) -> None:
    """Add a file to the results, or the packages in it."""
    is_other_kind = False
    try:
        with readable_file(path) as file:
            head = file.read(HEAD_BYTES)
            if looks_like_package(path.name, head):
                contents.packages.append(path)
                return
            why = _other_kind(head)
            is_other_kind = why is not None
            zipped = not is_other_kind and _first_entry(head) is not None
            inside = _inside_zip(path, file) if zipped else FolderContents([], [])
            contents.packages.extend(inside.packages)
            contents.others.extend(inside.others)
            if inside.packages or inside.others:
                return
            why = why or (_("It is not a BorderDesk package.") if head else _("It is empty."))
    except OSError as error:
        why = _("The file cannot be read: {error}").format(error=reason(error))
    contents.others.append(OtherFile(path, file_label(path), why, is_other_kind))


def looks_like_package(name: str, head: bytes) -> bool:
    """Whether a file that begins with `head` is a package, maybe a damaged one: by its content, or
    by its name if the content is inconclusive."""
    if head.startswith(AGE_MARKS):
        return True
    entry = _first_entry(head)
    if entry is not None:
        return entry in _PACKAGE_ENTRIES or TABLE_PATH.fullmatch(entry) is not None
    return _PACKAGE_NAME.search(name) is not None and not head.startswith(_ARCHIVE_MARKS)


def _first_entry(head: bytes) -> str | None:
    """The name of the first entry of a zip; None for other files."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return None
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length].decode("utf-8", "replace")


def _other_kind(head: bytes) -> str | None:
    """The kind of a file that is no package, and what to do with it; None for an unknown kind."""
    entry = _first_entry(head)
    if entry == _SETUP_ENTRY:
        return _("It is a set-up file: apply it with the cards.")
    if entry == _UPDATE_ENTRY:
        return _("It is an update of the program: open it by a double click, or “update FILE”.")
    if entry is None and b"borderdesk-card" in head:
        return _("It is a card: accept it with the cards.")
    if head.startswith(_ARCHIVE_MARKS):
        return _("It is packed by another program: unpack it first.")
    return None


# ------------------------------------------------------------------ zips of packages


@contextmanager
def opened_file(path: Path) -> Iterator[IO[bytes]]:
    """A file, or the entry of a zip that a path through the zip names, to be read once. Raises
    OSError."""
    outer = path.parent
    if path.exists() or not outer.is_file():
        with readable_file(path) as file:
            yield file
        return
    with readable_file(outer) as file:
        archive = _zip_in(file)
        entry = _entries(archive).get(path.name) if archive is not None else None
        if archive is None or entry is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        try:
            with archive.open(entry) as inside:
                yield inside
        except OSError:
            raise
        except BROKEN_ZIP as error:
            raise OSError(errno.EIO, str(error)) from error


def _inside_zip(path: Path, file: IO[bytes]) -> FolderContents:
    """The packages in a zip, each by its path through the zip; the zip itself where it is one.
    A zip in it is named: it may hold packages, which would be passed over in silence."""
    contents = FolderContents([], [])
    archive = _zip_in(file)
    if archive is None:
        return contents
    if DESCRIPTOR in archive.namelist():
        contents.packages.append(path)
        return contents
    for name, entry in _entries(archive).items():
        head, inner = _head_of(archive, entry), path / name
        if looks_like_package(name, head):
            contents.packages.append(inner)
        elif name.lower().endswith(".zip") and _first_entry(head) is not None:
            packed = _("It is packed once more: unpack it first.")
            contents.others.append(OtherFile(inner, file_label(inner), packed))
    return contents


def _head_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The first bytes of a zip entry; b"" for an unreadable one, which the import reports."""
    try:
        with archive.open(entry) as inside:
            return inside.read(HEAD_BYTES)
    except BROKEN_ZIP:
        return b""


def _zip_in(file: IO[bytes]) -> zipfile.ZipFile | None:
    """The zip in a file; None for one that is damaged or too large to be looked into."""
    directory = zip_directory(file)
    if directory is None or directory.entries > MAX_MEMBERS or directory.bytes > MAX_DIRECTORY:
        return None
    try:
        return zipfile.ZipFile(file)
    except BROKEN_ZIP:
        return None


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by names of their own, whatever folders they lie in."""
    by_name: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        parts = PurePosixPath(_entry_name(entry).replace("\\", "/")).parts
        if entry.is_dir() or not parts or any(HOUSEKEEPING.fullmatch(part) for part in parts):
            continue
        name, number = parts[-1], 1
        while name in by_name:
            number += 1
            name = f"({number}) {parts[-1]}"
        by_name[name] = entry
    return by_name


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry. Zips of Vietnamese Windows do not say in which code page it is; it is
    UTF-8 as often as not."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    written = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp1258"):
        with suppress(UnicodeDecodeError):
            return nfc(written.decode(encoding))
    return entry.filename
