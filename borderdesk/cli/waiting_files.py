"""Files that waited for a card, taken in once a command has accepted it."""

from borderdesk.base.i18n import _, ngettext
from borderdesk.cli.output import print_message, terminal_progress
from borderdesk.desk import Desk
from borderdesk.exchange.imports import IMPORTED, UNCHANGED


def take_waiting(desk: Desk) -> None:
    """Take in what waited for the cards that are accepted by now, and say so."""
    outcomes = desk.exchange.imports.take_waiting(terminal_progress(_("Receiving")))
    for one in outcomes:
        if one.reason:
            print_message(f"{one.file}: {one.reason}")
    taken = sum(one.status in (IMPORTED, UNCHANGED) for one in outcomes)
    if outcomes:
        words = ngettext(
            "{count} file that waited was taken in.",
            "{count} files that waited were taken in.",
            taken,
        )
        print_message(words.format(count=taken))
