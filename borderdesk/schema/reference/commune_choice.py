"""A commune of whatever time, named in a row of reference data."""

from typing import Any

from borderdesk.schema.kinds import ChoiceField, EntryContext, FieldError
from borderdesk.schema.kinds.commune import several_communes, unknown_commune


class CommuneChoice(ChoiceField):
    """A commune given by its label, its permanent id, or as in a record: by its code or name on the
    first day of the row, today where the row has none."""

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        try:
            return super().clean(raw, entry)
        except FieldError:
            if type(raw) is not str:
                raise
        text, day, book = raw.strip(), entry.on or entry.today, entry.book
        unit = book.commune_on(text, day) or book.commune_named(text, day)
        if unit is not None and unit in self.options:
            return unit
        namesakes = book.namesakes_on(text, day)
        if namesakes:
            raise several_communes(self.options.get(namesake, namesake) for namesake in namesakes)
        raise unknown_commune(text)
