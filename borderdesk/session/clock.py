"""Comparison of the computer's clock with the newest revision: today is the clock's date, and a
person is asked to confirm it where the two are far apart."""

import datetime
from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.schema.revisions import local_date, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.meta import NEWEST_TIME, meta_value, write_meta

FAR = datetime.timedelta(days=35)
"""A month may pass without a record; beyond that, either clock or newest revision may be wrong."""


class ClockDoubt(NamedTuple):
    """Clock and newest revision that are far apart."""

    clock: datetime.date
    newest: datetime.date

    @property
    def text(self) -> str:
        """The warning and the question for a person."""
        if self.newest > self.clock:
            words = _(
                "The computer's clock says {clock}, but the newest record was saved on {newest},"
                " later than that: one of the two is wrong. Today is taken from the clock; set it"
                " right if it is wrong."
            )
        else:
            words = _(
                "The computer's clock says {clock}; the newest record was saved on {newest}, long"
                " before. Today is taken from the clock; set it right if it is wrong."
            )
        return words.format(clock=format_date(self.clock), newest=format_date(self.newest))


def clock_doubt(session: Session) -> ClockDoubt | None:
    """The doubt about the clock; None if it is near the newest revision, on a desk without
    revisions, and on a desk whose records do not count."""
    if not session.identity.in_earnest:
        return None
    newest = meta_value(session.store, NEWEST_TIME)
    if not newest:
        return None
    saved, clock = local_date(newest), session.today()
    return ClockDoubt(clock, saved) if abs(clock - saved) > FAR else None


class DeskClock(SessionPart):
    """The way back after the clock was wrong."""

    @operation("record.write")
    def confirm_clock(self) -> None:
        """Accept the clock as right from now on, on a person's confirmation, whatever was saved
        under another one. The records keep their times."""
        write_meta(self.store, {NEWEST_TIME: utc_stamp()})
