"""Records: add, change, delete, list, and their history."""

import functools
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from borderdesk.base.errors import (
    MOST_PROBLEMS,
    OTHERS,
    InvalidRecord,
    UserError,
    more_problems,
)
from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.spreadsheets import BOM, COMMA, SEMICOLON
from borderdesk.cli.output import (
    announce_file,
    counted_lines,
    outcome_line,
    print_json,
    print_lines,
    print_message,
)
from borderdesk.cli.program import (
    FILE_PATH,
    INPUT,
    RECORD,
    TYPE,
    WholeNumber,
    command,
    day_option,
    option,
)
from borderdesk.cli.questions import ask_about_clock
from borderdesk.cli.streams import in_groups, is_regular_file, opened_input
from borderdesk.cli.unlocking import open_desk
from borderdesk.desk import Desk
from borderdesk.entry.editing import BatchRefused
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter, ListEntry

if TYPE_CHECKING:
    from borderdesk.entry import deleted as deletions
    from borderdesk.entry import record_input, record_output
    from borderdesk.reports.workbooks import list_files, xlsx
else:
    deletions = lazy_module("borderdesk.entry.deleted")
    record_input = lazy_module("borderdesk.entry.record_input")
    record_output = lazy_module("borderdesk.entry.record_output")
    list_files = lazy_module("borderdesk.reports.workbooks.list_files")
    xlsx = lazy_module("borderdesk.reports.workbooks.xlsx")


@command("add", N_("Add records from JSON or CSV."))
@TYPE
@INPUT
@option(
    "--format",
    "shape",
    type=click.Choice(["json", "csv"]),
    help=N_("What the input is; else what the file's name ends in, else JSON."),
)
@option(
    "--template",
    type=click.Choice(["json", "csv"]),
    help=N_("Print an example to fill in, and add nothing."),
)
@option("--keep-going", is_flag=True, help=N_("Keep good records when others are refused."))
@option("--new-picks", is_flag=True, help=N_("Add unknown entries to the pick lists."))
def add(
    folder: Path,
    type_name: str,
    file: Path | None,
    shape: str | None,
    template: str | None,
    keep_going: bool,
    new_picks: bool,
) -> int:
    """Add records; one JSON line each, in order, once they are durable."""
    if template is not None:
        return _print_example(folder, type_name, template)
    shape = shape or _shape_of(file, INPUTS, "json")
    whole = not keep_going
    with open_desk(folder) as desk, _records(type_name, file, shape, whole=whole) as lines:
        ask_about_clock(desk, typed=file is not None)
        save = functools.partial(
            desk.records.add_batch,
            type_name,
            keep_going=keep_going,
            new_picks=new_picks,
            typed=shape == "csv",
        )
        if not keep_going:
            return _all_or_nothing(save, counted_lines(lines, _("Lines read")))
        refused = 0
        for group in in_groups(lines):
            outcome = save(group)
            print_lines(outcome_line(number, result) for number, result in outcome)
            refused += sum(isinstance(result, InvalidRecord) for _number, result in outcome)
        return 1 if refused else 0


INPUTS = {".json": "json", ".jsonl": "json", ".ndjson": "json", ".csv": "csv"}
OUTPUTS = {**INPUTS, ".xlsx": "xlsx", ".tsv": "table", ".txt": "table"}
SHEETS = frozenset({".xlsx", ".xls", ".ods", ".xlsm"})


def _shape_of(file: Path | None, shapes: Mapping[str, str], usual: str) -> str:
    """The format implied by a file's name. Raises UsageError."""
    suffix = file.suffix.lower() if file is not None else ""
    if suffix in SHEETS and suffix not in shapes:
        raise click.UsageError(_("A spreadsheet is read by the command “sheet”."))
    return shapes.get(suffix, usual)


def _print_example(folder: Path, type_name: str, shape: str) -> int:
    with open_desk(folder) as desk:
        if shape == "json":
            example = desk.guide.example(type_name)
            print_lines([json.dumps(example, ensure_ascii=False, indent=1) + "\n"])
        else:
            print_lines([desk.guide.csv_example(type_name)])
    return 0


def _all_or_nothing(save: Callable[..., Any], lines: Iterator[Any]) -> int:
    try:
        outcome = save(lines)
    except BatchRefused as refused:
        print_lines(outcome_line(number, problem) for number, problem in refused.lines)
        _print_problems(refused)
        print_message(str(refused))
        return refused.exit_code
    print_lines(outcome_line(number, result) for number, result in outcome)
    return 0


