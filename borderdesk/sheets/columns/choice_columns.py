"""Columns of choices recognised by their cells, where the headings are not enough.

A heading with a field's own name may be above the values of another field (Đối tác: Công an), and
an unknown heading above the choices of a single field (Loại hình: Hội đàm).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from borderdesk.base.i18n import in_every_language
from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import recognised, without_unit
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.shared_columns import is_shared, parts_of
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.choices import choice_words, only_label

_MOST = 0.75
"""The least share of a column's texts that belong to the same field: sums and captions are among
them."""


class _Choices(NamedTuple):
    """A column of choices: its key, and its labels as they are compared, each its own."""

    key: str
    labels: Mapping[str, str]

    def hold(self, text: str) -> bool:
        """Whether a text is one of the choices, or means one alone."""
        words = choice_words(text)
        return words in self.labels or only_label(text, self.labels) is not None


def by_cells(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    rows: Iterable[SheetRow],
    given_places: Iterable[int],
) -> list[str | None]:
    """The key of each column, those of choices by what the first rows below the headings hold;
    given_places: the places that a person decided."""
    corrected = list(keys)
    choices = {
        column.key: _Choices(column.key, _labels(column))
        for column in columns
        if column.field.options and not is_below(column.key)
    }
    texts = _texts(rows, len(headings))
    open_to = set(range(len(headings))).difference(given_places)
    loose: dict[int, str] = {}
    for place in open_to:
        choice_field = choices.get(keys[place] or "")
        if choice_field and texts[place] and not any(map(choice_field.hold, texts[place])):
            loose[place], corrected[place] = choice_field.key, None
    for place in sorted(open_to):
        heading = headings[place]
        unsaid = corrected[place] is None and heading != ""
        if unsaid and (place in loose or not _is_known(heading, columns)):
            corrected[place] = _only_fitting(choices.values(), corrected, texts[place])
    _name_the_loose(headings, corrected, columns, loose)
    return corrected


def _only_fitting(
    choices: Iterable[_Choices], keys: Iterable[str | None], texts: Counter[str]
) -> str | None:
    """The one field, of those that no column has, whose choices a column holds."""
    used = {part for key in keys if key for part in parts_of(key)}
    fitting = [choice.key for choice in choices if choice.key not in used and _fits(choice, texts)]
    return fitting[0] if len(fitting) == 1 else None


def _name_the_loose(
    headings: Sequence[str],
    assigned: list[str | None],
    columns: Sequence[GridColumn],
    loose: Mapping[int, str],
) -> None:
    """Assign columns that are no choice after all to another field of the heading, or back to its
    own."""
    for place, key in loose.items():
        if assigned[place] is not None:
            continue
        used = {
            part for assigned_key in assigned if assigned_key for part in parts_of(assigned_key)
        } | {key}
        free = [
            column
            for column in columns
            if column.key not in used and not is_shared(column.key) and not is_below(column.key)
        ]
        assigned[place] = recognised([headings[place]], free)[0] or (
            key if key not in assigned else None
        )


def _is_known(heading: str, columns: Sequence[GridColumn]) -> bool:
    return recognised([heading], columns)[0] is not None or not without_unit(heading)


def _fits(choices: _Choices, texts: Counter[str]) -> bool:
    matching = sum(count for text, count in texts.items() if choices.hold(text))
    return matching > 0 and matching >= _MOST * texts.total()


def _labels(column: GridColumn) -> dict[str, str]:
    options = column.field.options
    return {
        choice_words(name): code
        for code, label in options.items()
        for name in (code, *in_every_language(label))
    }


def _texts(rows: Iterable[SheetRow], width: int) -> list[Counter[str]]:
    """The texts of each column with their frequencies."""
    texts: list[Counter[str]] = [Counter() for _place in range(width)]
    for row in rows:
        for place, cell in enumerate(row.cells[:width]):
            if isinstance(cell, str) and len(cell) < 200 and (text := cell_text(cell)):
                texts[place][text] += 1
    return texts
