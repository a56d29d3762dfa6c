"""What can be entered: the fields of a type of record."""

from collections.abc import Iterator
from pathlib import Path

from borderdesk.base.i18n import N_, _
from borderdesk.cli.output import print_table
from borderdesk.cli.program import TYPE, command, table_format
from borderdesk.cli.unlocking import open_desk
from borderdesk.entry.field_guide import FieldGuide


@command("fields", N_("The fields of a type: keys, kinds, rules and choices."))
@TYPE
@table_format
def fields(folder: Path, type_name: str, shape: str) -> None:
    """key, label, kind, required, rules, choices."""
    with open_desk(folder) as desk:
        known = list(desk.guide.fields(type_name))
    heads = {
        "key": _("Key"),
        "label": _("Label"),
        "kind": _("Kind"),
        "required": _("Required"),
        "rules": _("Rules"),
        "choices": _("Choices"),
    }
    rows = ([getattr(one, key) for key in heads] for one in known)
    print_table(shape, heads, rows if shape == "json" else _lines(known))


def _lines(known: list[FieldGuide]) -> Iterator[list[str]]:
    """The same with lists and choices as texts."""
    for one in known:
        choices = "; ".join(f"{code} = {label}" for code, label in one.choices.items())
        required = "*" if one.required else ""
        yield [one.key, one.label, one.kind, required, "; ".join(one.rules), choices]
