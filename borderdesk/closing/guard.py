"""The guard of closed periods: the one place that refuses a change, and marks late records.

A change of a record that existed when an edition was closed is refused when it would change one of
that edition's own figures (the columns of its period; year to date and comparison depend on other
periods and count as late). The figures are compared over the records concerned alone, before and
after, so that every rule of their computation is applied by its own code: stocks, first signatures
of a household, distinct markers or communes.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _
from borderdesk.closing.editions import Edition, closed_between, counted_in, newest_closed_day
from borderdesk.closing.reference_guard import ReferenceCheck
from borderdesk.figures.affected import AffectedRecords, counted_values
from borderdesk.figures.indicators import all_rows, types_reaching_later
from borderdesk.figures.paper_figures import dates_of
from borderdesk.figures.quantities import DateRange, Value
from borderdesk.figures.scopes import FigureView, make_view
from borderdesk.figures.shares import RecordShares, Things
from borderdesk.figures.targets import baselines
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import INTERNAL, UNIT
from borderdesk.schema.record import Record, RevisionedModel, Values
from borderdesk.schema.records.household import Household
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.records.counted_revisions import CountedRevisions, counted_records
from borderdesk.store.records.history import NewVersion, load

Judgement = Callable[[], None]


class ClosedPeriodError(OperationRefused):
    """The change would alter the figures of a closed edition, `edition`."""

    def __init__(self, edition: Edition, figures: Sequence[str]) -> None:
        self.edition = edition
        what_to_do = _("Open it for an amendment") if edition.final else _("Reopen it")
        super().__init__(
            _(
                "{period} of {scope} is closed ({edition}), and this would change what it counted:"
                " {figures}. {what_to_do} first, with a reason."
            ).format(
                period=edition.period.title,
                scope=edition.scope.name,
                edition=edition.title,
                figures="; ".join(figures),
                what_to_do=what_to_do,
            )
        )


class _Contribution(NamedTuple):
    """The contribution of the records concerned to an edition's figures."""

    amounts: dict[str, Value]
    things: Things


class ClosedPeriodGuard(SessionPart):
    """The closed periods of a desk, as a constraint on writing records."""

    def watch(self, changes: Sequence[NewVersion]) -> Judgement | None:
        """Note what a write is about to change; the check to run after it, which raises
        ClosedPeriodError. None when no closed period is near."""
        edits = [change for change in changes if change.parents]
        if not edits:
            return None
        newest = newest_closed_day(self.store)
        if newest is None:
            return None
        check = _ChangeCheck(self.session, edits)
        return check.run if check.concerns_closed_periods(newest) else None

    def counts(self, change: NewVersion) -> bool:
        """Whether a closed period counts a record by something that would change in it; no figures
        are worked out for that, which takes most of the time of `watch`."""
        newest = newest_closed_day(self.store)
        return newest is not None and _ChangeCheck(self.session, [change]).is_counted(newest)

    def late_check(self) -> "ClosedPeriods":
        """The check for late records, for one transaction."""
        return ClosedPeriods(self.session)

    def watch_reference(self) -> Judgement:
        """Record the figures of closed periods before reference data, settings or papers change;
        returns the check to run after it, which raises SignedFiguresError, and UserError if records
        are declared complete for days that a paper covers."""
        return ReferenceCheck(self.session).run


