"""The file of an update: read, its signature checked, and its content for this system unpacked.

A `.bdupdate` is a zip of `update.json`, the minisign signature of that, and an archive for each
system, which `update.json` names with its size and hash (docs/formats/update.md).
"""

import hashlib
import json
import platform
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from borderdesk import __version__
from borderdesk.base.errors import OperationRefused, UserError, unreadable
from borderdesk.base.files import new_file, readable_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import RESOURCES
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.versions import is_newer, version_numbers
from borderdesk.exchange.desks.cards import is_key, key_signed

SUFFIX = ".bdupdate"
KIND, FORMAT = "borderdesk-update", 1
CONTENT, SIGNATURE = "update.json", "update.json.minisig"
MOST_CONTENT, MOST_SIGNATURE = 1 << 20, 4_096
MOST_UNPACKED = 2 << 30
AT_ONCE = 1 << 20
KEY_FILE = RESOURCES / "update.pub"
"""The public key of updates, if this program was built with one."""
SYSTEMS = {"linux-x86_64": "Linux (64-bit)", "windows-x86_64": "Windows (64-bit)"}
_HASH = re.compile("[0-9a-f]{64}")
_NAME = re.compile(r"[\w.-]{1,100}")


class UpdateNotNeeded(OperationRefused):
    """The update is sound, but this program has no use for it: it is not an error."""


class UpdatePayload(NamedTuple):
    """The payload of an update for one system.

    file: its entry; bytes, sha256: of that; unpacked: bytes on the disk; python: the version of
    Python that it runs on.
    """

    file: str
    bytes: int
    sha256: str
    unpacked: int
    python: str


class UpdateFile(NamedTuple):
    """The description in an update whose signature was verified. first: the oldest version that it
    can follow."""

    path: Path
    version: str
    first: str
    payloads: Mapping[str, UpdatePayload]


def trusted_key() -> str | None:
    """The public key built into this program; None where it was built without."""
    try:
        lines = KEY_FILE.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    key = lines[-1].strip() if lines else ""
    return key if is_key(key) else None


