"""What the board shows besides its states: the figures of one month, and what to write about it."""

from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.exchange import request_texts
from borderdesk.exchange.batches import Batches, PackageBatch
from borderdesk.exchange.board import (
    Board,
    BoardCell,
    BoardRow,
    DuplicateWork,
    ResentFigure,
    StatedDifference,
    Value,
    YearBoard,
)
from borderdesk.exchange.quarantine import Quarantine
from borderdesk.schema.book import Book
from borderdesk.session.session import Session


class BoardYear(NamedTuple):
    """The board of a year; `years` can be chosen, newest first; `batches` {id: batch}."""

    table: YearBoard
    years: list[int]
    batches: dict[str, PackageBatch]


class ComparedFigure(NamedTuple):
    """A figure of a month: in the package before, in the newest one, worked out here; why it was
    changed. None where there is none."""

    label: str
    unit: str
    before: Value
    now: Value
    here: Value
    why: str


class MonthDetails(NamedTuple):
    """One month of a post: the figures that differ, and work that another post logged too."""

    figures: list[ComparedFigure]
    twice: list[DuplicateWork]


def board_year(session: Session, chosen: int | None) -> BoardYear:
    """The board of a year; without one, of this year, or of the newest anything came for."""
    calendar = session.calendar()
    this_year = calendar.year_of(session.today()).year
    batches = session.part(Batches).all()
    known = {calendar.parse(batch.period).year for batch in batches if not batch.undone}
    years = list(range(max(known | {this_year}), min(known | {this_year}) - 1, -1))
    year = chosen or (this_year if this_year in known or not known else max(known))
    table = session.part(Board).table(year)
    return BoardYear(table, years, {batch.id: batch for batch in batches})


def month_details(session: Session, row: BoardRow, month: Period, cell: BoardCell) -> MonthDetails:
    """What is known of a cell of the board."""
    board = session.part(Board)
    differences = board.compare(cell.batches[-1]) if cell.batches else []
    resent = board.resent(row.unit, month.text)
    twice = [
        one
        for one in board.logged_twice(month.text)
        if row.unit in {post for post, _record in one.records}
    ]
    return MonthDetails(compared_figures(differences, resent), twice)


def compared_figures(
    differences: list[StatedDifference], resent: list[ResentFigure]
) -> list[ComparedFigure]:
    """Every figure that was changed by a later package, or is worked out otherwise here."""
    figures = {
        one.key: ComparedFigure(one.label, one.unit, one.before, one.now, one.now, one.why)
        for one in resent
    }
    for one in differences:
        known = figures.get(one.key) or ComparedFigure(one.label, one.unit, None, None, None, "")
        figures[one.key] = known._replace(now=one.stated, here=one.here)
    return list(figures.values())


def request_text(session: Session, row: BoardRow, month: Period, cell: BoardCell) -> str:
    """A text that asks a post for what is missing or broken of a month; "" for nothing."""
    texts = [
        request_texts.broken_request(session, file, session.part(Quarantine).refusal_reason(file))
        for file in cell.broken
    ]
    if not cell.batches and not texts:
        texts.append(request_texts.missing_request(session, row.unit, month.text, cell.due))
    texts += [request_texts.gaps_request(session, row.unit, missing) for _desk, missing in row.gaps]
    return "\n\n".join(texts)


def duplicate_note(book: Book, twice: DuplicateWork, unit: str) -> tuple[str, str]:
    """A note to the post `unit` on work that another post logged too: (its record, the text)."""
    record = next(record for post, record in twice.records if post == unit)
    others = [book.post_name(post) for post, _record in twice.records if post != unit]
    words = _(
        "Is this the same work that {posts} has logged? If so, please delete one and name"
        " the other post as taking part."
    )
    return record, words.format(posts=", ".join(dict.fromkeys(others)))
