"""Editable pick lists."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import peewee as pw

from borderdesk.base.i18n import N_
from borderdesk.base.text import fold, nfc
from borderdesk.schema.kinds import PICK, ColumnField
from borderdesk.schema.pick_lists import PICKS, PickEntry
from borderdesk.schema.reference.columns import ChoiceColumn, LastDayColumn, TextColumn
from borderdesk.schema.reference.table import HELD, Cells, PackagePlace, ReferenceType

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

LONGEST_CODE = 60

LISTS = {
    "topic": N_("Topics"),
    "partner": N_("Partners"),
    "pledge_programme": N_("Pledge programmes"),
    "programme": N_("Programmes"),
    "incident_category": N_("Categories of incidents"),
    "tag": N_("Tags"),
}


class PickTable(ReferenceType):
    """An entry of a pick list in both languages, with its unit of measure if it has one."""

    class Meta:
        table_name = "pick_entry"
        primary_key = pw.CompositeKey("list", "code")

    table_key = PICKS
    title = N_("Pick lists")
    hint = HELD
    noun = N_("pick lists")
    counted = N_("entries of pick lists")
    shipped = True
    name_column = "vi"
    entry = PickEntry
    grid_order = "list vi en unit valid_to code"
    list_help = N_("List the pick lists.")
    print_order = "code vi list en unit"
    later_columns = ("valid_to",)
    named_by = PICK
    record_column = "code"
    place = PackagePlace(
        "pick", {"list": "list", "code": "code", "name": "vi"}, same={"vi": "code"}
    )

    list = ChoiceColumn(N_("List"), LISTS, required=True)
    code = TextColumn(N_("Code"), limit=LONGEST_CODE, pattern=f"[0-9a-z_]{{1,{LONGEST_CODE}}}")
    vi = TextColumn(N_("Vietnamese"), required=True)
    en = TextColumn(N_("English"))
    unit = TextColumn(N_("Unit"), limit=40)
    valid_to = LastDayColumn(N_("Last day"))

    @classmethod
    def sorted_entries(cls, entries: Sequence[Any]) -> Sequence[Any]:
        """List by list, each where its first entry is."""
        place = {name: n for n, name in enumerate(dict.fromkeys(entry.list for entry in entries))}
        return sorted(entries, key=lambda entry: place[entry.list])

    @classmethod
    def key_named(cls, field: ColumnField, value: str) -> tuple[str, ...]:
        return (field.pick_list, value)

    @classmethod
    def is_named(cls, field: ColumnField, cells: Mapping[str, str]) -> bool:
        return field.pick_list == cells["list"]

    @classmethod
    def new_cells(cls, pick_list: str, code: str, label: str) -> Cells:
        """The row of a new entry, of a Vietnamese label alone."""
        return {"list": pick_list, "code": code, "vi": label, "en": "", "unit": ""}

    @classmethod
    def completed(cls, cells: Cells, book: "ReferenceBook") -> Cells:
        """A new entry gets its code from its words."""
        if cells["code"] or not cells["vi"]:
            return cells
        used_codes = book.picks.get(cells["list"], {})
        return {**cells, "code": pick_slug(cells["vi"], used_codes)}


def pick_slug(label: str, taken: Collection[str]) -> str:
    """A code for a new entry of a pick list: its folded words, numbered when taken."""
    words = "_".join(fold(nfc(label)).replace("/", " ").split())
    slug = "".join(c for c in words if c == "_" or (c.isascii() and c.isalnum()))
    slug = slug[:LONGEST_CODE].strip("_") or "muc"
    code, number = slug, 2
    while code in taken:
        end = f"_{number}"
        code, number = slug[: LONGEST_CODE - len(end)] + end, number + 1
    return code
