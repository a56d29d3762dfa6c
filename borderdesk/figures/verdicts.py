"""Verdicts on yearly targets: by pace inside the year, and only on a whole year met or not."""

import datetime
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.base.periods import Calendar, Period
from borderdesk.figures.quantities import Value

MONTHS_OF_YEAR = 12

EXCEEDED, MET, MISSED = "exceeded", "met", "missed"
ON_PACE, BEHIND, WITHIN_LIMIT, OVER_LIMIT = "on_pace", "behind", "within_limit", "over_limit"
WHOLE_YEAR = {EXCEEDED: N_("Exceeded"), MET: N_("Met"), MISSED: N_("Not met")}
INSIDE_YEAR = {
    ON_PACE: N_("On pace"),
    BEHIND: N_("Slow"),
    WITHIN_LIMIT: N_("Within the limit"),
    OVER_LIMIT: N_("Beyond the limit"),
}
VERDICTS = {**WHOLE_YEAR, **INSIDE_YEAR}
"""Verdicts in words."""


class YearProgress(NamedTuple):
    """How far a year is: its whole months that are over, and whether all of it is."""

    months: int
    ended: bool


def progress_of(
    calendar: Calendar, year: Period, last: datetime.date, today: datetime.date
) -> YearProgress:
    """How far a year is on the last day of a period, or today where that is earlier."""
    day = min(last, today)
    months = (calendar.period("month", year.year, number) for number in range(1, 13))
    return YearProgress(sum(month.last <= day for month in months), day >= year.last)


def judge(
    rule: str, reached: Value, target: Decimal | None, progress: YearProgress, sign: str = ""
) -> str | None:
    """The verdict on a figure of the year so far by the rule of its target; None where figure or
    target is unknown.

    sign: ">" or "<" of a figure that is no less or no more than `reached`: it is judged where
    every figure it may be has the same verdict, and is met where it may only be exceeded besides.
    """
    if reached is None or target is None:
        return None
    number = Decimal(reached)
    farthest = {">": max(number, target) + 1, "<": Decimal(0)}.get(sign, number)
    verdicts = {_verdict(rule, figure, target, progress) for figure in (number, farthest)}
    if verdicts == {MET, EXCEEDED}:
        return MET
    return verdicts.pop() if len(verdicts) == 1 else None


def _verdict(rule: str, reached: Decimal, target: Decimal, progress: YearProgress) -> str:
    if not progress.ended:
        if rule == "at_most":
            return WITHIN_LIMIT if reached <= target else OVER_LIMIT
        due = target * progress.months / MONTHS_OF_YEAR
        return ON_PACE if reached >= due else BEHIND
    if rule == "at_most":
        return MET if reached <= target else MISSED
    if reached < target:
        return MISSED
    return EXCEEDED if reached > target and rule != "maintain" else MET
