"""Choices of a fixed few."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import peewee as pw

from borderdesk.base.i18n import _, in_every_language
from borderdesk.base.text import fold
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.field import ColumnField, FieldError

FEW = 12
"""The limit of choices listed in an error message."""


class ChoiceField(ColumnField, pw.TextField):
    """One of a fixed set: `options` is {code: English key}; the label is accepted as input like the
    code."""

    order = "rank"
    form_width = "half"
    from_list = True

    def __init__(
        self,
        label: str,
        options: Mapping[str, str],
        *,
        also: Mapping[str, str] | None = None,
        **options_of_field: Any,
    ) -> None:
        """also: {code: further names besides its label, separated by semicolons}."""
        super().__init__(label, **options_of_field)
        self.options = dict(options)
        self.codes = {
            fold(word): code for code, words in (also or {}).items() for word in words.split(";")
        }

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        if raw in self.options:
            return raw
        typed = fold(raw)
        if not typed:
            return None
        for code, label in self.options.items():
            if typed == code or typed in map(fold, in_every_language(label)):
                return code
        if len(self.options) > FEW:
            raise FieldError(_("“{value}” is not in the pick list.").format(value=raw[:60]))
        choices = "; ".join(_(label) for label in self.options.values())
        raise FieldError(_("Must be one of: {choices}.").format(choices=choices))

    def read(self, text: str, entry: EntryContext) -> Any:
        return super().read(self.codes.get(fold(text), text), entry)

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else _(self.options.get(value, value))

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        return canonical in self.options

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        return [(code, _(label)) for code, label in self.options.items()]

    def rank_name(self, place: str) -> str:
        return f"choice:{place}"

    def schema_constraints(self) -> dict[str, Any]:
        return {"enum": list(self.options)}
