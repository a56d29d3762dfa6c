"""Lookups of households for whoever types a record that names one."""

from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.text import accented, sort_key
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.household_marks import mark_of
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import Part
from borderdesk.store.listing import Filter, ListEntry
from borderdesk.store.record_queries import distinct_texts


class FoundHousehold(NamedTuple):
    """A household as a list offers it; `mark` tells it from namesakes, "" where it has none."""

    id: str
    head: str
    hamlet: str
    commune: str
    mark: str = ""


class HouseholdLookup(Part):
    """The households of a desk and the hamlets they are in."""

    def find(self, text: str, limit: int = 20) -> list[FoundHousehold]:
        """Households found by words, namesakes of one place each with what tells them apart."""
        rows = self.session.part(RecordLists).page(
            Household.type_name, Filter(search=text), limit=limit
        )
        named = [self._named(row) for row in rows]
        alike = [(accented(one.head), accented(one.hamlet), one.commune) for one in named]
        return [
            one._replace(mark=self.mark(one.id)) if alike.count(same) > 1 else one
            for one, same in zip(named, alike, strict=True)
        ]

    def _named(self, row: ListEntry) -> FoundHousehold:
        values, book = row.values, self.session.book
        commune = book.unit_name(values["commune"])
        return FoundHousehold(row.id, values.get("head", ""), values["hamlet"], commune)

    def place(self, record: str) -> tuple[str, str]:
        """The commune (unit id) and the hamlet of a household. Raises UserError."""
        values = self.session.part(RecordEditor).read(Household.type_name, record)[0]
        return values["commune"], values["hamlet"]

    def mark(self, record: str) -> str:
        """What tells a household from namesakes: its ID masked, the end of its telephone, its
        note, else the day it was entered."""
        editor = self.session.part(RecordEditor)
        first = editor.history(Household.type_name, record)[0].stamp.time
        return mark_of(editor.read(Household.type_name, record)[0]) or format_date(
            local_date(first)
        )

    def hamlets(self, commune: str) -> list[str]:
        """The hamlets of a commune (a unit id), in Vietnamese order: those of the reference
        list, and those of households there."""
        listed = {h.name for h in self.session.book.hamlets if h.commune == commune}
        given = distinct_texts(self.store, Household, "hamlet", "commune", commune)
        return sorted(listed | {*given}, key=sort_key)
