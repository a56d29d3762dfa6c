"""Spreadsheets: the lists that posts keep become records."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import print_json, print_message, row_progress
from borderdesk.cli.program import TYPE, WholeNumber, argument, command, option
from borderdesk.cli.questions import ask_about_clock
from borderdesk.cli.unlocking import open_desk

if TYPE_CHECKING:
    from borderdesk.entry.grid import GridColumn
    from borderdesk.sheets import outcome_messages, row_reader, sheet_import, table
else:
    outcome_messages = lazy_module("borderdesk.sheets.outcome_messages")
    row_reader = lazy_module("borderdesk.sheets.row_reader")
    sheet_import = lazy_module("borderdesk.sheets.sheet_import")
    table = lazy_module("borderdesk.sheets.table")

MOST_MESSAGES = 20
FILE = argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")


@command("sheet", N_("Add records from a spreadsheet or a CSV file."))
@TYPE
@FILE
@option("--sheet", help=N_("The sheet by its name or number."))
@option("--header", type=WholeNumber(1), help=N_("The row of headings."))
@option("--map", "mapping", multiple=True, help=N_("Column=field; “-” leaves a column out."))
@option("--set", "fixed", multiple=True, help=N_("Field=value, where the sheet has none."))
@option(
    "--encoding",
    type=click.Choice(["auto", "unicode", "tcvn3", "vni"]),
    default="auto",
    help=N_("How old fonts encoded the text."),
)
@option("--new-picks", is_flag=True, help=N_("Add unknown entries to the pick lists."))
@option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@option(
    "--rejects",
    "rejected",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Write refused rows to this .xlsx file."),
)
def sheet(
    folder: Path,
    type_name: str,
    file: Path,
    sheet: str | None,
    header: int | None,
    mapping: tuple[str, ...],
    fixed: tuple[str, ...],
    encoding: str,
    new_picks: bool,
    dry_run: bool,
    rejected: Path | None,
) -> int:
    """Import a sheet; one JSON line of what became of its rows."""
    with open_desk(folder) as desk:
        ask_about_clock(desk)
        columns = row_reader.sheet_columns(desk, type_name)
        request = sheet_import.SheetRequest(
            sheet,
            header,
            {
                column: key if key == table.IGNORE else _key(columns, key)
                for column, key in map(_pair, mapping)
            },
            {_key(columns, key): value for key, value in map(_pair, fixed)},
            None if encoding == "auto" else encoding,  # type: ignore[arg-type]  # a choice of these
            new_picks,
        )
        run = desk.sheets.dry_run if dry_run else desk.sheets.import_sheet
        outcome = run(type_name, file, request, row_progress(_("Rows read")))
    if rejected is not None and outcome.refused:
        outcome.save_refused(rejected)
    print_json(
        {
            "rows": outcome.rows,
            "accepted": outcome.accepted,
            "same": outcome.same,
            "near": outcome.near,
            "refused": [
                {"row": one.row.number, "column": one.column, "reason": one.reason}
                for one in outcome.refused
            ],
            # Null: a sheet is one transaction, but cannot be undone as a whole later yet.
            "batch": None,
        }
    )
    for message in (*outcome_messages.messages(outcome), *_refusals(outcome)):
        print_message(message)
    return 1 if outcome.refused else 0


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise click.UsageError(_("Written like name=value: {value}").format(value=text[:60]))
    return name.strip(), value.strip()


def _key(columns: "Sequence[GridColumn]", name: str) -> str:
    key = row_reader.column_key(columns, name)
    if key is None:
        raise click.UsageError(_("There is no field “{name}” here.").format(name=name[:60]))
    return key


def _refusals(outcome: "sheet_import.SheetOutcome") -> Iterator[str]:
    for one in outcome.refused[:MOST_MESSAGES]:
        text = _("Row {row}, {column}: {reason}")
        yield text.format(row=one.row.number, column=one.column, reason=one.reason)
    if len(outcome.refused) > MOST_MESSAGES:
        yield "…"
