"""The coverage report: when every marker of a scope was last inspected and cleared, in what
condition it was, and how often it was inspected in each month."""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import marker_key
from borderdesk.figures.coverage import days_since, inspections_by_month, standing_in
from borderdesk.figures.quantities import percent
from borderdesk.figures.scopes import FigureView, make_view, remarks
from borderdesk.reports.blocks import Block, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.schema.records.parts import CONDITIONS
from borderdesk.session.session import Session

LONG = 60
"""Days without an inspection after which a marker is overdue."""

MOST_NAMED = 12
PORTRAIT_MONTHS = 3


class MarkerCoverage(NamedTuple):
    """A marker at the end of a period; months: its inspections in each month, by any post."""

    marker: str
    post: str
    commune: str
    inspected: datetime.date | None
    days: int | None
    condition: str | None
    cleared: datetime.date | None
    months: tuple[int, ...]

    @property
    def times(self) -> int:
        """The number of inspections in the period."""
        return sum(self.months)


class CoverageTotals(NamedTuple):
    """Numbers of markers.

    covered: inspected in the period; wrong: damaged, moved or missing; overdue: last inspected
    more than LONG days ago; never: never inspected; uncleared: never cleared.
    """

    markers: int
    covered: int
    wrong: int
    overdue: int
    never: int
    uncleared: int


class ScopeCoverage(NamedTuple):
    """The coverage of a scope on `day`: the period's last, or today if that is earlier.

    unlisted: inspected markers that are not in the reference data; unplaced: markers of a unit
    that was split, which are assigned to no commune of the day; invented: whether any position
    in the list is not verified.
    """

    view: FigureView
    day: datetime.date
    months: list[Period]
    markers: list[MarkerCoverage]
    unlisted: list[str]
    unplaced: list[str]
    invented: bool


