"""The board: the submissions of each post for each month, whether all their entries have arrived,
and whether the stated figures equal those of the same records on this desk.

States follow from statements and batches alone, which is fast; figures are compared one by one on
demand and cached until a package is received or undone or a record written.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from peewee import fn

from borderdesk import __version__
from borderdesk.base.i18n import N_
from borderdesk.base.periods import Period
from borderdesk.base.versions import is_newer
from borderdesk.exchange.desks.holdings import Holdings, gaps
from borderdesk.exchange.format.record_places import post_column, stretch_columns
from borderdesk.exchange.merging.id_clashes import IdClash, id_clashes
from borderdesk.exchange.merging.quarantine import refused_files
from borderdesk.exchange.merging.request_texts import parse_file_name, unit_title
from borderdesk.exchange.tracking.post_beginnings import PostBeginnings
from borderdesk.exchange.tracking.statement_check import (
    CorrectedFigure,
    StatementCheck,
    StatementFindings,
)
from borderdesk.exchange.tracking.submissions import Submission, Submissions, counting
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.tables import table_name
from borderdesk.store.matching.duplicate_work import records_in_common
from borderdesk.store.models.exchange import (
    BatchRow,
    CardRow,
    DeskSetupRow,
    WaitingPackageRow,
)
from borderdesk.store.models.records import RevisionRow

POST = "post"
ON_TIME, LATE, AGAIN, MISSING, EMPTY = "on_time", "late", "again", "missing", "empty"

STATES = {
    ON_TIME: N_("Handed in"),
    LATE: N_("Sent late"),
    AGAIN: N_("Sent again"),
    MISSING: N_("Not sent"),
}
"""The labels of the states of a post and month: Đã nộp · Nộp chậm · Nộp lại · Chưa nộp. An empty
state, before a post began or after it ended, has no label."""


class BoardCell(NamedTuple):
    """A post's month.

    submissions: those for it, in the order of arrival; batches: the stored packages of these; made:
    when the newest was made; lacking: the number of counted entries that have not arrived; waiting,
    broken: files in quarantine and refused files; differs: whether the stated figures differ from
    those of the same records on this desk, because of `cause`; corrected: the number of figures
    changed since. None until they were compared.
    """

    state: str
    late: bool
    overdue: bool
    due: datetime.date
    submissions: tuple[Submission, ...] = ()
    made: str | None = None
    lacking: int = 0
    waiting: int = 0
    broken: tuple[str, ...] = ()
    differs: bool | None = None
    cause: str = ""
    corrected: int | None = None

    @property
    def batches(self) -> tuple[str, ...]:
        """The batch ids of the packages that have arrived."""
        return tuple(submission.batch for submission in self.submissions if submission.batch)


class BoardRow(NamedTuple):
    """A post with its months. gaps: {desk: first and last entry that are stated but have not
    arrived}; setup: the number of the set-up file it has, 0 if never reported; program: the version
    of BorderDesk that wrote its newest file, "" if unknown; clashes: its records that do not count,
    because other posts' records have their ids."""

    unit: str
    name: str
    cells: tuple[BoardCell, ...]
    gaps: dict[str, tuple[int, int]]
    setup: int
    program: str = ""
    clashes: tuple[IdClash, ...] = ()

    @property
    def behind(self) -> bool:
        """Whether the post works with an older version than this desk."""
        return is_newer(__version__, self.program)


class YearBoard(NamedTuple):
    """The board of a year."""

    months: tuple[Period, ...]
    rows: tuple[BoardRow, ...]


class DuplicateWork(NamedTuple):
    """One piece of work that two posts have logged: same day, place and markers.

    records: (post, record id) of each, by post.
    """

    type: str
    day: datetime.date
    commune: str
    markers: str
    records: tuple[tuple[str, str], ...]


class _BoardContext(NamedTuple):
    """The day the board is read on, the version of the figures that comparisons cache, and the
    days from when and until when a post hands in."""

    today: datetime.date
    version: tuple[Any, ...]
    began: datetime.date
    ended: datetime.date
    gaps: Mapping[str, tuple[int, int]]


