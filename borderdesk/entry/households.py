"""Lookups of households for whoever types a record that names one."""

from borderdesk.base.text import sort_key
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.records.household import Household
from borderdesk.session.session import Part
from borderdesk.store.listing import Filter
from borderdesk.store.record_queries import distinct_texts


class HouseholdLookup(Part):
    """The households of a desk and the hamlets they are in."""

    def find(self, text: str, limit: int = 20) -> list[tuple[str, str, str, str]]:
        """Households found by words: (id, head, hamlet, commune's name)."""
        rows = self.session.part(RecordLists).page(
            Household.type_name, Filter(search=text), limit=limit
        )
        book = self.session.book
        return [
            (
                r.id,
                r.values.get("head", ""),
                r.values["hamlet"],
                book.unit_name(r.values["commune"]),
            )
            for r in rows
        ]

    def hamlets(self, commune: str) -> list[str]:
        """The hamlets of a commune (a unit id), in Vietnamese order: those of the reference
        list, and those of households there."""
        listed = {h.name for h in self.session.book.hamlets if h.commune == commune}
        given = distinct_texts(self.store, Household, "hamlet", "commune", commune)
        return sorted(listed | {*given}, key=sort_key)
