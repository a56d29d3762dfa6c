"""The short text on a paper (also as a QR code) by which it is held against a desk.

    BD1|1f3a9c02|2023-11|post:BS|1|5e884898da28|9f86d081884c|3b1a

version · first 8 digits of the desk's id · period · scope · edition (0: not closed, a draft) ·
12 digits of the hash of the period's own figures (`values_hash`) · 12 of that of every column
(`figures_hash`) · 4 of the SHA-256 of everything before, against slips of the pen.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.closing.calculation import Summary, summary_of
from borderdesk.closing.comparison import differing
from borderdesk.closing.editions import (
    STANDING,
    Edition,
    SignedDifference,
    is_of,
    read_editions,
    read_figures,
)
from borderdesk.closing.lines import Line, figures_hash, values_hash
from borderdesk.figures.scopes import make_view
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import BatchRow

VERSION = "BD1"
SAME, REVISED, DIFFERENT = "same", "revised", "different"
RESULTS = {
    SAME: N_("The paper says what this desk says."),
    REVISED: N_("The paper was right when it was made; the figures were revised since."),
    DIFFERENT: N_("The paper says something else than this desk."),
}
DIGITS = 12

_TEXT = re.compile(
    r"BD1\|(?P<desk>[0-9a-f]{8})\|(?P<period>[0-9QH.-]{4,22})\|(?P<scope>[^|\s]{1,80})"
    r"\|(?P<edition>\d{1,4})\|(?P<values>[0-9a-f]{12})\|(?P<figures>[0-9a-f]{12})"
    r"\|(?P<check>[0-9a-f]{4})$"
)


class Paper(NamedTuple):
    """The parts of a paper's text; `edition` 0 for a draft."""

    desk: str
    period: str
    scope: str
    edition: int
    values: str
    figures: str


class Verdict(NamedTuple):
    """What became of a paper: `result` same, revised or different.

    moved: the figures that differ, where the desk knows the figures on paper (`known`); columns:
    whether the period's own figures differ, or only the others; edition: what stands now, 0
    when nothing is signed here.
    """

    result: str
    paper: Paper
    known: bool
    moved: list[SignedDifference]
    columns: str
    edition: int


def paper_text(summary: Summary) -> str:
    """The text of a paper with these figures."""
    edition = summary.edition
    parts = "|".join(
        (
            VERSION,
            summary.desk[:8],
            summary.period.text,
            summary.scope.text,
            str(edition.number if edition else 0),
            values_hash(summary.lines)[:DIGITS],
            figures_hash(summary.period, summary.scope, summary.lines)[:DIGITS],
        )
    )
    return f"{parts}|{_check_digits(parts)}"


def _check_digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def read_paper(text: str) -> Paper:
    """The parts of a paper's text, spaces and line breaks in it ignored. Raises UserError."""
    joined = "".join(text.split())
    match = _TEXT.match(joined)
    if match is None:
        raise UserError(
            _(
                "“{text}” is not the text of a BorderDesk paper. It begins with BD1| and has eight"
                " parts."
            ).format(text=" ".join(text.split())[:60])
        )
    if match["check"] != _check_digits(joined.rpartition("|")[0]):
        raise UserError(_("The paper's text was not read right: compare it letter by letter."))
    return Paper(
        match["desk"],
        match["period"],
        match["scope"],
        int(match["edition"]),
        match["values"],
        match["figures"],
    )


def check(session: Session, text: str) -> Verdict:
    """A paper's text against this desk. Raises UserError for a text that is none, and for a
    period or scope that does not exist here."""
    paper = read_paper(text)
    now = summary_of(session, make_view(session, paper.period, paper.scope), paper.scope)
    editions = [*read_editions(session.store, is_of(now.period.text, now.scope.text))]
    number = max((e.number for e in editions if e.state in STANDING), default=0)
    if paper.desk != session.identity.id[:8]:
        return _foreign(session, paper, now, number)
    matching = [edition for edition in editions if _is_of(paper, edition)]
    if matching:
        # One that was withdrawn and closed again with the same figures is the one that stands.
        edition = next((e for e in matching if e.state in STANDING), matching[-1])
        signed = read_figures(session.store, edition.id)
        moved = [*differing(signed, now.lines)]
        stands = edition.state in STANDING and not moved
        return Verdict(SAME if stands else REVISED, paper, True, moved, _columns(moved), number)
    if paper.edition == 0 and figures_hash(now.period, now.scope, now.lines).startswith(
        paper.figures
    ):
        return Verdict(SAME, paper, True, [], "", number)
    own = not values_hash(now.lines).startswith(paper.values)
    return Verdict(DIFFERENT, paper, False, [], "value" if own else "year_to_date", number)


def _is_of(paper: Paper, edition: Edition) -> bool:
    """Whether it is that edition's paper, or a draft printed just before it was closed."""
    right_number = paper.edition in (0, edition.number)
    return right_number and edition.figures_hash.startswith(paper.figures)


def _columns(moved: list[SignedDifference]) -> str:
    columns = {one.column for one in moved}
    return "value" if "value" in columns else next(iter(columns), "")


def _foreign(session: Session, paper: Paper, now: Summary, number: int) -> Verdict:
    """Another desk's paper: its own figures alone are compared, for targets and figures from
    before the desk are each desk's own; its lines are known when a package stated the same."""
    if values_hash(now.lines).startswith(paper.values):
        return Verdict(SAME, paper, True, [], "", number)
    stated = _stated(session, paper, now.lines)
    moved = [m for m in differing(stated, now.lines) if m.column == "value"] if stated else []
    return Verdict(DIFFERENT, paper, bool(stated), moved, "value", number)


def _stated(session: Session, paper: Paper, lines: list[Line]) -> list[Line]:
    """The rows as a package of that desk stated them, if one agrees with the paper."""
    for figures in _packages(session, paper):
        stated = [
            line._replace(value=_number(figures[line.key]), from_paper=frozenset())
            for line in lines
            if line.key in figures
        ]
        if values_hash(stated).startswith(paper.values):
            return stated
    return []


def _packages(session: Session, paper: Paper) -> Iterator[dict[str, int | float | None]]:
    row = BatchRow
    of_desk = fn.substr(row.desk, 1, 8) == paper.desk
    query = row.select(row.figures).where((row.period == paper.period) & of_desk)
    for (figures,) in session.store.fetch(query):
        yield json.loads(figures)


def _number(value: int | float | None) -> int | Decimal | None:
    return Decimal(str(value)) if isinstance(value, float) else value
