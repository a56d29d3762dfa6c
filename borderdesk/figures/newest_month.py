"""The newest day and month that a desk has records of, and how far back they go."""

import datetime

from borderdesk.base.periods import Calendar, Period
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


def last_whole_month(calendar: Calendar, today: datetime.date) -> Period:
    """The newest month that is over."""
    return calendar.month_of(calendar.month_of(today).first - datetime.timedelta(days=1))


def current_month(session: Session) -> Period:
    """The month of a desk's newest record; above the posts at least the last whole month, which
    they have to hand in with or without records."""
    newest, identity = newest_month(session), session.identity
    if identity.role == "post" or identity.demo:
        return newest
    last = last_whole_month(session.calendar(), session.today())
    return last if newest.first < last.first else newest


def record_span(session: Session) -> tuple[datetime.date, datetime.date | None]:
    """The first day of the month that the desk is at, and the day of the oldest record."""
    return current_month(session).first, first_day(session.store)
