"""The periods in which posts are expected to hand in figures."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from peewee import fn

from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.statements import POST_SCOPE
from borderdesk.exchange.format.record_places import post_column
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session
from borderdesk.store.connection.tables import table_name
from borderdesk.store.models.exchange import BatchRow
from borderdesk.store.models.logs import StatementRow
from borderdesk.store.records.history import last_seq
from borderdesk.store.records.past_state import first_row, first_rows, first_rows_since, rows_named


class HandInSpans(NamedTuple):
    """The days in which posts have to hand in.

    spans: {post: first and last day}; moved: (post, desk) of every desk that handed in for a post
    and was handed over to another with all that post had: it was created for the wrong one.
    """

    spans: dict[str, tuple[datetime.date, datetime.date]]
    moved: frozenset[tuple[str, str]]


class PostBeginnings:
    """Since when each post has handed in or logged something, or is declared to."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._firsts: dict[str, dict[str, tuple[str, str]]] = {}
        """{table: {post: (ISO day, id) of its first record}}."""
        self._until = 0
        """The place of the newest revision that these know of."""

    def expected(self, posts: Iterable[str]) -> HandInSpans:
        """The spans of these posts: as declared; else from their first record or first file;
        without one, from the first of any post; without any, from the last whole month."""
        first_days, moved = self._first_days()
        book = self._session.book
        today = self._session.today()
        last_month = self._session.calendar().month_of(today).first - datetime.timedelta(days=1)
        first = min(first_days.values(), default=last_month.isoformat())
        spans = {}
        for post in posts:
            entry = book.posts[post]
            began = entry.valid_from or first_days.get(post, first)
            spans[post] = (
                datetime.date.fromisoformat(began),
                datetime.date.fromisoformat(entry.valid_to),
            )
        return HandInSpans(spans, moved)

    def _first_days(self) -> tuple[dict[str, str], frozenset[tuple[str, str]]]:
        """{post: the ISO day of its first record or of the first file it handed in}, and the moved
        desks of `HandInSpans`."""
        first_days = self._first_records()
        now, handed = self._session.part(DeskUnits).posts_of_desks(), self._handed_in()
        moved = frozenset(
            (post, desk)
            for post, desk, _day in handed
            if now.get(desk, post) != post and post not in first_days
        )
        for post, desk, day in handed:
            if (post, desk) not in moved:
                first_days[post] = min(day, first_days.get(post, day))
        return first_days, moved

    def _handed_in(self) -> list[tuple[str, str, str]]:
        """(post, desk, the first ISO day that it handed in for)."""
        batch, stated, store = BatchRow, StatementRow, self._session.store
        batches = batch.select(batch.unit, batch.desk, fn.MIN(batch.first)).where(
            batch.role == "post", batch.undone == 0
        )
        statements = stated.select(stated.scope, stated.desk, fn.MIN(stated.first)).where(
            stated.scope.startswith(POST_SCOPE)
        )
        rows = [*store.fetch(batches.group_by(batch.unit, batch.desk))]
        rows += store.fetch(statements.group_by(stated.scope, stated.desk))
        return [(scope.removeprefix(POST_SCOPE), desk, day) for scope, desk, day in rows]

    def _first_records(self) -> dict[str, str]:
        """{post: the ISO day of its first record}."""
        newest = last_seq(self._session.store)
        first_days: dict[str, str] = {}
        for model in RECORD_TYPES.values():
            event, post = model.event(), post_column(model)
            if event is None or post is None:
                continue
            firsts = self._in_table(table_name(model), event.name, post, newest)
            for unit, (day, _record) in firsts.items():
                first_days[unit] = min(day, first_days.get(unit, day))
        self._until = newest
        return first_days

    def _in_table(self, table: str, day: str, post: str, newest: int) -> dict[str, tuple[str, str]]:
        """{post: its first record} in a table, updated for new, deleted and changed records."""
        store, first_records = self._session.store, self._firsts.get(table)
        if first_records is None:
            first_records = self._firsts[table] = first_rows(store, table, day, post)
            return first_records
        remaining = rows_named(
            store, table, day, post, [record for _day, record in first_records.values()]
        )
        for unit in [
            unit for unit, first in first_records.items() if (unit, *first) not in remaining
        ]:
            next_first = first_row(store, table, day, post, unit)
            del first_records[unit]
            if next_first is not None:
                first_records[unit] = next_first
        if newest != self._until:
            for unit, first in first_rows_since(store, table, day, post, self._until).items():
                first_records[unit] = min(first, first_records.get(unit, first))
        return first_records
