"""The command that updates the program from a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk import __version__
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file
from borderdesk.cli.commands.backups import WATCHED, steps
from borderdesk.cli.output import print_json, print_message
from borderdesk.cli.program import FILE, command, option
from borderdesk.cli.unlocking import open_desk

if TYPE_CHECKING:
    from borderdesk.updates import update_file, updating
else:
    update_file = lazy_module("borderdesk.updates.update_file")
    updating = lazy_module("borderdesk.updates.updating")


@command("update", N_("Install a newer version from its signed file, once it has opened a copy."))
@FILE
@option("--dry-run", is_flag=True, help=N_("Only say what the file is."))
@WATCHED
def update(folder: Path, file: Path, dry_run: bool, watched: bool) -> None:
    """Install an update; one JSON line."""
    if dry_run:
        opened = update_file.read_update(file)
        updating.require_updatable(opened)
        update_file.check_payload(opened, update_file.require_usable(opened))
        print_json({"version": opened.version, "before": __version__})
        return
    show = steps(_("Updating"), watched)
    if database_file(folder).exists():
        with open_desk(folder) as desk, updating.refusal_noted(desk, file):
            key = desk.store.key
            secrets = None if key is None else {"key": key.hex(), "account": desk.account.name}
            outcome = updating.install_update(update_file.read_update(file), desk, secrets, show)
            desk.audit_notes.note_anyway("program.updated", outcome.version)
    else:
        outcome = updating.install_update(update_file.read_update(file), None, None, show)
    print_message(
        _(
            "BorderDesk {version} is installed beside {before} and opened a copy of the desk. It is"
            " used from the next start."
        ).format(version=outcome.version, before=outcome.before)
    )
    backup = None if outcome.backup is None else str(outcome.backup)
    print_json({"version": outcome.version, "before": outcome.before, "backup": backup})
