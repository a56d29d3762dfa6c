"""Figures as displayed: marked if they rest on figures from paper or are only a bound, alike on
every paper, sheet and screen."""

from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.formats import format_figure, format_percent
from borderdesk.figures.paper_figures import EXACT, OVER, UNDER, FigureSum
from borderdesk.figures.quantities import Value, percent

PAPER = "*"
"""The mark behind a figure that has figures from paper in it."""

SIGNS = {OVER: ">", UNDER: "<"}
"""Signs before figures that are no more than a bound."""


class ShownFigure(NamedTuple):
    """A figure with its sign (">" or "<" of a bound, otherwise "") and mark (PAPER or "")."""

    value: Value
    sign: str = ""
    mark: str = ""

    @property
    def qualifier(self) -> str:
        """The certainty of a figure from paper, as declared by its baseline; "" without paper."""
        if not self.mark:
            return ""
        return next((name for name, sign in SIGNS.items() if sign == self.sign), EXACT)

    def text(self, lang: str) -> str:
        """For a reader: "1.234", ">300*", "–"."""
        return f"{self.sign}{format_figure(self.value, lang)}{self.mark}"

    def percent_text(self, lang: str) -> str:
        """The same of a percentage: ">93,8 %*"; "–" without one."""
        if self.value is None:
            return "–"
        return f"{self.sign}{format_percent(self.value, lang)}{self.mark}"


def from_paper(value: Value, qualifier: str) -> ShownFigure:
    """A figure by what is known of it: exact, over, under, or "" without paper."""
    return ShownFigure(value, SIGNS.get(qualifier, ""), PAPER if qualifier else "")


def shown(total: FigureSum) -> ShownFigure:
    """A sum of records and figures from paper as it is shown."""
    if total.paper is None or total.value is None:
        return ShownFigure(total.value)
    return from_paper(total.value, total.bound or EXACT)


def share_of(part: ShownFigure, whole: Decimal | None) -> ShownFigure:
    """A figure in percent of an exact number: of a bound it is one too, and marked; without
    either, nothing."""
    if part.value is None or not whole:
        return ShownFigure(None)
    reached = percent(part.value, whole)
    return ShownFigure(reached, part.sign, part.mark if part.sign else "")
