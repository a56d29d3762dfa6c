"""The journal of encrypting a desk, or changing its key, in place.

One rename replaces the old database with the new one: before it the desk is unchanged, after it the
change is complete. Everything else is prepared in a folder beside it, with a plan of the files to
move; after a kill the next opening of the folder finishes the plan or drops it. No key is needed.
"""

import contextlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.disk import sync_folder
from borderdesk.base.errors import CannotOpen
from borderdesk.base.files import is_part_name, own_content, write_atomically
from borderdesk.base.held_files import move, remove_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import backups_folder, database_file, desk_lock_file
from borderdesk.session.last_state import note_encrypted
from borderdesk.store.connection.locks import Lock

FILE_NAME = "desk.rekey"
BEGIN_BYTES = 16
"""The length of the prefix that distinguishes the new database from the old; it is random in an
encrypted one."""
MOST_BYTES = 1 << 20
_NAME = re.compile(r"[^/\\:\0]{1,255}")


class RekeyPlan(NamedTuple):
    """begins: the first bytes of the new database (hex); work: the folder of prepared files; moved:
    {a file in it: its target, relative to the desk's folder}; removed: files of the backups'
    folder."""

    begins: str
    work: str
    moved: Mapping[str, str]
    removed: tuple[str, ...]


def begins(database: Path) -> str:
    """The first bytes of a database file, in hex. Raises OSError."""
    with database.open("rb") as file:
        return file.read(BEGIN_BYTES).hex()


def write_plan(folder: Path, plan: RekeyPlan) -> None:
    """Write the steps that are left once the new database is in the desk's folder."""
    text = json.dumps(plan._asdict(), ensure_ascii=False)
    write_atomically(folder / FILE_NAME, text.encode())


def finish_rekeying(folder: Path) -> None:
    """Finish or roll back an interrupted change, unless another process is at it. Raises OSError,
    CannotOpen for a plan that is not ours."""
    if not (folder / FILE_NAME).exists():
        return
    with Lock(desk_lock_file(folder)) as lock:
        if lock.take(exclusive=True):
            settle(folder)


def settle(folder: Path) -> None:
    """Carry the plan out if the new database is in place, else drop the prepared files; without a
    plan do nothing. The caller holds the desk's lock. Raises OSError, CannotOpen."""
    plan = _read_plan(folder)
    if plan is None:
        return
    work = folder / plan.work
    if work.is_symlink() or backups_folder(folder).is_symlink():
        # It would move and remove the target of the link.
        raise _foreign(folder)
    if begins(database_file(folder)) == plan.begins:
        for name, target in plan.moved.items():
            with contextlib.suppress(FileNotFoundError):
                move(work / name, folder / target)
        note_encrypted(folder)
        for name in plan.removed:
            remove_file(backups_folder(folder) / name)
        sync_folder(folder)
        if backups_folder(folder).is_dir():
            sync_folder(backups_folder(folder))
    shutil.rmtree(work, ignore_errors=True)
    remove_file(folder / FILE_NAME)
    sync_folder(folder)


def _read_plan(folder: Path) -> RekeyPlan | None:
    try:
        fields: Any = json.loads(own_content(folder / FILE_NAME, MOST_BYTES))
        plan = RekeyPlan(
            str(fields["begins"]),
            str(fields["work"]),
            dict(fields["moved"]),
            tuple(fields["removed"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _foreign(folder) from None
    places = [
        target.removeprefix(f"{backups_folder(folder).name}/") for target in plan.moved.values()
    ]
    if not is_part_name(plan.work) or not all(
        _NAME.fullmatch(name) and name not in {".", ".."}
        for name in (*plan.moved, *places, *plan.removed)
    ):
        raise _foreign(folder)
    return plan


def _foreign(folder: Path) -> CannotOpen:
    return CannotOpen(
        _(
            "{file} was not written by BorderDesk. Nothing was changed; move it away to open the"
            " desk."
        ).format(file=folder / FILE_NAME)
    )
