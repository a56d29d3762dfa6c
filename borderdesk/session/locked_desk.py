"""Checks before a desk is opened: whether it has a password, and whether its key ring fits."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import CannotOpen, DamagedFile, UnreadFile, reason
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file, desk_lock_file, key_file
from borderdesk.base.private_files import PREVIEWS, keep_private
from borderdesk.base.program_log import logs_folder
from borderdesk.keys.password_tries import FILE_NAME as TRIES_FILE
from borderdesk.session.damage import DamagedDesk, note_damage
from borderdesk.session.deferred_audit import defer_audit_line
from borderdesk.session.file_guard import LOG_ENDINGS, require_shared_file, take_shared
from borderdesk.session.last_state import require_encrypted, was_encrypted
from borderdesk.session.rekey_plan import finish_rekeying
from borderdesk.store.connection.cipher import is_encrypted
from borderdesk.store.connection.database import DATABASE_ERRORS, Store, is_no_database
from borderdesk.store.connection.database_address import has_bare_log
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.quick_check import hangs_together, is_small
from borderdesk.store.connection.seal import is_sealed

if TYPE_CHECKING:
    from borderdesk.keys import key_ring
else:
    # A desk without a password does not need its libraries: 40 ms of a start.
    key_ring = lazy_module("borderdesk.keys.key_ring")


LOG_FILES = tuple(f"{database_file(Path()).name}{ending}" for ending in LOG_ENDINGS)
"""The files that the database library creates beside a desk's file."""
BESIDE = (*LOG_FILES, desk_lock_file(Path()).name, TRIES_FILE)
"""Files beside it that are created if missing; nothing else may have their names."""
CLEARED = (PREVIEWS, logs_folder(Path()).name)
"""Folders beside it of which files are deleted."""


class PasswordNeeded(CannotOpen):
    """The desk is encrypted, and no key was given."""

    def __init__(self) -> None:
        super().__init__(
            _("This desk has a password. Type it at a terminal, or set BORDERDESK_PASSWORD.")
        )


def is_locked(folder: Path) -> bool:
    """Whether the desk in a folder has a password; what a killed encryption left is finished first.
    Raises OSError."""
    require_desk_file(database_file(folder))
    require_own_files(folder)
    require_own_folders(folder)
    finish_rekeying(folder)
    return _has_cipher(folder) and key_file(folder).is_file()


def _has_cipher(folder: Path) -> bool:
    """Whether a desk's file is encrypted. Raises UnreadFile, OSError."""
    try:
        return is_encrypted(database_file(folder))
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise UnreadFile from error


def require_key(folder: Path, key: bytes | None) -> None:
    """Raise CannotOpen where a desk's file and its key ring do not fit what is given to open it;
    OSError."""
    locked, ringed = _has_cipher(folder), key_file(folder).is_file()
    if not locked and not ringed:
        require_encrypted(folder)
    if locked and not ringed and key is None and was_encrypted(folder):
        # Reports the missing ring; without the note nothing shows that the file was ever a desk:
        # the store reports it as damaged.
        key_ring.KeyRing(folder).read()
    if locked and ringed and key is None:
        raise PasswordNeeded
    if locked and ringed and key is not None and not key_ring.KeyRing(folder).read().is_of(key):
        # Another key is no damage, which a page that does not open would be taken for.
        raise CannotOpen(_("The key of this desk was changed. Open it again with the password."))
    if ringed and not locked:
        raise DamagedFile(
            _(
                "This desk has a password, but its file is one without: somebody put another file"
                " in its place. Nothing was changed; restore the newest backup into a new folder."
            )
        )


@contextmanager
def fitting_key(folder: Path, key: bytes | None) -> Iterator[None]:
    """Report for a file that the key does not open that the key may be wrong: the ring may be older
    or newer than the file."""
    try:
        yield
    except DATABASE_ERRORS as error:
        if key is None or not is_no_database(error):
            raise
        raise DamagedFile(
            _(
                "The password is right, but the desk's file does not open with the key in"
                " {keys}: one of both is from another time, or is damaged. Nothing was changed."
                " If somebody put one of them back, put both back as they were together;"
                " otherwise restore the newest backup into a new folder."
            ).format(keys=key_file(folder).name)
        ) from error


@contextmanager
def new_key_ring(
    folder: Path, user: str, password: str | None, key: bytes | None
) -> Iterator[bytes | None]:
    """The key of a desk that is created in the block: `key`, or that of a new ring if a password is
    given; the ring is removed if the creation fails."""
    if password is None:
        yield key
        return
    ring = key_ring.KeyRing(folder)
    new_key = ring.create(user, password, key=key)
    try:
        yield new_key
    except BaseException:
        remove_file(ring.path)
        raise


