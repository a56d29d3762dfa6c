"""The sources of a consolidated report: whether each post sent each month, and when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.closing.editions import Edition
from borderdesk.exchange.tracking.board import AGAIN, LATE, MISSING, ON_TIME, STATES, Board
from borderdesk.figures.post_presence import CONSOLIDATED
from borderdesk.figures.scopes import FigureView
from borderdesk.reports.blocks import Annex, Block, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import BatchRow

IN_ORDER = (ON_TIME, LATE, AGAIN, MISSING)


class PostSource(NamedTuple):
    """A post and the state of each month of a period: [(month as 12/2023, one of STATES), …]."""

    post: str
    months: list[tuple[str, str]]


def post_sources(session: Session, view: FigureView) -> list[PostSource]:
    """The posts behind the figures of a district or the province, on a desk that has imported
    packages; empty elsewhere."""
    received = session.store.first(
        BatchRow.select(BatchRow.id).where(BatchRow.undone == 0).limit(1)
    )
    if view.scope.kind not in CONSOLIDATED or session.identity.role == "post" or not received:
        return []
    months = session.calendar().months_of(view.period.first, view.period.last)
    by_post: dict[str, list[tuple[str, str]]] = {}
    for year in sorted({month.year for month in months}):
        board = session.part(Board).table(year)
        places = [at for at, month in enumerate(board.months) if month in months]
        for row in board.rows:
            if _within(session, row.unit, view):
                states = [(board.months[at].short_words, row.cells[at].state) for at in places]
                by_post.setdefault(row.name, []).extend(states)
    return [PostSource(post, states) for post, states in by_post.items()]


def _within(session: Session, post: str, view: FigureView) -> bool:
    book, units, period = session.book, view.scope.units, view.period
    if not book.stands_within(post, period.first, period.last):
        return False
    return units is None or bool(book.area_on(post, view.day) & units)


def kept_sources(edition: Edition) -> list[PostSource]:
    """The sources of an edition as they were when it was signed."""
    return [PostSource(post, months) for post, months in edition.frame.get("sources", ())]


def with_sources(document: Document, sources: Sequence[PostSource]) -> Document:
    """The document with its sources at the end: as an annex of a letter, else as a last part."""
    if not sources:
        return document
    title = _("What each post has handed in")
    if document.letter is not None:
        annex = Annex(title, tuple(_blocks(sources)))
        return replace(document, annexes=chain(document.annexes, (annex,)))
    return replace(document, blocks=chain(document.blocks, (Heading(title, 2),), _blocks(sources)))


def _blocks(sources: Sequence[PostSource]) -> Iterator[Block]:
    columns = [Column(_("Post"), "text", 2.2)]
    columns += [Column(_(STATES[state]), "text", 2.0) for state in IN_ORDER]
    yield Table(tuple(columns), tuple(map(_row, sources)))
    yield Paragraph(
        _("Households are not matched across posts: one that two posts know counts twice."), "note"
    )


def _row(source: PostSource) -> Row:
    by_state: defaultdict[str, list[str]] = defaultdict(list)
    for month, state in source.months:
        by_state[state].append(month)
    return Row((source.post, *(", ".join(by_state[state]) or "–" for state in IN_ORDER)))
