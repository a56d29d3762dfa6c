"""The commands for stored personal data: reports, requests with their due days, retention."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import announce_file, print_json, print_message, print_table
from borderdesk.cli.program import (
    FILE_PATH,
    RECORD,
    Group,
    WholeNumber,
    argument,
    command,
    day_option,
    option,
    program,
    table_format,
)
from borderdesk.cli.unlocking import open_desk
from borderdesk.entry.person_requests import REQUEST_KINDS, PersonRequest, unchecked_note
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.records.household import Household

if TYPE_CHECKING:
    from borderdesk.exchange.sending import person_data
    from borderdesk.reports.handouts import person_report
else:
    person_data = lazy_module("borderdesk.exchange.sending.person_data")
    person_report = lazy_module("borderdesk.reports.handouts.person_report")

NUMBER = argument("number", type=WholeNumber(1), metavar="NUMBER")


@program.group("person", cls=Group, help=N_("What is kept of a household, and what it asks for."))
def person() -> None:
    """Persons."""


@command(
    "report",
    N_("All that is kept of a household, and where it went."),
    within=person,
    takes="person.report",
)
@RECORD
@option(
    "--out",
    type=FILE_PATH,
    help=N_("Write it as .pdf or .json instead."),
)
def report(folder: Path, record: str, out: Path | None) -> None:
    """Print the report as one JSON line, or write it."""
    with open_desk(folder) as desk:
        if out is not None:
            replaced = out.exists()
            person_report.write_person_report(desk, record, out)
            announce_file(out, replaced)
            return
        person_data_found = desk.part(person_data.PersonFile).gather(record)
        person_report.note_report(desk, record)
        print_json(person_report.person_json(person_data_found))


@command(
    "request",
    N_("Note what a person of a household asks for."),
    within=person,
    takes="person.report",
)
@RECORD
@option("--kind", required=True, type=click.Choice(list(REQUEST_KINDS)), help=N_("What for."))
@option("--on", "received", help=N_("The day it came; today without one."))
def request(folder: Path, record: str, kind: str, received: str | None) -> None:
    """Note a request; one JSON line with the days it has to be done by."""
    with open_desk(folder) as desk:
        noted = desk.requests.note_request(record, kind, day_option(received))
    print_json(person_report.request_json(noted))
    _tell_unchecked([noted])


@command(
    "acknowledge",
    N_("The person was told that the request came."),
    within=person,
    takes="person.report",
)
@NUMBER
def acknowledge(folder: Path, number: int) -> None:
    """Acknowledge a request."""
    with open_desk(folder) as desk:
        print_json(person_report.request_json(desk.requests.acknowledge(number)))


@command("settle", N_("What was asked for was done."), within=person, takes="person.report")
@NUMBER
def settle(folder: Path, number: int) -> None:
    """Settle a request."""
    with open_desk(folder) as desk:
        print_json(person_report.request_json(desk.requests.settle(number)))


@command("requests", N_("What persons asked for, what is due first at the top."), within=person)
@option("--open", "open_only", is_flag=True, help=N_("Only what is not settled."))
@table_format
def requests(folder: Path, open_only: bool, shape: str) -> None:
    """number, household, kind, days."""
    with open_desk(folder) as desk:
        person_requests = desk.requests.all(open_only=open_only)
    heads = {
        "number": _("No."),
        "household": _("Household"),
        "kind": _("Asked for"),
        "received": _("Received"),
        "acknowledge_by": _("Acknowledge by"),
        "due": _("Due"),
        "acknowledged": _("Acknowledged"),
        "settled": _("Settled"),
    }
    rows = (person_report.request_json(person_request) for person_request in person_requests)
    print_table(shape, heads, ([row[key] for key in heads] for row in rows))
    _tell_unchecked(person_requests)


def _tell_unchecked(requests: Sequence[PersonRequest]) -> None:
    note = unchecked_note(requests)
    if note:
        print_message(note)


@program.group("retention", cls=Group, help=N_("Households that are past their day of review."))
def retention() -> None:
    """Retention."""


ON_DAY = option("--on", "on", help=N_("Past on this day; today without one."))


@command("list", N_("The households that are kept past their day of review."), within=retention)
@ON_DAY
@table_format
def retention_list(folder: Path, on: str | None, shape: str) -> None:
    """id, head, hamlet, commune, day of review."""
    with open_desk(folder) as desk:
        outdated = desk.exchange.retention.outdated(day_option(on))
        rows = [
            (
                household.id,
                household.head,
                household.hamlet,
                desk.book.unit_name(household.commune),
                household.review_on,
            )
            for household in outdated
        ]
    columns = Household.columns()
    keys = (DESCRIBED_BY.name, DESCRIBED_BY.hamlet, DESCRIBED_BY.commune, Household.review_key)
    heads = {"id": "id", **{key: _(columns[key].label) for key in keys}}
    print_table(shape, heads, ((*row[:4], row[4].isoformat()) for row in rows))


@command(
    "erase",
    N_("Erase them, all or those that are named, for ever."),
    within=retention,
    takes="record.erase",
)
@argument("records", nargs=-1, metavar="[ID]")
@option("--reason", required=True, help=N_("Why they are erased."))
@ON_DAY
def retention_erase(folder: Path, records: Sequence[str], reason: str, on: str | None) -> None:
    """Erase households past their day of review; how many."""
    with open_desk(folder) as desk:
        erased = desk.exchange.retention.erase_outdated(
            reason, list(records) or None, day_option(on)
        )
    print_json({"erased": erased})
