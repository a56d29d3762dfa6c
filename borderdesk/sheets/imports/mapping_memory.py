"""Stores the confirmed column mapping of a list for later lists with the same headings."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from borderdesk.base.i18n import in_every_language
from borderdesk.entry.headings import heading_words
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import SessionPart
from borderdesk.sheets.columns.heading_rows import IGNORE
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.rejects import REASON
from borderdesk.sheets.sources.cells import column_letters

MOST_KEPT = 50
"""So many kinds of lists are remembered for a record type, those confirmed last."""

_REASONS = frozenset(map(heading_words, in_every_language(REASON)))
"""Headings of the last column in a workbook of refused rows."""
_BETWEEN = "|"


class ConfirmedMapping(NamedTuple):
    """The confirmed mapping of a list: {heading or letters of a column: key or IGNORE}, and the
    values given for missing columns."""

    mapping: dict[str, str]
    fixed: dict[str, str]


def names_of(table: SheetTable) -> list[str]:
    """The name of each column in a mapping: its heading, or its letters if the heading is missing
    or not unique."""
    words = [heading_words(column.heading) for column in table.columns]
    return [
        column.heading if word and words.count(word) == 1 else column_letters(column.place + 1)
        for column, word in zip(table.columns, words, strict=True)
    ]


def mapping_of(table: SheetTable) -> dict[str, str]:
    """The columns of a table as a complete mapping."""
    return {
        name: column.key or IGNORE
        for name, column in zip(names_of(table), table.columns, strict=True)
    }


def completed_by(
    person_keys: Mapping[str, str], recalled_keys: Mapping[str, str]
) -> dict[str, str]:
    """The person's mapping, completed by the known one."""
    used = {key for key in person_keys.values() if key != IGNORE}
    return {**{name: key for name, key in recalled_keys.items() if key not in used}, **person_keys}


class MappingMemory(SessionPart):
    """The mappings confirmed on this desk, by record type and headings."""

    def recall(self, type_name: str, table: SheetTable) -> ConfirmedMapping | None:
        """The last confirmed mapping of a list with these headings, None for none."""
        for headings, mapping, fixed in self._kept(type_name):
            if headings.rstrip(_BETWEEN) == _headings(table):
                return ConfirmedMapping(mapping, fixed)
        return None

    def confirm(self, type_name: str, table: SheetTable, confirmed: ConfirmedMapping) -> None:
        """Store the mapping of a list."""
        headings = _headings(table)
        other_lists = [
            stored for stored in self._kept(type_name) if stored[0].rstrip(_BETWEEN) != headings
        ]
        confirmed_lists = [[headings, confirmed.mapping, confirmed.fixed], *other_lists][:MOST_KEPT]
        self.session.part(Preferences).prefer(_preference(type_name), confirmed_lists)

    def confirm_columns(self, type_name: str, table: SheetTable) -> None:
        """Remember which column is which of a list, and the values given for it before."""
        recalled_keys = self.recall(type_name, table)
        fixed = recalled_keys.fixed if recalled_keys is not None else {}
        self.confirm(type_name, table, ConfirmedMapping(mapping_of(table), fixed))

    def _kept(self, type_name: str) -> list[Any]:
        stored: list[Any] = self.session.part(Preferences).preferred(_preference(type_name), [])
        return stored


def _preference(type_name: str) -> str:
    return f"sheet:{type_name}"


def _headings(table: SheetTable) -> str:
    """The headings of a list; its refused rows, corrected, are the same list with their reasons."""
    words = [heading_words(column.heading) for column in table.columns]
    words = words[:-1] if words[-1:] and words[-1] in _REASONS else words
    return _BETWEEN.join(words).rstrip(_BETWEEN)
