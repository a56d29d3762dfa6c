"""The commands that list what was taken in, packages and spreadsheets, and take it out again."""

from pathlib import Path

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import print_json, print_message, terminal_progress
from borderdesk.cli.program import argument, command, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.exchange.decisions.crossed_texts import remaining_texts
from borderdesk.exchange.merging.batch_list import batch_json


@command("batches", N_("The packages and spreadsheets that were taken in, newest first."))
def batches(folder: Path) -> None:
    """One JSON line a batch."""
    with open_desk(folder) as desk:
        identity = desk.identity
        own_identity = {"desk": identity.id, "unit": identity.unit, "role": identity.role}
        for batch in desk.exchange.batch_list.all():
            print_json(batch_json(batch, own_identity))


@command("undo-batch", N_("Take a batch out again."))
@argument("batch", metavar="ID")
@option("--set-aside", is_flag=True, help=N_("It waits here, and does not come again."))
@option("--take-back", is_flag=True, help=N_("Let a batch count again that was set aside."))
def undo_batch(folder: Path, batch: str, set_aside: bool, take_back: bool) -> None:
    """Undo a batch; how many revisions went, and how many records of a spreadsheet stay."""
    if take_back:
        with open_desk(folder) as desk:
            print_json({"batch": batch, "entries": desk.exchange.batches.take_back(batch)})
        return
    with open_desk(folder) as desk:
        batches = desk.exchange.batch_list
        entry = batches.named(batch)
        for later in batches.undone_with(entry):
            print_message(_("The file after it goes too: {file}.").format(file=later.file))
        undone = batches.undo(entry, terminal_progress(_("Taking out")), aside=set_aside)
        texts = remaining_texts(desk, undone)
    print_json({"batch": batch, "revisions": undone.revisions, "kept": undone.kept})
    for text in texts:
        print_message(text)
