"""The board: which packages each post sent for each month, and whether their figures match ours.

States follow from the list of batches alone, which is fast; figures are compared batch by batch on
demand and cached until anything is received, undone or written.
"""

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.change_reasons import ChangeReasons
from borderdesk.exchange.record_places import post_column, stretch_columns
from borderdesk.exchange.request_texts import parse_file_name, unit_title
from borderdesk.figures.indicators import all_rows
from borderdesk.schema.kinds import as_json_number
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import Part, Session
from borderdesk.store.duplicate_work import records_in_common
from borderdesk.store.models.exchange import BatchRow, RefusedPackageRow, WaitingPackageRow
from borderdesk.store.models.records import RevisionRow
from borderdesk.store.tables import table_name

ON_TIME, LATE, AGAIN, MISSING = "on_time", "late", "again", "missing"

STATES = {
    ON_TIME: N_("Handed in"),
    LATE: N_("Sent late"),
    AGAIN: N_("Sent again"),
    MISSING: N_("Not sent"),
}
"""The labels of the states of a post and month: Đã nộp · Nộp chậm · Nộp lại · Chưa nộp."""
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
    """A post with its months. gaps: the numbers of packages that are missing, by desk."""

    unit: str
    name: str
    cells: tuple[BoardCell, ...]
    gaps: tuple[tuple[str, tuple[int, ...]], ...]


class YearBoard(NamedTuple):
    """The board of a year."""

    months: tuple[Period, ...]
    rows: tuple[BoardRow, ...]


class StatedDifference(NamedTuple):
    """A figure as a package states it, and as computed here from the records received."""

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
    """The columns of a batch that the board needs; first, last: ISO days."""

    id: str
    desk: str
    unit: str
    first: str
    last: str
    number: int
    made: str


class _BoardContext(NamedTuple):
    """The day the board is read on, and the version of the figures that comparisons cache."""

    today: datetime.date
    version: tuple[Any, ...]