def _print_problems(refused: BatchRefused) -> None:
    """Print the first problems of refused lines, and how many others there are."""
    words = (
        _("line {line}, {column}").format(line=number, column=field) + f": {message}"
        for number, problem in refused.lines
        for field, message in problem
        if field != OTHERS
    )
    for text in islice(words, MOST_PROBLEMS):
        print_message(text)
    more = sum(problem.count for _number, problem in refused.lines) - MOST_PROBLEMS
    if more > 0:
        print_message(more_problems(more))


@contextmanager
def _records(
    type_name: str, file: Path | None, shape: str, *, whole: bool
) -> Iterator[Iterator[Any]]:
    """The records of the input; whole: read it to its end before the first is yielded."""
    with opened_input(file) as stream:
        # The transaction would otherwise lock the desk while a slow pipe still delivers; and what
        # the days of a CSV file mean its last row may show.
        whole = (whole or shape == "csv") and not is_regular_file(stream)
        binary = io.BytesIO(stream.read()) if whole else stream
        if shape == "json":
            yield record_input.json_records(binary)
            return
        text = record_input.opened_csv(binary)
        try:
            yield record_input.csv_records(ALL_TYPES[type_name], text)
        finally:
            text.detach()


@command("edit", N_("Change fields of a record: JSON of the changed fields."))
@TYPE
@RECORD
@INPUT
def edit(folder: Path, type_name: str, record: str, file: Path | None) -> None:
    """Edit a record; its new revision."""

    with open_desk(folder) as desk, opened_input(file) as binary:
        ask_about_clock(desk, typed=file is not None)
        objects = [value for _number, value in record_input.json_records(binary)]
        if len(objects) != 1:
            raise UserError(_("One JSON object of changed fields is needed."))
        changes = objects[0]
        if isinstance(changes, InvalidRecord):
            raise changes
        # The output of `list` is accepted as input, so it may repeat id and state.
        same = {"id": (record, None), "state": ("final", None)}
        fixed = [key for key in same if changes.get(key) not in same[key]]
        if fixed:
            raise InvalidRecord({key: _("Cannot be changed.") for key in fixed})
        saved = desk.records.edit(type_name, record, changes)
    print_json(saved._asdict())


@command("delete", N_("Delete a record; “undelete” takes it back."))
@TYPE
@RECORD
@option("--reason", required=True, help=N_("Why."))
def delete(folder: Path, type_name: str, record: str, reason: str) -> None:
    """Delete a record; the deletion's revision."""
    with open_desk(folder) as desk:
        revision = desk.records.delete(type_name, record, reason)
    print_json({"id": record, "revision": revision})


@command("undelete", N_("Take a deletion back."))
@TYPE
@RECORD
def undelete(folder: Path, type_name: str, record: str) -> None:
    """Undelete a record; its new revision."""
    with open_desk(folder) as desk:
        saved = desk.records.undelete(type_name, record)
    print_json(saved._asdict())


@command("history", N_("Every revision of a record, oldest first."))
@TYPE
@RECORD
def history(folder: Path, type_name: str, record: str) -> None:
    """One JSON line a revision, with the fields it changed."""

    model = ALL_TYPES[type_name]
    with open_desk(folder) as desk:
        book = desk.book
        desk.disclosures.note_history(model, record)
        before = record_output.fields_json(model, {}, book)
        for past in desk.records.history(type_name, record):
            values = past.values()
            now = before if values is None else record_output.fields_json(model, values, book)
            print_json(
                {
                    "revision": past.id.hex(),
                    "number": past.number,
                    "parents": [parent.hex() for parent in past.parents],
                    "author": past.stamp.author,
                    "desk": past.stamp.desk,
                    "time": past.stamp.time,
                    "reason": past.reason,
                    "deleted": past.deleted,
                    "changed": {k: now[k] for k in now if now[k] != before[k]},
                }
            )
            before = now


