"""The summary of a period: every indicator with its comparison, year to date and target."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.fields import as_json_number
from borderdesk.i18n import _
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
from borderdesk.scopes import View, choices, make_view, remarks, split_into

if TYPE_CHECKING:
    from borderdesk.desk import Desk


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
    remarks: list[str]
    """What a reader has to know of the units."""


def make_summary(
    desk: "Desk",
    period_text: str,
    scope_text: str | None = None,
    *,
    geography: str | None = None,
    with_ids: bool = False,
) -> Summary:
    """The summary of a period for a scope (without one, the desk's own). Raises UserError."""
    book = desk.book
    view = make_view(desk, period_text, scope_text, geography)
    maker = _Maker(desk, desk.calendar(), view)
    return Summary(
        desk.identity.id, view.period, view.compared, view.scope, scope_text or view.scope.text,
        view.geography, [maker.line(row, with_ids) for row in all_rows(book)], maker.joint(),
        remarks(book, view),
    )  # fmt: skip


class _Maker:
    """Works out the columns of one summary."""

    def __init__(self, desk: "Desk", calendar: Calendar, view: View) -> None:
        period, scope = view.period, view.scope
        self._desk = desk
        self._calendar = calendar
        self._figures = Figures(desk.store, desk.book, calendar, scope, view.day)
        self._scope = scope
        year = calendar.year_of(period.last)
        self._window = Window(period.first, period.last)
        self._before = Window(view.compared.first, view.compared.last)
        self._year = Window(year.first, period.last)
        self._known_from = first_day(desk.store)
        self._torn = bool(split_into(desk.book, scope, self._before.first))
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
        if self._torn or self._known_from is None or self._before.last < self._known_from:
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
