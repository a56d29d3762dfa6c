"""The news of the board for a first page above the posts: who is missing, and what arrived."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_moment, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.periods import Period
from borderdesk.exchange.merging.batches import Batches, PackageBatch
from borderdesk.exchange.merging.desk_names import desk_names, desk_title
from borderdesk.exchange.tracking.board import EMPTY, MISSING, Board, BoardCell, BoardRow
from borderdesk.overview.todo import Todo
from borderdesk.schema.revisions import moment_of
from borderdesk.session.session import Session

MOST_MISSING, MOST_ARRIVED = 8, 5
NEWS_DAYS = 31
"""How many days an arrival is shown."""


class MonthArrivals(NamedTuple):
    """A month's handing in: how many of the posts that should have; who is missing or sent what
    cannot be taken in; what arrived last, the newest first."""

    month: Period
    handed_in: int
    expected: int
    due: datetime.date
    missing: list[Todo]
    arrived: list[Todo]


def arrivals(session: Session, period: Period) -> MonthArrivals:
    """The handing in of the month that `period` ends with; of the month before where that is not
    over yet."""
    calendar = session.calendar()
    month = calendar.month_of(period.last)
    if month.last >= session.today():
        month = calendar.month_of(month.first - datetime.timedelta(days=1))
    board = session.part(Board)
    table = board.table(month.year)
    place = [column.text for column in table.months].index(month.text)
    cells = [(row, row.cells[place]) for row in table.rows]
    # A month before a post began is neither missing nor handed in.
    expected = [(row, cell) for row, cell in cells if cell.state != EMPTY]
    absent = [(row, cell) for row, cell in expected if cell.state == MISSING]
    due = expected[0][1].due if expected else month.last
    return MonthArrivals(
        month,
        len(expected) - len(absent),
        len(expected),
        due,
        list(_missing(session, month, [*absent, *_incomplete(expected)])),
        list(_arrived(session)),
    )


Place = tuple[BoardRow, BoardCell]


def _incomplete(expected: list[Place]) -> list[Place]:
    """The posts that have handed in and of whose statement some entries have not arrived."""
    return [(row, cell) for row, cell in expected if cell.state != MISSING and cell.lacking]


def _missing(session: Session, month: Period, absent: list[Place]) -> Iterator[Todo]:
    absent.sort(key=lambda place: not place[1].overdue)
    for row, cell in absent[:MOST_MISSING]:
        intent = {"tab": "board", "unit": row.unit, "month": month.text}
        yield Todo(session.book.post_short(row.unit), _missing_words(cell), "exchange", intent)
    if len(absent) > MOST_MISSING:
        more = format_number(len(absent) - MOST_MISSING, language())
        intent = {"tab": "board", "unit": absent[MOST_MISSING][0].unit, "month": month.text}
        yield Todo(more, _("more posts have not sent it"), "exchange", intent)


def _missing_words(cell: BoardCell) -> str:
    """The missing parts of a month, in words."""
    if cell.lacking:
        line = ngettext(
            "{count} entry that it counts is not here",
            "{count} entries that it counts are not here",
            cell.lacking,
        ).format(count=cell.lacking)
    else:
        overdue = _("not sent, overdue since {date}")
        line = overdue if cell.overdue else _("not sent, due on {date}")
        line = line.format(date=format_date(cell.due))
    if cell.waiting:
        line += ", " + ngettext(
            "{count} file waits for a card", "{count} files wait for a card", cell.waiting
        ).format(count=cell.waiting)
    if cell.broken:
        line += ", " + ngettext(
            "{count} file was refused", "{count} files were refused", len(cell.broken)
        ).format(count=len(cell.broken))
    return line


def _arrived(session: Session) -> Iterator[Todo]:
    today, names = session.today(), desk_names(session)
    since = today - datetime.timedelta(days=NEWS_DAYS)
    batches = [batch for batch in session.part(Batches).all() if not batch.undone]
    for batch in batches[:MOST_ARRIVED]:
        moment = moment_of(batch.imported)
        if moment.date() >= since:
            summary = f"{_brought(session, batch)} · {format_moment(moment, today)}"
            intent = {"tab": "batches", "batch": batch.id}
            yield Todo(desk_title(names, batch.desk), summary, "exchange", intent)


def _brought(session: Session, batch: PackageBatch) -> str:
    """The period of a batch and its changes."""
    counts, lang = Counter(batch.counts), language()
    added, changed = counts["added"], counts["updated"] + counts["double"]
    words = _("{period}: {added} new, {changed} changed") if added + changed else "{period}: –"
    return words.format(
        period=_period(session, batch.period),
        added=format_number(added, lang),
        changed=format_number(changed, lang),
    )


def _period(session: Session, text: str) -> str:
    """A package's period in few characters: 12/2023 for a month."""
    try:
        return session.calendar().parse(text).short_words
    except UserError:
        return text
