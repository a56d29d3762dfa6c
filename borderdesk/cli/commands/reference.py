"""Reference data and settings: printed, loaded, set."""

from pathlib import Path

import click

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import print_lines, print_message, tab_separated
from borderdesk.cli.program import Group, argument, command, day_option, option, program
from borderdesk.desk import Desk
from borderdesk.schema import settings
from borderdesk.schema.kinds import mask
from borderdesk.schema.reference import REFERENCE_TYPES, ReferenceType
from borderdesk.schema.reference.table import printed_rows
from borderdesk.store.listing import Filter


def add_list_command(table: type[ReferenceType]) -> None:
    """Add the command that lists a type of reference data."""

    @command(table.table_key, table.list_help)
    def list_rows(folder: Path) -> None:
        with Desk.open(folder) as desk:
            print_lines(tab_separated(printed_rows(table, desk.book)))


for _table in REFERENCE_TYPES.values():
    if _table.list_help:
        add_list_command(_table)


@command("households", N_("List the households; IDs are masked."))
def households(folder: Path) -> None:
    """id, head, hamlet, commune, masked ID."""
    with Desk.open(folder) as desk:
        book = desk.book
        print_lines(
            tab_separated(
                (
                    h.id,
                    h.values.get("head", ""),
                    h.values["hamlet"],
                    book.unit_name(h.values["commune"]),
                    mask(h.values.get("citizen_id", "")),
                )
                for h in desk.lists.stream("household", Filter())
            )
        )


@program.group("reference", cls=Group, help=N_("Reference data."))
def reference() -> None:
    """Reference data."""


@command("load", N_("Add or update reference data from a CSV."), within=reference)
@argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def reference_load(folder: Path, file: Path) -> None:
    """Load a CSV."""
    with Desk.open(folder) as desk:
        name, count = desk.reference.load(file)
    noun = _(REFERENCE_TYPES[name].noun)
    print_message(_("{count} rows of {what} were loaded.").format(count=count, what=noun))


@program.group("setting", cls=Group, help=N_("Settings of the desk."))
def setting() -> None:
    """Settings."""


@command("set", N_("Set a setting, from a date on if one is given."), within=setting)
@argument("key")
@argument("value")
@option("--from", "valid_from", default=None, help=N_("The first day it holds, as 2025-07-01."))
def setting_set(folder: Path, key: str, value: str, valid_from: str | None) -> None:
    """Set a setting."""
    day = day_option(valid_from)
    with Desk.open(folder) as desk:
        desk.reference.set_setting(key, value, day.isoformat() if day else settings.ALWAYS)


@command("list", N_("List the settings."), within=setting)
def setting_list(folder: Path) -> None:
    """key, value, valid from, what it is."""
    with Desk.open(folder) as desk:
        known = desk.book.settings
        print_lines(
            tab_separated(
                (key, value, "" if valid_from == settings.ALWAYS else valid_from, _(rule.label))
                for key, rule in settings.SETTINGS.items()
                for valid_from, value in known.get(key) or [(settings.ALWAYS, rule.initial)]
            )
        )
