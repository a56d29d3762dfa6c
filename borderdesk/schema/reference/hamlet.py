"""Hamlets."""

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

import peewee as pw

from borderdesk.base.i18n import N_
from borderdesk.schema.book import HAMLETS, HamletEntry
from borderdesk.schema.invented import is_invented_hamlet
from borderdesk.schema.kinds import HAMLET
from borderdesk.schema.reference.columns import (
    CountColumn,
    DayColumn,
    FlagColumn,
    LastDayColumn,
    LinkColumn,
    TextColumn,
)
from borderdesk.schema.reference.commune_choice import CommuneChoice
from borderdesk.schema.reference.table import Cells, ReferenceType
from borderdesk.schema.reference.unit import commune_choices
from borderdesk.schema.unit_history import UNITS

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook


def _unit_id(book: "ReferenceBook", cell: str, cells: Mapping[str, str]) -> str:
    """The id of a unit: as in a record, a code means the unit valid on the day, in this table the
    row's first."""
    return book.commune_on(cell, datetime.date.fromisoformat(cells["valid_from"])) or cell


class HamletTable(ReferenceType):
    """A hamlet of a commune (unit id), with its number of households from the first day on."""

    class Meta:
        table_name = "hamlet"
        primary_key = pw.CompositeKey("commune", "name", "valid_from")

    table_key = HAMLETS
    title = N_("Hamlets")
    hint = N_("The number of households holds from the first day.")
    noun = N_("hamlets")
    name_column = "name"
    entry = HamletEntry
    named_by = HAMLET
    record_column = "name"
    record_context = ("commune",)

    commune = LinkColumn(
        N_("Commune"),
        UNITS,
        by=("id",),
        choices=commune_choices,
        field=CommuneChoice,
        resolve=_unit_id,
        required=True,
    )
    name = TextColumn(N_("Hamlet"), required=True)
    is_border = FlagColumn(N_("On the border"))
    households_total = CountColumn(N_("Households"))
    valid_from = DayColumn(N_("First day"), required=True)
    valid_to = LastDayColumn(N_("Last day"))

    @classmethod
    def new_cells(cls, commune: str, name: str, first_day: str) -> Cells:
        """The row of a new hamlet of a commune (a unit's id), of which no more is known."""
        blank = {key: column.to_cell(None) for key, column in cls.columns().items()}
        return {**blank, "commune": commune, "name": name, "valid_from": first_day}

    @classmethod
    def is_demonstration(cls, cells: Mapping[str, str]) -> bool:
        """Whether a row is one of the hamlets that the demonstration invents."""
        return is_invented_hamlet(cells["commune"], cells["name"], cells["valid_from"])
