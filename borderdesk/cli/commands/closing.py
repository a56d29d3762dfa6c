"""The commands of closed periods: close, reopen, amend, and checking a paper against the desk."""

from pathlib import Path
from typing import Any

import click

from borderdesk.base.i18n import N_, _
from borderdesk.cli.commands.reports import report
from borderdesk.cli.output import print_json, print_message
from borderdesk.cli.program import argument, command, day_option, option
from borderdesk.closing.editions import MODES, Edition, Signer, moved_json
from borderdesk.closing.paper import RESULTS, SAME, Verdict
from borderdesk.desk import Desk

PERIOD = option(
    "--period", required=True, help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with ..")
)
SCOPE = option("--scope", help=N_("post:BS, commune:06202, district:Cao Lộc or province."))
WAYS = [*filter(None, MODES), *(mode.rstrip(".") for mode in MODES if mode)]
REASON = option("--reason", required=True, help=N_("Why, in one line."))


@command("close", N_("Close a period: its figures stay as they are signed."))
@PERIOD
@SCOPE
@option("--number", default="", help=N_("The number of the paper."))
@option("--date", "date", help=N_("The date of the paper; today without one."))
@option("--signer", default="", help=N_("Who signs."))
@option("--rank", default="", help=N_("The signer's rank."))
@option("--office", default="", help=N_("The signer's office."))
@option("--mode", type=click.Choice(WAYS), help=N_("How it is signed: TM., KT., TL., Q. or TUQ."))
@option(
    "--scan",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("A scan of the signed paper: PDF, JPEG or PNG."),
)
def close(
    folder: Path,
    period: str,
    scope: str | None,
    number: str,
    date: str | None,
    signer: str,
    rank: str,
    office: str,
    mode: str | None,
    scan: Path | None,
) -> None:
    """Close a period; the edition as one JSON line."""
    who = Signer(signer, rank, office, mode or "")
    with Desk.open(folder) as desk:
        with desk.writing():
            edition = desk.closing.close_period(
                period, scope, number=number, signed_on=day_option(date), signer=who
            )
            if scan is not None:
                desk.closing.scans.attach_scan(edition.id, scan)
        print_json(edition_json(desk, edition))


@command("reopen", N_("Open a closed period again, before it was printed or sent."))
@PERIOD
@SCOPE
@REASON
def reopen(folder: Path, period: str, scope: str | None, reason: str) -> None:
    """Reopen a period."""
    with Desk.open(folder) as desk:
        state = desk.closing.reopen_period(period, scope, reason)
    print_json({"period": period, "state": state.name})


@command("amend", N_("Open a period that went out, for an amendment; close it to issue that."))
@PERIOD
@SCOPE
@REASON
def amend(folder: Path, period: str, scope: str | None, reason: str) -> None:
    """Begin an amendment."""
    with Desk.open(folder) as desk:
        state = desk.closing.amend_period(period, scope, reason)
    print_json({"period": period, "state": state.name})


@command("editions", N_("What was signed, of one period or of all."))
@option("--period", help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with .."))
@SCOPE
def editions(folder: Path, period: str | None, scope: str | None) -> None:
    """One JSON line an edition."""
    with Desk.open(folder) as desk:
        for edition in desk.closing.editions(period, scope):
            print_json(edition_json(desk, edition))


@command("check", N_("Hold a paper against this desk by its text or QR code."), within=report)
@argument("text")
def check(folder: Path, text: str) -> int:
    """Same, revised since, or different and where; one JSON line."""
    with Desk.open(folder) as desk:
        verdict = desk.closing.check(text)
    print_json(verdict_json(verdict))
    print_message(_(RESULTS[verdict.result]))
    return 0 if verdict.result == SAME else 1


def edition_json(desk: Desk, edition: Edition) -> dict[str, Any]:
    """An edition in the shape of the commands."""
    return {
        "id": edition.id,
        "period": edition.period.text,
        "from": edition.period.first.isoformat(),
        "to": edition.period.last.isoformat(),
        "scope": edition.scope.text,
        "edition": edition.number,
        "state": edition.state,
        "number": edition.document,
        "date": edition.signed_on.isoformat(),
        "signer": edition.signer._asdict(),
        "closed": edition.closed,
        "final": edition.final,
        "replaces": edition.replaces,
        "reason": edition.reason,
        "totals_hash": edition.totals_hash,
        "figures_hash": edition.figures_hash,
        "paper": desk.closing.paper_text(desk.closing.summary(edition.id)),
        "scans": [one.name for one in desk.closing.scans.attachments(edition.id)],
        "events": [
            {"what": e.what, "who": e.author, "time": e.time, "reason": e.reason}
            for e in desk.closing.events(edition.id)
        ],
        "differences": [moved_json(m) for m in desk.closing.differences(edition.id)],
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict on a paper in the shape of the command."""
    paper = verdict.paper
    return {
        "result": verdict.result,
        "desk": paper.desk,
        "period": paper.period,
        "scope": paper.scope,
        "edition": paper.edition,
        "current": verdict.edition,
        "columns": verdict.columns,
        "known": verdict.known,
        "figures": [moved_json(one) for one in verdict.moved],
    }
