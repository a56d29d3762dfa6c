"""The command of a report's text: reading and writing it, and sentences made of the figures."""

from pathlib import Path
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.cli.commands.closing import PERIOD, SCOPE, named_values
from borderdesk.cli.commands.reports import report
from borderdesk.cli.output import print_json, print_message
from borderdesk.cli.program import command, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.closing.narratives import PARTS, RESULTS
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.reports.contents import prose_figures


@command("text", N_("The text of a report, and sentences made of its figures."), within=report)
@PERIOD
@SCOPE
@option(
    "--part",
    "parts",
    multiple=True,
    metavar="KEY=TEXT",
    help=N_("Write a part: situation, results or difficulties; empty takes it away."),
)
@option("--sentences", is_flag=True, help=N_("Offer a sentence for each figure, one a line."))
@option(
    "--take",
    "taken",
    multiple=True,
    metavar="KEY",
    help=N_("Add the sentence of this figure to the results; may be said several times."),
)
def text(
    folder: Path,
    period: str,
    scope: str | None,
    parts: tuple[str, ...],
    sentences: bool,
    taken: tuple[str, ...],
) -> None:
    """The text as one JSON line, or the sentences offered, one JSON line each."""
    with open_desk(folder) as desk:
        if sentences:
            for sentence in prose_figures.period_sentences(desk, period, scope):
                print_json(sentence._asdict())
            return
        typed: dict[str, str] = named_values(parts, "--part")
        if taken:
            narrative_parts = desk.narratives.of(period, scope).parts
            before = typed.get(RESULTS, narrative_parts.get(RESULTS, ""))
            added = _sentences(desk, period, scope, taken)
            typed[RESULTS] = "\n".join(filter(None, (before, added)))
        if typed:
            desk.narratives.write_narrative(period, scope, parts=typed)
        written = desk.narratives.of(period, scope)
        lines = make_summary(desk, period, scope).lines
        doubts = [doubt.words for doubt in prose_figures.prose_doubts(written, lines)]
    texts: dict[str, Any] = {key: written.parts.get(key) for key in PARTS}
    print_json({"period": period, **texts, "begun_from": written.begun_from, "doubts": doubts})
    for doubt in doubts:
        print_message(doubt)


def _sentences(desk: Desk, period: str, scope: str | None, keys: tuple[str, ...]) -> str:
    """The sentences of some figures, a paragraph. Raises UserError."""
    sentences = {
        sentence.key: sentence.text
        for sentence in prose_figures.period_sentences(desk, period, scope)
    }
    for key in keys:
        if key not in sentences:
            raise UserError(
                _("“{value}” has no figure in the period or the year.").format(value=key[:60])
            )
    return " ".join(sentences[key] for key in keys)
