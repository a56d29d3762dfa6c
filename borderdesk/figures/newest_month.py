"""The newest day and month that a desk has records of, and how far back they go."""

import datetime

from borderdesk.base.periods import Period
from borderdesk.figures.figures import first_day
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.session.session import Session


def newest_day(session: Session) -> datetime.date | None:
    """The day of the desk's newest record, at most today; None without records."""
    days = []
    for model in RECORD_TYPES.values():
        event = model.event()
        assert event is not None
        newest = session.store.value(f"SELECT MAX({event.name}) FROM {model.type_name}")
        if newest:
            days.append(datetime.date.fromisoformat(newest))
    return min(max(days), session.today()) if days else None


def newest_month(session: Session) -> Period:
    """The month of the desk's newest record, at most this month; this month without records."""
    return session.calendar().month_of(newest_day(session) or session.today())


def record_span(session: Session) -> tuple[datetime.date, datetime.date | None]:
    """The first day of the newest month with records, and the day of the oldest record."""
    return newest_month(session).first, first_day(session.store)
