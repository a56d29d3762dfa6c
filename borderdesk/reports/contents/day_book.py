"""The day book: the work of a period, of every type, day by day in one list.

Work of several days is listed on each day of the period that it lasted. Personal and internal
fields are shown only of records that this desk owns.
"""

import datetime
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.measure_units import value_and_unit
from borderdesk.base.progress import Progress, no_progress
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.lists import RecordLists
from borderdesk.figures.scopes import FigureView, former_posts, make_view, of_several_posts, remarks
from borderdesk.reports.blocks import Block, Cell, Column, Document, Paragraph, Row, Table
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.schema.kinds import HOUSEHOLD, PUBLIC
from borderdesk.schema.record import Record, Values, number_in
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.value_words import short_value_words
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import Filter, ListEntry

BETWEEN = " · "


class DayEntry(NamedTuple):
    """A record at a day: `title` of its type, `text` of its listed fields; `until` is the last day
    of work of several, `day` its first in the period."""

    day: datetime.date
    until: datetime.date
    type: str
    record: str
    post: str
    title: str
    text: str


def day_entries(
    session: Session, first: datetime.date, last: datetime.date, list_filter: Filter | None = None
) -> list[DayEntry]:
    """The work of a range of days, by day, then in the order of the types.

    list_filter: of which post or places; of these a record that lies in several has its part.
    """
    filtered = (list_filter or Filter())._replace(first=first, last=last, running=True)
    entries = [
        _entry(session, model, _within(model, listed, filtered.units), first)
        for model in RECORD_TYPES.values()
        for listed in session.part(RecordLists).stream(model.type_name, filtered)
    ]
    order = list(RECORD_TYPES)
    return sorted(entries, key=lambda entry: (entry.day, order.index(entry.type), entry.record))


def _within(model: type[Record], listed: ListEntry, units: Container[str] | None) -> ListEntry:
    """The record with the part of its numbers that lies in some units."""
    if model.split_number is None or units is None:
        return listed
    numbers = {
        key: number_in(model, key, listed.values, units)
        for key, field in model.columns().items()
        if field.numeric
    }
    return listed._replace(values={**listed.values, **numbers})


def _entry(
    session: Session, model: type[Record], listed: ListEntry, first: datetime.date
) -> DayEntry:
    event = model.event()
    assert event is not None
    day = listed.values[event.name]
    return DayEntry(
        max(day, first),
        listed.values.get(model.work_end()) or day,
        model.type_name,
        listed.id,
        listed.values.get(model.own_post()) or "",
        _(model.title),
        BETWEEN.join(_texts(session, model, listed)),
    )


def _texts(session: Session, model: type[Record], listed: ListEntry) -> Iterator[str]:
    """The listed fields as people read them, but for the day and the post."""
    event, own_filter = model.event(), None
    for key in model.listed():
        field, value = model.columns()[key], listed.values.get(key)
        if value is None or field is event or key == model.own_post():
            continue
        if model.part_of(key, listed.values) != PUBLIC or field.refers_to == HOUSEHOLD:
            own_filter = (
                _owned(session, model, listed.id, listed.values)
                if own_filter is None
                else own_filter
            )
            if not own_filter:
                continue
        words = short_value_words(model, key, listed.values, session.book, ", ")
        text = " ".join(words.split())
        yield value_and_unit(text, value, _(field.unit))


def _owned(session: Session, model: type[Record], record: str, values: Values) -> bool:
    return session.part(RecordEditor).owns(model.type_name, record, values)


# ------------------------------------------------------------------------------ paper


def make_day_book(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The day book of a period. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    period, scope = view.period, view.scope
    list_filter = Filter(
        post=scope.post, units=scope.units, former=former_posts(session.book, view)
    )

    def entries() -> list[DayEntry]:
        progress(0, 1)
        return day_entries(session, period.first, period.last, list_filter)

    return ReportContent(
        lambda: _document(session, view, entries()),
        lambda: _json(json_head(session, request, view), entries()),
    )


def _document(session: Session, view: FigureView, entries: list[DayEntry]) -> Document:
    one_day = view.period.first == view.period.last
    period = format_date(view.period.first) if one_day else view.period.title
    title = _("Day book, {period}").format(period=period)
    blocks = tuple(_blocks(session, view, entries))
    return document(session, view, title, blocks, sheet=_("Day book"))


def _blocks(session: Session, view: FigureView, entries: list[DayEntry]) -> Iterator[Block]:
    if entries:
        several = of_several_posts(session.book, view)
        columns = [
            Column(_("No."), "number", 0.5),
            Column(_("Work"), "text", 1.7),
            Column(_("What was done"), "text", 5.0),
        ]
        if several:
            columns.append(Column(_("Post"), "text", 1.4))
        yield Table(tuple(columns), tuple(_rows(session, entries, len(columns))))
    else:
        yield Paragraph(_("Nothing is logged for this period."))
    yield from (Paragraph(text, "note") for text in remarks(session.book, view))


def _rows(session: Session, entries: list[DayEntry], columns: int) -> Iterator[Row]:
    day = None
    for number, entry in enumerate(entries, start=1):
        if entry.day != day:
            day = entry.day
            yield Row((format_date(day),), "group")
        text = entry.text
        if entry.until > entry.day:
            text += BETWEEN + _("until {date}").format(date=format_date(entry.until))
        cells: list[Cell] = [number, entry.title, text, session.book.post_short(entry.post)]
        yield Row(tuple(cells[:columns]))


def _json(head: dict[str, Any], entries: list[DayEntry]) -> Iterator[str]:
    rows = [
        {
            "day": entry.day.isoformat(),
            "until": entry.until.isoformat(),
            "type": entry.type,
            "id": entry.record,
            "post": entry.post,
            "text": entry.text,
        }
        for entry in entries
    ]
    yield json_line({**head, "rows": rows})
