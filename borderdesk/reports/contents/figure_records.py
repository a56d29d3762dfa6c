"""The records behind a figure of a summary: the parts of the 47 in a cell."""

from collections import defaultdict
from decimal import Decimal

from borderdesk.closing.calculation import late_records_of, record_days_of
from borderdesk.closing.editions import CLOSED, counted_in, standing
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.record_counts import types_of
from borderdesk.figures.scopes import FigureView, make_view
from borderdesk.reports.contents.requests import Request
from borderdesk.session.session import Session
from borderdesk.store.records.counted_revisions import CountedRevisions

VALUE, PREVIOUS, TO_DATE, LATE = "value", "previous", "year_to_date", "late"
COLUMNS = (VALUE, PREVIOUS, TO_DATE, LATE)
"""The columns of a summary whose figures are records."""


def records_behind(
    session: Session, request: Request, key: str, column: str = VALUE
) -> dict[str, list[str]]:
    """{type: sorted ids} of the records that a figure of a summary adds up.

    key: of an indicator; column: one of COLUMNS. Figures from paper baselines have no records;
    records that arrived after a period was closed do not belong to its signed figures. Raises
    UserError, and LookupError for an unknown key or column.
    """
    view, row = _figure(session, request, key, column)
    if column == LATE:
        return _by_type(session, late_records_of(session, view, row))
    return _counted(session, view, row, column)


def _figure(
    session: Session, request: Request, key: str, column: str
) -> tuple[FigureView, Indicator]:
    """The view and the indicator of a figure. Errors as for `records_behind`."""
    view = make_view(session, request.period, request.scope, request.geography)
    row = next((row for row in all_rows(session.book) if row.key == key), None)
    if row is None or column not in COLUMNS:
        raise LookupError(f"{key}, {column}")
    return view, row


def _counted(
    session: Session, view: FigureView, row: Indicator, column: str
) -> dict[str, list[str]]:
    by_type: defaultdict[str, set[str]] = defaultdict(set)
    for figures, days in record_days_of(session, view, row, column, _signed(session, view)):
        for name, ids in figures.records(row, days).items():
            by_type[name] |= ids
    return {name: sorted(ids) for name, ids in by_type.items() if ids}


def addends_behind(
    session: Session, request: Request, key: str, column: str = VALUE
) -> dict[str, int | Decimal]:
    """{record: what it adds to a figure}, whose sum the figure is (besides what is from paper);
    empty where the figure is no sum. Arguments and errors as for `records_behind`."""
    view, row = _figure(session, request, key, column)
    if column == LATE:
        return {}
    addends: dict[str, int | Decimal] = {}
    for figures, days in record_days_of(session, view, row, column, _signed(session, view)):
        for record, amount in row.addends(figures, days).items():
            addends[record] = addends.get(record, 0) + amount
    return addends


def _signed(session: Session, view: FigureView) -> CountedRevisions | None:
    """The revisions counted by a closed period, None for an open one: later records do not count in
    signed figures, not even a first signature that replaces another one."""
    edition = None if view.turned else standing(session.store, view.period.text, view.scope.text)
    if edition is None or edition.state != CLOSED:
        return None
    return counted_in(session.store, edition)


def _by_type(session: Session, records: list[str]) -> dict[str, list[str]]:
    by_type: defaultdict[str, list[str]] = defaultdict(list)
    for record, name in types_of(session.store, records):
        by_type[name].append(record)
    return {name: sorted(ids) for name, ids in by_type.items()}
