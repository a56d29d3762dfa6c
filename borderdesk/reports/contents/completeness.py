"""The completeness report: how many records each post has for each month by type, what is missing
and what was entered late."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period, days_in
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.editions import STANDING, E, Edition, counted_in, read_editions
from borderdesk.figures.record_counts import EntryTimes, entry_times
from borderdesk.figures.scopes import FigureView, make_view, remarks
from borderdesk.reports.blocks import Block, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.wording import capital
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.records.counted_revisions import counted_places

LONG_AFTER = 60
"""Days after its event within which the entry of a record is not late."""


class PostMonth(NamedTuple):
    """The records of a post for a month: `counts` by type.

    late: entered over LONG_AFTER days after the event; after_due: after the day on which the
    month's figures were due; after_closing: after the month was closed; last_entry: the day of
    the newest entry; missing: no record although the month is over.
    """

    post: str
    counts: dict[str, int]
    late: int
    after_due: int
    after_closing: int
    last_entry: datetime.date | None
    missing: bool

    @property
    def total(self) -> int:
        """The number of records."""
        return sum(self.counts.values())


class CompletenessMonth(NamedTuple):
    """A month: its first and last day within the period, the day its figures are due (None for
    no due day), and every post."""

    month: Period
    first: datetime.date
    last: datetime.date
    due: datetime.date | None
    posts: list[PostMonth]


def make_completeness(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The completeness report. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    months = completeness(session, view, progress)
    head = json_head(session, request, view)
    return ReportContent(
        lambda: _document(session, view, months), lambda: [json_line({**head, **as_json(months)})]
    )


# ---------------------------------------------------------------------------- working out


def completeness(
    session: Session, view: FigureView, progress: Progress = no_progress
) -> list[CompletenessMonth]:
    """Every month of a view with the records of each post."""
    period = view.period
    months = session.calendar().months_of(period.first, period.last)
    spans = []
    for done, month in enumerate(months):
        progress(done, len(months))
        first, last = max(month.first, period.first), min(month.last, period.last)
        spans.append((month, first, last, list(_typed(session, view, first, last))))
    posts_with_entries = {entry.post for _month, _first, _last, typed in spans for entry in typed}
    posts = [
        post
        for post in session.book.posts
        if post in posts_with_entries or _expected(session, view, post)
    ]
    posts += sorted(posts_with_entries - session.book.posts.keys())
    signed = list(read_editions(session.store, E.state.in_(STANDING)))
    return [_month(session, view, signed, posts, *span) for span in spans]


def _expected(session: Session, view: FigureView, post: str) -> bool:
    """Whether a post existed whose area overlaps the scope, so that records of it are expected."""
    scope, book, period = view.scope, session.book, view.period
    if not book.stands_within(post, period.first, period.last):
        return False
    if scope.post is not None:
        return post in book.counted_with(scope.post, view.day)
    if scope.units is None:
        return True
    return bool(book.area_on(post, view.day) & scope.units)


def _typed(
    session: Session, view: FigureView, first: datetime.date, last: datetime.date
) -> Iterator[EntryTimes]:
    """The records of the scope in these days, of every type."""
    scope = view.scope
    posts = session.book.counted_with(scope.post, view.day) if scope.post else ()
    for model in RECORD_TYPES.values():
        yield from entry_times(session.store, model, posts, scope.units, first, last)


def _month(
    session: Session,
    view: FigureView,
    signed: list[Edition],
    posts: list[str],
    month: Period,
    first: datetime.date,
    last: datetime.date,
    typed: list[EntryTimes],
) -> CompletenessMonth:
    due, over = due_day(session, month), last < session.today()
    by_post: defaultdict[str, list[EntryTimes]] = defaultdict(list)
    for entry in typed:
        by_post[entry.post].append(entry)
    post_months = []
    for post in posts:
        of_it = [
            e
            for e in signed
            if e.scope.text == view.scope.text
            or (e.scope.post and post in session.book.counted_with(e.scope.post, e.view.day))
        ]
        later = _came_later(session.store, by_post[post], of_it)
        expected = over and session.book.stands_within(post, first, last)
        post_months.append(_month_of(post, by_post[post], due, later, expected))
    return CompletenessMonth(month, first, last, due, post_months)


def _month_of(
    post: str, typed: list[EntryTimes], due: datetime.date | None, later: int, expected: bool
) -> PostMonth:
    counts = Counter(entry.type for entry in typed)
    return PostMonth(
        post,
        {name: counts[name] for name in RECORD_TYPES},
        sum((entry.typed - entry.happened).days > LONG_AFTER for entry in typed),
        sum(due is not None and entry.typed > due for entry in typed),
        later,
        max((entry.typed for entry in typed), default=None),
        expected and not typed,
    )


def _came_later(store: Store, typed: list[EntryTimes], signed: list[Edition]) -> int:
    """How many records are dated in a signed period that did not count them."""
    later: set[int] = set()
    for edition in signed:
        days = edition.period
        inside = [entry.seq for entry in typed if days.first <= entry.happened <= days.last]
        later |= {*inside} - counted_places(store, counted_in(store, edition), inside)
    return len(later)


def due_day(session: Session, month: Period) -> datetime.date | None:
    """The day of the next month on which a month's figures are due; None for no due day."""
    year, number = (month.year + 1, 1) if month.number == 12 else (month.year, month.number + 1)
    day = int(session.book.setting("due_day", month.last, "5"))
    return datetime.date(year, number, min(day, days_in(year, number))) if day else None


