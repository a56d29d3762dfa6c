"""Reference data and settings: printed, loaded, set."""

from pathlib import Path

from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.cli.output import print_lines, print_message, print_table
from borderdesk.cli.program import (
    FILE,
    Group,
    argument,
    command,
    day_option,
    option,
    program,
    table_format,
)
from borderdesk.cli.unlocking import open_desk
from borderdesk.entry.record_output import as_json, csv_lines, json_array
from borderdesk.schema import settings
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.records.household import Household
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.table import declared_rows, printed_heads, printed_rows
from borderdesk.store.lists.listing import Filter


def add_list_command(table: type[ReferenceType]) -> None:
    """Add the command that lists a type of reference data.

    The CSV is a file that `reference load` takes back; JSON has the same keys.
    """

    @command(table.table_key, table.list_help)
    @table_format
    def list_rows(folder: Path, shape: str) -> None:
        with open_desk(folder) as desk:
            if shape == "table":
                print_table(shape, printed_heads(table), printed_rows(table, desk.book))
                return
            heads = {key: key for key in table.columns()}
            rows = declared_rows(table, desk.book)
            print_table(shape, heads, ([cells[key] for key in heads] for cells in rows))


for _table in REFERENCE_TYPES.values():
    if _table.list_help:
        add_list_command(_table)


@command("households", N_("List the households; IDs are masked, but in CSV and JSON."))
@table_format
def households(folder: Path, shape: str) -> None:
    """id, head, hamlet, commune, masked ID; CSV and JSON as `list household` has them."""
    model = Household
    with open_desk(folder) as desk:
        book = desk.book
        for_programs = shape in ("json", "csv")
        rows = desk.lists.stream(model.type_name, Filter(), revisions=for_programs)
        desk.disclosures.note_list(model, shape, "", shown=shape == "table")
        if shape == "json":
            print_lines(json_array(as_json(model, row, book) for row in rows))
        elif shape == "csv":
            print_lines(csv_lines(model, rows, book))
        else:
            name, commune, hamlet, identity = DESCRIBED_BY
            keys = (name, hamlet, commune, identity)
            columns = model.columns()
            heads = {"id": "id", **{key: _(columns[key].label) for key in keys}}
            cells = (
                [row.id, *(columns[key].show(row.values.get(key), book) for key in keys)]
                for row in rows
            )
            print_table(shape, heads, cells)


@program.group("reference", cls=Group, help=N_("Reference data."))
def reference() -> None:
    """Reference data."""


@command(
    "load",
    N_("Add or update reference data from a CSV."),
    within=reference,
    takes="reference.write",
)
@FILE
def reference_load(folder: Path, file: Path) -> None:
    """Load a CSV."""
    with open_desk(folder) as desk:
        name, count, left_out = desk.reference.load(file)
    noun = _(REFERENCE_TYPES[name].noun)
    words = ngettext(
        "{count} row of {what} was loaded.", "{count} rows of {what} were loaded.", count
    )
    print_message(words.format(count=count, what=noun))
    if left_out:
        message = ngettext(
            "{count} invented row was left out: a real desk has none.",
            "{count} invented rows were left out: a real desk has none.",
            left_out,
        )
        print_message(message.format(count=left_out))


@program.group("setting", cls=Group, help=N_("Settings of the desk."))
def setting() -> None:
    """Settings."""


@command(
    "set",
    N_("Set a setting, from a date on if one is given."),
    within=setting,
    takes="settings.write",
)
@argument("key")
@argument("value")
@option("--from", "valid_from", default=None, help=N_("The first day it holds, as 2025-07-01."))
def setting_set(folder: Path, key: str, value: str, valid_from: str | None) -> None:
    """Set a setting."""
    day = day_option(valid_from)
    with open_desk(folder) as desk:
        desk.reference.set_setting(key, value, day.isoformat() if day else settings.ALWAYS)


@command("list", N_("List the settings."), within=setting)
@table_format
def setting_list(folder: Path, shape: str) -> None:
    """Print key, value, valid from, description."""
    with open_desk(folder) as desk:
        stored_settings = desk.book.settings
    columns = settings.SettingTable.columns()
    heads = {key: _(columns[key].label) for key in ("key", "value", "valid_from")}
    rows = (
        (key, value, "" if valid_from == settings.ALWAYS else valid_from, _(rule.label))
        for key, rule in settings.SETTINGS.items()
        for valid_from, value in stored_settings.get(key) or [(settings.ALWAYS, rule.initial)]
    )
    print_table(shape, {**heads, "label": _("What it is")}, rows)
