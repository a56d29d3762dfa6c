"""The last visits of markers, and the overdue ones."""

import datetime
from collections.abc import Iterable

from borderdesk.figures.coverage import MarkerStatus, days_since
from borderdesk.overview.overview import LATE_VISIT, NO_VISIT, OVERDUE

INSPECTED, CLEARED = "inspected", "cleared"
"""The two kinds of visit."""


def last_visit(marker: MarkerStatus, kind: str) -> datetime.date | None:
    """The day of a marker's last visit of a kind, None for none."""
    return marker.inspected if kind == INSPECTED else marker.cleared


def days_since_visit(marker: MarkerStatus, kind: str, day: datetime.date) -> int | None:
    """Days from a marker's last visit of a kind to `day`, None for none."""
    return days_since(last_visit(marker, kind), day)


def overdue(
    markers: Iterable[MarkerStatus], kind: str, day: datetime.date, only: str = ""
) -> list[MarkerStatus]:
    """The markers whose last visit is more than OVERDUE days ago: never visited first, then by
    the day of the last visit; only: LATE_VISIT or NO_VISIT alone."""

    def is_overdue(marker: MarkerStatus) -> bool:
        days = days_since_visit(marker, kind, day)
        if days is None:
            return only != LATE_VISIT
        return days > OVERDUE and only != NO_VISIT

    late = [marker for marker in markers if is_overdue(marker)]
    late.sort(key=lambda marker: last_visit(marker, kind) or datetime.date.min)
    return late
