"""Words for people: the fields of a type of record, the handbook, the sheet for the first day."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import announce_file, print_table
from borderdesk.cli.program import FILE, TYPE, command, option, table_format
from borderdesk.cli.unlocking import open_desk
from borderdesk.entry.field_guide import FieldGuide

if TYPE_CHECKING:
    from borderdesk.reports.handouts import first_day_sheet, handbook
else:
    first_day_sheet = lazy_module("borderdesk.reports.handouts.first_day_sheet")
    handbook = lazy_module("borderdesk.reports.handouts.handbook")


@command("fields", N_("The fields of a type: keys, kinds, rules and choices."))
@TYPE
@table_format
def fields(folder: Path, type_name: str, shape: str) -> None:
    """key, label, kind, required, rules, choices."""
    with open_desk(folder) as desk:
        field_guides = list(desk.guide.fields(type_name))
    heads = {
        "key": _("Key"),
        "label": _("Label"),
        "kind": _("Kind"),
        "required": _("Required"),
        "rules": _("Rules"),
        "choices": _("Choices"),
    }
    rows = ([getattr(field, key) for key in heads] for field in field_guides)
    print_table(shape, heads, rows if shape == "json" else _lines(field_guides))


@command("handbook", N_("The handbook as a PDF, or the sheet for the first day."))
@FILE
@option("--sheet", is_flag=True, help=N_("One page with four pictures, for the first day."))
def write_pages(_folder: Path, file: Path, sheet: bool) -> None:
    """Write one of the two; no desk is needed."""
    replaced = file.exists()
    (first_day_sheet.write_first_day_sheet if sheet else handbook.write_handbook)(file)
    announce_file(file, replaced)


def _lines(field_guides: list[FieldGuide]) -> Iterator[list[str]]:
    """The same with lists and choices as texts."""
    for field in field_guides:
        choices = "; ".join(f"{code} = {label}" for code, label in field.choices.items())
        required = "*" if field.required else ""
        yield [field.key, field.label, field.kind, required, "; ".join(field.rules), choices]
