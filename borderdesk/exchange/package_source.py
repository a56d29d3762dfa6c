"""Where packages come from: files on a stick, copied before they are read, and unlocked."""

import binascii
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from borderdesk.base.i18n import N_
from borderdesk.base.lazy import lazy_module
from borderdesk.exchange.package_errors import PackageError
from borderdesk.exchange.package_files import AGE_MARKS, HEAD_BYTES, opened_file
from borderdesk.exchange.plain_spool import plain_spool

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazy_module("pyrage")

MAX_FILE = 1 << 30
AGE_MARK, ARMOUR_MARK = AGE_MARKS
PASSPHRASE_MARK = b"-> scrypt "


def opens_with_passphrase(path: Path) -> bool:
    """Whether a file is encrypted under a passphrase."""
    try:
        with opened_file(path) as file:
            return _asks_for_passphrase(file.read(HEAD_BYTES))
    except OSError:
        return False


def _asks_for_passphrase(head: bytes) -> bool:
    """Whether a file that begins so, as text or not, is encrypted under a passphrase."""
    if head.startswith(ARMOUR_MARK):
        lines = head[len(ARMOUR_MARK) :].split()
        try:
            head = binascii.a2b_base64(lines[0])
        except (IndexError, binascii.Error):
            return False
    return head.startswith(AGE_MARK) and PASSPHRASE_MARK in head


@contextmanager
def copied_file(path: Path, folder: Path) -> Iterator[IO[bytes]]:
    """A copy of a file, read once: its stick may be pulled out meanwhile; folder: the desk's.
    Raises OSError, PackageError for a file larger than any package."""
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
    with plain_spool(folder) as plain:
        try:
            if _asks_for_passphrase(head):
                content = pyrage.passphrase.decrypt(file.read(), _require_passphrase(passphrase))
                plain.write(content)
            else:
                keys = [pyrage.x25519.Identity.from_str(secret) for secret in secrets()]
                pyrage.decrypt_io(file, plain, keys)
        except pyrage.DecryptError as error:
            raise _not_unlocked(error, passphrase) from None
        plain.seek(0)
        yield plain


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
