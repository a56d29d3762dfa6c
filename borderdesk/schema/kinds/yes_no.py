"""Yes or no."""

import datetime
from collections.abc import Sequence
from typing import Any

import peewee as pw

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.field import CellReader, ColumnField
from borderdesk.schema.kinds.sheet_cell import CellReading

_TYPED = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "co": True,
    "khong": False,
}
"""Typed texts for yes and no, folded."""

_IN_LISTS = {
    **dict.fromkeys(("x", "1", "v", "✓", "✔", "√", "☑", "có", "dung", "đúng"), "true"),
    **dict.fromkeys(("0", "-", "–", "ko", "k", "sai", "☐"), "false"),
}
"""Further texts in lists for yes and no."""


class YesNoField(ColumnField, pw.BooleanField):
    """Yes, no, or no answer."""

    json_type = schema_type = "boolean"
    canonical_type = bool
    stored_as_is = False
    order = "number"
    form_width = "narrow"
    from_list = True

    def clean(self, raw: Any, entry: EntryContext) -> bool:
        if type(raw) is not bool:
            raise self.wrong_type()
        return raw

    def read(self, text: str, entry: EntryContext) -> bool | None:
        typed = fold(text)
        if not typed:
            return None
        if typed not in _TYPED:
            raise self.wrong_type()
        return _TYPED[typed]

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        text = cell_text(cell)
        return _IN_LISTS.get(text.casefold().strip(" ."), text)

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else _(N_("Yes")) if value else _(N_("No"))

    def to_csv(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else self.to_package(value)

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        return self.to_csv(value, book)

    def to_package(self, canonical: Any) -> str:
        return "true" if canonical else "false"

    def package_reader(self) -> CellReader:
        return self._from_package

    def _from_package(self, cell: str) -> bool:
        if cell not in ("true", "false"):
            raise self.wrong_type()
        return cell == "true"

    def from_code(self, code: str) -> bool:
        return code == "true"

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        return [("true", _("Yes")), ("false", _("No"))]
