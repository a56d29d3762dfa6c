"""Checks a paper against this desk: what it is, the figures that were signed, and what differs.

The code on a paper proves the figures that were signed, not the ink: whoever checks compares the
signed figures with the paper by eye, or types those of the paper.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_figure
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.text import fold
from borderdesk.closing.calculation import Summary, summary_of
from borderdesk.closing.comparison import differing, signed_summary
from borderdesk.closing.editions import (
    REPLACED,
    STANDING,
    WITHDRAWN,
    Edition,
    SignedDifference,
    is_of,
    read_editions,
)
from borderdesk.closing.explanations import explained
from borderdesk.closing.lines import SummaryLine, figures_hash, values_hash
from borderdesk.closing.paper_code import PaperCode, read_paper
from borderdesk.figures.quantities import Value
from borderdesk.figures.scopes import make_view
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import BatchRow

SAME, REVISED, DIFFERENT = "same", "revised", "different"
RESULTS = {
    SAME: N_("The code on the paper is that of this desk's figures."),
    REVISED: N_("The code was right when the paper was made; the figures were revised since."),
    DIFFERENT: N_("The paper says something else than this desk."),
}
SIGNED, DRAFT, UNKNOWN = "signed", "draft", "unknown"
"""States of a paper, besides those of a replaced and a withdrawn edition."""

COLUMNS = ("value", "previous", "year_to_date", "target")
"""The columns of a paper whose figures can be typed: KEY, or KEY.column."""

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+$")


class TypedFigure(NamedTuple):
    """A figure as typed from a paper, and the signed one."""

    key: str
    column: str
    label: str
    unit: str
    paper: Value
    signed: Value

    @property
    def same(self) -> bool:
        """Whether the paper shows the signed figures."""
        return self.paper == self.signed


class FileDifference(NamedTuple):
    """A figure of a file that differs from the signed one.

    where: the page and the heading above; row, column: of its table, or the text around it; key: of
    its indicator, "" for any other; paper, signed: as written in each, "" for a missing one.
    """

    where: str
    row: str
    column: str
    key: str
    paper: str
    signed: str


class PaperVerdict(NamedTuple):
    """The result of checking a paper: `result` same, revised or different.

    moved: the figures that differ, with reasons, if the desk knows the figures on paper (`known`);
    columns: whether the period's own figures differ, or only the others; edition: the number of the
    edition in force, 0 when nothing is signed on this desk. state: signed, draft, replaced,
    withdrawn or unknown; successor: the edition that counts instead of a replaced or withdrawn one;
    lines: the figures to compare with the paper by eye: the signed ones, for a draft and an unknown
    paper those of this desk; typed: figures of the paper; reasons: in words, never none; made_from:
    the edition of this desk that the paper was printed from; altered: the differences of a file of
    it.
    """

    result: str
    paper: PaperCode
    known: bool
    moved: list[SignedDifference]
    columns: str
    edition: int
    state: str = UNKNOWN
    successor: Edition | None = None
    lines: Sequence[SummaryLine] = ()
    typed: Sequence[TypedFigure] = ()
    reasons: Sequence[str] = ()
    made_from: Edition | None = None
    altered: Sequence[FileDifference] = ()


def check_paper(
    session: Session, text: str, typed: Mapping[str, str] | None = None
) -> PaperVerdict:
    """Compare a paper's text with this desk.

    typed: figures of the paper, {key or key.column: as written on it}. Raises UserError for a text
    that is no code of a paper, a period or scope unknown to this desk, and an invalid figure.
    """
    paper = read_paper(text)
    now = summary_of(session, make_view(session, paper.period, paper.scope), paper.scope)
    editions = [*read_editions(session.store, is_of(now.period.text, now.scope.text))]
    verdict = _PaperCheck(session, paper, now, editions).verdict()
    return _with_typed(verdict, typed or {})


class _PaperCheck:
    """The check of one paper."""

    def __init__(
        self, session: Session, paper: PaperCode, now: Summary, editions: list[Edition]
    ) -> None:
        self._session = session
        self._paper = paper
        self._now = now
        self._editions = editions
        self._standing = next((e for e in reversed(editions) if e.state in STANDING), None)

    def verdict(self) -> PaperVerdict:
        """The verdict, without typed figures."""
        if self._paper.desk != self._session.identity.id[:8]:
            return self._foreign()
        matching = [edition for edition in self._editions if self._is_of(edition)]
        if matching:
            # An edition withdrawn and closed again with the same figures: the one in force is
            # taken.
            edition = next((e for e in matching if e.state in STANDING), matching[-1])
            return self._signed(edition)
        if self._paper.edition == 0:
            return self._draft()
        return self._unknown()

    def _is_of(self, edition: Edition) -> bool:
        """Whether it is that edition's paper, or a draft printed just before it was closed."""
        right_number = self._paper.edition in (0, edition.number)
        return right_number and edition.figures_hash.startswith(self._paper.figures)

    def _made(
        self, result: str, state: str, reasons: Sequence[str], **more: object
    ) -> PaperVerdict:
        number = self._standing.number if self._standing else 0
        blank = PaperVerdict(
            result, self._paper, True, [], "", number, state, reasons=tuple(reasons)
        )
        return blank._replace(**more)  # type: ignore[arg-type]

    def _signed(self, edition: Edition) -> PaperVerdict:
        signed = signed_summary(self._session, edition).lines
        otherwise = _("changed without a record: settings, places, targets, paper figures")
        moved = explained(self._session, edition, [*differing(signed, self._now.lines)], otherwise)
        state = edition.state if edition.state in (REPLACED, WITHDRAWN) else SIGNED
        successor = self._standing if state != SIGNED else None
        is_repeated = successor is not None and successor.figures_hash == edition.figures_hash
        stands = (edition.state in STANDING or is_repeated) and not moved
        reasons = [*self._what(edition, state, successor)]
        if moved:
            reasons.append(
                ngettext(
                    "Since it was signed {count} figure changed here.",
                    "Since it was signed {count} figures changed here.",
                    len(moved),
                ).format(count=len(moved))
            )
        return self._made(
            SAME if stands else REVISED,
            DRAFT if self._paper.edition == 0 else state,
            reasons,
            moved=moved,
            columns=_columns(moved),
            successor=successor,
            lines=signed,
            made_from=edition,
        )

    def _what(self, edition: Edition, state: str, successor: Edition | None) -> Iterator[str]:
        """The state of the paper, in words."""
        edition_name = _("{edition}, signed on {date}").format(
            edition=edition.title, date=format_date(edition.signed_on)
        )
        if self._paper.edition == 0:
            yield _("A draft, not a signed paper; its figures are those of {edition}.").format(
                edition=edition_name
            )
        elif state == SIGNED:
            yield _("Signed: {edition}.").format(edition=edition_name)
        elif state == WITHDRAWN:
            yield _("Withdrawn: {edition} was opened again before it went out.").format(
                edition=edition_name
            )
        else:
            yield _("No longer in force: {edition}.").format(edition=edition_name)
        if successor is not None:
            yield _("In force: {edition}, signed on {date}.").format(
                edition=successor.title, date=format_date(successor.signed_on)
            )

    def _draft(self) -> PaperVerdict:
        now = self._now
        same = figures_hash(now.period, now.scope, now.lines).startswith(self._paper.figures)
        words = _("A draft, not a signed paper.")
        if same:
            detail = _("This desk would print the same figures today.")
            return self._made(SAME, DRAFT, [words, detail], lines=now.lines)
        detail = _("The figures of this desk changed since the draft was printed.")
        lines = signed_summary(self._session, self._standing).lines if self._standing else now.lines
        return self._made(
            DIFFERENT, DRAFT, [words, detail], known=False, columns=self._where(), lines=lines
        )

    def _unknown(self) -> PaperVerdict:
        numbers = {edition.number for edition in self._editions}
        if self._paper.edition in numbers:
            detail = _(
                "Edition {number} of this desk has other figures than the code of this paper:"
                " the paper was not made from it."
            )
        else:
            detail = _("Nothing was signed here as edition {number} of this period.")
        lines = self._now.lines
        if self._standing is not None:
            lines = signed_summary(self._session, self._standing).lines
        return self._made(
            DIFFERENT,
            UNKNOWN,
            [detail.format(number=self._paper.edition)],
            known=False,
            columns=self._where(),
            lines=lines,
        )

    def _where(self) -> str:
        has_other_values = not values_hash(self._now.lines).startswith(self._paper.values)
        return "value" if has_other_values else "year_to_date"

    # ---------------------------------------------------------------- another desk's paper

    def _foreign(self) -> PaperVerdict:
        """Another desk's paper: its own figures alone are compared, for targets and figures from
        before the desk are each desk's own; its lines are known when a package stated the same."""
        state = DRAFT if self._paper.edition == 0 else SIGNED
        words = (
            _("A draft of another desk, not a signed paper.")
            if state == DRAFT
            else _("A paper of another desk: its period's own figures are compared, no others.")
        )
        lines = self._now.lines
        if values_hash(lines).startswith(self._paper.values):
            detail = _("The records here add up to the same figures.")
            return self._made(SAME, state, [words, detail], lines=lines)
        stated = self._stated(lines)
        if not stated:
            detail = _(
                "The records here add up to other figures, and no package stated the paper's."
            )
            return self._made(
                DIFFERENT, UNKNOWN, [words, detail], known=False, columns="value", lines=lines
            )
        why = _("the records here are not those that the paper was made of")
        moved = [
            m._replace(reasons=(why,)) for m in differing(stated, lines) if m.column == "value"
        ]
        detail = _("A package of that desk stated these figures; the records here say otherwise.")
        return self._made(
            DIFFERENT, state, [words, detail], moved=moved, columns="value", lines=stated
        )

    def _stated(self, lines: list[SummaryLine]) -> list[SummaryLine]:
        """The rows as a package of that desk stated them, if one agrees with the paper."""
        for figures in self._packages():
            stated = [
                line._replace(value=_number(figures[line.key]), from_paper=frozenset())
                for line in lines
                if line.key in figures
            ]
            if values_hash(stated).startswith(self._paper.values):
                return stated
        return []

    def _packages(self) -> Iterator[dict[str, int | float | None]]:
        row = BatchRow
        of_desk = fn.substr(row.desk, 1, 8) == self._paper.desk
        query = row.select(row.figures).where((row.period == self._paper.period) & of_desk)
        for (figures,) in self._session.store.fetch(query):
            yield json.loads(figures)


