"""The commands of backups: make, list, restore."""

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file
from borderdesk.base.progress import Progress, watcher_progress
from borderdesk.cli.output import (
    print_json,
    print_message,
    print_table,
    terminal_progress,
)
from borderdesk.cli.program import (
    FILE,
    FOLDER_PATH,
    NEW_FOLDER,
    argument,
    command,
    option,
    table_format,
)
from borderdesk.cli.questions import ask_to_go_on
from borderdesk.cli.unlocking import has_encrypted_desk, key_of_file, open_desk, user_name
from borderdesk.desk import Desk

if TYPE_CHECKING:
    from borderdesk.backups import backups as restoration
    from borderdesk.backups import salvage as salvaging
else:
    salvaging = lazy_module("borderdesk.backups.salvage")
    restoration = lazy_module("borderdesk.backups.backups")

MOST_NAMED = 20
"""So many erased households are named."""
WATCHED = option(
    "--watched",
    is_flag=True,
    hidden=True,
    help=N_("Tell a program how far it is, and end when standard input does."),
)


def steps(label: str, watched: bool) -> Progress:
    """The callback of progress: to the parent process, or on the terminal."""
    return watcher_progress() if watched else terminal_progress(label)


@command("backup", N_("Make a backup and prove it by restoring it on trial."))
@argument("where", required=False, type=FOLDER_PATH, metavar="[DIR]")
@option("--automatic", is_flag=True, hidden=True, help=N_("Made by itself, and thinned out later."))
@WATCHED
def backup(folder: Path, where: Path | None, automatic: bool, watched: bool) -> None:
    """Make a backup; one JSON line."""
    began = time.monotonic()
    with open_desk(folder) as desk:
        proven = desk.backups.make(
            where,
            automatic=automatic and where is None,
            progress=steps(_("Backing up"), watched),
        )
    fields = {
        "file": str(proven.file),
        "made": proven.made,
        "size": proven.size,
        "records": proven.records,
        "revisions": proven.revisions,
        "totals_hash": proven.totals_hash,
        "seconds": round(time.monotonic() - began, 1),
    }
    print_json(fields)


@command("backups", N_("The backups that were tried, newest first."))
@table_format
def backups(folder: Path, shape: str) -> None:
    """One line each: time (UTC), file, records, size, proven or the reason it failed, whether the
    file exists."""
    with open_desk(folder) as desk:
        attempts = [(attempt, attempt.is_in_place()) for attempt in desk.backups.all()]
    heads = {
        "made": _("Time"),
        "file": _("File"),
        "records": _("Records"),
        "size": _("Size"),
        "trial": _("Result"),
        "there": _("On disk"),
    }
    rows: list[tuple[object, ...]]
    if shape == "table":
        rows = [
            (*_counted(attempt), *_in_words(attempt.failed, exists)) for attempt, exists in attempts
        ]
    else:
        heads["failed"] = heads.pop("trial")
        heads["there"] = heads.pop("there")
        rows = [(*_counted(attempt), attempt.failed, exists) for attempt, exists in attempts]
    print_table(shape, heads, rows)


def _counted(attempt: "restoration.Backup") -> tuple[object, ...]:
    return attempt.made, str(attempt.file), attempt.records, attempt.size


def _in_words(failed: str, exists: bool) -> tuple[str, str]:
    """The result of the trial of a backup, and whether the file exists, in words."""
    trial = _("Failed: {why}").format(why=failed) if failed else _("Proven by a trial")
    return trial, _("there") if exists else _("not there")


@command("salvage", N_("Save what can still be read of a damaged desk into a new folder."))
@NEW_FOLDER
@WATCHED
def salvage(folder: Path, into: Path, watched: bool) -> None:
    """Salvage a desk, beginning with its newest proven backup; one JSON line."""
    key = key_of_file(salvaging.key_source(folder))
    salvaged = salvaging.salvage(folder, into, key=key, progress=steps(_("Salvaging"), watched))
    print_json(salvaged._asdict())


@command("restore", N_("Restore a backup into a new folder."))
@FILE
@NEW_FOLDER
@WATCHED
def restore(folder: Path, file: Path, into: Path, watched: bool) -> None:
    """Restore a desk; one JSON line."""
    key = key_of_file(file)
    show = steps(_("Restoring"), watched)
    beside = [folder, file.absolute().parent.parent]
    try:
        restored = restoration.restore(file, into, show, key=key, tell=tell_erasures)
    except UserError:
        note_in_desks(beside, key, "restore.refused", file.name)
        raise
    note_in_desks(beside, key, "backup.restored", file.name)
    fields = {
        "desk": str(restored.desk),
        "records": restored.records,
        "revisions": restored.revisions,
        "totals_hash": restored.totals_hash,
        "made": restored.made,
    }
    print_json(fields)


def tell_erasures(households: list[str]) -> None:
    """Say which households the list beside a backup will erase in the restored desk, and ask at a
    terminal."""
    warning = ngettext(
        "The signed list beside this backup erases {count} household that it still holds: {ids}",
        "The signed list beside this backup erases {count} households that it still holds: {ids}",
        len(households),
    ).format(count=len(households), ids=", ".join(households[:MOST_NAMED]))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print_message(warning)
    ask_to_go_on([warning], _("Restore without them?"))


def note_in_desks(folders: Sequence[Path], key: bytes | None, kind: str, subject: str) -> None:
    """Note in the audit logs of the desks in these folders what was done with a backup: of those
    that are open, or have the key of the backup."""
    for folder in {folder_argument.absolute() for folder_argument in folders}:
        with suppress(UserError, OSError):
            if database_file(folder).is_file():
                with Desk.open(folder, key if has_encrypted_desk(folder) else None) as desk:
                    name = user_name()
                    if key is not None and name is not None:
                        desk.work_as(name)
                    desk.audit_notes.note_anyway(kind, subject)
