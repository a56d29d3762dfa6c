"""The state of the versions beside the installed one: which is in use, and the outcome of its first
start."""

import shutil
from collections.abc import Sequence
from contextlib import suppress

from borderdesk.base.errors import UserError
from borderdesk.base.files import append_to, write_atomically
from borderdesk.base.paths import MAIN
from borderdesk.base.versions import (
    CURRENT,
    FAILED,
    OPENED,
    RETURNED,
    InstalledVersion,
    named_version,
    version_before,
    version_numbers,
    versions_folder,
)


def use_version(version: InstalledVersion) -> None:
    """Have every later start begin this version. Raises UserError."""
    before = named_version()
    _name([version, before] if before is not None and before.is_whole() else [version])


def _name(versions: Sequence[InstalledVersion]) -> None:
    text = "".join(f"{version.number}\n" for version in versions)
    write_atomically(versions_folder() / CURRENT, text.encode("ascii"))


def note_opened(version: InstalledVersion | None = None) -> None:
    """Note that the window of a version has opened a desk: without one, of this program, if it is
    an update."""
    folder = MAIN.parents[1] if version is None else version.folder
    if folder.parent == versions_folder():
        with suppress(OSError):
            append_to(folder / OPENED, b"")


def note_failed(why: str) -> None:
    """Record, for the launcher of this program, that it could not open the desk; only for an
    update."""
    folder = MAIN.parents[1]
    if folder.parent == versions_folder():
        with suppress(OSError):
            (folder / FAILED).unlink(missing_ok=True)
            append_to(folder / FAILED, why.encode())


def take_failure(version: InstalledVersion) -> str | None:
    """Why a version could not open the desk, cleared by reading; None where it left no reason."""
    note = version.folder / FAILED
    try:
        why = note.read_text(encoding="utf-8")
        note.unlink()
    except (OSError, ValueError):
        return None
    return why


def go_back(version: InstalledVersion, why: str) -> None:
    """Return to the version used before, and record that for the window."""
    before = version_before()
    with suppress(OSError, UserError):
        if before is not None and before.number != version.number:
            _name([before])
        else:
            (versions_folder() / CURRENT).unlink(missing_ok=True)
    with suppress(OSError, UserError):
        write_atomically(versions_folder() / RETURNED, f"{version.number}\n{why}".encode())


def returned_from() -> tuple[str, str] | None:
    """The version that failed to open a desk, so that this one is used again, and its error; None
    where there was none, or the notice was dismissed."""
    try:
        text = (versions_folder() / RETURNED).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    number, _line, why = text.partition("\n")
    return (number, why) if version_numbers(number) is not None else None


def forget_return() -> None:
    """Delete that note."""
    with suppress(OSError):
        (versions_folder() / RETURNED).unlink(missing_ok=True)


def remove_others() -> None:
    """Remove unused versions: all but the named one, the one before it, and the running one."""
    retained = {MAIN.parents[1]}
    retained |= {
        version.folder for version in (named_version(), version_before()) if version is not None
    }
    try:
        folders = list(versions_folder().iterdir())
    except OSError:
        return
    for folder in folders:
        if version_numbers(folder.name) is not None and folder not in retained:
            shutil.rmtree(folder, ignore_errors=True)