class _ChangeCheck:
    """The records that one write concerns, before and after it."""

    def __init__(self, session: Session, edits: Sequence[NewVersion]) -> None:
        self._session = session
        self._store = session.store
        self._edits = edits
        self._affected = AffectedRecords(session.store, edits)
        self._before: list[tuple[Edition, list[str], _Contribution]] = []

    def concerns_closed_periods(self, newest: str) -> bool:
        """Whether a closed edition may have counted the records; their present contributions to
        such editions are recorded. newest: the last day (ISO) of any closed edition."""
        for edition, counted in self._counting(newest):
            self._before.append((edition, counted, self._contribution(edition, counted)))
        return bool(self._before)

    def is_counted(self, newest: str) -> bool:
        """Whether a closed edition counted any of the records."""
        return any(True for _found in self._counting(newest))

    def _counting(self, newest: str) -> Iterator[tuple[Edition, list[str]]]:
        """The closed editions that counted some of the records, with these."""
        days = self._affected.days()
        if not days or min(days) > newest:
            return
        until = None if self._reaches_later() else max(days)
        editions = closed_between(self._store, min(days), until)
        if not editions or not self._may_matter():
            return
        records = self._affected.records
        for edition in editions:
            of_it = counted_records(self._store, records, counted_in(self._store, edition))
            counted = [record for record in records if record in of_it]
            if counted:
                yield edition, counted

    def _reaches_later(self) -> bool:
        """Whether a change may alter figures of periods after the records' days."""
        types = {edit.model.type_name for edit in self._edits}
        # Records follow a household whatever their own dates.
        return Household.type_name in types or bool(
            types & types_reaching_later(self._session.book)
        )

    def _may_matter(self) -> bool:
        """Whether the change touches any field that figures depend on."""
        return any(self._changed_fields(edit) for edit in self._edits)

    def _changed_fields(self, edit: NewVersion) -> set[str]:
        model = edit.model
        silent = model.uncounted | {
            key for key, field in model.columns().items() if field.part == INTERNAL
        }
        try:
            stored_values: Values = load(self._store, model, edit.record)[0]
        except LookupError:
            stored_values = {}
        new = edit.values or {}
        changed = {key for key in {*stored_values, *new} if stored_values.get(key) != new.get(key)}
        return changed - silent

    def _shares(
        self, edition: Edition, records: Sequence[str], counted: CountedRevisions | None = None
    ) -> RecordShares:
        session = self._session
        return RecordShares(
            self._store,
            session.book,
            session.calendar(),
            edition.scope,
            edition.view.day,
            records,
            counted,
        )

    def _contribution(self, edition: Edition, records: Sequence[str]) -> _Contribution:
        shares, dates = self._shares(edition, records), dates_of(edition.period)
        return _Contribution(shares.amounts(dates), shares.different_things(dates))

    # ------------------------------------------------------------------- afterwards

    def run(self) -> None:
        """Compare with the present contributions of the records. Raises ClosedPeriodError."""
        for edition, records, before in self._before:
            changed = self._changed(edition, records, before)
            if changed and not self._as_signed(edition):
                labels = {row.key: row.words[1] for row in all_rows(self._session.book)}
                raise ClosedPeriodError(edition, [labels[key] for key in changed])

    def _changed(
        self, edition: Edition, records: Sequence[str], before: _Contribution
    ) -> list[str]:
        after = self._contribution(edition, records)
        changed = [key for key, was in before.amounts.items() if after.amounts[key] != was]
        differing = [key for key, was in before.things.items() if after.things[key] != was]
        if not differing:
            return changed
        other_shares = self._shares(edition, records, counted_in(self._store, edition))
        elsewhere = other_shares.different_things(dates_of(edition.period))
        for key in differing:
            apart = elsewhere[key]
            if len(after.things[key] - apart) != len(before.things[key] - apart):
                changed.append(key)
        return changed

    def _as_signed(self, edition: Edition) -> bool:
        """Whether every record is again what it was when the edition was closed."""
        counted = counted_in(self._store, edition)
        return all(
            counted_values(self._store, edit.record, counted) == edit.values for edit in self._edits
        )


# ------------------------------------------------------------------- late records


class ClosedPeriods:
    """The closed editions of a desk, for marking late records; each day is cached."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._store = session.store
        self._by_day: dict[datetime.date, list[Edition]] = {}
        self._held: dict[datetime.date, bool] = {}

    def _on(self, day: datetime.date) -> list[Edition]:
        if day not in self._by_day:
            iso = day.isoformat()
            self._by_day[day] = closed_between(self._store, iso, iso)
        return self._by_day[day]

    def holds(self, day: datetime.date) -> bool:
        """Whether any closed edition, or figure from paper, is of a period that holds the day."""
        is_closed = self._held.get(day)
        if is_closed is None:
            is_closed = self._held[day] = bool(self._on(day)) or any(
                days.first <= day <= days.last for days, _view, _types in self._papers
            )
        return is_closed

    def is_late(
        self,
        model: type[RevisionedModel],
        values: Values,
        day: datetime.date,
        record: str,
        home: str | None,
    ) -> bool:
        """Whether a record dated `day` belongs to a closed period that did not count it; home:
        the commune of the household it names."""
        if not issubclass(model, Record):
            return False
        near = self._on(day)
        if not near:
            return False
        post, book = values.get(model.own_post()), self._session.book
        places = _places(model, values) or ({home} if home else set())
        return any(
            _holds(book, edition.view, post, places)
            and not counted_records(self._store, [record], counted_in(self._store, edition))
            for edition in near
        )

    @cached_property
    def _papers(self) -> list[tuple[DateRange, FigureView, tuple[str, ...]]]:
        """Of each figure from paper its days, whose it is and the types it counts."""
        session, entries = self._session, []
        papers = list(baselines(self._store))
        # Most desks have none, and the types of every indicator are a tenth of a save.
        types = {row.key: row.types for row in all_rows(session.book)} if papers else {}
        for paper in papers:
            try:
                view = make_view(session, paper.period, paper.scope)
            except UserError:
                continue
            entries.append((dates_of(view.period), view, types.get(paper.indicator, ())))
        return entries

    def is_on_paper(
        self, model: type[RevisionedModel], values: Values, day: datetime.date, home: str | None
    ) -> bool:
        """Whether a figure from paper covers a day and scope that the record counts in."""
        near = [
            view
            for days, view, types in self._papers
            if model.type_name in types and days.first <= day <= days.last
        ]
        if not near or not issubclass(model, Record):
            return False
        post, book = values.get(model.own_post()), self._session.book
        places = _places(model, values) or ({home} if home else set())
        return any(_holds(book, view, post, places) for view in near)


def _places(model: type[Record], values: Values) -> set[str]:
    units: set[str] = set()
    for key, field in model.columns().items():
        value = values.get(key)
        if value is not None and field.refers_to == UNIT:
            units.update(field.each_value(value))
    return units


def _holds(book: ReferenceBook, view: FigureView, post: str | None, places: set[str]) -> bool:
    scope = view.scope
    if scope.post is not None and post not in book.counted_with(scope.post, view.day):
        return False
    return scope.units is None or bool(scope.units & places)
