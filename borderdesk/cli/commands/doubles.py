"""The command that lists the pairs of records that may be one, and decides many at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import print_json, print_message, terminal_progress
from borderdesk.cli.program import WholeNumber, command, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.schema.records import ALL_TYPES

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from borderdesk.exchange.decisions import double_choices
    from borderdesk.exchange.decisions import doubles as queue
    from borderdesk.exchange.entries import double_verdicts
else:
    double_choices = lazy_module("borderdesk.exchange.decisions.double_choices")
    queue = lazy_module("borderdesk.exchange.decisions.doubles")
    double_verdicts = lazy_module("borderdesk.exchange.entries.double_verdicts")

BULK_VERDICTS = ("same", "different", "merge")


@command("doubles", N_("Pairs of records that may be one; with --as all of them are decided."))
@option("--type", "type_name", type=click.Choice(list(ALL_TYPES)), help=N_("Only of this type."))
@option("--batch", default="", help=N_("Only with a record that this batch of sheets brought."))
@option("--least", type=WholeNumber(0, 100), default=0, help=N_("Only those so much alike, in %."))
@option(
    "--as",
    "verdict",
    type=click.Choice(BULK_VERDICTS),
    help=N_("Decide all: one record, two, or one with what only the other says."),
)
def doubles(
    folder: Path, type_name: str | None, batch: str, least: int, verdict: str | None
) -> None:
    """Print one JSON line for each pair: as `inbox` prints it, or with the verdict."""
    with open_desk(folder) as desk:
        if verdict is not None:
            for choice in decide_all(desk, verdict, batch, type_name or "", least):
                print_json(_choice_json(desk, choice))
            return
        desk.doubles.catch_up(terminal_progress(_("Comparing")))
        pairs = desk.part(double_choices.DoubleChoices).pairs(batch, type_name or "", least)
        for pair in desk.doubles.compare(pairs):
            print_json(queue.pair_json(pair, desk))


def decide_all(
    desk: "Desk", verdict: str, batch: str, type_name: str = "", least: int = 0
) -> "list[queue.DoubleChoice]":
    """Decide pairs, print their number, and yield them."""
    double_choices_part = desk.part(double_choices.DoubleChoices)
    progress = terminal_progress(_("Comparing"))
    chosen_verdict = next(word for word in double_choices.VERDICTS if word == verdict)
    decided: list[queue.DoubleChoice] = []
    try:
        for some in double_choices_part.decide(chosen_verdict, batch, type_name, least, progress):
            decided += some
    except UserError:
        if decided:
            # Of the rounds before.
            _print_decided(desk, decided)
        raise
    _print_decided(desk, decided)
    return decided


def _print_decided(desk: "Desk", decided: "Sequence[queue.DoubleChoice]") -> None:
    if any(desk.doubles.verdict_of(choice) == double_verdicts.ASKED for choice in decided):
        print_message(_("Another desk keeps it: a note to it was written."))
    words = ngettext("{count} pair was decided.", "{count} pairs were decided.", len(decided))
    print_message(words.format(count=len(decided)))


def _choice_json(desk: "Desk", choice: "queue.DoubleChoice") -> dict[str, Any]:
    verdict = desk.doubles.verdict_of(choice)
    kept_key = "other" if verdict == double_verdicts.DIFFERENT else "stays"
    fields = {"fields": [*choice.fields]} if choice.fields else {}
    return {
        "type": choice.type,
        "id": choice.gone,
        "verdict": verdict,
        kept_key: choice.stays,
        **fields,
    }