def this_system() -> str:
    """The system this program runs on, as updates name it."""
    name = {"win32": "windows"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return f"{name}-{'x86_64' if machine == 'amd64' else machine}"


def read_update(path: Path) -> UpdateFile:
    """The update in a file, its signature checked. Raises OperationRefused for one that is damaged
    or not signed with the key that is trusted, UserError where it cannot be read."""
    key = trusted_key()
    if key is None:
        raise OperationRefused(
            _(
                "This BorderDesk was built without a key for updates, so that it trusts no update"
                " file. Nothing was changed; install the new version by its set-up file."
            )
        )
    with _opened(path) as archive:
        text = _entry(path, archive, CONTENT, MOST_CONTENT)
        signature = _entry(path, archive, SIGNATURE, MOST_SIGNATURE)
    if not key_signed(key, text, signature):
        raise OperationRefused(
            _(
                "{file} is not signed with the key that this BorderDesk trusts, or was changed"
                " since. Nothing was changed here; get the update from the province again."
            ).format(file=path.name)
        )
    return _parsed(path, text)


def require_usable(update: UpdateFile) -> UpdatePayload:
    """The payload for this system. Raises OperationRefused for an update that is not newer, of
    another system, or does not follow this version."""
    if not is_newer(update.version):
        raise (UpdateNotNeeded if update.version == __version__ else OperationRefused)(
            _(
                "{file} holds BorderDesk {version}, and this is {own}: it is not newer. Nothing was"
                " changed."
            ).format(file=update.path.name, version=update.version, own=__version__)
        )
    if is_newer(update.first):
        raise OperationRefused(
            _(
                "{file} follows BorderDesk {first} or newer, and this is {own}. Nothing was"
                " changed; install version {first} first, or the new one by its set-up file."
            ).format(file=update.path.name, first=update.first, own=__version__)
        )
    payload = update.payloads.get(this_system())
    if payload is None:
        systems = ", ".join(SYSTEMS.get(name, name) for name in sorted(update.payloads))
        raise OperationRefused(
            _(
                "{file} is for {systems}, not for this computer ({system}). Nothing was changed."
            ).format(
                file=update.path.name,
                systems=systems,
                system=SYSTEMS.get(this_system(), this_system()),
            )
        )
    python = "{}.{}".format(*sys.version_info[:2])
    if payload.python != python:
        raise OperationRefused(
            _(
                "BorderDesk {version} needs Python {python}, and this computer has {own}. Nothing"
                " was changed; install it by its set-up file."
            ).format(version=update.version, python=payload.python, own=python)
        )
    return payload


def check_payload(
    update: UpdateFile, payload: UpdatePayload, progress: Progress = no_progress
) -> None:
    """Read the payload for this system completely. Raises OperationRefused if it differs from the
    signed one."""
    with _payload_of(update, payload) as stream:
        while stream.read(AT_ONCE):
            progress(stream.size, payload.bytes)


def unpack(
    update: UpdateFile, payload: UpdatePayload, folder: Path, progress: Progress = no_progress
) -> None:
    """Unpack the payload for this system into an existing empty folder, which must not be used if
    this raises OperationRefused or OSError."""
    # Hashed once more: the file on a stick may have been replaced.
    with _payload_of(update, payload) as stream:
        with tarfile.open(fileobj=stream, mode="r|xz") as files:  # type: ignore[call-overload]
            _write_files(files, folder, payload, progress)
        while stream.read(AT_ONCE):
            pass


class HashedStream:
    """A stream that is hashed as it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, most: int) -> bytes:
        """The next bytes, none at the end."""
        part = self._stream.read(most)
        self._digest.update(part)
        self.size += len(part)
        return part

    def require(self, path: Path, payload: UpdatePayload) -> None:
        """Raise OperationRefused unless it was read to the end and equals the signed one."""
        if (self.size, self._digest.hexdigest()) != (payload.bytes, payload.sha256):
            raise _damaged(path)


@contextmanager
def _payload_of(update: UpdateFile, payload: UpdatePayload) -> Iterator[HashedStream]:
    """The stream of a payload, to be read to its end. Raises OperationRefused, also at the end, if
    it differs from the signed one."""
    with (
        _opened(update.path) as archive,
        _reading(update.path),
        archive.open(payload.file) as packed,
    ):
        stream = HashedStream(packed)
        yield stream
        stream.require(update.path, payload)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what a hostile archive raises, which fails in more ways than are documented, into the
    refusal of a damaged file; OperationStopped and errors of the disk stay."""
    try:
        yield
    except (OSError, UserError):
        raise
    except Exception as error:
        raise _damaged(path) from error


def _write_files(
    files: tarfile.TarFile, folder: Path, payload: UpdatePayload, progress: Progress
) -> None:
    written = 0
    for member in files:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts or "\\" in member.name:
            raise ValueError(member.name)
        target = folder.joinpath(*name.parts)
        if member.isdir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        content = files.extractfile(member) if member.isreg() else None
        if content is None:
            raise ValueError(member.name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written += member.size
        if written > min(payload.unpacked, MOST_UNPACKED):
            raise ValueError(written)
        _write(content, target)
        progress(written, payload.unpacked)


def _write(content: IO[bytes], target: Path) -> None:
    with new_file(target) as file:
        while part := content.read(AT_ONCE):
            file.write(part)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        file = readable_file(path)
    except OSError as error:
        raise unreadable(path.name, error) from None
    with file:
        with _reading(path):
            archive = zipfile.ZipFile(file)
        with archive:
            yield archive


def _entry(path: Path, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with _reading(path), archive.open(name) as entry:
        text = entry.read(most + 1)
    if len(text) > most:
        raise _damaged(path)
    return text


def _parsed(path: Path, text: bytes) -> UpdateFile:
    try:
        descriptor: Any = json.loads(text)
        if descriptor["kind"] != KIND:
            raise _damaged(path)
        if descriptor["format"] != FORMAT:
            raise OperationRefused(
                _(
                    "{file} is an update of another form: install BorderDesk {version} by its"
                    " set-up file. Nothing was changed."
                ).format(file=path.name, version=str(descriptor["version"])[:20])
            )
        update = UpdateFile(
            path,
            _version(descriptor["version"]),
            _version(descriptor["first"]),
            {str(name): _payload(payload) for name, payload in descriptor["systems"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(path) from None
    return update


def _version(text: Any) -> str:
    if not isinstance(text, str) or version_numbers(text) is None:
        raise ValueError(text)
    return text


def _payload(content: Any) -> UpdatePayload:
    payload = UpdatePayload(**{key: content[key] for key in UpdatePayload._fields})
    numbers = (payload.bytes, payload.unpacked)
    texts = (payload.file, payload.sha256, payload.python)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise ValueError(numbers)
    if any(type(text) is not str for text in texts) or not _HASH.fullmatch(payload.sha256):
        raise ValueError(texts)
    if not _NAME.fullmatch(payload.file):
        raise ValueError(texts)
    return payload


def _damaged(path: Path) -> OperationRefused:
    return OperationRefused(
        _(
            "{file} is damaged, cut short, or no update of BorderDesk. Nothing was changed; copy it"
            " onto the stick again."
        ).format(file=path.name)
    )
