"""The commands that write reports: one for every kind of report."""

from pathlib import Path
from typing import Any

import click

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import announce_file, print_json, print_message, terminal_progress
from borderdesk.cli.program import FILE_PATH, Group, argument, command, option, program
from borderdesk.cli.unlocking import open_desk
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.reports.contents import prose_figures
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS, write_form, write_report
from borderdesk.reports.word_files import own_forms
from borderdesk.reports.word_files.form_fields import form_content
from borderdesk.schema.records import RECORD_TYPES


@program.group("report", cls=Group, help=N_("Reports."))
def report() -> None:
    """Reports."""


OPTIONS = (
    option(
        "--period",
        required=True,
        help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with .."),
    ),
    option("--scope", help=N_("post:BS, commune:06202, district:Cao Lộc or province.")),
    option(
        "--out",
        required=True,
        type=FILE_PATH,
        help=N_("The file to write: .pdf, .docx, .xlsx or .json."),
    ),
    option(
        "--geography",
        type=click.Choice(["old", "new"]),
        help=N_("Units of before or after 1 July 2025."),
    ),
    option(
        "--ids",
        "with_ids",
        is_flag=True,
        help=N_("With the ids of the records of each figure (JSON)."),
    ),
)
TYPE = option(
    "--type",
    required=True,
    type=click.Choice(list(RECORD_TYPES)),
    help=N_("The type of records."),
)
ANNEXES = (
    option(
        "--annex-register",
        "annex_registers",
        multiple=True,
        type=click.Choice(list(RECORD_TYPES)),
        help=N_(
            "Annex the register of this type, so that figures lead to their records; may be"
            " said several times."
        ),
    ),
    option(
        "--no-communes",
        "by_commune",
        is_flag=True,
        flag_value=False,
        default=True,
        help=N_("Without the annex by commune."),
    ),
    option(
        "--no-charts",
        "charts",
        is_flag=True,
        flag_value=False,
        default=True,
        help=N_("Without the annex of charts."),
    ),
    option("--methods", is_flag=True, help=N_("Annex how each figure is worked out.")),
    option(
        "--short",
        is_flag=True,
        help=N_("A short form on one page: rows with a figure, no parts but these, no annexes."),
    ),
    option("--millions", is_flag=True, help=N_("Money in millions of VND.")),
    option("--hide-empty", is_flag=True, help=N_("Leave out rows with nothing anywhere.")),
)


def _add(name: str) -> None:
    """The command of one kind of report."""

    def run(folder: Path, out: Path, **options: Any) -> None:
        with open_desk(folder) as desk:
            request = Request(name, **options)
            replaced = out.exists()
            write_report(desk, request, out, terminal_progress(_("Writing")))
            notices = []
            if name == "summary" and request.geography is None:
                notices = _notices(desk, request)
        announce_file(out, replaced)
        for notice in notices:
            print_message(notice)

    kind = REPORTS[name]
    more = [*([TYPE] if kind.typed else ()), *(ANNEXES if kind.annexed else ())]
    for add_option in reversed([*OPTIONS, *more]):
        run = add_option(run)
    command(name, kind.hint, within=report)(run)


def _notices(desk: Desk, request: Request) -> list[str]:
    """The notices about a paper: later records, figures in its text that differ."""
    since = desk.closing.notice(request.period, request.scope)
    return [
        *([since] if since else []),
        *prose_figures.period_prose_doubts(desk, request.period, request.scope),
    ]


for _name in REPORTS:
    _add(_name)


@command("form", N_("Fill a Word form of the unit, with fields such as {{period}}."), within=report)
@argument("template", type=FILE_PATH, metavar=N_("FILE|NAME"))
@OPTIONS[0]
@OPTIONS[1]
@option(
    "--out",
    required=True,
    type=FILE_PATH,
    help=N_("The Word document to write: .docx."),
)
@option("--hide-empty", is_flag=True, help=N_("Leave out rows with nothing anywhere."))
def form(folder: Path, template: Path, out: Path, **options: Any) -> None:
    """The form as a new file."""
    with open_desk(folder) as desk:
        replaced = out.exists()
        write_form(desk, template, Request("summary", **options), out)
    announce_file(out, replaced)


@command("forms", N_("The Word forms kept in this desk, one JSON line each."), within=report)
@option(
    "--add",
    "added",
    multiple=True,
    type=FILE_PATH,
    help=N_("Keep this Word file as a form; one of the same name is replaced."),
)
@option("--remove", "removed", multiple=True, help=N_("Take the form of this name away."))
def forms(folder: Path, added: tuple[Path, ...], removed: tuple[str, ...]) -> None:
    """Print the forms after applying the options."""
    with open_desk(folder) as desk:
        if added or removed:
            # Before any other error is reported.
            desk.require("settings.write")
        for path in added:
            own_forms.keep_form(desk, path)
        for name in removed:
            desk.word_forms.remove_form(name)
        stored = desk.word_forms.all()
    for own_form in stored:
        print_json(
            {
                "name": own_form.name,
                "size": own_form.size,
                "sha256": own_form.digest,
                "author": own_form.author,
                "time": own_form.time,
                "from_setup": own_form.brought or None,
            }
        )


@command("fields", N_("The fields of a form and their values, one JSON line each."), within=report)
@OPTIONS[0]
@OPTIONS[1]
def fields(folder: Path, period: str, scope: str | None) -> None:
    """Fields of repeated rows are last, without a value."""
    with open_desk(folder) as desk:
        content = form_content(desk, make_summary(desk, period, scope))
    for field in (*content.fields, *content.row_fields):
        print_json({"field": f"{{{{{field.name}}}}}", "label": field.label, "value": field.value})