class Board(SessionPart):
    """Posts × months, and every comparison of statements."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._compared: dict[str, tuple[tuple[Any, ...], StatementFindings]] = {}
        self._began = PostBeginnings(session)

    # ---------------------------------------------------------------------- states

    def table(self, year: int) -> YearBoard:
        """The board of a year: a row for every post of this desk's area."""
        calendar = self.session.calendar()
        months = tuple(calendar.period("month", year, number) for number in range(1, 13))
        first, last = months[0].first.isoformat(), months[-1].last.isoformat()
        submissions = self.session.part(Submissions)
        by_unit = submissions.touching(first, last)
        holdings, own_numbers = (
            submissions.newest_holdings(),
            self.session.part(Holdings).own_numbers(),
        )
        waiting, refused, setups = self._waiting(), self._refused(), self._setups()
        programs = self._programs()
        today, version = self.session.today(), self._version()
        due = [self.due(month) for month in months]
        area = self.session.writable().area
        posts = [post for post in self.session.book.posts if post in area]
        (spans, moved), rows = self._began.expected(posts), []
        clashes = id_clashes(self.session)
        for post in posts:
            missing = gaps(own_numbers, holdings.get(post, {}))
            context = _BoardContext(today, version, *spans[post], missing)
            handed_in = [
                submission for submission in by_unit[post] if (post, submission.desk) not in moved
            ]
            cells = tuple(
                self._cell(month, day, handed_in, context)._replace(
                    waiting=waiting[post, month.text], broken=tuple(refused[post, month.text])
                )
                for month, day in zip(months, due, strict=True)
            )
            name = self.session.book.post_name(post)
            details = setups.get(post, 0), programs.get(post, ""), tuple(clashes.get(post, ()))
            rows.append(BoardRow(post, name, cells, missing, *details))
        return YearBoard(months, tuple(rows))

    def _cell(
        self,
        month: Period,
        due: datetime.date,
        submissions: Sequence[Submission],
        context: _BoardContext,
    ) -> BoardCell:
        """The cell of a month, without files in quarantine and refused files."""
        first, last = month.first.isoformat(), month.last.isoformat()
        whole = tuple(submission for submission in submissions if submission.covers(first, last))
        if not whole:
            if month.last < context.began or month.first > context.ended:
                return BoardCell(EMPTY, False, False, due)
            return BoardCell(MISSING, False, context.today > due, due)
        late = whole[0].day() > due
        is_repeated = max(Counter(submission.desk for submission in whole).values()) > 1
        state = AGAIN if is_repeated else LATE if late else ON_TIME
        cell = BoardCell(state, late, False, due, whole, whole[-1].made)
        counted = counting(whole)
        lacking = sum(_lacking(submission, context.gaps) for submission in counted)
        if lacking:
            return cell._replace(lacking=lacking)
        if len(counted) > 1:
            return cell
        return self._compared_cell(cell, counted[0], context.version)

    def _compared_cell(
        self, cell: BoardCell, counted: Submission, version: tuple[Any, ...]
    ) -> BoardCell:
        """The cell with the findings of a comparison, if they are still valid."""
        compared = self._compared.get(counted.key)
        if compared is None or compared[0] != version:
            return cell
        comparison = compared[1]
        return cell._replace(
            differs=bool(comparison.differences),
            cause=comparison.cause,
            corrected=len(comparison.corrected),
        )

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
        query = row.select(row.unit, row.period).where(row.put_away == "")
        return Counter((unit, period) for unit, period in self.store.fetch(query))

    def _refused(self) -> defaultdict[tuple[str, str], list[str]]:
        """{(unit, period): the files of that name that were refused}."""
        files: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for file in sorted(refused.file for refused in refused_files(self.store)):
            name = parse_file_name(file)
            if name is not None:
                files[name.unit, name.period].append(file)
        return files

    def _setups(self) -> dict[str, int]:
        """{post: the number of the set-up file that any of its desks has}."""
        row, card = DeskSetupRow, CardRow
        query = row.select(card.unit, fn.MAX(row.number)).join(card, on=row.desk == card.desk)
        return dict(self.store.fetch(query.group_by(card.unit)))

    def _programs(self) -> dict[str, str]:
        """{post: the version of the program that wrote its newest received file}."""
        row = BatchRow
        wrote = (row.role == POST) & (row.program != "") & (row.undone == 0)
        query = row.select(row.unit, row.program).where(wrote).order_by(row.made, row.number)
        return dict(self.store.fetch(query))

    # ----------------------------------------------------------------- comparisons

    def _version(self) -> tuple[Any, ...]:
        """The cache key: it changes whenever a figure computed on this desk may have changed."""
        newest = self.store.scalar(RevisionRow.select(fn.MAX(RevisionRow.seq)))
        row = BatchRow
        batches = self.store.first(row.select(fn.COUNT(row.id), fn.COALESCE(fn.SUM(row.undone), 0)))
        return (newest, batches, self.session.book.version)

    def compare(self, submission: Submission) -> StatementFindings:
        """The findings of comparing a post's statement with the records on this desk. Raises
        UserError."""
        version = self._version()
        cached = self._compared.get(submission.key)
        if cached is None or cached[0] != version:
            cached = (version, StatementCheck(self.session, submission).run())
            self._compared[submission.key] = cached
        return cached[1]

    def to_compare(self, table: YearBoard) -> list[Submission]:
        """The submissions for a comparison of the whole board: the counting one of each month that
        has arrived whole."""
        by_key = {}
        for row in table.rows:
            for cell in row.cells:
                counted = counting(cell.submissions)
                if len(counted) == 1 and not cell.lacking:
                    by_key[counted[0].key] = counted[0]
        return list(by_key.values())

    def resent(self, cell: BoardCell) -> list[CorrectedFigure]:
        """The figures of a month that was handed in again that changed since the time before; empty
        when it was handed in once."""
        if not cell.submissions or cell.lacking:
            return []
        newest = cell.submissions[-1]
        earlier = [
            submission for submission in cell.submissions[:-1] if submission.desk == newest.desk
        ]
        return self.compare(earlier[-1]).corrected if earlier else []

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


def _lacking(submission: Submission, gaps: Mapping[str, tuple[int, int]]) -> int:
    """The number of missing entries (`gaps`: {desk: first and last}) that a submission counts; of a
    file without a statement all those of its desk."""
    if not submission.entry and submission.desk in gaps:
        first, last = gaps[submission.desk]
        return last - first + 1
    reach = ((submission.holding.get(desk, 0), between) for desk, between in gaps.items())
    return sum(max(0, min(number, last) - first + 1) for number, (first, last) in reach)
