"""References to households."""

import datetime
import json
import re
from typing import Any

import peewee as pw

from borderdesk.base.i18n import _
from borderdesk.schema.kinds.commune import commune_choices
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.description import DESCRIBED_BY
from borderdesk.schema.kinds.field import HOUSEHOLD, ColumnField, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual lower-case form."""
    return _UUID.fullmatch(text) is not None


class HouseholdField(ColumnField, pw.TextField):
    """A household by its id; the desk finds or adds one from the parts DESCRIBED_BY."""

    refers_to = HOUSEHOLD
    order = "named"
    settles = False
    register_width = 1.8

    def clean(self, raw: Any, entry: EntryContext) -> Any:
        if type(raw) is dict:
            return raw
        if type(raw) is not str:
            raise self.wrong_type()
        text = raw.strip().lower()
        if text and not is_uuid(text):
            # Names are not keys: there are namesakes.
            raise FieldError(_("Name a household by its id, or by head, commune and hamlet."))
        return text or None

    def read(self, text: Any, entry: EntryContext) -> Any:
        # A form sends an id, or the texts that describe a household to be found or made.
        return self.clean(text, entry)

    def from_csv(self, cell: str, reading: CellReading) -> Any:
        # A JSON description; any other text is an id, or refused as one.
        try:
            described = json.loads(cell) if cell.startswith("{") else None
        except (ValueError, RecursionError):
            return cell
        return described if isinstance(described, dict) else cell

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        commune = next(iter(commune_choices(book, day, home)), ("",))[0]
        return {
            DESCRIBED_BY.name: "Nguyễn Văn A",
            DESCRIBED_BY.commune: book.unit_code(commune),
            DESCRIBED_BY.hamlet: "Thôn A",
        }

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else book.household_name(value)

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        return is_uuid(canonical)
