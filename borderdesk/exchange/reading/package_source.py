"""Where packages come from: files on a stick, copied before they are read, and unlocked."""

import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from borderdesk.base.i18n import N_
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import nfc
from borderdesk.exchange.format.package_errors import PackageError, damaged_package
from borderdesk.exchange.format.plain_spool import plain_spool
from borderdesk.exchange.reading.package_files import AGE_MARKS, HEAD_BYTES, opened_file

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazy_module("pyrage")

MAX_FILE = 1 << 30
AGE_MARK, ARMOUR_MARK = AGE_MARKS
ARMOUR_LINES = 3
"""The number of lines of an armoured file, 48 bytes each, with its first recipient."""
PASSPHRASE_MARK = b"-> scrypt "
MOST_WORK = 20
"""The limit of the work factor of a passphrase, as a power of two: 1 GB of memory. Programs choose
a factor that costs a second (16 to 19); a file may state any."""
TRIES = 5
"""Attempts: the library measures the computer for 10 ms, which gives too little on a busy one."""
_WORK = re.compile(rb"-> scrypt \S+ (\d{1,9})\n")
_TOO_MUCH_WORK = "Excessive work"
"""In the error of the library for more than it holds the computer to be able to."""


def opens_with_passphrase(path: Path) -> bool:
    """Whether a file is encrypted under a passphrase."""
    try:
        with opened_file(path) as file:
            return _asks_for_passphrase(file.read(HEAD_BYTES))
    except OSError:
        return False


def _asks_for_passphrase(head: bytes) -> bool:
    """Whether a file that begins so, as text or not, is encrypted under a passphrase."""
    binary_head = _without_armour(head)
    return binary_head.startswith(AGE_MARK) and PASSPHRASE_MARK in binary_head


def _without_armour(head: bytes) -> bytes:
    """The first decoded bytes of an armoured file; b"" if the armour is broken."""
    if not head.startswith(ARMOUR_MARK):
        return head
    try:
        return binascii.a2b_base64(b"".join(head[len(ARMOUR_MARK) :].split()[:ARMOUR_LINES]))
    except binascii.Error:
        return b""


@contextmanager
def copied_file(path: Path, folder: Path) -> Iterator[IO[bytes]]:
    """A copy of a file, read once, as its stick may be pulled out; folder: the desk's. Raises
    OSError, PackageError for a file larger than any package."""
    with plain_spool(folder) as copy, opened_file(path) as file:
        size = 0
        if path.is_file() and path.stat().st_size > MAX_FILE:
            raise PackageError(N_("The file is far larger than any package."))
        while part := file.read(1 << 20):
            size += len(part)
            if size > MAX_FILE:
                raise PackageError(N_("The file is far larger than any package."))
            copy.write(part)
        copy.seek(0)
        yield copy


@contextmanager
def unlocked_file(
    file: IO[bytes],
    secrets: Callable[[], Iterable[str]],
    passphrase: str | None,
    folder: Path,
) -> Iterator[IO[bytes]]:
    """The package in a file, decrypted where it is encrypted.

    secrets: returns the secret age keys of this desk; folder: the desk's. Raises PackageError.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head.startswith(AGE_MARKS):
        yield file
        return
    with plain_spool(folder) as plain_file:
        try:
            if _asks_for_passphrase(head):
                plain_file.write(
                    _in_one_spelling(file.read(), head, _require_passphrase(passphrase))
                )
            else:
                keys = [pyrage.x25519.Identity.from_str(secret) for secret in secrets()]
                pyrage.decrypt_io(file, plain_file, keys)
        except pyrage.DecryptError as error:
            raise _not_unlocked(error, passphrase) from None
        plain_file.seek(0)
        yield plain_file


@contextmanager
def opened_package(
    path: Path, folder: Path, secrets: Callable[[], Iterable[str]], passphrase: str | None
) -> Iterator[IO[bytes]]:
    """The package in a file that a person names, see `copied_file` and `unlocked_file`."""
    with (
        copied_file(path, folder) as copy,
        unlocked_file(copy, secrets, passphrase, folder) as package,
    ):
        yield package


def _in_one_spelling(content: bytes, head: bytes, passphrase: str) -> bytes:
    """The content decrypted by the passphrase in NFC, as we lock, or as it is typed: other programs
    lock with it as their keyboard wrote it. Raises what `_by_passphrase` does."""
    composed = nfc(passphrase)
    if composed != passphrase:
        with suppress(pyrage.DecryptError):
            return _by_passphrase(content, head, composed)
    return _by_passphrase(content, head, passphrase)


def _by_passphrase(content: bytes, head: bytes, passphrase: str) -> bytes:
    """The content decrypted. Raises DecryptError, PackageError for more work than is to be done."""
    work = _WORK.search(_without_armour(head))
    if work is not None and int(work[1]) > MOST_WORK:
        raise damaged_package()
    for _try in range(TRIES):
        try:
            plain_content: bytes = pyrage.passphrase.decrypt(content, passphrase)
            return plain_content
        except pyrage.DecryptError as error:
            if _TOO_MUCH_WORK not in str(error):
                raise
    words = N_(
        "This computer is too slow, or too busy just now, to unlock the package. Close other"
        " programs and try again."
    )
    raise PackageError(words, mendable=True)


def _require_passphrase(passphrase: str | None) -> str:
    if passphrase is None:
        raise PackageError(
            N_("The package is locked with a passphrase; it is needed."), mendable=True
        )
    return passphrase


def _not_unlocked(error: Exception, passphrase: str | None) -> PackageError:
    # pyrage has one error for a wrong key and for damaged bytes; only its words differ.
    if "No matching keys" in str(error):
        return PackageError(N_("The package is locked for another desk."), mendable=True)
    return PackageError(
        N_("The package cannot be unlocked: it is damaged, or the passphrase is wrong."),
        mendable=passphrase is not None,
    )
