"""A field kind that no record type has (time of day), as a developer would add it.

Everything the program needs is in this module; the window needs one more line.
"""

import datetime
import re
from collections.abc import Iterator

import peewee as pw

from borderdesk.schema.kinds import ColumnField, CommuneField, DayField, FieldError
from borderdesk.schema.record import Record

_TYPED = re.compile(r"([0-9]{1,2})[:hg]([0-9]{2})")


class TimeOfDayField(ColumnField, pw.IntegerField):
    """Time of day to the minute, "19:30"; stored as minutes since midnight."""

    schema_type = "time"
    stored_as_is = False
    order = "number"
    form_width = "narrow"
    register_width = 0.7
    placeholder = "hh:mm"

    def clean(self, raw, entry):
        if type(raw) is not str:
            raise self.wrong_type()
        if not raw.strip():
            return None
        match = _TYPED.fullmatch(raw.strip())
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            raise FieldError("no such time")
        return datetime.time(int(match[1]), int(match[2]))

    def show(self, value, book):
        return "" if value is None else f"{value:%H:%M}"

    def to_json(self, value, book):
        return None if value is None else self.show(value, book)

    def to_editor(self, value, book):
        return self.show(value, book)

    def to_canonical(self, value):
        return f"{value:%H:%M}"

    def from_canonical(self, canonical):
        return datetime.time.fromisoformat(canonical)

    def db_value(self, value):
        return None if value is None else value.hour * 60 + value.minute

    def python_value(self, value):
        return None if value is None else datetime.time(value // 60, value % 60)

    def doubts(self, value, entry) -> Iterator[tuple[str, str]]:
        if value.hour < 5:
            yield "{value} is at night.", self.show(value, None)


class Watch(Record):
    """A record type with a field of the invented kind."""

    type_name = "watch"
    title = "Watches"
    kind_key = ""
    held_on = DayField("Held on", required=True, listed=True, event=True)
    began_at = TimeOfDayField("Began at", required=True, listed=True)
    commune = CommuneField("Commune")

    layout = (("Watch", "held_on began_at commune"), Record.common)
