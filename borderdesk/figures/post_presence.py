"""The posts of a scope with data for a period, and those that are missing."""

from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.base.text import sort_key
from borderdesk.figures.quantities import DateRange, Scope
from borderdesk.figures.ratios import EVENTS
from borderdesk.figures.scopes import FigureView
from borderdesk.figures.shares import figures_of
from borderdesk.figures.sources import LIFESPANS, SOURCES
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import BatchRow

CONSOLIDATED = ("district", "province")
"""The scopes whose figures are sums over several posts."""


class PostPresence(NamedTuple):
    """The posts (codes) of a scope with something for a period, and those without."""

    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.present + self.missing


NO_POSTS = PostPresence()
"""The presence for a scope without posts of its own."""


def posts_of(session: Session, view: FigureView) -> list[str]:
    """The posts that existed on a view's last day with an area in its scope, sorted by their
    displayed names; for a scope of a post itself alone."""
    scope, book = view.scope, session.book
    if scope.post is not None:
        return [scope.post]
    last = view.period.last.isoformat()
    posts = [
        code
        for code, post in book.posts.items()
        if post.valid_from <= last <= post.valid_to
        and (scope.units is None or book.area_on(code, view.day) & scope.units)
    ]
    return sorted(posts, key=lambda code: sort_key(book.post_short(code)))


def post_presence(session: Session, view: FigureView) -> PostPresence:
    """The posts behind the figures of a district or the province; none for other scopes.

    A post is present with any record dated in the period, and with packages for all its months.
    """
    if view.scope.kind not in CONSOLIDATED:
        return PostPresence()
    posts = posts_of(session, view)
    senders = _with_records(session, view.period) | _handed_in(session, view)
    present = {session.book.post_became(post, view.day) for post in senders} | senders
    return PostPresence(
        tuple(post for post in posts if post in present),
        tuple(post for post in posts if post not in present),
    )


def posts_at_work(session: Session, period: Period) -> list[str]:
    """The posts that existed on any day of a period, and those with records dated in it all the
    same: the list of posts may say only later that they had ended, or had not begun."""
    book = session.book
    return [
        code
        for code in book.posts
        if book.stands_within(code, period.first, period.last) or _worked(session, code, period)
    ]


def _worked(session: Session, post: str, period: Period) -> bool:
    """Whether any record of a post is dated in a period."""
    days = (period.first.isoformat(), period.last.isoformat())
    return any(
        session.store.value(
            f"SELECT 1 FROM {source.type} WHERE {source.day} BETWEEN ? AND ?"
            f" AND {RECORD_TYPES[source.type].own_post()} = ? LIMIT 1",
            (*days, post),
        )
        for source in EVENTS
    )


def presence_text(present: Sequence[str], missing: Sequence[str]) -> str:
    """n/N posts and the missing ones, in words, from their names; "" without posts."""
    if not present and not missing:
        return ""
    text = (
        _("Figures of {present}/{known} posts; missing: {names}.")
        if missing
        else _("Figures of {present}/{known} posts.")
    )
    return text.format(
        present=len(present), known=len(present) + len(missing), names=", ".join(missing)
    )


def has_several_posts(session: Session, view: FigureView) -> bool:
    """Whether a scope's figures come from several posts."""
    if view.scope.kind not in CONSOLIDATED:
        return False
    return len(posts_of(session, view)) > 1 or len(post_columns(session, view)) > 1


def post_columns(session: Session, view: FigureView) -> list[Scope]:
    """A column for each post of a district or the province, for its work in the scope; last for
    other posts that worked there."""
    if view.scope.kind not in CONSOLIDATED:
        return []
    book, posts = session.book, posts_of(session, view)
    further = _working_in(session, view) - {*posts}
    posts += sorted(further, key=lambda code: sort_key(book.post_short(code)))
    return [
        Scope("post", f"post:{post}", book.post_short(post), post, view.scope.units)
        for post in posts
    ]


def _working_in(session: Session, view: FigureView) -> set[str]:
    """The posts, mapped to their successors, of all records behind a view's figures."""
    figures = figures_of(session, view.scope, view.day)
    dates = DateRange(view.period.first, view.period.last)
    further = [
        source for source in SOURCES.values() if source.place or not source.is_dated_by_event
    ]
    working_posts = [
        (source.type, source.tables, figures.where(source, dates)) for source in (*EVENTS, *further)
    ]
    working_posts += [
        (lifespan.type, lifespan.tables, figures.where_alive(lifespan, dates.last))
        for lifespan in LIFESPANS.values()
    ]
    posts: set[str] = set()
    for name, tables, (where, params) in working_posts:
        sql = f"SELECT DISTINCT t.{RECORD_TYPES[name].own_post()} FROM {tables} WHERE {where}"
        posts |= {row[0] for row in session.store.rows(sql, params)}
    return {session.book.post_became(post, view.day) for post in posts}


def _with_records(session: Session, period: Period) -> set[str]:
    posts: set[str] = set()
    for source in EVENTS:
        post = RECORD_TYPES[source.type].own_post()
        rows = session.store.rows(
            f"SELECT DISTINCT {post} FROM {source.type} WHERE {source.day} BETWEEN ? AND ?",
            (period.first.isoformat(), period.last.isoformat()),
        )
        posts |= {row[0] for row in rows}
    return posts


def _handed_in(session: Session, view: FigureView) -> set[str]:
    """The posts with packages of their own, or of those that became them, for every month of a
    view's period."""
    period = view.period
    row = BatchRow
    query = row.select(row.unit, row.first, row.last).where(
        (row.undone == 0) & (row.role == "post")
    )
    days: dict[str, list[tuple[str, str]]] = {}
    for unit, first, last in session.store.fetch(query):
        days.setdefault(session.book.post_became(unit, view.day), []).append((first, last))
    months = session.calendar().months_of(period.first, period.last)
    return {
        unit
        for unit, spans in days.items()
        if all(
            any(
                first <= month.first.isoformat() and month.last.isoformat() <= last
                for first, last in spans
            )
            for month in months
        )
    }
