"""The briefing: one landscape page for a meeting: six large figures, two charts, three risks."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from borderdesk.base.formats import format_number, format_percent
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.measure_units import unit_beside
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.facts import facts_of
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.scopes import FigureView, make_view
from borderdesk.figures.targets import AT_MOST, targets_of_figures
from borderdesk.figures.verdicts import BEHIND, MISSED, OVER_LIMIT, VERDICTS, judge, progress_of
from borderdesk.reports.blocks import (
    Block,
    Chart,
    ChartRow,
    Document,
    Heading,
    LargeFigure,
    LargeFigures,
    PaperSeal,
    Paragraph,
)
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.contents.summary_parts import SummaryParts
from borderdesk.reports.wording import COMPARED, in_sentence, paper_notes, with_minus
from borderdesk.schema.kinds import json_number
from borderdesk.schema.settings import Paper
from borderdesk.session.session import Session

MOST_CHARTS, MOST_RISKS, MOST_LABELS = 2, 3, 8
PAPER: Paper = "A4"
BAD = (MISSED, BEHIND, OVER_LIMIT)
"""The verdicts on a target that are a risk."""


class Briefing(NamedTuple):
    """The contents of a briefing; risks: the most important first."""

    view: FigureView
    summary: Summary
    large: list[SummaryLine]
    risks: list[str]


def make_briefing(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The briefing; of a closed period with the signed figures. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    summary = make_summary(session, request.period, request.scope, geography=request.geography)
    headlines = {row.key for row in all_rows(session.book) if row.headline}
    large = [line for line in summary.lines if line.key in headlines]
    briefing = Briefing(view, summary, large, risks(session, summary)[:MOST_RISKS])
    head = json_head(session, request, view)
    return ReportContent(
        lambda: _document(session, briefing, progress),
        lambda: [json_line({**head, **_as_json(briefing)})],
        edition=summary.edition,
    )


# -------------------------------------------------------------------------------- risks


def risks(session: Session, summary: Summary) -> list[str]:
    """Warnings derived from the figures: one of each kind first, then further targets."""
    behind = _behind(session, summary)
    facts = facts_of(summary, session)
    first = (_missing(facts.posts()["missing"]), *behind[:1], _markers(facts.markers()))
    return [*filter(None, (*first, _incidents(facts.incidents()))), *behind[1:]]


def _behind(session: Session, summary: Summary) -> list[str]:
    """The targets that are missed or slow, the farthest behind first."""
    calendar = session.calendar()
    year = calendar.year_of(summary.period.last)
    progress = progress_of(calendar, year, summary.period.last, session.today())
    aims = targets_of_figures(
        session.store, session.book, year.year, summary.period.last, summary.scope
    )
    behind = []
    for line in summary.lines:
        shown = line.shown("year_to_date")
        aim = aims.get(line.key)
        if aim is None or line.target is None:
            continue
        verdict = judge(aim.rule, shown.value, line.target, progress, shown.sign)
        if verdict in BAD:
            words = _target_words(line, verdict, aim.rule)
            behind.append((*_distance(aim.rule, line.target_pct), words))
    return [words for *_distance, words in sorted(behind)]


def _distance(rule: str, reached: Decimal | None) -> tuple[bool, Decimal]:
    """Sorts missed targets: limits first, the farthest exceeded before others; then the goals of
    which least was reached. reached: in percent, None of a limit of nothing at all."""
    if rule == AT_MOST:
        return False, Decimal("-Infinity") if reached is None else -reached
    return True, reached or Decimal(0)


def _target_words(line: SummaryLine, verdict: str, rule: str) -> str:
    lang = language()
    words = _("{label}: {verdict}, {reached} of {target} {unit} of the year ({share}).")
    if rule == AT_MOST:
        words = _("{label}: {verdict}, {reached}; the year's limit is {target} {unit}.")
    return words.format(
        label=line.label,
        verdict=_lowered(_(VERDICTS[verdict])),
        reached=line.shown("year_to_date").text(lang),
        target=format_number(line.target or 0, lang),
        unit=unit_beside(line.target, line.unit),
        share=with_minus(format_percent(line.target_pct or 0, lang)),
    )


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _missing(posts: list[str]) -> str:
    if not posts:
        return ""
    return _("Nothing came for the period from: {posts}.").format(posts=", ".join(posts))


def _markers(counts: list[int | None]) -> str:
    """The warning about markers without an inspection."""
    if not counts or not counts[2]:
        return ""
    never, lang = counts[2], language()
    return ngettext(
        "{count} of {all} markers has no inspection in the records.",
        "{count} of {all} markers have no inspection in the records.",
        never,
    ).format(count=format_number(never, lang), all=format_number(counts[1] or 0, lang))


def _incidents(incidents: dict[str, Any]) -> str:
    count = incidents["whole"]
    if not count:
        return ""
    return ngettext(
        "{count} incident is still being handled.",
        "{count} incidents are still being handled.",
        count,
    ).format(count=format_number(count, language()))


# -------------------------------------------------------------------------------- the page


def _document(session: Session, briefing: Briefing, progress: Progress) -> Document:
    code = session.part(Closing).paper_text(briefing.summary)
    page = document(
        session,
        briefing.view,
        _("Briefing, {period}").format(period=briefing.view.period.title),
        tuple(_blocks(session, briefing, progress)),
        landscape=True,
        sheet=_("Briefing on one page"),
        seal=PaperSeal(code, drawn=False),
    )
    # One page holds no QR code, no head in two lines.
    scope, days = page.subtitle
    # A post is its own scope.
    whose = " – ".join(dict.fromkeys((in_sentence(page.issuer), scope)))
    about = f"{whose}, {_lowered(days)}"
    return replace(page, issuer="", subtitle=(about,), footer=f"{page.footer} {code}")


def _blocks(session: Session, briefing: Briefing, progress: Progress) -> Iterator[Block]:
    lines = briefing.large
    compared = _(COMPARED[briefing.view.period.kind])
    yield LargeFigures(tuple(_large(line, compared) for line in lines), compared)
    parts = SummaryParts(briefing.summary, session, progress, PAPER)
    charts = [chart for chart in parts.charts() if isinstance(chart, Chart) and _low(chart)][
        :MOST_CHARTS
    ]
    if charts:
        yield ChartRow(tuple(charts))
    yield Heading(_("Risks"), 2)
    for number, words in enumerate(briefing.risks, start=1):
        yield Paragraph(f"{number}. {words}")
    if not briefing.risks:
        yield Paragraph(_("The figures warn of nothing."))
    shown = (line.shown(column) for line in lines for column in ("value", "previous"))
    for note in paper_notes(shown):
        yield Paragraph(note, "note")


def _low(chart: Chart) -> bool:
    """Whether the chart fits on the page: a chart by commune grows with the number of communes."""
    return chart.kind == "columns" or len(chart.labels) <= MOST_LABELS


def _large(line: SummaryLine, compared: str) -> LargeFigure:
    """A figure with that of the year before, if that is known."""
    before = line.shown("previous")
    note = ""
    if before.value is not None:
        note = f"{compared}: {before.text(language())}"
        if line.change_pct is not None:
            sign = "+" if line.change_pct > 0 else ""
            change = with_minus(format_percent(line.change_pct, language()))
            note += f" ({sign}{change})"
    shown = line.shown("value")
    return LargeFigure(line.label, shown, unit_beside(shown.value, line.unit), note)


def _as_json(briefing: Briefing) -> dict[str, Any]:
    figures = [
        {
            "key": line.key,
            "label": line.label,
            "unit": line.unit,
            "value": json_number(line.value),
            "previous": json_number(line.previous),
            **({"from_paper": qualifiers} if (qualifiers := line.qualifiers()) else {}),
        }
        for line in briefing.large
    ]
    return {
        "closed": briefing.summary.edition is not None,
        "figures": figures,
        "risks": briefing.risks,
    }
