"""The days for which a desk's records are complete, so that a past period may be compared with.

SQL by hand: the tables of record types are named by variables, and each statement takes a few
steps into the index on the event's day.
"""

import datetime
from collections.abc import Sequence
from functools import cached_property

from borderdesk.base.periods import Calendar, is_day
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.quantities import STOCK, DateRange
from borderdesk.figures.ratios import EVENTS
from borderdesk.figures.sources import RowSource
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.settings import COMPLETE_FROM


class RecordHistory:
    """Whether the records of a scope cover some days of the past whole.

    dates: the current date range, from which follows which posts work in the scope.
    """

    def __init__(self, figures: Figures, calendar: Calendar, dates: DateRange) -> None:
        self._figures = figures
        self._store = figures.store
        self._calendar = calendar
        self._dates = dates
        self._covered: dict[tuple[frozenset[str], DateRange, bool], bool] = {}

    def covers(self, row: Indicator, days: DateRange, *, taken_over: bool) -> bool:
        """Whether this desk has all records that a figure counts for these days.

        taken_over: papers cover all days before them, so that records from their first month on
        suffice.
        """
        if self._declared is not None and self._declared <= days.first:
            return True
        lasting = LASTING.intersection(row.types) if row.kind == STOCK else frozenset()
        key = (lasting, days, taken_over)
        if key not in self._covered:
            self._covered[key] = self._covers(*key)
        return self._covered[key]

    def begins(self) -> datetime.date | None:
        """The first day of which the records of the scope, or a declaration, know; None for no
        day."""
        posts = self._figures.posts if self._figures.scope.post is not None else ()
        days = [
            self._store.value(
                f"SELECT MIN({source.day}) FROM {source.type} WHERE {_of_posts(source, posts)}",
                posts,
            )
            for source in EVENTS
            if source.type not in LASTING
        ]
        first_days = [datetime.date.fromisoformat(day) for day in days if day]
        return min([*first_days, *filter(None, [self._declared])], default=None)

    @cached_property
    def _declared(self) -> datetime.date | None:
        return declared_complete(self._figures.book)

    def _covers(self, counted: frozenset[str], days: DateRange, taken_over: bool) -> bool:
        # A registration of years ago does not show that the work of those years was recorded.
        sources = [s for s in EVENTS if s.type not in LASTING or s.type in counted]
        first = days.first
        if taken_over:
            first = self._calendar.month_of(days.first).last + datetime.timedelta(days=1)
        scope = self._figures.scope
        if scope.post is not None:
            return self._any(sources, None, first, *self._figures.posts)
        posts = self._posts_now(sources)
        if not posts:
            return self._any(sources, None, first)
        after = days.last + datetime.timedelta(days=1)
        return all(
            self._any(sources, None, first, *post) and self._any(sources, days.first, after, *post)
            for post in posts
        )

    def _posts_now(self, sources: list[RowSource]) -> set[frozenset[str]]:
        """The posts with a record of the scope in the period itself, each with all that had become
        it by then: what these did is in the figures of the scope."""
        posts: set[str] = set()
        for source in sources:
            where, params = self._figures.where(source, self._dates)
            post = RECORD_TYPES[source.type].own_post()
            sql = f"SELECT DISTINCT t.{post} FROM {source.tables} WHERE {where}"
            posts |= {row[0] for row in self._store.rows(sql, params) if row[0]}
        return {self._with_former(post) for post in posts}

    def _with_former(self, post: str) -> frozenset[str]:
        book, day = self._figures.book, self._figures.day
        leader, iso = book.post_became(post, day), day.isoformat()
        former = book.post_lineage(leader) - {leader}
        return frozenset({leader, *(code for code in former if book.posts[code].valid_to < iso)})

    def _any(
        self,
        sources: list[RowSource],
        since: datetime.date | None,
        before: datetime.date,
        *posts: str,
    ) -> bool:
        """Whether any record (of some posts) exists from `since` on and before a day."""
        days = [(since or datetime.date.min).isoformat(), before.isoformat()]
        params = [*days, *posts]
        return any(
            self._store.value(
                f"SELECT 1 FROM {source.type} WHERE {source.day} >= ? AND {source.day} < ?"
                f" AND {_of_posts(source, posts)} LIMIT 1",
                params,
            )
            for source in sources
        )


def _of_posts(source: RowSource, posts: Sequence[str]) -> str:
    """The condition for records of these posts, true of every record without any."""
    column = RECORD_TYPES[source.type].own_post()
    return f"{column} IN ({', '.join('?' * len(posts))})" if posts else "1"


LASTING = frozenset(
    name for name, model in RECORD_TYPES.items() if getattr(model.event(), "lasting", False)
)
"""The types of ongoing records: they may have begun long before the desk."""


def declared_complete(book: ReferenceBook) -> datetime.date | None:
    """The day since which a desk is declared complete, by the newest value of its setting."""
    text = book.setting(COMPLETE_FROM, datetime.date.max)
    return datetime.date.fromisoformat(text) if is_day(text) else None
