"""One-line summaries of records, to list the parts of a figure."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.measure_units import value_and_unit
from borderdesk.closing.explanations import short_id
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import short_value_words
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import Filter

MOST_RECORDS = 1_000
"""The most records listed at once; a larger figure can be examined by shorter periods."""


class RecordLine(NamedTuple):
    """A record in one line: `title` of its type, `text` of its listed fields, short id."""

    type: str
    record: str
    day: datetime.date | None
    title: str
    text: str
    short: str


def record_lines(session: Session, ids_by_type: Mapping[str, Sequence[str]]) -> list[RecordLine]:
    """The lines of at most MOST_RECORDS of the records ({type: ids}), ordered by date."""
    lines: list[RecordLine] = []
    for type_name, ids in ids_by_type.items():
        room = MOST_RECORDS - len(lines)
        if room > 0 and ids:
            lines += _of_type(session, type_name, ids[:room])
    return sorted(lines, key=lambda line: (line.day or datetime.date.min, line.record))


def _of_type(session: Session, type_name: str, ids: Sequence[str]) -> list[RecordLine]:
    model, book = ALL_TYPES[type_name], session.book
    event = model.event()
    fields = {
        key: model.columns()[key] for key in model.listed() if event is None or key != event.name
    }
    listed = session.part(RecordLists).page(type_name, Filter(ids=frozenset(ids)), limit=len(ids))
    return [
        RecordLine(
            type_name,
            entry.id,
            entry.values.get(event.name) if event is not None else None,
            _(model.title),
            _line(model, fields, entry.values, book),
            short_id(entry.id),
        )
        for entry in listed
    ]


def _line(
    model: type[RevisionedModel],
    fields: Mapping[str, ColumnField],
    values: Values,
    book: ReferenceBook,
) -> str:
    texts = (
        _with_unit(field, values.get(key), short_value_words(model, key, values, book, ", "))
        for key, field in fields.items()
    )
    return " · ".join(text for text in texts if text)


def _with_unit(field: ColumnField, value: Any, shown: str) -> str:
    text = " ".join(shown.split())
    return value_and_unit(text, value, _(field.unit))
