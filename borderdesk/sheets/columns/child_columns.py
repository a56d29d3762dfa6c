"""Child rows of a record in lists: all in one cell, or one of them in columns of its own.

In a cell every child row is on a line, or behind a semicolon: 1146 · 120 m; 1147/1: 85,5. A column
of one value of a child row has the key that the guide of the fields shows, lines[].length_m.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from borderdesk.base.i18n import _
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.entry.grid import GridColumn, names_markers, stretches
from borderdesk.entry.headings import forms_of, heading_words, without_unit
from borderdesk.schema.kinds import UNIT, ChildrenField, ColumnField, FieldError
from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.record import RevisionedModel

BELOW = "[]."
_ROW_ENDS = re.compile(r"[;\n]")
_DOTS = re.compile(r"\s*·\s*")
_VALUE_ENDS = re.compile(r"\s*[:()]\s*|,\s+|\s+[-–]\s+")
_JSON = re.compile(r"\s*\[")

ChildTexts = dict[str, str]
"""A row below a record: {key: text}."""


def is_below(key: str) -> bool:
    """Whether a column holds one value of a row below the record."""
    return BELOW in key


def child_columns(model: type[RevisionedModel]) -> Iterator[GridColumn]:
    """The columns of the rows below a record: of all of them, unless the grid has it, and of each
    value of one."""
    for key, field in model.children().items():
        if field.stretch is None:
            yield GridColumn(key, _(field.label), field, usual=False)
        for part, column in field.child.fields().items():
            label = f"{_(field.label)}: {_(column.label)}"
            yield GridColumn(f"{key}{BELOW}{part}", label, column, usual=False)


def columns_below(headings: Sequence[str], columns: Iterable[GridColumn]) -> dict[int, str]:
    """{place: key} of the headings that name a value of a row below the record, and no field of
    the record itself, in so many words: the name of one who paid is not just any name."""
    columns = list(columns)
    record_forms = forms_of(column for column in columns if not is_below(column.key))
    used_words = {words for form in record_forms.values() for words in (form.label, *form.others)}
    forms = {column.key: _forms(column) - used_words for column in columns if is_below(column.key)}
    keys_by_place: dict[int, str] = {}
    for place, heading in enumerate(headings):
        words = {heading_words(heading), without_unit(heading)} if heading else set()
        keys = [key for key, key_words in forms.items() if key_words & words]
        if len(keys) == 1 and keys[0] not in keys_by_place.values():
            keys_by_place[place] = keys[0]
    return keys_by_place


def _forms(column: GridColumn) -> set[str]:
    # The general headings of communes name the record's own.
    usual = type(column.field).headings.split(";")
    texts = {column.key, column.label, *column.field.headings.split(";")}.difference(usual)
    return set(filter(None, map(heading_words, texts)))


def with_row(
    field: ChildrenField, rows: Sequence[Mapping[str, str]], row: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """Child rows with one in columns of its own. Without a marker that holds for all markers of a
    cell, except where the cell says something of one of them; and for none where it is as usual."""
    stretch = field.stretch
    if stretch is None or stretch.marker in row:
        return [*rows, {**(stretch.rest if stretch else {}), **row}]
    usual = stretch.rest
    if not rows and not all(_is_usual(field, key, text) for key, text in row.items()):
        return [row]
    return [
        {**listed, **{key: text for key, text in row.items() if listed.get(key) == usual.get(key)}}
        for listed in rows
    ]


def _is_usual(field: ChildrenField, key: str, text: str) -> bool:
    """Whether a text says of a marker what is assumed of those that nothing is said of."""
    assert field.stretch is not None
    try:
        return bool(field.child.fields()[key].read(text, NEUTRAL) == field.stretch.rest.get(key))
    except FieldError:
        return False


class ChildReader:
    """Reads the cells of rows below a record, within one table."""

    def __init__(self, rules: EntryRules, reading: CellReading) -> None:
        self._rules = rules
        self._reading = reading

    def rows(
        self, field: ChildrenField, text: str, commune: Callable[[str], str]
    ) -> str | Sequence[Mapping[str, str]]:
        """The rows that a cell holds; JSON as it is. commune: the id of a unit that a text means,
        else the text. Raises FieldError."""
        if _JSON.match(text):
            return text
        rows: list[Mapping[str, str]] = []
        for part in filter(str.strip, _ROW_ENDS.split(text)):
            only_markers = names_markers(part) or len(_values_in(part)) == 1
            if field.stretch is not None and only_markers:
                rows += stretches(field, part, self._rules.book)
            else:
                rows.append(self._row(field, part.strip(), commune))
        return rows

    def _row(self, field: ChildrenField, text: str, commune: Callable[[str], str]) -> ChildTexts:
        """One child row: each value is assigned to the first field that accepts it, free text last.
        Raises FieldError for a value that no field accepts."""
        free = dict(field.child.fields())
        row: ChildTexts = {}
        last: ColumnField | None = None
        values = _values_in(text)
        if "·" not in text and any(self._is_marker_apart(field, part) for part in values[1:]):
            raise FieldError(_not_readable(field, text))
        for value in values:
            order = sorted(free, key=lambda key: free[key].free_text)
            read = ((key, self._text(free[key], value, commune)) for key in order)
            key, text_read = next(
                ((key, value_text) for key, value_text in read if value_text is not None), ("", "")
            )
            if key:
                row[key] = text_read
                last = free.pop(key)
            elif last is not None and last.free_text:
                row[last.name] += f", {value}"
            else:
                raise FieldError(_not_readable(field, text))
        if any(column.required for column in free.values()) and field.stretch is None:
            raise FieldError(_not_readable(field, text))
        return {**(field.stretch.rest if field.stretch else {}), **row}

    def _is_marker_apart(self, field: ChildrenField, value: str) -> bool:
        """Whether a later value is another marker, instead of a remark on the first one or a
        length."""
        if field.stretch is not None:
            return names_markers(value)
        return value in self._rules.book.markers

    def _text(self, column: ColumnField, value: str, commune: Callable[[str], str]) -> str | None:
        """The text of a value for a field, None where it can be none of it."""
        doubts_before = len(self._reading.doubts)
        try:
            text = column.from_sheet(value, self._reading)
            if column.refers_to == UNIT:
                text = commune(text)
            if column.read(text, self._rules) is not None:
                return text
        except FieldError:
            pass
        del self._reading.doubts[doubts_before:]
        return None


def _values_in(text: str) -> list[str]:
    """The values of a row: between the dots that the program writes, else between other marks."""
    marks = _DOTS if "·" in text else _VALUE_ENDS
    return [value for part in marks.split(text) if (value := part.strip(" ,.)"))]


def _not_readable(field: ChildrenField, text: str) -> str:
    values = " · ".join(_(column.label).lower() for column in field.child.fields().values())
    words = _("“{text}” cannot be read. Write each as {values}, with a semicolon between them.")
    return words.format(text=text[:60], values=values)
