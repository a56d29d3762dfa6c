"""The commands of closed periods: close, reopen, amend, and checking a paper against the desk."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.measure_units import unit_beside
from borderdesk.cli.commands.reports import report
from borderdesk.cli.commands.signing import signature_json
from borderdesk.cli.output import print_json, print_message
from borderdesk.cli.program import FILE_PATH, argument, command, day_option, option
from borderdesk.cli.questions import ask_about_clock, ask_to_go_on
from borderdesk.cli.unlocking import open_desk
from borderdesk.closing.editions import MODES, Edition, Signer, moved_json
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.paper_check import COLUMNS, RESULTS, SAME, PaperVerdict, TypedFigure
from borderdesk.desk import Desk
from borderdesk.reports.contents.letterhead import SIGNER, letterhead, letterhead_doubts
from borderdesk.reports.contents.prose_figures import period_prose_doubts
from borderdesk.reports.editions.file_check import check_file
from borderdesk.schema.kinds import json_number

if TYPE_CHECKING:
    from borderdesk.reports.editions import edition_signing
    from borderdesk.signing import validity
else:
    edition_signing = lazy_module("borderdesk.reports.editions.edition_signing")
    validity = lazy_module("borderdesk.signing.validity")

PERIOD = option(
    "--period", required=True, help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with ..")
)
SCOPE = option("--scope", help=N_("post:BS, commune:06202, district:Cao Lộc or province."))
WAYS = [*filter(None, MODES), *(mode.rstrip(".") for mode in MODES if mode)]
REASON = option("--reason", required=True, help=N_("Why, in one line."))


@command("close", N_("Close a period: its figures stay as they are signed."), takes="period.close")
@PERIOD
@SCOPE
@option("--number", default="", help=N_("The number of the paper."))
@option("--date", "date", help=N_("The date of the paper; today without one."))
@option("--signer", help=N_("Who signs; what is not said of the signer is that of the settings."))
@option("--rank", help=N_("The signer's rank."))
@option("--office", help=N_("The signer's office."))
@option("--mode", type=click.Choice(WAYS), help=N_("How it is signed: TM., KT., TL., Q. or TUQ."))
@option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="KEY=TEXT",
    help=N_("The reason of a figure that an amendment changes; may be said several times."),
)
@option(
    "--scan",
    type=FILE_PATH,
    help=N_("A scan of the signed paper: PDF, JPEG or PNG."),
)
def close(
    folder: Path,
    period: str,
    scope: str | None,
    number: str,
    date: str | None,
    signer: str | None,
    rank: str | None,
    office: str | None,
    mode: str | None,
    reasons: tuple[str, ...],
    scan: Path | None,
) -> None:
    """Close a period; the edition as one JSON line."""
    with open_desk(folder) as desk:
        ask_about_clock(desk)
        day, typed = day_option(date), named_values(reasons, "--reason")
        who = signer_of(desk, day or desk.today(), signer, rank, office, mode)
        doubts = [
            *desk.closing.doubts(period, scope, number, day),
            *letterhead_doubts(desk, [SIGNER] if who.name else []),
            *period_prose_doubts(desk, period, scope),
        ]
        ask_to_go_on(doubts, _("Close the period all the same?"))
        with desk.writing():
            edition = desk.closing.close_period(
                period, scope, number=number, signed_on=day, signer=who, reasons=typed
            )
            if scan is not None:
                desk.closing.scans.attach_scan(edition.id, scan)
        print_json({**edition_json(desk, edition), "warnings": doubts})
    for doubt in doubts:
        print_message(doubt)


def signer_of(
    desk: Desk,
    day: datetime.date,
    name: str | None,
    rank: str | None,
    office: str | None,
    mode: str | None,
) -> Signer:
    """The signer: missing options are filled from the settings; an empty signer without any
    option."""
    options = (name, rank, office, mode)
    if all(part is None for part in options):
        return Signer()
    head = letterhead(desk, day)
    signer_texts = (head.name, head.rank, head.office, head.mode)
    return Signer(
        *(
            default_text if part is None else part
            for part, default_text in zip(options, signer_texts, strict=True)
        )
    )


def named_values(pairs: tuple[str, ...], option_name: str) -> dict[str, str]:
    """{key: text} of options KEY=TEXT. Raises click's usage error for one without "="."""
    texts = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip():
            raise click.BadOptionUsage(
                option_name, _("“{value}” is not KEY=VALUE.").format(value=pair[:60])
            )
        texts[key.strip()] = text.strip()
    return texts


