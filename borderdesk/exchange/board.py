"""The board: who has sent what for which month, and whether what was sent agrees with what is here.

States come from the list of batches alone and are there at once; figures are compared batch by
batch when somebody asks, and remembered until anything is received, undone or written.
"""

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.change_reasons import ChangeReasons
from borderdesk.exchange.record_places import post_column, stretch_columns
from borderdesk.exchange.request_texts import parse_file_name, unit_title
from borderdesk.figures.indicators import all_rows, words
from borderdesk.schema.fields import as_json_number
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import Part, Session
from borderdesk.store.duplicate_work import records_in_common
from borderdesk.store.tables import table_name

ON_TIME, LATE, AGAIN, MISSING = "on_time", "late", "again", "missing"


STATES = {
    ON_TIME: N_("Handed in"), LATE: N_("Sent late"), AGAIN: N_("Sent again"),
    MISSING: N_("Not sent"),
}  # fmt: skip
"""What the state of a post and month is called: Đã nộp · Nộp chậm · Nộp lại · Chưa nộp."""


Value = int | float | None


class BoardCell(NamedTuple):
    """A post's month. batches: the packages that cover it, oldest first; waiting, broken: files
    in quarantine and files that were refused; differs: whether the newest package's figures are
    not those worked out here, None until somebody compared them."""

    state: str
    late: bool
    overdue: bool
    due: datetime.date
    batches: tuple[str, ...]
    made: str | None
    waiting: int
    broken: tuple[str, ...]
    differs: bool | None


class BoardRow(NamedTuple):
    """A post with its months. gaps: the numbers of packages that never came, a desk each."""

    unit: str
    name: str
    cells: tuple[BoardCell, ...]
    gaps: tuple[tuple[str, tuple[int, ...]], ...]


class YearBoard(NamedTuple):
    """The board of a year."""

    months: tuple[Period, ...]
    rows: tuple[BoardRow, ...]


class FigureDifference(NamedTuple):
    """A figure as it was stated, and as it is worked out here from what was received."""

    key: str
    label: str
    unit: str
    stated: Value
    here: Value


class ResentFigure(NamedTuple):
    """A figure of a month that was sent again: before, now, and why it changed."""

    key: str
    label: str
    unit: str
    before: Value
    now: Value
    why: str


class DuplicateWork(NamedTuple):
    """One piece of work that two posts have logged: same day, place and markers.

    records: (post, record id) of each, by post.
    """

    type: str
    day: datetime.date
    commune: str
    markers: str
    records: tuple[tuple[str, str], ...]


class _BoardBatch(NamedTuple):
    """A batch as the board sees it."""

    id: str
    desk: str
    unit: str
    first: str
    last: str
    number: int
    made: str


