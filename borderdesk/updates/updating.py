"""An update, from its file to the version used at the next start.

The desk is backed up and proven, the new version unpacked beside the old and tried on a copy of the
desk; only then it becomes the version in use. Any error or kill before that leaves the old version,
and every desk, unchanged.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from borderdesk import __version__
from borderdesk.backups.backups import Backups
from borderdesk.backups.work_folder import new_folder, work_folder
from borderdesk.base.disk import MEBIBYTE, require_free_space
from borderdesk.base.errors import CannotOpen, OperationRefused, UserError, reason
from borderdesk.base.files import new_file, own_file, readable_file
from borderdesk.base.i18n import _
from borderdesk.base.private_files import make_private_folder
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.version_state import remove_others, use_version
from borderdesk.base.versions import (
    InstalledVersion,
    is_installed,
    is_newer,
    named_version,
    version_in,
    versions_folder,
)
from borderdesk.session.session import Session
from borderdesk.updates.update_file import (
    UpdateFile,
    UpdateNotNeeded,
    check_payload,
    require_usable,
    unpack,
)
from borderdesk.updates.version_trial import VersionTrial

PARTS = 1_000
READ, BACKED_UP, UNPACKED, OPENED = 50, 250, 650, 900
"""Of so many parts of the work: up to where the file is read, the desk backed up, the new version
unpacked, and tried on the copy."""
ROOM_BESIDES = 32 * MEBIBYTE


class DoneUpdate(NamedTuple):
    """The result of an update. backup: the proven one that was made before, None without a desk."""

    version: str
    before: str
    backup: Path | None


def require_updatable(update: UpdateFile) -> None:
    """Raise OperationRefused if the update cannot be used, or this program cannot be updated."""
    require_usable(update)
    if not is_installed():
        raise UpdateNotNeeded(
            _(
                "This BorderDesk runs from its source: bring that up to date, or install BorderDesk"
                " by its set-up file. Nothing was changed."
            )
        )
    current_name = named_version()
    if (
        current_name is not None
        and current_name.is_whole()
        and not is_newer(update.version, current_name.number)
    ):
        raise (UpdateNotNeeded if update.version == current_name.number else OperationRefused)(
            _(
                "BorderDesk {version} is installed already; it is used from the next start. Nothing"
                " was changed."
            ).format(version=current_name.number)
        )


@contextmanager
def refusal_noted(session: Session, file: Path) -> Iterator[None]:
    """Record in the audit log that a file was refused as an update: not signed with the trusted
    key, damaged, older, of another system, or a version that does not open the desk. An update that
    is installed already is not recorded."""
    try:
        yield
    except UpdateNotNeeded:
        raise
    except (OperationRefused, CannotOpen):
        session.audit_notes.note_anyway("program.refused", file.name)
        raise


def install_update(
    update: UpdateFile,
    session: Session | None,
    secrets: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> DoneUpdate:
    """Install an update; the running version is used until the next start.

    session: the desk that it is tried on, if any; secrets: those that open its backup. Raises
    OperationRefused, CannotOpen if the new version does not open the desk, UserError.
    """
    require_updatable(update)
    check_payload(update, require_usable(update), _share(progress, 0, READ))
    backup = None
    if session is not None:
        backup = session.part(Backups).make(progress=_share(progress, READ, BACKED_UP)).file
    version = version_in(update.version)
    try:
        make_private_folder(version.folder.parent)
        _install(update, version, backup, secrets, progress)
    except OSError as error:
        raise UserError(
            _("BorderDesk {version} could not be installed: {error}. Nothing was changed.").format(
                version=update.version, error=reason(error)
            )
        ) from error
    use_version(version)
    remove_others()
    progress(PARTS, PARTS)
    return DoneUpdate(update.version, __version__, backup)


def _install(
    update: UpdateFile,
    version: InstalledVersion,
    backup: Path | None,
    secrets: Mapping[str, str] | None,
    progress: Progress,
) -> None:
    payload = require_usable(update)
    copies = 0 if backup is None else 3 * backup.stat().st_size
    require_free_space(versions_folder(), payload.unpacked + copies + ROOM_BESIDES)
    # One that was not used: a trial of the same update was ended between its last two steps.
    shutil.rmtree(version.folder, ignore_errors=True)
    with new_folder(version.folder) as half:
        unpack(update, payload, half, _share(progress, BACKED_UP, UNPACKED))
        new = InstalledVersion(version.number, half)
        # Beside it: what the trial started may outlive it with a file of its open, and Windows
        # renames no folder that holds such a file.
        with work_folder(version.folder.parent) as lock:
            _try(new, lock.path.parent, backup, secrets, progress)
        _flush(half)


def _try(
    new: InstalledVersion,
    folder: Path,
    backup: Path | None,
    secrets: Mapping[str, str] | None,
    progress: Progress,
) -> None:
    trial = VersionTrial(new, folder, secrets, lambda _done, _all: progress(UNPACKED, PARTS))
    if backup is not None:
        # A copy: what restores notes it in the desk that the backup lies in.
        copy = folder / "copy" / "backup.db"
        copy.parent.mkdir(mode=0o700)
        _copy(backup, copy)
        trial.open_copy(copy)
    progress(OPENED, PARTS)
    trial.show_window()


def _flush(folder: Path) -> None:
    """Flush every file to the disk before the version gets its name."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with own_file(path) as file:
                os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> None:
    with readable_file(source) as read, new_file(target) as file:
        shutil.copyfileobj(read, file)


def _share(progress: Progress, first: int, last: int) -> Progress:
    """The progress callback of one step, scaled to its share of the whole."""

    def report(done: int, total: int) -> None:
        progress(first + (last - first) * min(done, total) // max(total, 1), PARTS)

    return report