def make_coverage(
    session: Session, request: Request, _progress: Progress = no_progress
) -> ReportContent:
    """The coverage report. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    coverage = coverage_of(session, view)
    head = json_head(session, request, view)
    return ReportContent(
        lambda: _document(session, coverage), lambda: [json_line(as_json(coverage, head))]
    )


# ---------------------------------------------------------------------------- working out


def coverage_of(session: Session, view: FigureView) -> ScopeCoverage:
    """The coverage of a view; markers in order along the line."""
    book, period = session.book, view.period
    day = min(period.last, session.today())
    months = session.calendar().months_of(period.first, period.last)
    marker_statuses = standing_in(session.store, book, day, view.scope)
    visits = inspections_by_month(session.store, period, months)
    markers = [
        MarkerCoverage(
            m.marker,
            m.post,
            m.commune,
            m.inspected,
            days_since(m.inspected, day),
            m.condition,
            m.cleared,
            tuple(visits[m.marker, place] for place in range(len(months))),
        )
        for m in marker_statuses
    ]
    visited = {marker for marker, _month in visits}
    unlisted = sorted(visited - book.markers.keys(), key=marker_key)
    return ScopeCoverage(
        view,
        day,
        months,
        markers,
        unlisted if view.scope.kind == "province" else [],
        _unplaced(session, view),
        any(m.invented for m in marker_statuses),
    )


def _unplaced(session: Session, view: FigureView) -> list[str]:
    """The markers of units that were split and that are in no commune of the day."""
    if view.scope.units is None:
        return []
    book, iso = session.book, view.day.isoformat()
    return [
        marker
        for marker, (_post, commune, _invented) in book.markers.items()
        if commune not in view.scope.units
        for became in (book.successors_on(commune, iso),)
        if len(became) > 1 and became & view.scope.units
    ]


def totals(markers: list[MarkerCoverage]) -> CoverageTotals:
    """The totals of some markers."""
    return CoverageTotals(
        len(markers),
        sum(m.times > 0 for m in markers),
        sum(m.condition not in (None, "intact") for m in markers),
        sum(m.days is not None and m.days > LONG for m in markers),
        sum(m.inspected is None for m in markers),
        sum(m.cleared is None for m in markers),
    )


# ----------------------------------------------------------------------------------- JSON


def as_json(coverage: ScopeCoverage, head: dict[str, Any]) -> dict[str, Any]:
    """The coverage in the shape of the command line."""
    return {
        **head,
        "day": coverage.day.isoformat(),
        "months": [month.text for month in coverage.months],
        "rows": [
            {
                "marker": m.marker,
                "post": m.post,
                "commune": m.commune,
                "last_inspected": _iso(m.inspected),
                "days_since": m.days,
                "condition": m.condition,
                "last_cleared": _iso(m.cleared),
                "inspections": list(m.months),
                "total": m.times,
            }
            for m in coverage.markers
        ],
        "totals": totals(coverage.markers)._asdict(),
        "not_listed": coverage.unlisted,
        "not_placed": coverage.unplaced,
    }


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


# --------------------------------------------------------------------------------- blocks


def _document(session: Session, coverage: ScopeCoverage) -> Document:
    view = coverage.view
    return document(
        session,
        view,
        _("Coverage of the border markers, {period}").format(period=view.period.title),
        tuple(coverage_blocks(session, coverage)),
        more=(_("As of {date}").format(date=format_date(coverage.day)),),
        landscape=len(coverage.months) > PORTRAIT_MONTHS,
    )


def coverage_blocks(session: Session, coverage: ScopeCoverage) -> Iterator[Block]:
    """The totals by post, then every marker, then the notes."""
    if not coverage.markers:
        yield Paragraph(_("There are no markers in the list for this scope."))
    else:
        if coverage.view.scope.post is None:
            yield Heading(_("By post"), 2)
        yield _totals_table(session, coverage)
        yield Heading(_("Marker by marker"), 2)
        yield _markers_table(session, coverage)
    yield from (Paragraph(text, "note") for text in _notes(session, coverage))


def _totals_table(session: Session, coverage: ScopeCoverage) -> Table:
    columns = (
        Column(_("Post"), "text", 2.4),
        Column(_("Markers"), "number"),
        Column(_("Inspected in the period"), "number"),
        Column(_("Share"), "percent"),
        Column(_("Damaged, moved, missing"), "number"),
        Column(_("Over {days} days ago").format(days=LONG), "number"),
        Column(_("Never inspected"), "number"),
        Column(_("Never cleared"), "number"),
    )
    posts = dict.fromkeys(m.post for m in coverage.markers)
    rows = [
        _totals_row(session.book.post_short(post), [m for m in coverage.markers if m.post == post])
        for post in posts
    ]
    if len(posts) > 1:
        rows.append(_totals_row(_("Together"), coverage.markers, "total"))
    return Table(columns, tuple(rows))


def _totals_row(name: str, markers: list[MarkerCoverage], kind: Any = "row") -> Row:
    sums = totals(markers)
    share = percent(sums.covered, sums.markers)
    return Row((name, sums.markers, sums.covered, share, *sums[2:]), kind)


def _markers_table(session: Session, coverage: ScopeCoverage) -> Table:
    months = coverage.months
    several = coverage.view.scope.post is None
    columns = [
        Column(_("No."), "number", 0.6),
        Column(_("Marker"), "text", 0.9),
        *([Column(_("Post"), "text", 1.9)] if several else []),
        Column(_("Commune"), "text", 2.4),
        Column(_("Last inspected"), "date", 1.3),
        Column(_("Days"), "number", 0.7),
        Column(_("Last found"), "text", 2.0),
        Column(_("Last cleared"), "date", 1.3),
        *(
            Column(_month_name(month), "number", 0.5 if len(months) > 6 else 0.7)
            for month in months
        ),
        *([Column(_("Times"), "number", 0.6)] if len(months) > 1 else []),
    ]
    return Table(tuple(columns), tuple(_marker_rows(session, coverage, several)))


def _month_name(month: Period) -> str:
    """A month as the title of a narrow column: 12/23."""
    return f"{month.number}/{month.year % 100:02d}"


def _marker_rows(session: Session, coverage: ScopeCoverage, several: bool) -> Iterator[Row]:
    book, one_month = session.book, len(coverage.months) == 1
    for number, m in enumerate(coverage.markers, start=1):
        yield Row(
            (
                number,
                m.marker,
                *([book.post_short(m.post)] if several else []),
                _commune(session, coverage.view, m),
                m.inspected,
                m.days,
                _(CONDITIONS[m.condition]) if m.condition else _("Never inspected"),
                m.cleared,
                *(times or None for times in m.months),
                *([] if one_month else [m.times]),
            )
        )
    by_month = [sum(m.months[n] for m in coverage.markers) for n in range(len(coverage.months))]
    blanks = [""] * (5 + several)
    yield Row(
        ("", _("Total"), *blanks, *by_month, *([] if one_month else [sum(by_month)])), "total"
    )


def _commune(session: Session, view: FigureView, marker: MarkerCoverage) -> str:
    """The commune of the view's day that the marker's became; its own where that was split."""
    became = session.book.successors_on(marker.commune, view.day.isoformat())
    return session.book.unit_short(next(iter(became)) if len(became) == 1 else marker.commune)


def _notes(session: Session, coverage: ScopeCoverage) -> Iterator[str]:
    yield from remarks(session.book, coverage.view)
    if coverage.markers:
        yield _(
            "Inspections by whatever post count; a marker that could not be reached was not"
            " inspected. “–”: never, as far as the desk knows."
        )
    if coverage.invented:
        yield _("The places of the markers are not verified.")
    if coverage.unlisted:
        yield _("Inspected, but not in the list of markers: {list}.").format(
            list=_named(coverage.unlisted)
        )
    if coverage.unplaced:
        yield _("In a unit that was split, and in no commune of the list yet: {list}.").format(
            list=_named(coverage.unplaced)
        )


def _named(markers: list[str]) -> str:
    more = f" … ({len(markers)})" if len(markers) > MOST_NAMED else ""
    return ", ".join(markers[:MOST_NAMED]) + more
