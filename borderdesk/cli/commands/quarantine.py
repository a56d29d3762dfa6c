"""The command that lists the files that could not be taken in, and puts them away."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import print_json
from borderdesk.cli.program import command, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.exchange.merging.quarantine import HeldFile, QuarantinedPackage


@command("quarantine", N_("Files that wait for a card or were refused, and putting them away."))
@option("--away", is_flag=True, help=N_("Those that were put away."))
@option(
    "--put-away",
    "gone",
    multiple=True,
    metavar="FILE",
    help=N_("Take a file (its name or digest) off every list; may be said several times."),
)
@option(
    "--bring-back",
    "back",
    multiple=True,
    metavar="FILE",
    help=N_("Put a file that was put away on the lists again."),
)
def quarantine(folder: Path, away: bool, gone: Sequence[str], back: Sequence[str]) -> None:
    """Print one JSON line for each file; with names only for those that were dismissed or
    restored."""
    if away + bool(gone) + bool(back) > 1:
        raise click.UsageError(_("Say one of --away, --put-away and --bring-back."))
    with open_desk(folder) as desk:
        packages = desk.exchange.quarantine
        files: list[HeldFile]
        if gone:
            files = packages.named(gone)
            packages.put_away(files)
        elif back:
            files = packages.named(back, away=True)
            packages.bring_back(files)
        else:
            files = [*packages.waiting(away=away), *packages.refused_files(away=away)]
    for file in files:
        print_json(_shape(file))


def _shape(file: HeldFile) -> dict[str, Any]:
    state = "waiting" if isinstance(file, QuarantinedPackage) else "refused"
    return {**file._asdict(), "state": state}
