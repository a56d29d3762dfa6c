"""Working days: Monday to Friday but public holidays, by the shipped table and the desk's own.

`resources/reference/holidays.csv` says which days are free or worked instead, each with its source;
the setting “days_off” goes before it. Where the year's notice is not known, only what the law fixes
is free: a day counted too many would make a due day too late.
"""

import csv
import datetime
from collections.abc import Mapping
from functools import cache

from borderdesk.base.paths import RESOURCES
from borderdesk.schema.settings import DAYS_OFF, WORKED, entries
from borderdesk.session.session import Session

HOLIDAYS = RESOURCES / "reference" / "holidays.csv"
SATURDAY = 5
OFF = "off"


class WorkingDays:
    """Which days are worked; free: {day: whether it is free} of those that differ from its week."""

    def __init__(self, free: Mapping[datetime.date, bool]) -> None:
        self._free = free

    def is_worked(self, day: datetime.date) -> bool:
        """Whether a day is a working day."""
        return not self._free.get(day, day.weekday() >= SATURDAY)

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """The day so many working days after a day."""
        while count:
            day += datetime.timedelta(days=1)
            count -= self.is_worked(day)
        return day


def working_days(session: Session) -> WorkingDays:
    """The working days of a desk, by its setting of today."""
    setting = session.book.setting(DAYS_OFF, session.today(), "")
    own = {
        datetime.date.fromisoformat(entry.removeprefix(WORKED)): not entry.startswith(WORKED)
        for entry in entries(setting)
    }
    return WorkingDays({**shipped_days(), **own})


@cache
def shipped_days() -> Mapping[datetime.date, bool]:
    """The shipped table: {day: whether it is free}."""
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return {
            datetime.date.fromisoformat(row["day"]): row["kind"] == OFF
            for row in csv.DictReader(file)
        }