def _columns(moved: list[SignedDifference]) -> str:
    columns = [difference.column for difference in moved]
    return "value" if "value" in columns else next(iter(columns), "")


def _number(value: int | float | None) -> int | Decimal | None:
    return Decimal(str(value)) if isinstance(value, float) else value


# ------------------------------------------------------------------------ typed figures


def _with_typed(verdict: PaperVerdict, typed: Mapping[str, str]) -> PaperVerdict:
    """The verdict with figures typed from the paper: with any difference it is a different
    paper."""
    if not typed:
        return verdict
    figures = [_typed(verdict, name, text) for name, text in typed.items()]
    wrong = [figure for figure in figures if not figure.same]
    if not wrong:
        return verdict._replace(typed=figures)
    reasons = [*verdict.reasons, *map(_contradiction, wrong)]
    return verdict._replace(
        result=DIFFERENT,
        typed=figures,
        reasons=reasons,
        moved=[*map(_moved, wrong), *verdict.moved],
    )


def _typed(verdict: PaperVerdict, name: str, text: str) -> TypedFigure:
    key, dot, column = name.strip().rpartition(".")
    if not dot or column not in COLUMNS:
        key, column = name.strip(), "value"
    line = next((line for line in verdict.lines if key == line.key), None)
    line = line or next((line for line in verdict.lines if fold(key) == fold(line.label)), None)
    if line is None:
        line_keys = ", ".join(line.key for line in verdict.lines[:3])
        raise UserError(
            _("“{key}” is no figure of this paper. They are called {known}, …").format(
                key=key[:60], known=line_keys
            )
        )
    return TypedFigure(
        line.key, column, line.label, line.unit, typed_number(text), line.shown(column).value
    )


