"""Lookups of households for records that name them."""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.text import accented, sort_key
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.household_marks import distinguishing_texts, marks_of
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import SessionPart
from borderdesk.store.lists.listing import ListEntry
from borderdesk.store.records.record_queries import distinct_texts


class FoundHousehold(NamedTuple):
    """A household as offered in a list; `mark` distinguishes it from namesakes, "" without one."""

    id: str
    head: str
    hamlet: str
    commune: str
    mark: str = ""


class HouseholdLookup(SessionPart):
    """The households of a desk and the hamlets they are in."""

    def find(self, text: str, limit: int = 20) -> list[FoundHousehold]:
        """Households found by words, those whose head has that name first, namesakes of one place
        each with a distinguishing mark."""
        rows = self.session.part(RecordLists).nearest(Household.type_name, text, limit)
        found_households = [self._named(row) for row in rows]
        called = {
            household.id: (accented(household.head), accented(household.hamlet), household.commune)
            for household in found_households
        }
        marks = self.marks(called)
        return [
            household._replace(mark=marks.get(household.id, "")) for household in found_households
        ]

    def _named(self, row: ListEntry) -> FoundHousehold:
        values, book = row.values, self.session.book
        commune = book.unit_name(values[DESCRIBED_BY.commune])
        return FoundHousehold(
            row.id, values.get(DESCRIBED_BY.name, ""), values[DESCRIBED_BY.hamlet], commune
        )

    def place(self, record: str) -> tuple[str, str]:
        """The commune (unit id) and the hamlet of a household. Raises UserError."""
        values = self.session.part(RecordEditor).read(Household.type_name, record)[0]
        return values[DESCRIBED_BY.commune], values[DESCRIBED_BY.hamlet]

    def marks(self, called: Mapping[str, Hashable]) -> dict[str, str]:
        """{household that has a namesake: its distinguishing text}: its ID masked, the end of its
        telephone number, its note, the day it was entered; distinct among namesakes.

        called: {household: its name}.
        """
        alike: dict[Hashable, list[str]] = {}
        # Numbered in the order they were entered, wherever they are shown.
        for record in sorted(called):
            alike.setdefault(called[record], []).append(record)
        marks: dict[str, str] = {}
        for namesakes in alike.values():
            if len(namesakes) > 1:
                texts = distinguishing_texts([self._marks(record) for record in namesakes])
                marks.update(zip(namesakes, texts, strict=True))
        return marks

    def _marks(self, record: str) -> list[str]:
        """All marks that distinguish a household from namesakes, the best first, the time of entry
        last."""
        editor = self.session.part(RecordEditor)
        first = editor.history(Household.type_name, record)[0].stamp.time
        moment = moment_of(first)
        entered = [format_date(moment.date()), f"{moment:%H:%M}"]
        return [*marks_of(editor.read(Household.type_name, record)[0]), *entered]

    def hamlets(self, commune: str) -> list[str]:
        """The hamlets of a commune (a unit id) and of those that became it, in Vietnamese order:
        those of the reference list, and those of its households."""
        book = self.session.book
        units = book.lineage(commune)
        names = {h.name for h in book.hamlets if h.commune in units}
        for unit in units:
            names |= {
                *distinct_texts(
                    self.store, Household, DESCRIBED_BY.hamlet, DESCRIBED_BY.commune, unit
                )
            }
        return sorted(names, key=sort_key)
