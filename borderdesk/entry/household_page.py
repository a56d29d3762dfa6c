"""Everything on one household: its pledges, registrations and duplicates."""

import datetime
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import short_value_words
from borderdesk.session.session import SessionPart
from borderdesk.store.lists.listing import Filter
from borderdesk.store.records.record_queries import naming


class HouseholdLine(NamedTuple):
    """A record that names a household: `title` of its type, `text` of its listed fields."""

    type: str
    record: str
    day: datetime.date | None
    title: str
    text: str


class HouseholdPage(SessionPart):
    """The records that name a household."""

    def lines(self, household: str) -> list[HouseholdLine]:
        """The records that name a household, newest first; households joined to it come last."""
        lines = []
        for model in ALL_TYPES.values():
            for key in model.referring(HOUSEHOLD, several=False):
                ids = frozenset(naming(self.store, model, key, household))
                if ids:
                    lines += self._lines(model.type_name, ids, key)
        return sorted(lines, key=lambda line: line.day or datetime.date.min, reverse=True)

    def _lines(self, type_name: str, ids: frozenset[str], name_column: str) -> list[HouseholdLine]:
        model, book = ALL_TYPES[type_name], self.session.book
        event = model.event()
        keys = [k for k in model.listed() if k != name_column and not (event and k == event.name)]
        lines = []
        for entry in self.session.part(RecordLists).stream(type_name, Filter(ids=ids)):
            texts = (
                short_value_words(model, key, entry.values, book)
                for key in keys
                if key in entry.values
            )
            day = entry.values.get(event.name) if event is not None else None
            lines.append(HouseholdLine(type_name, entry.id, day, _(model.title), " · ".join(texts)))
        return lines