class Board(Part):
    """Posts × months, and every comparison of what was sent."""

    def __init__(self, desk: Session) -> None:
        super().__init__(desk)
        self._compared: dict[str, tuple[tuple[Any, ...], list[FigureDifference]]] = {}

    # ---------------------------------------------------------------------- states

    def table(self, year: int) -> YearBoard:
        """The board of a year: a row for every post of this desk's area."""
        calendar = self.session.calendar()
        months = tuple(calendar.period("month", year, number) for number in range(1, 13))
        by_unit: defaultdict[str, list[_BoardBatch]] = defaultdict(list)
        for came in self._came(months[0].first, months[-1].last):
            by_unit[came.unit].append(came)
        waiting = self._waiting()
        broken = self._broken()
        gaps = self._gaps()
        today, mark = self.session.today(), self._mark()
        area = self.session.writable().area
        posts = [post for post in self.session.book.posts if post in area]
        rows = []
        for post in posts:
            cells = tuple(
                self._cell(month, by_unit[post], waiting[post, month.text],
                           broken[post, month.text], today, mark)
                for month in months
            )  # fmt: skip
            rows.append(BoardRow(post, self.session.book.post_name(post), cells, tuple(gaps[post])))
        return YearBoard(months, tuple(rows))

    def _came(self, first: datetime.date, last: datetime.date) -> list[_BoardBatch]:
        """The batches of posts' own desks whose period touches these days."""
        rows = self.store.rows(
            "SELECT id, desk, unit, first, last, number, made FROM batch WHERE undone = 0"
            " AND role = 'post' AND first <= ? AND last >= ? ORDER BY made, number, id",
            (last.isoformat(), first.isoformat()),
        )
        return [_BoardBatch(*row) for row in rows]

    def _cell(
        self, month: Period, came: Sequence[_BoardBatch], waiting: int, broken: Sequence[str],
        today: datetime.date, mark: tuple[Any, ...],
    ) -> BoardCell:  # fmt: skip
        first, last = month.first.isoformat(), month.last.isoformat()
        whole = [c for c in came if c.first <= first and c.last >= last]
        due = self.due(month)
        late = bool(whole) and local_date(whole[0].made) > due
        numbers = Counter(c.desk for c in whole)
        state = MISSING
        if whole:
            again = max(numbers.values()) > 1
            state = AGAIN if again else LATE if late else ON_TIME
        differs = None
        known = self._compared.get(whole[-1].id) if whole else None
        if known is not None and known[0] == mark:
            differs = bool(known[1])
        return BoardCell(
            state, late, not whole and today > due, due, tuple(c.id for c in whole),
            whole[-1].made if whole else None, waiting, tuple(broken), differs,
        )  # fmt: skip

    def due(self, month: Period) -> datetime.date:
        """The day by which a month's figures are to be sent."""
        following = month.last + datetime.timedelta(days=1)
        # A month may end on a cut-off day: the due day is that of the calendar month after it.
        year, number = divmod(month.year * 12 + month.number, 12)
        setting = int(self.session.book.setting("due_day", month.last, "5"))
        if setting == 0:
            return following
        return max(following, datetime.date(year, number + 1, setting))

    def _waiting(self) -> Counter[tuple[str, str]]:
        rows = self.store.rows("SELECT unit, period FROM waiting_package")
        return Counter((unit, period) for unit, period in rows)

    def _broken(self) -> defaultdict[tuple[str, str], list[str]]:
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for (file,) in self.store.rows("SELECT file FROM refused_package ORDER BY file"):
            known = parse_file_name(file)
            if known is not None:
                found[known.unit, known.period].append(file)
        return found

    def _gaps(self) -> defaultdict[str, list[tuple[str, tuple[int, ...]]]]:
        """{unit: [(desk, the numbers below its highest that never came), …]}."""
        numbers: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for unit, desk, number in self.store.rows(
            "SELECT unit, desk, number FROM batch UNION"
            " SELECT unit, desk, number FROM waiting_package WHERE number > 0"
        ):
            numbers[unit, desk].add(number)
        gaps: defaultdict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
        for (unit, desk), known in sorted(numbers.items()):
            missing = tuple(_missing_numbers(known))
            if missing:
                gaps[unit].append((desk, missing))
        return gaps

    # ----------------------------------------------------------------- comparisons

    def _mark(self) -> tuple[Any, ...]:
        """Changes whenever a figure worked out here may have changed."""
        revisions = self.store.value("SELECT COALESCE(MAX(seq), 0) FROM revision")
        undone = self.store.one("SELECT COUNT(*), COALESCE(SUM(undone), 0) FROM batch")
        return (revisions, undone, self.session.book.version)

    def compare(self, batch: str) -> list[FigureDifference]:
        """The figures a package stated that are not those the records here give, in order of the
        report. Raises UserError."""
        mark = self._mark()
        known = self._compared.get(batch)
        if known is None or known[0] != mark:
            known = (mark, self._differences(batch))
            self._compared[batch] = known
        return known[1]

    def _differences(self, batch: str) -> list[FigureDifference]:
        scope, period, figures = self._stated(batch)
        summary = make_summary(self.session, period, scope, live=True)
        found = []
        for line in summary.lines:
            here = _plain(line.value)
            if line.key in figures and figures[line.key] != here:
                found.append(
                    FigureDifference(line.key, line.label, line.unit, figures[line.key], here)
                )
        return found

    def _stated(self, batch: str) -> tuple[str, str, dict[str, Value]]:
        row = self.store.one(
            "SELECT role, unit, period, first, last, figures FROM batch WHERE id = ?", (batch,)
        )
        if row is None:
            raise UserError(_("No batch begins with “{id}”.").format(id=batch[:40]))
        role, unit, period, first, last, figures = row
        here = self.session.calendar().parse(period)
        if (here.first.isoformat(), here.last.isoformat()) != (first, last):
            # The sender's months end on another day than ours.
            period = f"{first}..{last}"
        scope = {"post": f"post:{unit}", "liaison": f"district:{unit}"}.get(role, "province")
        return scope, period, json.loads(figures)

    def resent(self, unit: str, period: str) -> list[ResentFigure]:
        """Where the two newest packages of a desk of the unit for the period differ; empty when
        there are fewer than two, or they state the same."""
        rows = list(
            self.store.rows(
                "SELECT desk, id, figures FROM batch WHERE undone = 0 AND unit = ? AND period = ?"
                " ORDER BY made DESC, number DESC",
                (unit, period),
            )
        )
        of_desk = [row for row in rows if row[0] == rows[0][0]][:2] if rows else []
        if len(of_desk) < 2:
            return []
        (_desk, now_id, now_text), (_same, before_id, before_text) = of_desk
        now, before = json.loads(now_text), json.loads(before_text)
        why = ChangeReasons(self.session, before_id, now_id)
        found = []
        for row in all_rows(self.session.book):
            if row.key in now and now[row.key] != before.get(row.key):
                _group, label, of = words(row)
                found.append(
                    ResentFigure(row.key, label, of, before.get(row.key), now[row.key], why.of(row))
                )
        return found

    def logged_twice(self, period_text: str) -> list[DuplicateWork]:
        """Work of the period that more than one post has logged: same day, place, markers."""
        period = self.session.calendar().parse(period_text)
        return [work for model in RECORD_TYPES.values() for work in self._duplicates(model, period)]

    def _duplicates(self, model: type[Record], period: Period) -> Iterator[DuplicateWork]:
        stretch, post = stretch_columns(model), post_column(model)
        if stretch is None or post is None:
            return
        rows = records_in_common(
            self.store,
            table_name(model),
            stretch,
            post,
            period.first.isoformat(),
            period.last.isoformat(),
        )
        for (on, where, start, end), group in groupby(rows, key=itemgetter(0, 1, 2, 3)):
            markers = start if end in (None, start) else f"{start}–{end}"
            day = datetime.date.fromisoformat(on)
            records = tuple((row[4], row[5]) for row in group)
            yield DuplicateWork(model.type_name, day, where, markers, records)

    def title(self, unit: str) -> str:
        """What a unit of the board is called."""
        return unit_title(self.session, unit)


def _missing_numbers(numbers: set[int]) -> Iterator[int]:
    """The numbers from 1 to the highest that are not there, at most a hundred."""
    count = 0
    for number in range(1, max(numbers)):
        if number not in numbers:
            yield number
            count += 1
            if count == 100:
                return


def _plain(value: int | Decimal | None) -> Value:
    return as_json_number(value) if isinstance(value, Decimal) else value