def typed_number(text: str) -> Value:
    """A figure as a paper shows it: 1.234 · 72,5 · >300* · –. Raises UserError."""
    plain_number = "".join(text.split()).replace("−", "-").lstrip("<>").rstrip("*†‡%")
    if plain_number in ("", "-", "–"):
        return None
    if "," in plain_number:
        plain_number = plain_number.replace(".", "").replace(",", ".")
    elif _GROUPED.match(plain_number):
        plain_number = plain_number.replace(".", "")
    try:
        number = Decimal(plain_number)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise UserError(_("“{text}” is not a number.").format(text=text[:40]))
    return int(number) if number == number.to_integral_value() else number


def _contradiction(figure: TypedFigure) -> str:
    return _("{label}: {paper} on the paper, {signed} as signed.").format(
        label=figure.label,
        paper=format_figure(figure.paper, language()),
        signed=format_figure(figure.signed, language()),
    )


def _moved(figure: TypedFigure) -> SignedDifference:
    has_both_values = figure.paper is not None and figure.signed is not None
    difference = figure.signed - figure.paper if has_both_values else None  # type: ignore[operator]
    why = _("typed from the paper; the signed figure is another")
    return SignedDifference(
        figure.key,
        figure.label,
        figure.unit,
        figure.column,
        figure.paper,
        figure.signed,
        difference,
        (why,),
    )
