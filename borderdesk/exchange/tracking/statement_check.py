"""Comparison of a post's statement on a period with the records on this desk as they were then; and
of the corrections since."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.desks.author_rules import SET_ASIDE
from borderdesk.exchange.desks.desk_units import LEVELS, DeskUnits
from borderdesk.exchange.entries.statements import POST_SCOPE
from borderdesk.exchange.format.record_places import post_of
from borderdesk.exchange.merging.id_clashes import id_clashes
from borderdesk.exchange.tracking.change_reasons import ChangeReasons, RevisionChange
from borderdesk.exchange.tracking.submissions import Submission
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import RATIO
from borderdesk.schema.kinds import json_number
from borderdesk.schema.log_entries import desk_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import current
from borderdesk.session.session import Session
from borderdesk.store.models.exchange import BatchRow
from borderdesk.store.models.logs import StatementRow
from borderdesk.store.records.history import StoredRevision, revisions_of
from borderdesk.store.records.logs import copied_desks, logs, logs_waiting
from borderdesk.store.records.past_state import revisions_beyond
from borderdesk.store.records.writer import Writer

Value = int | float | None
Stated = Mapping[str, Value]

CUT_OFF, REFERENCE, ASIDE, SAME_ID = "cut_off", "reference", "set_aside", "same_id"
COPIED = "copied"
CAUSES = {
    CUT_OFF: N_("another cut-off day"),
    REFERENCE: N_("another reference list"),
    ASIDE: N_("entries that were set aside here"),
    SAME_ID: N_("records under ids of another post's records"),
    COPIED: N_("two machines that wrote as one desk and have not sent each other their files"),
}
"""Why the same records can give other figures at two desks."""


class StatedDifference(NamedTuple):
    """A figure as stated by a post, and as computed on this desk from the same records."""

    key: str
    label: str
    unit: str
    stated: Value
    here: Value


class CorrectedFigure(NamedTuple):
    """A figure that changed since it was stated: before, now, and why."""

    key: str
    label: str
    unit: str
    before: Value
    now: Value
    why: str


class StatementFindings(NamedTuple):
    """The findings on a statement: figures that differ, because of `cause` (a key of CAUSES, ""
    where none does), and figures that were corrected since."""

    differences: list[StatedDifference]
    cause: str
    corrected: list[CorrectedFigure]


class _RolledBack(Exception):
    pass


class StatementCheck:
    """Checks one submission of a post."""

    def __init__(self, session: Session, submission: Submission) -> None:
        self._session = session
        self._store = session.store
        self._submission = submission
        last = datetime.date.fromisoformat(submission.last)
        self._posts = session.book.counted_with(submission.unit, last)
        self._own_desks: frozenset[str] = frozenset()
        self._beyond: dict[int, str] = {}

    def run(self) -> StatementFindings:
        """Compare the stated figures with those of the same records, and with those of today."""
        stated = self.stated()
        now = self._figures()
        if self._submission.holding:
            past, changes = self._past_figures()
        else:
            # A package of an earlier version does not state its holding.
            past, changes = (dict(stated) if self._is_followed() else now), []
        differences = [
            StatedDifference(key, label, unit, stated[key], past.get(key))
            for key, label, unit in self._rows()
            if key in stated and stated[key] != past.get(key)
        ]
        why = ChangeReasons(changes)
        corrected = [
            CorrectedFigure(row.key, *row.words[1:], past.get(row.key), now[row.key], why.of(row))
            for row in all_rows(self._session.book)
            if row.key in now and past.get(row.key) != now[row.key]
        ]
        return StatementFindings(differences, self._cause() if differences else "", corrected)

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        return ((row.key, *row.words[1:]) for row in all_rows(self._session.book))

    def _period(self) -> Period:
        return self._session.calendar().parse(self._submission.period)

    def _cause(self) -> str:
        if any(desk_of(name) in self._own_desks for name in logs_waiting(self._store, SET_ASIDE)):
            return ASIDE
        if self._submission.unit in id_clashes(self._session):
            return SAME_ID
        if not self._own_desks.isdisjoint(copied_desks(self._store)):
            return COPIED
        period = self._period()
        days = (period.first.isoformat(), period.last.isoformat())
        return REFERENCE if days == (self._submission.first, self._submission.last) else CUT_OFF

    def _figures(self) -> dict[str, Value]:
        scope = f"{POST_SCOPE}{self._submission.unit}"
        summary = make_summary(self._session, self._submission.period, scope, live=True)
        return {line.key: json_number(line.own_value) for line in summary.lines}

    def stated(self) -> Stated:
        """The figures that were stated, by indicator."""
        row, submission = StatementRow, self._submission
        if submission.entry:
            text = self._store.scalar(
                row.select(row.figures).where(
                    row.desk == submission.desk, row.entry == submission.entry
                )
            )
        else:
            text = self._store.scalar(
                BatchRow.select(BatchRow.figures).where(BatchRow.id == submission.batch)
            )
        if text is None:
            raise UserError(_("No batch begins with “{id}”.").format(id=submission.key[:40]))
        figures: Stated = json.loads(text)
        return figures

    def _is_followed(self) -> bool:
        """Whether a later package of the same desk has arrived."""
        row = BatchRow
        query = row.select(row.id).where(
            row.desk == self._submission.desk, row.number > self._submission.number, row.undone == 0
        )
        return self._store.first(query.limit(1)) is not None

    # ------------------------------------------------------------------- as it was

    def _past_figures(self) -> tuple[dict[str, Value], list[RevisionChange]]:
        """The figures of the records as the statement counted them, and what was changed since.

        The current rows are set back within one transaction that is rolled back, so that the
        calculation of figures is not duplicated.
        """
        records = self._records_beyond()
        if not records:
            return self._figures(), []
        changes: list[RevisionChange] = []
        figures: dict[str, Value] = {}
        try:
            with self._session.writing():
                writer = Writer(self._store, self._session.book)
                for record in records:
                    changes += self._put_back(writer, record)
                writer.finish()
                figures = self._figures()
                raise _RolledBack
        except _RolledBack:
            return figures, changes

    def _records_beyond(self) -> list[str]:
        """The records with revisions later than the statement, which it may not count; by id."""
        units = self._session.part(DeskUnits)
        own_logs = {log for post in self._posts for log in units.logs_of(post)}
        limits = {}
        for name, log in logs(self._store).items():
            unit = units.of(desk_of(name))
            if name in own_logs:
                limits[log] = self._submission.holding.get(desk_of(name), 0)
            elif unit is None or LEVELS[unit.role]:
                limits[log] = 0
        self._own_desks = frozenset(desk_of(name) for name in own_logs)
        self._beyond = revisions_beyond(self._store, limits)
        return sorted(set(self._beyond.values()))

    def _put_back(self, writer: Writer, record: str) -> list[RevisionChange]:
        """Make the version counted by the statement the current one; returns the changes since."""
        versions = revisions_of(self._store, record)
        counted = [version for version in versions if self._is_counted(version)]
        model = ALL_TYPES[versions[0].type]
        values = [version.values() for version in versions]
        if not counted and not any(
            v is not None and post_of(model, v) in self._posts for v in values
        ):
            return []
        if counted:
            current_id = current([version.node() for version in counted]).id
            head = next(version for version in counted if version.id == current_id)
            writer.derive(model, record, head.seq, head.values(), is_new=False)
        else:
            writer.derive(model, record, 0, None, is_new=False)
        event = model.event()
        days = {v[event.name] for v in values if v is not None and event and event.name in v}
        if event is not None and not any(self._is_inside(day) for day in days):
            return []
        later = (version for version in versions if version not in counted)
        return [
            RevisionChange(version.type, version.number, version.deleted, version.reason)
            for version in later
        ]

    def _is_counted(self, version: StoredRevision) -> bool:
        return version.stamp.desk in self._own_desks and version.seq not in self._beyond

    def _is_inside(self, day: object) -> bool:
        text = day.isoformat() if isinstance(day, datetime.date) else str(day)
        return self._submission.first <= text <= self._submission.last


def stated_sum(
    session: Session, submissions: Sequence[Submission]
) -> tuple[dict[str, Value], list[Stated]]:
    """The figures of several laptops of a post, of which none contains the other, added up, None
    where a figure cannot be added; and those of each."""
    each = [StatementCheck(session, submission).stated() for submission in submissions]
    total: dict[str, Value] = {}
    for row in all_rows(session.book):
        parts = [figures.get(row.key) for figures in each]
        stated_parts = [part for part in parts if part is not None]
        total[row.key] = sum(stated_parts) if row.kind != RATIO and stated_parts else None
    return total, each