def require_own_files(folder: Path, names: Sequence[str] = BESIDE) -> None:
    """Raise CannotOpen where a folder, a link, a pipe or a device is in the place of a file that
    the desk writes. Raises OSError."""
    for file in (folder / name for name in names):
        if os.path.lexists(file) and not stat.S_ISREG(file.lstat().st_mode):
            raise CannotOpen(
                _(
                    "In the place of the desk's file {file} stands something else: a folder, a"
                    " link, a pipe or a device. Nothing was changed. Move it out of the desk's"
                    " folder; if the desk's own file of that name is somewhere, put it back. Then"
                    " open the desk again."
                ).format(file=file)
            )


def require_own_folders(folder: Path) -> None:
    """Raise CannotOpen where a link, or anything else, is in the place of a folder that the desk
    clears: the target of a link belongs to somebody else. Raises OSError."""
    for own_folder in (folder / name for name in CLEARED):
        if os.path.lexists(own_folder) and not stat.S_ISDIR(own_folder.lstat().st_mode):
            raise CannotOpen(
                _(
                    "In the place of the desk's folder {folder} stands something else: a link, a"
                    " file, a pipe or a device. Nothing was changed. Move it out of the desk's"
                    " folder, then open the desk again."
                ).format(folder=own_folder)
            )


def require_desk_file(path: Path) -> None:
    """Raise DamagedFile where the path of a desk's file has an empty file or another kind of
    object, which the database library would wait for, or initialise."""
    if not os.path.lexists(path) or (path.is_file() and path.stat().st_size):
        return
    raise DamagedFile(
        _(
            "What stands in the place of the desk's file {file} is none: it is empty, a folder, a"
            " pipe or a device. Nothing was changed. Put the desk's own file back, or restore the"
            " newest backup into a new folder."
        ).format(file=path)
    )


def _require_no_backup(folder: Path, path: Path) -> None:
    """Raise DamagedFile where a backup was put in the place of the desk's file: what was written
    since would be lost unseen, and its passwords of that time be valid again."""
    if is_sealed(path):
        defer_audit_line(folder, "desk.replaced")
        raise DamagedFile(
            _(
                "In the place of the desk's file {file} stands a backup. Put the desk's own file"
                " back; a backup is restored into a new folder, by “restore” or in the window."
            ).format(file=path)
        )


def locked(folder: Path, path: Path, key: bytes | None) -> Lock:
    """The acquired lock of an existing desk that the key opens. Raises CannotOpen."""
    lock = Lock(desk_lock_file(folder))
    try:
        require_desk_file(path)
        require_own_files(folder)
        require_own_folders(folder)
        if not path.is_file():
            raise CannotOpen(
                _(
                    "There is no desk in {folder}. Make one with “init”, or look at the"
                    " demonstration with “demo”."
                ).format(folder=folder)
            )
        keep_private(folder, path)
        finish_rekeying(folder)
        is_locked = take_shared(lock)
        if is_locked:
            require_key(folder, key)
            _require_no_backup(folder, path)
            require_shared_file(lock, path)
    except OSError as error:
        raise unwritable(folder, error) from None
    except BaseException:
        lock.release()
        raise
    if not is_locked:
        raise CannotOpen(_why_locked(path))
    return lock


def _why_locked(path: Path) -> str:
    """The reason why another program has exclusive use of a desk."""
    if has_bare_log(path):
        # Whoever restores or upgrades one has made the memory beside the log.
        return _(
            "The disk is full, and another program has the desk open to be read. Free some space"
            " and close the desk there, then open it again."
        )
    return _("The desk is being restored or upgraded. Wait until that is done.")


def keep_writers_out(lock: Lock) -> None:
    """Make the lock of a desk exclusive. Raises CannotOpen where another process has it open."""
    lock.release()
    if not lock.take(exclusive=True):
        raise CannotOpen(
            _("The desk is in use by another program. Nothing was changed; try again shortly.")
        )


def check_quickly(folder: Path, store: Store) -> None:
    """Raise DamagedDesk where the pages of a small file do not hang together."""
    if is_small(store) and not hangs_together(store):
        raise DamagedDesk(note_damage(folder, 1))


def unwritable(folder: Path, error: OSError) -> CannotOpen:
    """The error for a desk's folder that cannot be written to."""
    return CannotOpen(
        _("The folder {folder} cannot be written to: {error}").format(
            folder=folder, error=reason(error)
        )
    )
