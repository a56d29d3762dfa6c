"""The time between a desk's oldest record and its newest."""

import datetime

from borderdesk.figures.figures import first_day
from borderdesk.figures.newest_month import newest_month
from borderdesk.session.session import Session


def record_span(session: Session) -> tuple[datetime.date, datetime.date | None]:
    """The first day of the newest month with records, and the day of the oldest record."""
    return newest_month(session).first, first_day(session.store)
