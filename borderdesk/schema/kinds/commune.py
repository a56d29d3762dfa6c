"""Communes, which change with time: a code means the unit valid on the record's date."""

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any

import peewee as pw

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import without_unseen
from borderdesk.schema.kinds.context import (
    DatedUnit,
    EntryContext,
    PackageCodes,
    ReferenceLookup,
)
from borderdesk.schema.kinds.field import UNIT, ColumnField, FieldError
from borderdesk.schema.kinds.sheet_cell import ZERO_RESTORED, CellReading

CODE_DIGITS = 5
_SHORT_CODE = re.compile(r"[1-9][0-9]{3}\Z", re.ASCII)
"""A code whose leading zero a spreadsheet dropped."""


class CommuneField(ColumnField, pw.TextField):
    """A commune, stored as the permanent id of the unit valid on the record's date.

    by_id: given out as an id, and taken as one whatever the date (a household's own commune:
    it has no date to be judged by).
    """

    refers_to = UNIT
    order = "rank"
    dated = True
    form_width = "half"
    from_list = True
    dated_choices = True
    remembered = True
    headings = (
        "Xã; Tên xã; Mã xã; Xã, thị trấn; Xã, phường; Xã, phường, thị trấn; Địa bàn; Địa bàn "
        "xã; Địa bàn thực hiện; Xã/TT; Xã, TT; Xã/thị trấn; Xã/phường; Thị trấn; Phường; "
        "Nơi ở xã; Nơi cư trú xã"
    )

    def __init__(self, label: str, *, by_id: bool = False, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.by_id = by_id

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        text = raw.strip()
        if not text:
            return None
        if entry.on is None:
            # The date itself was refused; the place cannot be judged before it is corrected.
            return text
        return self.unit_on(text, entry.on, entry.book)

    def unit_on(self, text: str, day: datetime.date, book: ReferenceLookup) -> str:
        """The id of the unit that `text` (a code, an id or a name) names on `day`. Raises
        FieldError."""
        if self.by_id and book.is_commune_id(text):
            return text
        unit = book.commune_on(text, day) or book.commune_named(text, day)
        if unit is not None:
            return unit
        namesakes = book.namesakes_on(text, day)
        if namesakes:
            raise several_communes(map(book.unit_name, namesakes))
        once = book.commune_once(text)
        if once is not None and not once.valid_on(day.isoformat()):
            raise FieldError(_not_valid(once, day, book))
        raise unknown_commune(text)

    def read(self, text: str, entry: EntryContext) -> str | None:
        text = without_unseen(text).strip()
        return self.clean(text, entry) if text else None

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        text = cell_text(cell).removesuffix(".0")
        if _SHORT_CODE.match(text):
            text = text.zfill(CODE_DIGITS)
            reading.doubt(ZERO_RESTORED, text)
        return text

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else book.unit_name(value)

    def show_short(self, value: Any, book: ReferenceLookup, between: str = "; ") -> str:
        return "" if value is None else book.unit_short(value)

    def to_json(self, value: Any, book: ReferenceLookup) -> Any:
        return value if value is None or self.by_id else book.unit_code(value)

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        return book.unit_name(value)

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        return canonical in codes.units

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        return commune_choices(book, day, home)

    def rank_name(self, place: str) -> str:
        return UNIT


def several_communes(names: Iterable[str]) -> FieldError:
    """The error for a name of several communes, which are listed."""
    words = _("Several communes are called so; say which: {names}.")
    return FieldError(words.format(names=", ".join(names)))


def unknown_commune(text: str) -> FieldError:
    """The error for a text that is no code, id or name of a commune."""
    return FieldError(_("“{value}” is not a known commune.").format(value=text[:60]))


def commune_choices(
    book: ReferenceLookup, day: datetime.date, home: str
) -> Sequence[tuple[str, str]]:
    """The communes valid on `day`, those of the post `home` first: (id, name)."""
    own_area = book.area_on(home, day) if home else frozenset()
    units = sorted(book.communes_on(day), key=lambda unit: unit.id not in own_area)
    return [(unit.id, book.unit_name(unit.id)) for unit in units]


def _not_valid(unit: DatedUnit, day: datetime.date, book: ReferenceLookup) -> str:
    """The reason why a commune cannot be named on a day, and the units to name instead."""
    message_parts = {"value": book.unit_name(unit.id), "date": format_date(day)}
    if day.isoformat() < unit.valid_from:
        since = datetime.date.fromisoformat(unit.valid_from)
        return _("{value} is not a valid unit on {date}: it is one from {since} on.").format(
            **message_parts, since=format_date(since)
        )
    last = format_date(datetime.date.fromisoformat(unit.valid_to))
    became = ", ".join(sorted(map(book.unit_name, book.successors_on(unit.id, day.isoformat()))))
    if not became:
        return _("{value} is not a valid unit on {date}: it was one until {last}.").format(
            **message_parts, last=last
        )
    return _(
        "{value} is not a valid unit on {date}: it was one until {last}, and became {became}."
    ).format(**message_parts, last=last, became=became)
