"""Sentences made of a summary's figures, for the text of a report: "… đạt 31 lần, lũy kế từ đầu năm
394 lần, đạt 93,8 % kế hoạch, tăng 12,2 % so với cùng kỳ". A person chooses and edits them.

The name and unit of an indicator, and whether it adds up over a year, are declared by the
indicator; a sentence has the figures of the table, and omits those that are a dash in it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from borderdesk.base.formats import format_date, format_percent
from borderdesk.base.i18n import _, language
from borderdesk.base.measure_units import unit_beside
from borderdesk.closing.calculation import Summary
from borderdesk.closing.lines import SummaryLine
from borderdesk.figures.quantities import FLOW, RATIO, STOCK
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.reports.wording import THIS, paper_number


class FigureSentence(NamedTuple):
    """A sentence about one indicator (its key), of a group of them."""

    key: str
    group: str
    text: str


class SentenceRules(NamedTuple):
    """The facts that sentences need besides the figures.

    year_begins: whether the period begins with the year, so that both figures are the same; limits:
    the indicators (keys) whose target is not to be exceeded; so_far: those whose figure is of the
    year up to the period's last day.
    """

    year_begins: bool
    limits: frozenset[str] = frozenset()
    so_far: frozenset[str] = frozenset()


def figure_sentences(summary: Summary, rules: SentenceRules) -> list[FigureSentence]:
    """A sentence for each row with a figure in the period or in the year."""
    return [
        FigureSentence(line.key, line.group, _sentence(summary, line, rules))
        for line in summary.lines
        if line.value or (line.kind == FLOW and line.year_to_date)
    ]


def _sentence(summary: Summary, line: SummaryLine, rules: SentenceRules) -> str:
    year_begins = rules.year_begins
    parts = [_opening(summary, line, so_far=line.key in rules.so_far)]
    if line.kind == FLOW and not year_begins and line.year_to_date is not None:
        amount = _amount(line, "year_to_date")
        parts.append(_("year to date {value}").format(value=amount))
    share = line.shown("target_pct")
    if share.value is not None:
        percent = _bounded(share, format_percent(share.value, language()))
        limit = line.key in rules.limits
        words = _("{percent} of the year's limit") if limit else _("{percent} of the year's target")
        parts.append(words.format(percent=percent))
    parts += _comparison(summary, line, year_begins)
    return ", ".join(parts) + "."


def _opening(summary: Summary, line: SummaryLine, *, so_far: bool) -> str:
    when = _(THIS[summary.period.kind])
    when = when[:1].lower() + when[1:]
    value = _amount(line, "value")
    day = format_date(summary.period.last)
    if line.kind == STOCK:
        return _("{label}: {value} as of {date}").format(label=line.label, value=value, date=day)
    if so_far:
        return _("{label} by {date} reached {value}").format(
            label=line.label, date=day, value=value
        )
    if not line.value and line.kind != RATIO:
        return _("{label}: none {when}").format(label=line.label, when=when)
    return _("{label} {when} reached {value}").format(label=line.label, when=when, value=value)


def _amount(line: SummaryLine, column: str) -> str:
    """A figure with its unit; of one that is only a bound, that it is."""
    figure = line.shown(column)
    unit = unit_beside(figure.value, line.unit)
    return _bounded(figure, f"{paper_number(figure.value or 0)}{figure.mark} {unit}")


def _bounded(figure: ShownFigure, amount: str) -> str:
    if not figure.sign:
        return amount
    words = _("over {value}") if figure.sign == ">" else _("under {value}")
    return words.format(value=amount)


def _comparison(summary: Summary, line: SummaryLine, year_begins: bool) -> Iterator[str]:
    if line.change_pct is None or line.previous is None:
        return
    has_period_name = summary.compared.kind != "range" and not year_begins
    before = (
        _("the same period, {period}").format(period=summary.compared.title)
        if has_period_name
        else _("the same period of last year")
    )
    percent = format_percent(abs(line.change_pct), language())
    if not line.change:
        yield _("as much as {before}").format(before=before)
    elif line.change_pct > 0:
        yield _("up {percent} on {before}").format(percent=percent, before=before)
    else:
        yield _("down {percent} on {before}").format(percent=percent, before=before)