# ----------------------------------------------------------------------------------- JSON


def as_json(months: list[CompletenessMonth]) -> dict[str, Any]:
    """Months and posts in the shape of the command line."""
    return {
        "months": [
            {
                "month": m.month.text,
                "from": m.first.isoformat(),
                "to": m.last.isoformat(),
                "due": _iso(m.due),
            }
            for m in months
        ],
        "rows": [
            {
                "month": m.month.text,
                "post": p.post,
                "counts": p.counts,
                "total": p.total,
                "missing": p.missing,
                "late": p.late,
                "after_due": p.after_due,
                "after_closing": p.after_closing,
                "last_entry": _iso(p.last_entry),
            }
            for m in months
            for p in m.posts
        ],
    }


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


# --------------------------------------------------------------------------------- blocks


def _document(session: Session, view: FigureView, months: list[CompletenessMonth]) -> Document:
    title = _("Completeness of the records, {period}").format(period=view.period.title)
    return document(session, view, title, tuple(_blocks(session, view, months)), landscape=True)


def _blocks(session: Session, view: FigureView, months: list[CompletenessMonth]) -> Iterator[Block]:
    if not months[0].posts:
        yield Paragraph(_("No post has its area in this scope."))
        return
    if len(months) > 1:
        yield Heading(_("Records by post and month"), 2)
        yield _overview(session, months)
    for month in months:
        yield Heading(_month_title(month), 2)
        yield _month_table(session, month)
    yield from (Paragraph(text, "note") for text in remarks(session.book, view))
    yield Paragraph(
        _(
            "Late: typed more than {days} days after the event. After due: typed after the day by"
            " which the month's figures are sent. The day a record was typed first counts."
        ).format(days=LONG_AFTER),
        "note",
    )


def _month_title(month: CompletenessMonth) -> str:
    title = month.month.title
    if month.due is not None:
        due = _("figures due on {date}").format(date=format_date(month.due))
        title = f"{title} – {due}"
    return capital(title)


def _overview(session: Session, months: list[CompletenessMonth]) -> Table:
    """The number of records of each post for each month, or "missing"."""
    columns = (
        Column(_("Post"), "text", 2.0),
        *(Column(f"{m.month.number}/{m.month.year % 100:02d}", "number") for m in months),
        Column(_("Total"), "number"),
    )
    posts = months[0].posts
    rows = [
        Row(
            (
                session.book.post_short(posts[n].post),
                *(_total(m.posts[n]) for m in months),
                sum(m.posts[n].total for m in months),
            )
        )
        for n in range(len(posts))
    ]
    sums = [sum(p.total for p in m.posts) for m in months]
    together = Row((_("Together"), *sums, sum(sums)), "total")
    return Table(columns, (*rows, together), sheet=_("By post and month"))


def _total(post: PostMonth) -> str | int | None:
    if post.missing:
        return _("missing")
    return post.total or None


def _month_table(session: Session, month: CompletenessMonth) -> Table:
    columns = (
        Column(_("Post"), "text", 1.7),
        *(Column(_(model.title), "number") for model in RECORD_TYPES.values()),
        Column(_("Total"), "number"),
        Column(_("Late"), "number", 0.8),
        Column(_("After due"), "number", 0.8),
        Column(_("After closing"), "number", 0.8),
        Column(_("Last entry"), "date", 1.3),
    )
    rows = [
        Row(
            (
                session.book.post_short(p.post),
                *(n or None for n in p.counts.values()),
                _total(p),
                p.late or None,
                p.after_due or None,
                p.after_closing or None,
                p.last_entry,
            )
        )
        for p in month.posts
    ]
    sums = [sum(p.counts[name] for p in month.posts) for name in RECORD_TYPES]
    together = Row(
        (
            _("Together"),
            *sums,
            sum(sums),
            sum(p.late for p in month.posts),
            sum(p.after_due for p in month.posts),
            sum(p.after_closing for p in month.posts),
            max((p.last_entry for p in month.posts if p.last_entry), default=None),
        ),
        "total",
    )
    return Table(columns, (*rows, together), sheet=capital(month.month.title))