@command(
    "reopen", N_("Open a closed period again, before it was printed or sent."), takes="period.close"
)
@PERIOD
@SCOPE
@REASON
def reopen(folder: Path, period: str, scope: str | None, reason: str) -> None:
    """Reopen a period."""
    with open_desk(folder) as desk:
        state = desk.closing.reopen_period(period, scope, reason)
    print_json({"period": period, "state": state.name})


@command(
    "amend",
    N_("Open a period that went out, for an amendment; close it to issue that."),
    takes="period.close",
)
@PERIOD
@SCOPE
@option("--reason", help=N_("Why, in one line."))
@option("--keep", is_flag=True, help=N_("Leave the paper as it was signed after all."))
def amend(folder: Path, period: str, scope: str | None, reason: str | None, keep: bool) -> None:
    """Begin an amendment, or leave it."""
    if not keep and reason is None:
        raise click.MissingParameter(param_hint="--reason", param_type="option")
    with open_desk(folder) as desk:
        state = (
            desk.closing.keep_signed(period, scope)
            if keep
            else desk.closing.amend_period(period, scope, reason or "")
        )
    print_json({"period": period, "state": state.name})


@command("editions", N_("What was signed, of one period or of all."))
@option("--period", help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with .."))
@SCOPE
def editions(folder: Path, period: str | None, scope: str | None) -> None:
    """One JSON line an edition."""
    with open_desk(folder) as desk:
        for edition in desk.closing.editions(period, scope):
            print_json(edition_json(desk, edition))


@command(
    "check", N_("Hold a paper, by its text, QR code or file, against this desk."), within=report
)
@argument("text")
@option(
    "--figure",
    "figures",
    multiple=True,
    metavar="KEY=VALUE",
    help=N_("A figure as it stands on the paper; may be said several times."),
)
def check(folder: Path, text: str, figures: tuple[str, ...]) -> int:
    """Same, revised since, or different and where; one JSON line, and the figures to compare."""
    typed = named_values(figures, "--figure")
    with open_desk(folder) as desk:
        signed = edition_signing.text_signatures(desk, text)
        verdict = check_file(desk, text, typed)
    signatures = (
        {"signatures": [signature_json(signature) for signature in signed]} if signed else {}
    )
    print_json({**verdict_json(verdict), **signatures})
    print_message(_(RESULTS[verdict.result]))
    for signature in signed:
        print_message(validity.sentence(signature))
    for reason in verdict.reasons:
        print_message(reason)
    print_message(_("Compare these figures with the paper, one by one:"))
    for line in verdict.lines:
        if line.value or line.year_to_date:
            print_message(_compared(line))
    broken = any(signature.result == validity.BAD for signature in signed)
    return 0 if verdict.result == SAME and not broken else 1


def _compared(line: SummaryLine) -> str:
    """A figure to compare with the paper by eye."""
    value, to_date = (line.shown(name).text(language()) for name in ("value", "year_to_date"))
    unit = unit_beside(line.shown("value").value, line.unit)
    return _("{label} ({key}): {value} {unit}, since the year began {year_to_date}").format(
        label=line.label, key=line.key, value=value, unit=unit, year_to_date=to_date
    )


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
        "scans": [attachment.name for attachment in desk.closing.scans.attachments(edition.id)],
        "events": [
            {"what": e.what, "who": e.author, "time": e.time, "reason": e.reason}
            for e in desk.closing.events(edition.id)
        ],
        "differences": [moved_json(m) for m in desk.closing.differences(edition.id)],
    }


def verdict_json(verdict: PaperVerdict) -> dict[str, Any]:
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
        "figures": [moved_json(figure) for figure in verdict.moved],
        "state": verdict.state,
        "successor": _successor_json(verdict.successor),
        "signed": [_line_json(line) for line in verdict.lines],
        "typed": [_typed_json(figure) for figure in verdict.typed],
        "altered": [value._asdict() for value in verdict.altered],
        "reasons": list(verdict.reasons),
    }


def _successor_json(edition: Edition | None) -> dict[str, Any] | None:
    if edition is None:
        return None
    return {
        "edition": edition.number,
        "number": edition.document,
        "date": edition.signed_on.isoformat(),
    }


def _line_json(line: SummaryLine) -> dict[str, Any]:
    figures = {column: json_number(line.shown(column).value) for column in COLUMNS}
    row: dict[str, Any] = {"key": line.key, "label": line.label, "unit": line.unit, **figures}
    if qualifiers := line.qualifiers():
        row["from_paper"] = qualifiers
    return row


def _typed_json(figure: TypedFigure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "column": figure.column,
        "label": figure.label,
        "paper": json_number(figure.paper),
        "signed": json_number(figure.signed),
        "same": figure.same,
    }
