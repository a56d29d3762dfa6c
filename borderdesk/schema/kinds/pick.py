"""Entries of pick lists."""

import datetime
from collections.abc import Sequence
from typing import Any

import peewee as pw

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import forbidden_signs, without_unseen
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.field import NAME_LIMIT, PICK, ColumnField, FieldError, not_stored


class PickField(ColumnField, pw.TextField):
    """One entry of an editable pick list, stored by its code."""

    refers_to = PICK
    order = "rank"
    dated = True
    form_width = "wide"
    from_list = True
    remembered = True

    def __init__(self, label: str, pick_list: str, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.pick_list = pick_list

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        text = without_unseen(raw).strip()
        code = entry.book.pick_code(self.pick_list, text)
        if code is not None:
            self._require_offered(code, entry)
            return code
        if not text:
            return None
        if signs := forbidden_signs(text):
            raise FieldError(not_stored(text, signs))
        added = entry.make_pick(self.pick_list, text) if len(text) <= NAME_LIMIT else None
        if added is None:
            words = _("“{value}” is not in the pick list: choose another, or add it there first.")
            raise FieldError(words.format(value=text[:60]))
        return added

    def _require_offered(self, code: str, entry: EntryContext) -> None:
        """Raise FieldError for an entry that had ended by the day of the record."""
        ended = entry.book.pick_ended(self.pick_list, code)
        if entry.on is not None and entry.on.isoformat() > ended:
            last = datetime.date.fromisoformat(ended)
            raise FieldError(
                _("“{value}” is out of use since its last day, {date}.").format(
                    value=entry.book.pick_label(self.pick_list, code), date=format_date(last)
                )
            )

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else book.pick_label(self.pick_list, value)

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        return book.pick_words(self.pick_list, value)

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        return (self.pick_list, canonical) in codes.picks

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        iso, pick_list = day.isoformat(), self.pick_list
        return [
            (code, book.pick_label(pick_list, code))
            for code in book.picks.get(pick_list, {})
            if iso <= book.pick_ended(pick_list, code)
        ]

    def rank_name(self, place: str) -> str:
        return f"pick:{self.pick_list}"
