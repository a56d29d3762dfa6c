"""Reference data and settings: printed, loaded, set."""

from pathlib import Path

import click

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import print_lines, print_message, tab_separated
from borderdesk.cli.program import Group, argument, command, day_option, option, program
from borderdesk.desk import Desk
from borderdesk.schema import settings
from borderdesk.schema.book import FOREVER
from borderdesk.schema.fields import mask
from borderdesk.schema.reference.load import EXPECTED
from borderdesk.store.listing import Filter


@command("posts", N_("List the posts."))
def posts(folder: Path) -> None:
    """code, name, gate, communes, verified, invented."""
    with Desk.open(folder) as desk:
        print_lines(
            tab_separated(
                (
                    p.code,
                    p.name,
                    p.gate,
                    " ".join(p.communes),
                    int(p.communes_verified),
                    int(p.invented),
                )
                for p in desk.book.posts.values()
            )
        )


@command("units", N_("List the administrative units."))
def units(folder: Path) -> None:
    """code, name, id, kind, parent, border, valid from, valid to, successors."""
    with Desk.open(folder) as desk:
        print_lines(
            tab_separated(
                (
                    u.code,
                    u.name,
                    u.id,
                    u.kind,
                    u.parent,
                    int(u.border),
                    u.valid_from,
                    "" if u.valid_to == FOREVER else u.valid_to,
                    " ".join(u.successors),
                )
                for u in desk.book.units.values()
            )
        )


@command("markers", N_("List the boundary markers in order."))
def markers(folder: Path) -> None:
    """marker, post's name, post, commune, invented."""
    with Desk.open(folder) as desk:
        book = desk.book
        print_lines(
            tab_separated(
                (marker, book.post_name(post), post, commune, int(invented))
                for marker, (post, commune, invented) in book.markers.items()
            )
        )


@command("picks", N_("List the pick lists."))
def picks(folder: Path) -> None:
    """code, label, list, English label, unit."""
    with Desk.open(folder) as desk:
        print_lines(
            tab_separated(
                (p.code, p.vi, name, p.en, p.unit)
                for name, entries in desk.book.picks.items()
                for p in entries.values()
            )
        )


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
    print_message(
        _("{count} rows of {what} were loaded.").format(count=count, what=_(EXPECTED[name]))
    )


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
                (key, value, "" if valid_from == settings.ALWAYS else valid_from, _(about.label))
                for key, about in settings.KNOWN.items()
                for valid_from, value in known.get(key) or [(settings.ALWAYS, about.initial)]
            )
        )
