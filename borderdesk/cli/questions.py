"""Questions before a command writes: prompted at a terminal, printed as warnings elsewhere."""

import sys
from collections.abc import Sequence

import click

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.cli.output import print_message
from borderdesk.desk import Desk
from borderdesk.session.clock import clock_doubt


def ask_about_clock(desk: Desk, *, typed: bool = True) -> None:
    """If the clock is far from the newest revision, prompt for a confirmation; without a terminal
    (or if it is the input, not `typed`) print a warning and continue. Raises OperationRefused."""
    doubt = clock_doubt(desk)
    if doubt is None:
        return
    if not (typed and sys.stdin.isatty() and sys.stderr.isatty()):
        print_message(doubt.text)
        return
    print_message(doubt.text)
    if not click.confirm(_("Is today's date right?"), err=True):
        raise OperationRefused(_("Nothing was changed. Set the computer's clock right first."))
    desk.clock.confirm_clock()


def tell_if_older(desk: Desk) -> None:
    """Say that the desk's folder is taken for one that was put back from an older copy."""
    older = desk.last.older()
    if older is not None:
        print_message(older.text)


def ask_to_go_on(doubts: Sequence[str], question: str) -> None:
    """Print the doubts; at a terminal also ask for a confirmation. Raises OperationRefused."""
    if not doubts or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    for doubt in doubts:
        print_message(doubt)
    if not click.confirm(question, err=True):
        raise OperationRefused(_("Nothing was changed."))
