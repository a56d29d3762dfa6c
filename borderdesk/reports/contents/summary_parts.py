"""The parts of a summary beside its table: stocks, markers, open incidents, charts, methods."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from borderdesk.base.formats import format_number, format_percent
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.progress import Progress
from borderdesk.closing.calculation import Summary
from borderdesk.closing.editions import counted_in
from borderdesk.closing.facts import SummaryFacts, facts_of
from borderdesk.closing.lines import SummaryLine
from borderdesk.figures.changes import FigureChanges, added_since
from borderdesk.figures.coverage import days_since
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import dates_of
from borderdesk.figures.post_presence import PostPresence, has_several_posts, presence_text
from borderdesk.figures.quantities import percent
from borderdesk.figures.record_counts import types_of
from borderdesk.figures.shown_figures import from_paper
from borderdesk.reports.blocks import Block, Chart, Column, Paragraph, Row, Series, Table
from borderdesk.reports.contents.commune_annex import PlaceAnnex, has_communes
from borderdesk.reports.contents.register import register_anchor, register_blocks
from borderdesk.reports.wording import beyond_all, capital, corrected_since, paper_notes
from borderdesk.schema.settings import Paper
from borderdesk.session.session import Session

UPRIGHT_COMMUNES = 4


class SummaryParts:
    """The parts of one summary's document, each made when it is requested."""

    def __init__(
        self, summary: Summary, session: Session, progress: Progress, wide_paper: Paper
    ) -> None:
        self._summary = summary
        self._session = session
        self._progress = progress
        self._wide_paper = wide_paper
        self._facts = facts_of(summary, session)
        self._live = SummaryFacts(summary, session)

    @cached_property
    def _rows(self) -> dict[str, Indicator]:
        return {row.key: row for row in all_rows(self._session.book)}

    def stocks(self) -> Iterator[Block]:
        """Opening, increase, decrease and closing of every stock that is not zero throughout."""
        rows = []
        for key, moved in self._facts.movements().items():
            _group, label, unit = self._rows[key].words
            rows.append(Row((label, unit, *moved)))
        if rows:
            columns = (
                Column(_("Stock"), "text", 3.4),
                Column(_("Unit"), "text", 1.1, "center"),
                Column(_("At the start"), "number"),
                Column(_("Increase"), "number"),
                Column(_("Decrease"), "number"),
                Column(_("At the end"), "number"),
            )
            yield Table(columns, tuple(rows), title=_("How stocks moved in the period"))

    def posts(self) -> Iterator[Block]:
        """How many posts of a district or the province the figures are of, and who is missing."""
        text = presence_text(*self.presence)
        if text:
            yield Paragraph(text)

    @property
    def presence(self) -> PostPresence:
        """The names of those posts, and of the missing ones."""
        posts = self._facts.posts()
        return PostPresence(tuple(posts["present"]), tuple(posts["missing"]))

    def beyond_all(self, lines: Iterable[SummaryLine]) -> Iterator[str]:
        """A note for each share that is more than the whole it is of."""
        shares = {key for key, row in self._rows.items() if row.in_percent}
        return beyond_all((line.label, line.value) for line in lines if line.key in shares)

    def coverage(self) -> Iterator[Block]:
        """How many of the scope's markers were inspected in the period, and never."""
        counts = self._facts.markers()
        if not counts:
            return
        seen, whole, never, longest = counts
        text = _("Markers: {seen} of {all} inspected in the period ({share}); {never} never.")
        if longest is not None:
            text += " " + ngettext(
                "Longest without inspection: {days} day.",
                "Longest without inspection: {days} days.",
                longest,
            )
        yield Paragraph(
            text.format(
                seen=format_number(seen or 0, language()),
                all=format_number(whole or 0, language()),
                share=format_percent(percent(seen or 0, whole or 1), language()),
                never=format_number(never or 0, language()),
                days=format_number(longest or 0, language()),
            )
        )

    def open_incidents(self) -> Iterator[Block]:
        """The incidents still open on the last day, the oldest first."""
        book, last = self._session.book, self._summary.period.last
        incidents = self._facts.incidents()
        rows = []
        for iso, category, unit, persons in incidents["oldest"]:
            on = datetime.date.fromisoformat(iso)
            kind, place = book.pick_label("incident_category", category), book.unit_short(unit)
            rows.append(Row((on, kind, place, persons, days_since(on, last))))
        if not rows:
            return
        columns = (
            Column(_("Date"), "date", 1.1),
            Column(_("Category"), "text", 2.6),
            Column(_("Commune"), "text", 2.2),
            Column(_("Persons involved"), "number"),
            Column(_("Days"), "number", 0.9),
        )
        yield Table(columns, tuple(rows), title=_("Incidents being handled"))
        if incidents["whole"] > len(rows):
            more = format_number(incidents["whole"] - len(rows), language())
            yield Paragraph(_("And {count} more.").format(count=more), "note")

    # ------------------------------------------------------------------------ charts

    def charts(self) -> Iterator[Block]:
        """Monthly flows beside those of the year before; clearing and outreach by commune."""
        papers = self._facts.paper_months()
        for key, (now, before) in self._facts.months().items():
            if any(now) or any(before):
                paper_marks = papers.get(key, [[], []])
                yield self._months(self._rows[key], now, before, paper_marks)
        communes, marks = self._facts.communes(), self._facts.paper_communes()
        series = []
        for key, values in communes["flows"].items():
            _group, label, unit = self._rows[key].words
            chart_marks = tuple(marks.get(key, ()))
            series.append(Series(f"{label} ({unit})", tuple(values), qualifiers=chart_marks))
        if len(communes["names"]) > 1 and any(value for entry in series for value in entry.values):
            title = _("Clearing and outreach by commune")
            names = tuple(communes["names"])
            yield Chart(title, names, tuple(series), "panels", sheet=_("By commune"))
        shown = [
            from_paper(0, qualifier)
            for years in papers.values()
            for year in years
            for qualifier in year
        ]
        shown += [from_paper(0, qualifier) for row in marks.values() for qualifier in row]
        yield from (Paragraph(note, "note") for note in paper_notes(shown))

    def _months(
        self,
        row: Indicator,
        now: Sequence[int | None],
        before: Sequence[int | None],
        papers: Sequence[Sequence[str]],
    ) -> Chart:
        """A flow by month, beside that of last year and the pace that the target requires; papers:
        of both years what is known of figures that are from paper."""
        year = self._session.calendar().year_of(self._summary.period.last).year
        _group, label, unit = row.words
        name, qualifiers = _("Year {year}"), [tuple(paper) for paper in papers]
        series = [Series(name.format(year=year), tuple(now), qualifiers=qualifiers[0])]
        if any(before):
            last = name.format(year=year - 1)
            series.append(Series(last, tuple(before), "before", qualifiers[1]))
        target = next((li.target for li in self._summary.lines if li.key == row.key), None)
        if target:
            pace = (Decimal(target) / 12).quantize(Decimal("0.1"), ROUND_HALF_UP)
            name = _("Pace of the plan: {pace} a month").format(
                pace=format_number(pace, language())
            )
            series.append(Series(name, (pace,) * 12, "pace"))
        months = tuple(_("M{number}").format(number=number) for number in range(1, 13))
        title = _("{label} by month").format(label=label)
        return Chart(title, months, tuple(series), unit=unit, sheet=label)

    # ---------------------------------------------------------- communes and registers

    @cached_property
    def _later(self) -> frozenset[str]:
        """The records that arrived after the period was closed, which the edition leaves out."""
        edition = self._summary.edition
        return (
            added_since(self._session.store, counted_in(self._session.store, edition))
            if edition is not None
            else frozenset()
        )

    @cached_property
    def _corrected(self) -> Counter[str]:
        """{record type: how many of its counted records were changed since the period was
        closed}."""
        edition = self._summary.edition
        if edition is None:
            return Counter()
        counted = counted_in(self._session.store, edition)
        changes = FigureChanges(self._session, edition.scope, edition.view.day, counted)
        records = sorted(changes.corrected(dates_of(edition.period)))
        return Counter(kind for _record, kind in types_of(self._session.store, records))

    @property
    def has_communes(self) -> bool:
        """Whether the scope can be divided by commune."""
        return has_communes(self._live.view)

    @property
    def communes_across(self) -> bool:
        """Whether the table by commune needs a landscape page."""
        return len(self._annex.columns()) > UPRIGHT_COMMUNES

    def communes(self) -> Iterator[Block]:
        """Every indicator by commune, beside the figure of the scope."""
        return self._annex.by_commune()

    @property
    def has_posts(self) -> bool:
        """Whether the scope's figures come from several posts."""
        return has_several_posts(self._session, self._live.view)

    def by_post(self) -> Iterator[Block]:
        """Every indicator by post, beside the figure of the scope."""
        return self._annex.by_post()

    @cached_property
    def _annex(self) -> PlaceAnnex:
        whole = {line.key: line.shown("value") for line in self._summary.lines}
        edition = self._summary.edition
        counted = None if edition is None else counted_in(self._session.store, edition)
        return PlaceAnnex(
            self._session,
            self._live.view,
            whole,
            counted=counted,
            progress=self._progress,
            paper=self._wide_paper,
            posts=self.presence,
            corrected=self._corrected.total(),
        )

    def register(self, type_name: str) -> Iterator[Block]:
        """The records of a type that the figures count."""
        yield from register_blocks(
            self._session, self._live.view, type_name, self._progress, self._later
        )
        for note in corrected_since(self._corrected[type_name]):
            yield Paragraph(note, "note")

    def register_of(self, key: str, annexed: Sequence[str]) -> str:
        """The anchor of the annexed register with the records of an indicator, or ""."""
        row = self._rows.get(key)
        types = row.types if row is not None else ()
        return next((register_anchor(name) for name in types if name in annexed), "")

    # ----------------------------------------------------------------------- methods

    def how(self, shown: Iterable[str]) -> Iterator[Block]:
        """How each indicator shown is calculated from the records, one line for each."""
        keys = set(shown)
        columns = (
            Column(_("Indicator"), "text", 2.2),
            Column(_("Unit"), "text", 0.9, "center"),
            Column(_("How it is worked out"), "text", 4.2),
        )
        rows, heading = [], ""
        for key, row in self._rows.items():
            if key not in keys:
                continue
            group, label, unit = row.words
            if group != heading:
                heading = group
                rows.append(Row((group,), "group"))
            rows.append(Row((label, unit, capital(_(row.how)))))
        yield Paragraph(
            _("A record counts by the date of its event, within the period, where its place is."),
            "note",
        )
        yield Table(columns, tuple(rows), compact=True)
