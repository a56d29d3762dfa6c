"""What stands beside the table of a summary: stocks, markers, open incidents, charts, annexes."""

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.closing.frozen import added_since
from borderdesk.coverage import days_since, standing
from borderdesk.i18n import _
from borderdesk.indicators import (
    STOCK,
    Figures,
    Indicator,
    Window,
    all_rows,
    percent,
    words,
)
from borderdesk.reports.blocks import (
    Block,
    Chart,
    Column,
    Paragraph,
    Row,
    Series,
    Table,
)
from borderdesk.reports.by_commune import commune_blocks, has_communes
from borderdesk.reports.register import register_anchor, register_blocks, types_of
from borderdesk.reports.requests import Say
from borderdesk.scopes import View, columns_of, make_view
from borderdesk.shown import show_number, show_percent

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from borderdesk.reports.summary import Summary

MOST_INCIDENTS = 15
UPRIGHT_COMMUNES = 4
ONE_DAY = datetime.timedelta(days=1)
BY_MONTH = ("clearing_events", "outreach_sessions")
BY_COMMUNE = ("clearing_events", "outreach_sessions")


class Movement(NamedTuple):
    """A stock from the first to the last day: what came to it and what left it."""

    before: int
    gained: int
    lost: int
    after: int


class Parts:
    """The parts of one summary's paper, each made when it is asked for."""

    def __init__(self, summary: "Summary", desk: "Desk", say: Say) -> None:
        self._summary = summary
        self._desk = desk
        self._say = say

    @cached_property
    def _view(self) -> "View":
        summary = self._summary
        return make_view(self._desk, summary.period.text, summary.asked, summary.geography)

    @cached_property
    def _figures(self) -> Figures:
        desk, view = self._desk, self._view
        return Figures(desk.store, desk.book, desk.calendar(), view.scope, view.day)

    @cached_property
    def _rows(self) -> dict[str, Indicator]:
        return {row.key: row for row in all_rows(self._desk.book)}

    # ------------------------------------------------------------------------ stocks

    def movement(self, key: str) -> Movement:
        """How a stock moved in the period."""
        period = self._summary.period
        before = self._figures.standing(key, period.first - ONE_DAY)
        after = self._figures.standing(key, period.last)
        return Movement(len(before), len(after - before), len(before - after), len(after))

    def stocks(self) -> Iterator[Block]:
        """Opening, increase, decrease, closing of every stock that has anything."""
        signed = {line.key: line for line in self._summary.lines}
        rows = []
        for key, row in self._rows.items():
            if row.kind != STOCK or key not in signed:
                continue
            moved = self.movement(key)
            # What was signed stands; how it moved is only known while it is still the same.
            if any(moved) and moved.after == signed[key].value:
                line = signed[key]
                rows.append(Row((line.label, line.unit, *moved)))
        if rows:
            columns = (
                Column(_("Stock"), "text", 3.4), Column(_("Unit"), "text", 1.1, "center"),
                Column(_("At the start"), "number"), Column(_("Increase"), "number"),
                Column(_("Decrease"), "number"), Column(_("At the end"), "number"),
            )  # fmt: skip
            yield Table(columns, tuple(rows), title=_("How stocks moved in the period"))

    # ----------------------------------------------------------------------- markers

    def coverage(self) -> Iterator[Block]:
        """How many of the scope's markers were inspected in the period, and never."""
        period, scope = self._summary.period, self._view.scope
        markers = [
            marker
            for marker in standing(self._desk.store, self._desk.book, period.last, scope.post)
            if scope.units is None or marker.commune in scope.units
        ]
        if not markers:
            return
        seen = [m for m in markers if m.inspected is not None and m.inspected >= period.first]
        never = [m for m in markers if m.inspected is None]
        known = [days_since(m.inspected, period.last) or 0 for m in markers if m.inspected]
        text = _("Markers: {seen} of {all} inspected in the period ({share}); {never} never.")
        if known:
            text += " " + _("Longest without inspection: {days} days.")
        yield Paragraph(
            text.format(
                seen=show_number(len(seen)), all=show_number(len(markers)),
                share=show_percent(percent(len(seen), len(markers))),
                never=show_number(len(never)), days=show_number(max(known, default=0)),
            )
        )  # fmt: skip

    # --------------------------------------------------------------------- incidents

    def open_incidents(self) -> Iterator[Block]:
        """The incidents still being handled on the last day, the oldest first."""
        book, last = self._desk.book, self._summary.period.last
        whole = len(self._figures.standing("incidents_open", last))
        rows = tuple(
            Row(
                (
                    on, book.pick_label("incident_category", category), book.unit_short(unit),
                    persons, days_since(on, last),
                )
            )
            for on, category, unit, persons in self._figures.oldest_open(last, MOST_INCIDENTS)
        )  # fmt: skip
        if not rows:
            return
        columns = (
            Column(_("Date"), "date", 1.1), Column(_("Category"), "text", 2.6),
            Column(_("Commune"), "text", 2.2), Column(_("Persons involved"), "number"),
            Column(_("Days"), "number", 0.9),
        )  # fmt: skip
        yield Table(columns, rows, title=_("Incidents being handled"))
        if whole > len(rows):
            left = show_number(whole - len(rows))
            yield Paragraph(_("And {count} more.").format(count=left), "note")

    # ------------------------------------------------------------------------ charts

    def charts(self) -> Iterator[Block]:
        """Twelve months beside those of the year before; clearing and outreach by commune."""
        for key in BY_MONTH:
            chart = self._months(self._rows[key])
            if chart is not None:
                yield chart
        chart = self._communes_chart()
        if chart is not None:
            yield chart

    def _months(self, row: Indicator) -> Chart | None:
        """A flow month by month; None when neither year has anything."""
        calendar = self._desk.calendar()
        year = calendar.year_of(self._summary.period.last)
        now = self._by_month(row, year.year, self._summary.period.last)
        before = self._by_month(row, year.year - 1, year.first - ONE_DAY)
        if not any(now) and not any(before):
            return None
        _group, label, unit = words(row)
        series = [Series(_("Year {year}").format(year=year.year), now)]
        if any(before):
            name = _("Year {year}").format(year=year.year - 1)
            series.append(Series(name, before, "before"))
        target = next((li.target for li in self._summary.lines if li.key == row.key), None)
        if target:
            pace = (Decimal(target) / 12).quantize(Decimal("0.1"))
            name = _("Pace of the plan: {pace} a month").format(pace=show_number(pace))
            series.append(Series(name, (pace,) * 12, "pace"))
        months = tuple(_("M{number}").format(number=number) for number in range(1, 13))
        return Chart(_("{label} by month").format(label=label), months, tuple(series), unit=unit)

    def _by_month(
        self, row: Indicator, year: int, last: datetime.date
    ) -> tuple[int | Decimal | None, ...]:
        """The twelve figures of a year; None for months that begin after `last`."""
        calendar = self._desk.calendar()
        months = [calendar.period("month", year, number) for number in range(1, 13)]
        daily = self._figures.by_day(row, Window(months[0].first, min(months[-1].last, last)))
        sums: list[int | Decimal] = [0] * 12
        starts = [month.first for month in months]
        for day, amount in daily.items():
            sums[bisect_right(starts, day) - 1] += amount
        return tuple(
            amount if month.first <= last else None
            for month, amount in zip(months, sums, strict=True)
        )

    def _communes_chart(self) -> Chart | None:
        """What some flows add up to in every commune, beside each other."""
        period = self._summary.period
        window = Window(period.first, period.last)
        desk, view = self._desk, self._view
        columns = columns_of(desk.book, view, self._figures.places(window))
        if len(columns) < 2:
            return None
        series = []
        for key in BY_COMMUNE:
            row = self._rows[key]
            sums = []
            for column in columns:
                figures = Figures(desk.store, desk.book, desk.calendar(), column, view.day)
                sums.append(sum(figures.by_day(row, window).values()))
            _group, label, unit = words(row)
            series.append(Series(f"{label} ({unit})", tuple(sums)))
        if not any(value for one in series for value in one.values):
            return None
        names = tuple(column.name for column in columns)
        return Chart(_("Clearing and outreach by commune"), names, tuple(series), "panels")

    # ---------------------------------------------------------- communes and registers

    @cached_property
    def _later(self) -> frozenset[str]:
        """The records that came after the period was closed: what was signed has none of them."""
        edition = self._summary.edition
        return added_since(self._desk, edition) if edition is not None else frozenset()

    @property
    def has_communes(self) -> bool:
        """Whether the scope has communes to be told apart."""
        return has_communes(self._view)

    @property
    def communes_across(self) -> bool:
        """Whether so many communes stand beside each other that they need a page across."""
        return len(columns_of(self._desk.book, self._view, ())) > UPRIGHT_COMMUNES

    def communes(self) -> Iterator[Block]:
        """Every indicator by commune, beside the figure of the whole scope."""
        whole = {line.key: line.value for line in self._summary.lines}
        edition = self._summary.edition
        until = edition.last_seq if edition is not None else None
        yield from commune_blocks(self._desk, self._view, whole, until=until, say=self._say)

    def register(self, type_name: str) -> Iterator[Block]:
        """The records of a type that the figures count."""
        yield from register_blocks(self._desk, self._view, type_name, self._say, self._later)

    def register_of(self, key: str, annexed: Sequence[str]) -> str:
        """The anchor of the annexed register that has the records of a figure, or ""."""
        row = self._rows.get(key)
        types = types_of(row) if row is not None else ()
        return next((register_anchor(name) for name in types if name in annexed), "")

    # ----------------------------------------------------------------------- methods

    def how(self, shown: Iterable[str]) -> Iterator[Block]:
        """One line for every indicator shown: how it is worked out from the records."""
        wanted = set(shown)
        columns = (
            Column(_("Indicator"), "text", 2.2), Column(_("Unit"), "text", 0.9, "center"),
            Column(_("How it is worked out"), "text", 4.2),
        )  # fmt: skip
        rows, heading = [], ""
        for key, row in self._rows.items():
            if key not in wanted:
                continue
            group, label, unit = words(row)
            if group != heading:
                heading = group
                rows.append(Row((group,), "group"))
            rows.append(Row((label, unit, capital(_(row.how)))))
        yield Paragraph(
            _("A record counts by the date of its event, within the period, where its place is."),
            "note",
        )
        yield Table(columns, tuple(rows), compact=True)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
