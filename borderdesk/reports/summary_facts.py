"""What a summary's paper says besides its table: how stocks moved, markers, open incidents, and
the figures of its charts; gathered from the records, or as an edition keeps them."""

import datetime
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

from borderdesk.figures.coverage import days_since, standing
from borderdesk.figures.indicators import STOCK, Figures, Window, all_rows, first_day
from borderdesk.figures.scopes import View, columns_of, make_view

if TYPE_CHECKING:
    from borderdesk.closing.summary import Summary
    from borderdesk.session.session import Session

MOST_INCIDENTS = 15
ONE_DAY = datetime.timedelta(days=1)
CHARTED = ("clearing_events", "outreach_sessions")
"""The flows that are drawn by month and by commune; they are whole numbers."""


class Facts:
    """The facts of one summary, each as plain JSON and only when it is asked for."""

    def __init__(self, summary: "Summary", desk: "Session") -> None:
        self._summary = summary
        self._desk = desk

    @cached_property
    def view(self) -> View:
        """The period and scope, and by which units."""
        summary = self._summary
        if summary.edition is not None:
            return summary.edition.view
        return make_view(self._desk, summary.period.text, summary.asked, summary.geography)

    @cached_property
    def figures(self) -> Figures:
        """The figures of the scope as the records say them now."""
        return self._of(self.view.scope)

    def _of(self, scope: Any) -> Figures:
        desk = self._desk
        return Figures(desk.store, desk.book, desk.calendar(), scope, self.view.day)

    # ------------------------------------------------------------------------- facts

    def movements(self) -> dict[str, list[int]]:
        """{stock: [at the start, increase, decrease, at the end]} of those with anything."""
        period = self._summary.period
        found = {}
        for row in all_rows(self._desk.book):
            if row.kind != STOCK:
                continue
            before = self.figures.standing(row.key, period.first - ONE_DAY)
            after = self.figures.standing(row.key, period.last)
            moved = [len(before), len(after - before), len(before - after), len(after)]
            if any(moved):
                found[row.key] = moved
        return found

    def markers(self) -> list[int | None]:
        """[inspected in the period, all of the scope, never inspected, longest since in days];
        empty where the scope has no markers."""
        period, scope = self._summary.period, self.view.scope
        markers = [
            marker
            for marker in standing(self._desk.store, self._desk.book, period.last, scope.post)
            if scope.units is None or marker.commune in scope.units
        ]
        if not markers:
            return []
        inspected = [m.inspected for m in markers if m.inspected is not None]
        since = [days_since(day, period.last) or 0 for day in inspected]
        seen = sum(day >= period.first for day in inspected)
        return [seen, len(markers), len(markers) - len(inspected), max(since, default=None)]

    def incidents(self) -> dict[str, Any]:
        """whole: how many are not settled on the last day; oldest: the first of them as [date,
        category, unit, persons]."""
        last = self._summary.period.last
        return {
            "whole": len(self.figures.standing("incidents_open", last)),
            "oldest": [
                [on.isoformat(), category, unit, persons]
                for on, category, unit, persons in self.figures.oldest_open(last, MOST_INCIDENTS)
            ],
        }

    def months(self) -> dict[str, list[list[int | None]]]:
        """{flow: [the year's twelve months, those of the year before]}; None for months that
        are not there yet, and for those before the first record."""
        calendar = self._desk.calendar()
        last = self._summary.period.last
        year = calendar.year_of(last)
        known_from = first_day(self._desk.store)
        return {
            key: [
                self._by_month(key, year.year, last, known_from),
                self._by_month(key, year.year - 1, year.first - ONE_DAY, known_from),
            ]
            for key in CHARTED
        }

    def _by_month(
        self, key: str, year: int, last: datetime.date, known_from: datetime.date | None
    ) -> list[int | None]:
        calendar = self._desk.calendar()
        row = next(row for row in all_rows(self._desk.book) if row.key == key)
        months = [calendar.period("month", year, number) for number in range(1, 13)]
        daily = self.figures.by_day(row, Window(months[0].first, min(months[-1].last, last)))
        starts = [month.first for month in months]
        sums = [0] * 12
        for day, amount in daily.items():
            sums[bisect_right(starts, day) - 1] += int(amount)
        return [
            amount if known_from and month.last >= known_from and month.first <= last else None
            for month, amount in zip(months, sums, strict=True)
        ]

    def communes(self) -> dict[str, Any]:
        """names: the communes of the scope, flows: {flow: its figures in each}."""
        period = self._summary.period
        window = Window(period.first, period.last)
        columns = columns_of(self._desk.book, self.view, self.figures.places(window))
        rows = {row.key: row for row in all_rows(self._desk.book)}
        flows: dict[str, list[int]] = {key: [] for key in CHARTED}
        for column in columns:
            figures = self._of(column)
            for key, sums in flows.items():
                sums.append(int(sum(figures.by_day(rows[key], window).values())))
        return {"names": [column.name for column in columns], "flows": flows}

    def gathered(self) -> dict[str, Any]:
        """All of them, as an edition keeps them."""
        return {name: getattr(self, name)() for name in NAMES}


NAMES = ("movements", "markers", "incidents", "months", "communes")


class Kept(Facts):
    """The facts that an edition keeps: what was signed stays as it was."""

    def __init__(self, kept: dict[str, Any]) -> None:
        for name in NAMES:
            setattr(self, name, lambda name=name: kept[name])


def facts_of(summary: "Summary", desk: "Session") -> Facts:
    """The facts of a summary: as signed where it was, otherwise from the records."""
    kept = summary.edition.frame.get("facts") if summary.edition else None
    return Kept(kept) if kept else Facts(summary, desk)
