"""The posts that submitted every month of a period: spans of packages to the day."""

import pytest

from borderdesk.figures.post_presence import _handed_in
from borderdesk.figures.scopes import make_view
from borderdesk.store.models.exchange import BatchRow
from tests.core.test_posts_through_time import merge

OCTOBER, NOVEMBER = ("2023-10-01", "2023-10-31"), ("2023-11-01", "2023-11-30")


def hand_in(desk, unit, first, last, *, role="post", undone=0):
    blank = dict.fromkeys(("file", "desk", "period", "made", "imported"), "")
    number = len([*desk.store.fetch(BatchRow.select(BatchRow.id))])
    row = BatchRow.insert(
        **blank, id=str(number), digest=str(number), unit=unit, role=role, first=first, last=last,
        number=number, undone=undone, figures="{}", counts="{}",
    )  # fmt: skip
    with desk.writing():
        desk.store.execute(row)


def handed_in(desk, period):
    return _handed_in(desk, make_view(desk, period, "province"))


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        (*OCTOBER, True), ("2023-09-30", "2023-11-01", True), ("2023-10-02", "2023-10-31", False),
        ("2023-10-01", "2023-10-30", False), (*NOVEMBER, False),
    ],
)  # fmt: skip
def test_a_package_counts_for_a_month_that_it_holds_whole(desk, first, last, counts):
    hand_in(desk, "BS", first, last)
    assert handed_in(desk, "2023-10") == ({"BS"} if counts else set())


def test_every_month_has_a_package_of_its_own_or_together(desk):
    hand_in(desk, "BS", *OCTOBER)
    hand_in(desk, "BS", *NOVEMBER)
    hand_in(desk, "TL", OCTOBER[0], NOVEMBER[1])
    hand_in(desk, "CL", *OCTOBER)
    assert handed_in(desk, "2023-10") == {"BS", "TL", "CL"}
    assert handed_in(desk, "2023-10-31..2023-11-01") == {"BS", "TL"}
    # Two halves of a month do not count as a package of it.
    hand_in(desk, "CL", "2023-11-01", "2023-11-15")
    hand_in(desk, "CL", "2023-11-16", "2023-11-30")
    assert handed_in(desk, "2023-11") == {"BS", "TL"}


def test_what_was_taken_out_or_came_from_no_post_does_not_count(desk):
    hand_in(desk, "BS", *OCTOBER, undone=1)
    hand_in(desk, "TL", *OCTOBER, role="liaison")
    assert handed_in(desk, "2023-10") == set()


def test_a_merged_post_hands_in_with_what_it_became(desk, tmp_path):
    hand_in(desk, "TL", *OCTOBER)
    hand_in(desk, "BS", *NOVEMBER)
    merge(desk, tmp_path, "2023-10-31", "TL", into="BS")
    assert handed_in(desk, "2023-10-01..2023-11-30") == {"BS"}
    assert handed_in(desk, "2023-10") == {"TL"}
