"""Overdue markers, to the day."""

import datetime

from borderdesk.figures.coverage import MarkerStatus
from borderdesk.overview.marker_visits import CLEARED, INSPECTED, days_since_visit, overdue
from borderdesk.overview.overview import LATE_VISIT, NO_VISIT, OVERDUE

DAY = datetime.date(2023, 12, 31)


def marker(name: str, inspected: int | None, cleared: int | None = None) -> MarkerStatus:
    """A marker that was inspected and cleared so many days ago."""
    days = [None if ago is None else DAY - datetime.timedelta(ago) for ago in (inspected, cleared)]
    return MarkerStatus(name, "BS", "06202", False, days[0], "intact", days[1])


def test_the_last_day_in_time_is_not_overdue():
    assert overdue([marker("1167", OVERDUE)], INSPECTED, DAY) == []
    late = marker("1168", OVERDUE + 1)
    assert overdue([late], INSPECTED, DAY) == [late]


def test_never_visited_comes_first_then_the_longest_ago():
    markers = [marker("1", 70), marker("2", None), marker("3", 90), marker("4", 0)]
    assert [one.marker for one in overdue(markers, INSPECTED, DAY)] == ["2", "3", "1"]


def test_the_two_kinds_of_visit_are_apart():
    one = marker("1", 0, 61)
    assert days_since_visit(one, INSPECTED, DAY) == 0
    assert days_since_visit(one, CLEARED, DAY) == 61
    assert overdue([one], INSPECTED, DAY) == []
    assert overdue([one], CLEARED, DAY) == [one]
    assert days_since_visit(marker("2", 3), CLEARED, DAY) is None


def test_late_and_never_visited_ones_can_be_listed_alone():
    markers = [marker("1", 70), marker("2", None), marker("3", 90), marker("4", 0)]
    late = overdue(markers, INSPECTED, DAY, LATE_VISIT)
    never = overdue(markers, INSPECTED, DAY, NO_VISIT)
    assert [[one.marker for one in found] for found in (late, never)] == [["3", "1"], ["2"]]
