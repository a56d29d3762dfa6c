"""Three years side by side: every indicator in the same period of a year and of the two before.

An earlier year has a figure only where the following year's report would compare with it: records
or figures from paper cover the whole period (see `closing.calculation`).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from borderdesk.base.i18n import _, language
from borderdesk.base.periods import Period
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.calculation import Summary, summary_of
from borderdesk.closing.closing import Closing
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.summary import make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.scopes import FigureView, make_view
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Chart,
    Column,
    Document,
    PaperSeal,
    Paragraph,
    Row,
    Series,
    Table,
    figure_cell,
)
from borderdesk.reports.contents.document_head import (
    document,
    json_head,
    json_line,
    unsigned_note,
)
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.wording import PAPER_LANGUAGE, beyond_all, capital, paper_notes
from borderdesk.schema.kinds import json_number
from borderdesk.session.session import Session


class YearsRow(NamedTuple):
    """An indicator: its figures of three periods, the oldest first, and the line of the newest."""

    line: SummaryLine
    shown: tuple[ShownFigure, ShownFigure, ShownFigure]


class ThreeYears(NamedTuple):
    """The rows of a view; periods: the oldest first."""

    view: FigureView
    periods: tuple[Period, Period, Period]
    rows: list[YearsRow]
    summary: Summary


def make_three_years(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The report. Raises UserError and what `progress` raises."""
    progress(0, 1)
    years = three_years(session, request)
    head = json_head(session, request, years.view)
    return ReportContent(
        lambda: _document(session, years, request),
        lambda: [json_line({**head, **_as_json(years)})],
        edition=years.summary.edition,
    )


def three_years(session: Session, request: Request) -> ThreeYears:
    """The figures; of a closed period the signed ones. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    summary = make_summary(session, request.period, request.scope, geography=request.geography)
    before = summary_of(session, _year_before(session, view), view.scope.text)
    # The oldest year's figures are those that the following year compares with.
    oldest = {line.key: line.shown("previous") for line in before.lines}
    rows = [
        YearsRow(
            line,
            (
                oldest.get(line.key, ShownFigure(None)),
                line.shown("previous"),
                line.shown("value"),
            ),
        )
        for line in summary.lines
    ]
    periods = (before.compared, view.compared, view.period)
    return ThreeYears(view, periods, rows, summary)


def _year_before(session: Session, view: FigureView) -> FigureView:
    """The view of a year earlier, by the same units."""
    return view._replace(period=view.compared, compared=session.calendar().previous(view.compared))


# ------------------------------------------------------------------------------ the paper


def _document(session: Session, years: ThreeYears, request: Request) -> Document:
    title = _("Three years side by side up to {period}").format(period=years.view.period.title)
    code = session.part(Closing).paper_text(years.summary)
    charts = tuple(_charts(session, years)) if request.charts else ()
    return document(
        session,
        years.view,
        title,
        tuple(_blocks(session, years, request)),
        seal=PaperSeal(
            code, _("To check this paper: read the code, or type {text}").format(text=code)
        ),
        annexes=(Annex(_("Charts"), charts),) if charts else (),
        sheet=_("Three years"),
    )


def _blocks(session: Session, years: ThreeYears, request: Request) -> Iterator[Block]:
    change = _("On the year before")
    columns = (
        Column(_("No."), "number", 0.62, "center"),
        Column(_("Indicator"), "text", 3.4),
        Column(_("Unit"), "text", 1.5, "center"),
        *(Column(capital(period.title), "number", 1.3) for period in years.periods),
        Column("+/−", "number", 1.1, over=change),
        Column("%", "percent", 1.12, over=change),
    )
    rows = [row for row in years.rows if not request.hide_empty or _has_figures(row)]
    yield Table(columns, tuple(_rows(rows)))
    notes = paper_notes(figure for row in rows for figure in row.shown)
    for note in (*years.summary.remarks, *notes, *_beyond_all(session, years)):
        yield Paragraph(note, "note")
    yield Paragraph(
        _("“–”: neither records nor figures from paper cover the period whole."), "note"
    )
    if language() != PAPER_LANGUAGE:
        yield Paragraph(_("Names of places and units of programmes stay Vietnamese."), "note")
    for note in unsigned_note(session, years.summary):
        yield Paragraph(note, "note")


def _beyond_all(session: Session, years: ThreeYears) -> Iterator[str]:
    """A note for each share of a year that is more than the whole it is of."""
    shares = {row.key for row in all_rows(session.book) if row.in_percent}
    return beyond_all(
        (f"{row.line.label}, {period.title}", figure.value)
        for row in years.rows
        if row.line.key in shares
        for period, figure in zip(years.periods, row.shown, strict=True)
    )


def _has_figures(row: YearsRow) -> bool:
    return any(figure.value for figure in row.shown)


def _rows(rows: list[YearsRow]) -> Iterator[Row]:
    group, number = "", 0
    for row in rows:
        line = row.line
        if line.group != group:
            group, number = line.group, 0
            yield Row((group,), "group")
        number += 1
        figures = map(figure_cell, row.shown)
        yield Row((number, line.label, line.unit, *figures, line.change, line.change_pct))


def _charts(session: Session, years: ThreeYears) -> Iterator[Chart]:
    """A chart for each indicator that is drawn by month, of those with two figures at least."""
    charted = {row.key for row in all_rows(session.book) if row.charted}
    labels = tuple(capital(period.title) for period in years.periods)
    for row in years.rows:
        figure_values = [figure.value for figure in row.shown if figure.value is not None]
        if row.line.key in charted and len(figure_values) > 1:
            series = Series(
                row.line.label,
                tuple(figure.value for figure in row.shown),
                qualifiers=tuple(figure.qualifier for figure in row.shown),
            )
            title = row.line.label
            yield Chart(title, labels, (series,), unit=row.line.unit, sheet=title)


# ------------------------------------------------------------------------------ as JSON


def _as_json(years: ThreeYears) -> dict[str, Any]:
    periods = [
        {"from": period.first.isoformat(), "to": period.last.isoformat()}
        for period in years.periods
    ]
    rows = [_json_row(row) for row in years.rows]
    return {"closed": years.summary.edition is not None, "periods": periods, "rows": rows}


def _json_row(row: YearsRow) -> dict[str, Any]:
    line = row.line
    result: dict[str, Any] = {
        "key": line.key,
        "label": line.label,
        "unit": line.unit,
        "kind": line.kind,
        "values": [json_number(figure.value) for figure in row.shown],
        "change": json_number(line.change),
        "change_pct": json_number(_plain(line.change_pct)),
    }
    if any(figure.qualifier for figure in row.shown):
        result["from_paper"] = [figure.qualifier or None for figure in row.shown]
    return result


def _plain(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(Decimal("0.1"))