class Board(Part):
    """Posts × months, and every comparison of what was sent."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._compared: dict[str, tuple[tuple[Any, ...], list[StatedDifference]]] = {}

    # ---------------------------------------------------------------------- states

    def table(self, year: int) -> YearBoard:
        """The board of a year: a row for every post of this desk's area."""
        calendar = self.session.calendar()
        months = tuple(calendar.period("month", year, number) for number in range(1, 13))
        first, last = months[0].first.isoformat(), months[-1].last.isoformat()
        by_unit = self._batches_by_unit(first, last)
        waiting, refused, gaps = self._waiting(), self._refused(), self._gaps()
        context = _BoardContext(self.session.today(), self._version())
        area = self.session.writable().area
        rows = []
        for post in (post for post in self.session.book.posts if post in area):
            cells = tuple(
                self._cell(month, by_unit[post], context)._replace(
                    waiting=waiting[post, month.text], broken=tuple(refused[post, month.text])
                )
                for month in months
            )
            rows.append(BoardRow(post, self.session.book.post_name(post), cells, tuple(gaps[post])))
        return YearBoard(months, tuple(rows))

    def _batches_by_unit(self, first: str, last: str) -> defaultdict[str, list[_BoardBatch]]:
        """{unit: the batches of its own desk whose period touches these days (ISO)}."""
        row = BatchRow
        query = row.select(*(getattr(row, name) for name in _BoardBatch._fields)).where(
            row.undone == 0, row.role == "post", row.first <= last, row.last >= first
        )
        found: defaultdict[str, list[_BoardBatch]] = defaultdict(list)
        for columns in self.store.fetch(query.order_by(row.made, row.number, row.id)):
            batch = _BoardBatch(*columns)
            found[batch.unit].append(batch)
        return found

    def _cell(
        self, month: Period, batches: Sequence[_BoardBatch], context: _BoardContext
    ) -> BoardCell:
        """The cell of a month, without files in quarantine and refused files."""
        first, last = month.first.isoformat(), month.last.isoformat()
        whole = [batch for batch in batches if batch.first <= first and batch.last >= last]
        due = self.due(month)
        if not whole:
            overdue = context.today > due
            return BoardCell(MISSING, False, overdue, due, (), None, 0, (), None)
        late = local_date(whole[0].made) > due
        again = max(Counter(batch.desk for batch in whole).values()) > 1
        state = AGAIN if again else LATE if late else ON_TIME
        differs = None
        compared = self._compared.get(whole[-1].id)
        if compared is not None and compared[0] == context.version:
            differs = bool(compared[1])
        ids = tuple(batch.id for batch in whole)
        return BoardCell(state, late, False, due, ids, whole[-1].made, 0, (), differs)

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
        row = WaitingPackageRow
        return Counter(
            (unit, period) for unit, period in self.store.fetch(row.select(row.unit, row.period))
        )

    def _refused(self) -> defaultdict[tuple[str, str], list[str]]:
        """{(unit, period): the files of that name that were refused}."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        row = RefusedPackageRow
        for (file,) in self.store.fetch(row.select(row.file).order_by(row.file)):
            name = parse_file_name(file)
            if name is not None:
                found[name.unit, name.period].append(file)
        return found

    def _gaps(self) -> defaultdict[str, list[tuple[str, tuple[int, ...]]]]:
        """{unit: [(desk, the numbers below its highest that are missing), …]}."""
        numbers: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        came, waits = BatchRow, WaitingPackageRow
        waiting = waits.select(waits.unit, waits.desk, waits.number).where(waits.number > 0)
        for query in (came.select(came.unit, came.desk, came.number), waiting):
            for unit, desk, number in self.store.fetch(query):
                numbers[unit, desk].add(number)
        gaps: defaultdict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
        for (unit, desk), known in sorted(numbers.items()):
            missing = tuple(_missing_numbers(known))
            if missing:
                gaps[unit].append((desk, missing))
        return gaps

    # ----------------------------------------------------------------- comparisons

    def _version(self) -> tuple[Any, ...]:
        """The cache key: it differs whenever a figure computed here may have changed."""
        newest = self.store.scalar(RevisionRow.select(fn.MAX(RevisionRow.seq)))
        row = BatchRow
        batches = self.store.first(row.select(fn.COUNT(row.id), fn.COALESCE(fn.SUM(row.undone), 0)))
        return (newest, batches, self.session.book.version)

    def compare(self, batch: str) -> list[StatedDifference]:
        """The figures a package stated that are not those the records here give, in order of the
        report. Raises UserError."""
        version = self._version()
        cached = self._compared.get(batch)
        if cached is None or cached[0] != version:
            cached = (version, self._differences(batch))
            self._compared[batch] = cached
        return cached[1]

    def _differences(self, batch: str) -> list[StatedDifference]:
        scope, period, figures = self._stated(batch)
        summary = make_summary(self.session, period, scope, live=True)
        found = []
        for line in summary.lines:
            here = _plain(line.own_value)
            if line.key in figures and figures[line.key] != here:
                found.append(
                    StatedDifference(line.key, line.label, line.unit, figures[line.key], here)
                )
        return found

    def _stated(self, batch: str) -> tuple[str, str, dict[str, Value]]:
        """(scope, period, figures by indicator) that a batch's package states."""
        row = BatchRow
        columns = (row.role, row.unit, row.period, row.first, row.last, row.figures)
        found = self.store.first(row.select(*columns).where(row.id == batch))
        if found is None:
            raise UserError(_("No batch begins with “{id}”.").format(id=batch[:40]))
        role, unit, period, first, last, figures = found
        here = self.session.calendar().parse(period)
        if (here.first.isoformat(), here.last.isoformat()) != (first, last):
            # The sender's months end on another day than ours.
            period = f"{first}..{last}"
        scope = {"post": f"post:{unit}", "liaison": f"district:{unit}"}.get(role, "province")
        return scope, period, json.loads(figures)

    def resent(self, unit: str, period: str) -> list[ResentFigure]:
        """Where the two newest packages of a desk of the unit for the period differ; empty when
        there are fewer than two, or they state the same."""
        row = BatchRow
        query = row.select(row.desk, row.id, row.figures).where(
            row.undone == 0, row.unit == unit, row.period == period
        )
        rows = list(self.store.fetch(query.order_by(row.made.desc(), row.number.desc())))
        of_desk = [found for found in rows if found[0] == rows[0][0]][:2]
        if len(of_desk) < 2:
            return []
        (_desk, now_id, now_text), (_same, before_id, before_text) = of_desk
        now, before = json.loads(now_text), json.loads(before_text)
        why = ChangeReasons(self.session, before_id, now_id)
        found = []
        for indicator in all_rows(self.session.book):
            key = indicator.key
            if key in now and now[key] != before.get(key):
                _group, label, of = indicator.words
                found.append(
                    ResentFigure(key, label, of, before.get(key), now[key], why.of(indicator))
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
        """The display name of a unit of the board."""
        return unit_title(self.session, unit)


def _missing_numbers(numbers: set[int]) -> Iterator[int]:
    """The numbers between 1 and the highest that are missing, at most a hundred."""
    count = 0
    for number in range(1, max(numbers)):
        if number not in numbers:
            yield number
            count += 1
            if count == 100:
                return


def _plain(value: int | Decimal | None) -> Value:
    return as_json_number(value) if isinstance(value, Decimal) else value
