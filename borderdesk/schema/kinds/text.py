"""Free text: a name on one line, or several lines."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import peewee as pw

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.letters import changed_on_paper
from borderdesk.base.spreadsheets import CellValue, cell_text, guarded, unguarded
from borderdesk.base.text import (
    FORBIDDEN,
    forbidden_signs,
    nfc,
    without_unseen,
)
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.field import (
    NAME_LIMIT,
    TEXT_LIMIT,
    CellReader,
    ColumnField,
    FieldError,
    not_stored,
)
from borderdesk.schema.kinds.sheet_cell import CellReading

if TYPE_CHECKING:
    from borderdesk.base import legacy_text
else:
    # The start has no text to judge.
    legacy_text = lazy_module("borderdesk.base.legacy_text")

_LONG_NUMBER = re.compile(r"\d\d\d\d\d\d\d\d\d")
"""A part of every identifier; far quicker to search for than an identifier."""
_IDENTIFIER = re.compile(r"(?<!\d)(?:\d{9}|\d{12}|(?:\+?84|0)\d{9})(?!\d)")

MISREAD = N_("Looks like an old font or a wrong encoding. Should it be “{value}”?")
NOT_ON_PAPER = N_("The type of the papers lacks letters of this text; printed will be: {value}.")
MOST_LETTERS = 5
TELLING_LENGTH = 24


def longer_than(limit: int) -> FieldError:
    """The error for a text of more characters."""
    shown = format_number(limit, language())
    return FieldError(_("Longer than {limit} characters.").format(limit=shown))


class TextField(ColumnField, pw.TextField):
    """A text: one line of at most 200 characters for a name, else several of 4,000.

    brief: several lines are possible, but one is usual; remembered: a form offers the texts used
    before, as for names of persons that come again.
    """

    free_text = True

    def __init__(
        self,
        label: str,
        *,
        limit: int = TEXT_LIMIT,
        brief: bool = False,
        remembered: bool | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        if remembered is not None:
            self.remembered = remembered
        self.limit = limit
        self.brief = brief
        self.lines = limit > NAME_LIMIT
        self.recurs = not self.lines
        self.form_width = "whole" if self.lines else "half"

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        text = without_unseen(raw, lines=self.lines)
        # Forbidden characters are not printable; other unprintable ones may be line ends.
        if not text.isprintable():
            signs = forbidden_signs(text, lines=self.lines)
            if signs:
                raise FieldError(not_stored(text, signs))
        text = text.strip()
        if len(text) > self.limit:
            raise longer_than(self.limit)
        return text or None

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        # A value stored before invisible characters were dropped is not changed: its hash is
        # signed.
        return (
            type(canonical) is str
            and 0 < len(canonical) <= self.limit
            and canonical == nfc(canonical).strip()
            and not FORBIDDEN.search(canonical.replace("\n", "") if self.lines else canonical)
        )

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        text = cell_text(cell)
        return text if self.lines else text.replace("\n", " ")

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        return str(value)

    def telling(self, value: str) -> str:
        return " ".join(value.split())[:TELLING_LENGTH]

    def to_csv(self, value: Any, book: ReferenceLookup) -> str:
        return guarded(super().to_csv(value, book))

    def from_csv(self, cell: str, reading: CellReading) -> str:
        return unguarded(cell)

    def to_package(self, canonical: Any) -> str:
        return guarded(canonical)

    def package_reader(self) -> CellReader:
        return unguarded

    def doubts(self, value: str, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        doubts: list[tuple[str, Any]] = []
        if _LONG_NUMBER.search(value) and _IDENTIFIER.search(value):
            message = N_("Looks like an ID or phone number; keep those out of free text.")
            doubts.append((message, value))
        return doubts if value.isascii() else [*doubts, *_doubtful_letters(value)]


@lru_cache(maxsize=20_000)
def _doubtful_letters(text: str) -> tuple[tuple[str, str], ...]:
    """The doubts of letters that are not plain: names come again and again."""
    doubts: list[tuple[str, str]] = []
    if (reading := legacy_text.likely_reading(text)) is not None:
        doubts.append((MISREAD, reading))
    if changed := changed_on_paper(text):
        doubts.append((NOT_ON_PAPER, _named_letters(changed)))
    return tuple(doubts)


def _named_letters(changed: list[tuple[str, str]]) -> str:
    """The letters with their printed substitutes: “‑” (U+2011) → “-”."""
    letter_names = (f"“{letter}” (U+{ord(letter):04X}) → “{shown}”" for letter, shown in changed)
    return ", ".join(islice(letter_names, MOST_LETTERS)) + (
        " …" if len(changed) > MOST_LETTERS else ""
    )


def short_text(label: str, **rest: Any) -> TextField:
    """A one-line text of at most 200 characters."""
    return TextField(label, limit=NAME_LIMIT, **rest)
