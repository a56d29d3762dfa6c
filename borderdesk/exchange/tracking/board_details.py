"""Details of the board: the figures of one month, and texts to send about it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.exchange.merging import request_texts
from borderdesk.exchange.merging.batches import Batches, PackageBatch
from borderdesk.exchange.merging.quarantine import Quarantine
from borderdesk.exchange.tracking.board import Board, BoardCell, BoardRow, DuplicateWork, YearBoard
from borderdesk.exchange.tracking.statement_check import (
    CorrectedFigure,
    StatedDifference,
    Value,
    stated_sum,
)
from borderdesk.exchange.tracking.submissions import Submission, counting
from borderdesk.figures.figures import first_day
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.newest_month import newest_day
from borderdesk.schema.book import ReferenceBook
from borderdesk.session.session import Session


class BoardYear(NamedTuple):
    """The board of a year; `years` can be chosen, newest first; `batches` {id: batch}."""

    table: YearBoard
    years: list[int]
    batches: dict[str, PackageBatch]


class ComparedFigure(NamedTuple):
    """A figure of a month: as stated before and now; the result from the same records on this desk,
    if different; the reason. None for a missing one."""

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


def board_year(session: Session, chosen_year: int | None) -> BoardYear:
    """The board of a year; by default of the newest year with packages or records, or of this year
    on an empty desk."""
    calendar = session.calendar()
    this_year = calendar.year_of(session.today()).year
    batches = session.part(Batches).all()
    batch_years = {calendar.parse(batch.period).year for batch in batches if not batch.undone}
    days = (first_day(session.store), newest_day(session))
    batch_years |= {calendar.year_of(day).year for day in days if day is not None}
    years = list(range(max(batch_years | {this_year}), min(batch_years | {this_year}) - 1, -1))
    year = chosen_year or (
        this_year if this_year in batch_years or not batch_years else max(batch_years)
    )
    table = session.part(Board).table(year)
    return BoardYear(table, years, {batch.id: batch for batch in batches})


def month_details(session: Session, row: BoardRow, month: Period, cell: BoardCell) -> MonthDetails:
    """The details of a cell of the board."""
    board = session.part(Board)
    submissions = counting(cell.submissions)
    if cell.lacking or not submissions:
        figures = []
    elif len(submissions) > 1:
        figures = _added_figures(session, submissions)
    else:
        comparison = board.compare(submissions[0])
        figures = compared_figures(
            comparison.differences, [*board.resent(cell), *comparison.corrected]
        )
    twice = [
        work
        for work in board.logged_twice(month.text)
        if row.unit in {post for post, _record in work.records}
    ]
    return MonthDetails(figures, twice)


def _added_figures(session: Session, submissions: Sequence[Submission]) -> list[ComparedFigure]:
    """The added figures of several laptops of a post, where no statement contains the others."""
    total, each = stated_sum(session, submissions)
    added = []
    for row in all_rows(session.book):
        parts = [figures.get(row.key) for figures in each]
        if any(parts):
            why = " + ".join("–" if part is None else f"{part:n}" for part in parts)
            figure = ComparedFigure(*row.words[1:], None, total[row.key], None, why)
            added.append(figure)
    return added


def compared_figures(
    differences: Sequence[StatedDifference], corrected: Sequence[CorrectedFigure]
) -> list[ComparedFigure]:
    """Every figure that was corrected since, or that the same records give differently on this
    desk; of two corrections of one figure the first counts."""
    figures = {
        correction.key: ComparedFigure(
            correction.label,
            correction.unit,
            correction.before,
            correction.now,
            None,
            correction.why,
        )
        for correction in reversed(corrected)
    }
    for difference in differences:
        compared_figure = figures.get(difference.key) or ComparedFigure(
            difference.label, difference.unit, None, None, None, ""
        )
        figures[difference.key] = compared_figure._replace(
            before=difference.stated, here=difference.here
        )
    return list(figures.values())


def request_text(session: Session, row: BoardRow, month: Period, cell: BoardCell) -> str:
    """The text of a request to a post for missing or broken files of a month; "" for none."""
    texts = [
        request_texts.broken_request(session, file, session.part(Quarantine).refusal_reason(file))
        for file in cell.broken
    ]
    if not cell.submissions and not texts:
        texts.append(request_texts.missing_request(session, row.unit, month.text, cell.due))
    if row.gaps:
        texts.append(request_texts.gaps_request(session, row.unit, row.gaps))
    if row.clashes:
        texts.append(request_texts.clashes_request(session, row.unit, row.clashes))
    return "\n\n".join(texts)


def duplicate_note(book: ReferenceBook, twice: DuplicateWork, unit: str) -> tuple[str, str]:
    """A note to the post `unit` on work that another post logged too: (its record, the text)."""
    record = next(record for post, record in twice.records if post == unit)
    posts = [book.post_name(post) for post, _record in twice.records if post != unit]
    words = _(
        "Is this the same work that {posts} has logged? If so, please delete one and name"
        " the other post as taking part."
    )
    return record, words.format(posts=", ".join(dict.fromkeys(posts)))


def board_cell_json(cell: BoardCell) -> dict[str, Any]:
    """A cell in the shape of the `board` command."""
    facts = {**cell._asdict(), "due": cell.due.isoformat(), "batches": cell.batches}
    facts["submissions"] = [
        {key: getattr(submission, key) for key in ("desk", "period", "number", "made", "received")}
        for submission in cell.submissions
    ]
    return facts