@command("list", N_("List records."))
@TYPE
@option("--from", "first", help=N_("From this day on, as 2023-12-01."))
@option("--to", "last", help=N_("Up to this day."))
@option("--post", help=N_("Only of this post."))
@option("--commune", help=N_("Only in this commune."))
@option("--kind", help=N_("Only of this kind."))
@option("--search", default="", help=N_("Only with these words; accents count when typed."))
@option("--limit", type=WholeNumber(0), help=N_("At most so many."))
@option("--offset", type=WholeNumber(0), default=0, help=N_("Leave so many out first."))
@option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json", "xlsx"]),
    help=N_("How to write them; else what the file's name ends in, else a table."),
)
@option("--deleted", is_flag=True, help=N_("What was deleted: by whom, when and why."))
@option("--words", is_flag=True, help=N_("CSV with the words of the screen, for people."))
@option("--excel", is_flag=True, help=N_("CSV with ; and a BOM, as Excel in Vietnamese opens it."))
@option("--out", type=FILE_PATH, help=N_("Write to this file."))
def list_records(
    folder: Path,
    type_name: str,
    shape: str | None,
    deleted: bool,
    words: bool,
    excel: bool,
    out: Path | None,
    limit: int | None,
    offset: int,
    **filter_options: str | None,
) -> None:
    """List records."""
    shape = shape or _shape_of(out, OUTPUTS, "table")
    if shape == "xlsx" and out is None:
        raise click.UsageError(_("A spreadsheet needs --out."))
    if (words or excel) and shape != "csv":
        raise click.UsageError(_("--words and --excel are of a CSV."))
    model = ALL_TYPES[type_name]
    with open_desk(folder) as desk:
        if deleted:
            _list_deleted(desk, type_name, shape, out)
            return
        list_filter, for_programs = _filter(desk, model, filter_options), shape in ("json", "csv")
        rows = desk.lists.stream(type_name, list_filter, limit, offset, revisions=for_programs)
        lines = (
            _csv_lines(desk, model, rows, words=words, excel=excel)
            if shape == "csv"
            else _lines(desk, model, rows, shape)
        )
        if out is None:
            desk.disclosures.note_list(model, shape, "", shown=shape == "table")
            print_lines(lines)
            return
        replaced = out.exists()
        if shape == "xlsx":
            _write_spreadsheet(desk, model, rows, list_filter, out)
        else:
            write_atomically(out, "".join(lines).encode())
        desk.disclosures.note_list(model, shape, out.name, shown=shape == "table")
    announce_file(out, replaced)


def _list_deleted(desk: Desk, type_name: str, shape: str, out: Path | None) -> None:
    """Print the deleted records, the latest first."""
    if shape not in ("table", "json"):
        raise click.UsageError(_("What was deleted is listed as a table or as JSON."))
    records, book = desk.deleted.latest(type_name), desk.book
    lines = (
        record_output.json_array(
            deletions.deleted_json(type_name, record, book) for record in records
        )
        if shape == "json"
        else deletions.deleted_lines(type_name, records, book)
    )
    if out is None:
        print_lines(lines)
    else:
        write_atomically(out, "".join(lines).encode())


def _filter(desk: Desk, model: type[RevisionedModel], options: dict[str, str | None]) -> Filter:
    post = options["post"]
    days = [name for name in ("first", "last") if options[name] is not None]
    if (days and model.event() is None) or (post is not None and not model.own_post()):
        raise click.UsageError(
            _("“{type}” has no day and no post to choose by.").format(type=_(model.title))
        )
    if post is not None:
        code = desk.book.post_code(post)
        if code is None:
            raise UserError(_("“{value}” is not a known post.").format(value=post[:60]))
        post = code
    commune = options["commune"]
    return Filter(
        day_option(options["first"]),
        day_option(options["last"]),
        post,
        desk.lists.units_named(commune) if commune is not None else None,
        _kind(desk, model, options["kind"]),
        options["search"] or "",
    )


def _kind(desk: Desk, model: type[RevisionedModel], text: str | None) -> str | None:
    """The code of a kind given as code or label."""
    if text is None:
        return None
    if not model.kind_key:
        raise UserError(_("This type has no kinds."))
    field: ColumnField = model.columns()[model.kind_key]
    if field.pick_list:
        code = desk.book.pick_code(field.pick_list, text)
        if code is None:
            raise UserError(_("“{value}” is not in the pick list.").format(value=text[:60]))
        return code
    return str(desk.records.clean_value(field, text))


def _lines(
    desk: Desk, model: type[RevisionedModel], rows: Iterator[ListEntry], shape: str
) -> Iterator[str]:

    book = desk.book
    if shape == "json":
        return record_output.json_array(record_output.as_json(model, row, book) for row in rows)
    return record_output.table_lines(model, rows, book)


def _csv_lines(
    desk: Desk, model: type[RevisionedModel], rows: Iterator[ListEntry], *, words: bool, excel: bool
) -> Iterator[str]:
    """The records as CSV. words: of the screen; excel: with ; and a BOM."""
    separator = SEMICOLON if excel else COMMA
    if excel:
        yield BOM
    lines = list_files.worded_lines if words else record_output.csv_lines
    yield from lines(model, rows, desk.book, separator)


def _write_spreadsheet(
    desk: Desk,
    model: type[RevisionedModel],
    rows: Iterator[ListEntry],
    list_filter: Filter,
    out: Path,
) -> None:
    xlsx.write_xlsx(list_files.spreadsheet_document(desk, model, rows, list_filter), out)
