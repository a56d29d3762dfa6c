"""Administrative units: province, districts, communes."""

from typing import TYPE_CHECKING

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import UNIT
from borderdesk.schema.reference.columns import (
    ChoiceColumn,
    DayColumn,
    FlagColumn,
    LastDayColumn,
    LinkColumn,
    TextColumn,
)
from borderdesk.schema.reference.table import PackagePlace, ReferenceType
from borderdesk.schema.unit_history import EARLIEST, FOREVER, UNITS, UnitEntry

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

KINDS = {"province": N_("Province"), "district": N_("District"), "commune": N_("Commune")}


def unit_choices(book: "ReferenceBook", *kinds: str) -> dict[str, str]:
    """{unit id: its name and id}: a name alone may be that of several, old and new."""
    return {u.id: f"{u.name} · {u.id}" for u in book.units.values() if u.kind in kinds}


def commune_choices(book: "ReferenceBook") -> dict[str, str]:
    """`unit_choices` of the communes, of whatever time."""
    return unit_choices(book, "commune")


class UnitTable(ReferenceType):
    """An administrative unit; `id` is permanent, `code` may be reused by a later unit.

    `successors`: the ids of what it became; several where it was split.
    """

    class Meta:
        table_name = "unit"

    table_key = UNITS
    title = N_("Administrative units")
    hint = N_("A unit that ended keeps its row: give it a last day, and what it became.")
    noun = N_("administrative units")
    shipped = True
    name_column = "name"
    entry = UnitEntry
    grid_order = "name id code kind parent border valid_from valid_to successors"
    list_help = N_("List the administrative units.")
    print_order = "code name id kind parent border valid_from valid_to successors"
    named_by = UNIT
    place = PackagePlace(
        "unit",
        {
            "list": "kind",
            "code": "id",
            "name": "name",
            "unit_code": "code",
            "parent": "parent",
            "border": "border",
            "valid_from": "valid_from",
            "valid_to": "valid_to",
        },
        missing={"kind": "commune", "valid_from": EARLIEST, "valid_to": FOREVER},
        same={"name": "id", "code": "id"},
    )

    id = TextColumn(
        N_("Permanent id"),
        limit=20,
        required=True,
        primary_key=True,
        pattern=r"[0-9A-Za-z-]{1,20}",
    )
    code = TextColumn(N_("Code"), limit=12, required=True, pattern=r"[0-9A-Za-z]{1,12}")
    name = TextColumn(N_("Name"), required=True)
    kind = ChoiceColumn(N_("Kind"), KINDS, required=True)
    parent = LinkColumn(
        N_("Belongs to"),
        UNITS,
        by=("id",),
        choices=lambda book: unit_choices(book, "province", "district"),
        several=True,
        whole=True,
    )
    border = FlagColumn(N_("On the border"))
    valid_from = DayColumn(N_("First day"), required=True)
    valid_to = LastDayColumn(N_("Last day"))
    successors = LinkColumn(
        N_("Became"),
        UNITS,
        by=("id",),
        choices=lambda book: unit_choices(book, *KINDS),
        several=True,
    )
