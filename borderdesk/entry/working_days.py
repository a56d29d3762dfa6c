"""Working days: Monday to Friday except public holidays, by the shipped table and the desk's own.

`resources/reference/holidays.csv` lists the free days and the worked ones in exchange, each with
its source; the setting “days_off” overrides it. Without the year's notice, only the holidays fixed
by law are free: a free day too many would make a due day too late.
"""

import csv
import datetime
from collections.abc import Collection, Mapping
from functools import cache

from borderdesk.base.paths import RESOURCES
from borderdesk.schema.settings import DAYS_OFF, WORKED, entries
from borderdesk.session.session import Session

HOLIDAYS = RESOURCES / "reference" / "holidays.csv"
SATURDAY = 5
OFF = "off"


class WorkingDays:
    """The calendar of working days; free: {day: whether it is free} of the exceptions to the week;
    unchecked: those that were not compared with the notice they are to be from."""

    def __init__(
        self, free: Mapping[datetime.date, bool], unchecked: Collection[datetime.date] = ()
    ) -> None:
        self._free = free
        self._unchecked = unchecked

    def rests_on_unchecked(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether an unchecked day is after `first` and not after `last`."""
        return any(first < day <= last for day in self._unchecked)

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
    own_days = {
        datetime.date.fromisoformat(entry.removeprefix(WORKED)): not entry.startswith(WORKED)
        for entry in entries(setting)
    }
    return WorkingDays({**shipped_days(), **own_days}, unchecked_days() - own_days.keys())


@cache
def shipped_days() -> Mapping[datetime.date, bool]:
    """The shipped table: {day: whether it is free}."""
    return {datetime.date.fromisoformat(row["day"]): row["kind"] == OFF for row in _shipped()}


@cache
def unchecked_days() -> frozenset[datetime.date]:
    """The days of it that were written from memory."""
    unchecked = (row["day"] for row in _shipped() if row["unchecked"])
    return frozenset(map(datetime.date.fromisoformat, unchecked))


def _shipped() -> list[dict[str, str]]:
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
