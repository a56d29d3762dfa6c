"""Spreadsheets: importing the lists of posts as records."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from borderdesk.base.errors import UserError, more_problems
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import fold
from borderdesk.cli.commands.doubles import BULK_VERDICTS, decide_all
from borderdesk.cli.output import announce_file, print_json, print_message, row_progress
from borderdesk.cli.program import FILE_PATH, TYPE, WholeNumber, argument, command, option
from borderdesk.cli.questions import ask_about_clock
from borderdesk.cli.unlocking import open_desk
from borderdesk.schema.records import ALL_TYPES

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from borderdesk.entry.grid import GridColumn
    from borderdesk.sheets.columns import heading_rows, likely_types, sheet_columns
    from borderdesk.sheets.imports import outcome_messages, sheet_outcome, sheet_request
    from borderdesk.sheets.sources import sheet_files
else:
    likely_types = lazy_module("borderdesk.sheets.columns.likely_types")
    outcome_messages = lazy_module("borderdesk.sheets.imports.outcome_messages")
    sheet_columns = lazy_module("borderdesk.sheets.columns.sheet_columns")
    sheet_files = lazy_module("borderdesk.sheets.sources.sheet_files")
    sheet_outcome = lazy_module("borderdesk.sheets.imports.sheet_outcome")
    sheet_request = lazy_module("borderdesk.sheets.imports.sheet_request")
    heading_rows = lazy_module("borderdesk.sheets.columns.heading_rows")

MOST_MESSAGES = 20
FILES = argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE…")
XLSX = FILE_PATH


@command("sheet", N_("Add records from spreadsheets or CSV files, or folders of them."))
@TYPE
@FILES
@option("--sheet", help=N_("The sheet by its name or number."))
@option("--all-sheets", is_flag=True, help=N_("Every sheet that has such a list, at once."))
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
@option("--new-hamlets", is_flag=True, help=N_("Add unknown hamlets to the list of hamlets."))
@option("--hamlet", "hamlets", multiple=True, help=N_("Written=name, of a hamlet known here."))
@option(
    "--near",
    type=click.Choice(BULK_VERDICTS),
    help=N_("What near rows are: one record with that here, two, or one with both's values."),
)
@option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@option("--rejects", "rejected", type=XLSX, help=N_("Write refused rows to this .xlsx file."))
@option(
    "--template", type=XLSX, help=N_("Write an empty list to fill in to this .xlsx file instead.")
)
def sheet(
    folder: Path,
    type_name: str,
    files: Sequence[Path],
    template: Path | None,
    near: str | None,
    dry_run: bool,
    rejected: Path | None,
    **options: Any,
) -> int:
    """Import sheets; print one JSON line for each file with the outcome of its rows."""
    if template is not None:
        return _write_template(folder, type_name, template)
    if not files:
        raise click.UsageError(_("Say which files or folders."))
    with open_desk(folder) as desk:
        ask_about_clock(desk)
        paths = _named_files(files)
        request = _request(sheet_columns.sheet_columns(desk, type_name), options)
        outcomes = _outcomes(desk, type_name, paths, request, dry_run=dry_run)
        if request.mapping and not dry_run:
            for outcome in outcomes:
                desk.sheet_mappings.confirm_columns(type_name, outcome.table)
        hamlets = outcome_messages.hamlet_messages(desk.book, outcomes)
        undecided = _decide_near(desk, outcomes, near)
    if rejected is not None:
        sheet_outcome.save_refused(outcomes, rejected)
    for outcome in outcomes:
        facts = _outcome_json(outcome)
        print_json(facts if len(outcomes) == 1 else {"file": outcome.file, **facts})
        before = f"{outcome.file}: " if len(outcomes) > 1 else ""
        for message in (*outcome_messages.messages(outcome), *_refusals(outcome)):
            print_message(before + message)
    for message in hamlets:
        print_message(message)
    if undecided is not None:
        raise undecided
    return 1 if any(result.refused for result in outcomes) else 0


def _named_files(given_paths: Sequence[Path]) -> Sequence[Path]:
    """The files named, and those in the folders named; prints how many folders were left out."""
    paths, folders = sheet_files.sheet_files(given_paths)
    for message in sheet_files.folder_words(folders):
        print_message(message)
    return paths


def _outcomes(
    desk: "Desk",
    type_name: str,
    paths: Sequence[Path],
    request: "sheet_request.SheetRequest",
    *,
    dry_run: bool,
) -> "list[sheet_outcome.SheetOutcome]":
    """The outcomes of the files. Raises UserError."""
    run = desk.sheets.dry_run_files if dry_run else desk.sheets.import_files
    try:
        outcomes = run(type_name, paths, request, row_progress(_("Rows read")))
    except UserError:
        _name_likelier(desk, paths, type_name)
        raise
    if all(outcome.rows == len(outcome.refused) for outcome in outcomes):
        _name_likelier(desk, paths, type_name)
    return outcomes


def _decide_near(
    desk: "Desk", outcomes: "Sequence[sheet_outcome.SheetOutcome]", near: str | None
) -> UserError | None:
    """Decide about the imported near rows; returns the error. The rows are saved in any case, and
    their outcome is printed first."""
    batch = next((outcome.batch for outcome in outcomes if outcome.batch), None)
    if near is None:
        return None
    if batch is None:
        print_message(_("No row came in, so that nothing was decided about near ones."))
        return None
    try:
        decide_all(desk, near, batch)
    except UserError as error:
        return error
    return None


def _name_likelier(desk: "Desk", paths: Sequence[Path], type_name: str) -> None:
    """Print the other type that a list is likely of, when none of its rows could be read."""
    for path in paths[:1]:
        likelier = likely_types.likelier_type(desk, path, type_name)
        if likelier is not None:
            words = _("This looks like a list of “{title}”: read it on that page.")
            print_message(words.format(title=_(ALL_TYPES[likelier].title)))


def _write_template(folder: Path, type_name: str, target: Path) -> int:
    replaced = target.exists()
    with open_desk(folder) as desk:
        desk.sheet_templates.write(type_name, target)
    announce_file(target, replaced)
    return 0


def _request(
    columns: "Sequence[GridColumn]", options: dict[str, Any]
) -> "sheet_request.SheetRequest":
    """The request from the options. Raises UsageError."""
    encoding = options["encoding"]
    return sheet_request.SheetRequest(
        options["sheet"],
        options["header"],
        {
            column: key if key == heading_rows.IGNORE else _key(columns, key)
            for column, key in map(_pair, options["mapping"])
        },
        {_key(columns, key): value for key, value in map(_pair, options["fixed"])},
        None if encoding == "auto" else encoding,
        options["new_picks"],
        recall=True,
        all_sheets=options["all_sheets"],
        hamlets={("", fold(written)): name for written, name in map(_pair, options["hamlets"])},
        new_hamlets=options["new_hamlets"],
    )


def _outcome_json(outcome: "sheet_outcome.SheetOutcome") -> dict[str, Any]:
    return {
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "same": outcome.same,
        "near": outcome.near,
        "refused": [
            {"row": refusal.row.number, "column": refusal.column, "reason": refusal.reason}
            for refusal in outcome.refused
        ],
        "batch": outcome.batch,
    }


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise click.UsageError(_("Written like name=value: {value}").format(value=text[:60]))
    return name.strip(), value.strip()


def _key(columns: "Sequence[GridColumn]", name: str) -> str:
    key = sheet_columns.column_key(columns, name)
    if key is None:
        raise click.UsageError(_("There is no field “{name}” here.").format(name=name[:60]))
    return key


def _refusals(outcome: "sheet_outcome.SheetOutcome") -> Iterator[str]:
    for refusal in outcome.refused[:MOST_MESSAGES]:
        text = _("Row {row}, {column}: {reason}")
        yield text.format(row=refusal.row.number, column=refusal.column, reason=refusal.reason)
    if len(outcome.refused) > MOST_MESSAGES:
        yield more_problems(len(outcome.refused) - MOST_MESSAGES)
