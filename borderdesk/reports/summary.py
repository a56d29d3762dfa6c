"""The summary of a period: every indicator with its comparison, year to date and target."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.fields import as_json_number
from borderdesk.i18n import N_, _, language
from borderdesk.indicators import (
    RATIO,
    STOCK,
    Figures,
    Indicator,
    Scope,
    Value,
    Window,
    all_rows,
    first_day,
    percent,
    words,
)
from borderdesk.periods import Calendar, Period
from borderdesk.records import RECORD_TYPES
from borderdesk.reference.targets import Baseline, Target, baselines, targets
from borderdesk.scopes import choices, geography_of, own_scope, parse_scope, reference_day
from borderdesk.shown import show_date

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from borderdesk.reports.blocks import Block, Cell, Document, Row


class Line(NamedTuple):
    """One indicator of a summary; None where there is nothing to say.

    from_paper: the columns ("previous", "year_to_date") that hold figures from baselines.
    """

    key: str
    group: str
    label: str
    unit: str
    kind: str
    value: Value
    previous: Value
    change: Value
    change_pct: Decimal | None
    year_to_date: Value
    target: Decimal | None
    target_pct: Decimal | None
    late: Value
    from_paper: frozenset[str]
    records: list[str] | None


class Summary(NamedTuple):
    """A summary ready to be rendered."""

    desk: str
    period: Period
    compared: Period
    scope: Scope
    asked: str
    """The scope as it was asked for."""
    geography: str
    lines: list[Line]
    joint: list[tuple[str, int]]
    """Activities of other posts that this post took part in, by type; in no figure above."""


def make_summary(
    desk: "Desk",
    period_text: str,
    scope_text: str | None = None,
    *,
    geography: str | None = None,
    with_ids: bool = False,
) -> Summary:
    """The summary of a period for a scope (without one, the desk's own). Raises UserError."""
    book, calendar = desk.book, desk.calendar()
    period = calendar.parse(period_text)
    day = reference_day(book, period.last, geography)
    if scope_text:
        scope = parse_scope(book, scope_text, day)
    else:
        scope = own_scope(book, desk.identity, day)
    maker = _Maker(desk, calendar, period, scope, day)
    return Summary(
        desk.identity.id, period, maker.compared, scope, scope_text or scope.text,
        geography or geography_of(book, day),
        [maker.line(row, with_ids) for row in all_rows(book)], maker.joint(),
    )  # fmt: skip


class _Maker:
    """Works out the columns of one summary."""

    def __init__(
        self, desk: "Desk", calendar: Calendar, period: Period, scope: Scope, day: datetime.date
    ) -> None:
        self._desk = desk
        self._calendar = calendar
        self._figures = Figures(desk.store, desk.book, calendar, scope, day)
        self._scope = scope
        self.compared = calendar.previous(period)
        year = calendar.year_of(period.last)
        self._window = Window(period.first, period.last)
        self._before = Window(self.compared.first, self.compared.last)
        self._year = Window(year.first, period.last)
        self._known_from = first_day(desk.store)
        self._papers = self._baselines()
        self._targets = self._yearly(targets(desk.store, year.year))

    def _baselines(self) -> Mapping[str, list[tuple[Period, Baseline]]]:
        """The exact paper figures of the scope by indicator, longest periods first."""
        papers: dict[str, list[tuple[Period, Baseline]]] = {}
        for paper in baselines(self._desk.store):
            if paper.scope == self._scope.text and paper.qualifier == "exact":
                period = self._calendar.parse(paper.period)
                papers.setdefault(paper.indicator, []).append((period, paper))
        for listed in papers.values():
            listed.sort(key=lambda entry: entry[0].first - entry[0].last)
        return papers

    def _yearly(self, known: list[Target]) -> dict[str, Target]:
        return {t.indicator: t for t in known if t.indicator and t.scope == self._scope.text}

    # ---------------------------------------------------------------------- columns

    def line(self, row: Indicator, with_ids: bool) -> Line:
        """One indicator with all its columns."""
        value = self._figures.values(self._window)[row.key]
        previous, previous_paper = self._previous(row)
        to_date, to_date_paper = self._to_date(row)
        change = None if previous is None or value is None else value - previous
        goal = self._targets.get(row.key)
        target = goal.value if goal else None
        paper = {"previous": previous_paper, "year_to_date": to_date_paper}
        group, label, unit = words(row)
        return Line(
            row.key, group, label, unit, row.kind, value, previous, change,
            percent(change, previous) if change is not None and previous else None,
            to_date, target,
            percent(to_date, target) if target and to_date is not None else None,
            # Nothing is late before periods can be closed; closing adds these figures.
            0,
            frozenset(column for column, used in paper.items() if used),
            self._figures.record_ids(row, self._window) if with_ids else None,
        )  # fmt: skip

    def _previous(self, row: Indicator) -> tuple[Value, bool]:
        """The figure compared with, and whether it is from paper."""
        for period, paper in self._papers.get(row.key, ()):
            if (period.first, period.last) == (self._before.first, self._before.last):
                return _as_figure(row, paper.value), True
        if self._known_from is None or self._before.last < self._known_from:
            return None, False
        return self._figures.values(self._before)[row.key], False

    def _to_date(self, row: Indicator) -> tuple[Value, bool]:
        """The year's figure so far: paper figures for their periods, records for the rest."""
        papers = self._within_year(row) if row.kind not in (STOCK, RATIO) else []
        if not papers:
            return self._figures.values(self._year)[row.key], False
        total: int | Decimal = sum((paper.value for _period, paper in papers), Decimal(0))
        for window in _gaps(self._year, [period for period, _paper in papers]):
            total += self._figures.values(window)[row.key] or 0
        return _as_figure(row, Decimal(total)), True

    def _within_year(self, row: Indicator) -> list[tuple[Period, Baseline]]:
        """Paper figures of the year so far that do not overlap, longest first."""
        chosen: list[tuple[Period, Baseline]] = []
        for period, paper in self._papers.get(row.key, ()):
            inside = self._year.first <= period.first and period.last <= self._year.last
            apart = all(period.last < p.first or p.last < period.first for p, _b in chosen)
            if inside and apart:
                chosen.append((period, paper))
        return chosen

    def joint(self) -> list[tuple[str, int]]:
        """How many activities of other posts named this post as taking part, by type."""
        if self._scope.post is None:
            return []
        counts = []
        for model in RECORD_TYPES.values():
            event = model.event()
            assert event is not None
            number = self._desk.store.value(
                f"SELECT COUNT(*) FROM {model.type_name} WHERE with_posts IS NOT NULL"
                f" AND {event.name} BETWEEN ? AND ? AND ';' || with_posts || ';' LIKE ?",
                (
                    self._window.first.isoformat(), self._window.last.isoformat(),
                    f"%;{self._scope.post};%",
                ),
            )  # fmt: skip
            if number:
                counts.append((_(model.title), int(number)))
        return counts


def _as_figure(row: Indicator, value: Decimal) -> Value:
    return value if row.tenths or value % 1 else int(value)


def _gaps(whole: Window, periods: list[Period]) -> Iterator[Window]:
    """The stretches of a window that no period covers."""
    one = datetime.timedelta(days=1)
    start = whole.first
    for period in sorted(periods, key=lambda p: p.first):
        if start < period.first:
            yield Window(start, period.first - one)
        start = max(start, period.last + one)
    if start <= whole.last:
        yield Window(start, whole.last)


def scopes(desk: "Desk", period_text: str) -> list[tuple[str, str]]:
    """The scopes there are on a period's last day: (text, name)."""
    day = desk.calendar().parse(period_text).last
    return [(scope.text, scope.name) for scope in choices(desk.book, day)]


# ------------------------------------------------------------------------- rendering


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary in the shape of the command line."""
    return {
        "desk": summary.desk,
        "period": {
            "from": summary.period.first.isoformat(),
            "to": summary.period.last.isoformat(),
        },
        "scope": summary.asked,
        "geography": summary.geography,
        "closed": False,
        "rows": [_json_row(line) for line in summary.lines],
    }


def _json_row(line: Line) -> dict[str, Any]:
    row = {
        key: as_json_number(value) if isinstance(value, Decimal) else value
        for key, value in line._asdict().items()
        if key not in ("records", "from_paper")
    }
    return row if line.records is None else {**row, "records": line.records}


_PREVIOUS = {
    "month": N_("Same month last year"),
    "quarter": N_("Same quarter last year"),
    "half": N_("Same half last year"),
    "year": N_("Last year"),
    "range": N_("Same days last year"),
}
_THIS = {
    "month": N_("In the month"),
    "quarter": N_("In the quarter"),
    "half": N_("In the half-year"),
    "year": N_("In the year"),
    "range": N_("In the period"),
}


def as_document(summary: Summary, desk: "Desk", lang: str) -> "Document":
    """The summary as blocks, for paper and spreadsheet."""
    from borderdesk.reports.blocks import Document

    period = summary.period
    title = _("Summary of figures, {period}").format(period=period.title)
    return Document(
        title=title,
        subtitle=(
            summary.scope.name,
            _("From {first} to {last}").format(
                first=show_date(period.first), last=show_date(period.last)
            ),
        ),
        blocks=tuple(_blocks(summary)),
        issuer=desk.title(),
        lang=lang,
        author=desk.identity.user,
        subject=f"{summary.scope.text} {period.text}",
        banner=desk.banner(),
        footer=_("Not for classified content."),
    )


def _blocks(summary: Summary) -> Iterator["Block"]:
    from borderdesk.reports.blocks import Column, Paragraph, Table

    kind = summary.period.kind
    # English units are long single words; Vietnamese ones break between theirs.
    label, unit = (3.7, 1.1) if language() == "vi" else (2.45, 2.08)
    columns = (
        Column(_("No."), "text", 0.62, "center"),
        Column(_("Indicator"), "text", label),
        Column(_("Unit"), "text", unit, "center"),
        Column(_(_THIS[kind]), "number", 1.3),
        Column(_(_PREVIOUS[kind]), "number", 1.15),
        Column(_("Change (+/−)"), "number", 1.1),
        Column(_("Change (%)"), "percent", 1.12),
        Column(_("Since the year began"), "number", 1.35),
        Column(_("Year's target"), "number", 1.15),
        Column(_("Target reached (%)"), "percent", 1.12),
    )
    yield Table(columns, tuple(_rows(summary)))
    yield from (Paragraph(text, "note") for text in _notes(summary))


def _rows(summary: Summary) -> Iterator["Row"]:
    from borderdesk.reports.blocks import Marked, Row

    def marked(line: Line, column: str, value: "Cell") -> "Cell":
        return (
            Marked(value) if column in line.from_paper and not isinstance(value, Marked) else value
        )

    group, number = "", 0
    for line in summary.lines:
        if line.group != group:
            group, number = line.group, 0
            yield Row((group,), "group")
        number += 1
        yield Row(
            (
                str(number), line.label, line.unit, line.value,
                marked(line, "previous", line.previous), line.change, line.change_pct,
                marked(line, "year_to_date", line.year_to_date), line.target, line.target_pct,
            )
        )  # fmt: skip


def _notes(summary: Summary) -> Iterator[str]:
    scope = summary.scope
    if scope.kind == "province":
        yield _("A patrol through several communes counts once here and in each of them: figures"
                " of communes are not to be added up.")  # fmt: skip
    if scope.units is not None:
        yield _("Records without a place count for post and province only.")
    if any(line.from_paper for line in summary.lines):
        yield _("* from paper reports of before the desk began.")
    if summary.joint:
        told = "; ".join(f"{title}: {number}" for title, number in summary.joint)
        yield _("Together with other posts, counted by the post that led: {list}.").format(
            list=told
        )
    yield _("“–”: nothing to compare with.")
