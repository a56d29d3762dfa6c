"""Figures divided by reference data: the first and last day of a hamlet; none and one of them."""

from decimal import Decimal

import pytest

from borderdesk.figures.quantities import DateRange
from tests.core.test_boundaries import DAY, FIRST, LAST, add, figures, row_of
from tests.core.test_closing import COMMUNE, OTHER, clearing, handout, pledge

MONTH = DateRange(FIRST, LAST)
FAR = "06004"
"""A border commune of another post."""

HAMLETS = f"""commune,name,is_border,households_total,valid_from,valid_to
{COMMUNE}-2023,Pò Mã,1,40,2000-01-01,
{COMMUNE}-2023,Bản Phạc,1,25,2000-01-01,2023-10-31
{COMMUNE}-2023,Khuổi Tát,0,10,2000-01-01,2023-10-30
{COMMUNE}-2023,Thôn 1,0,5,2023-10-31,
{COMMUNE}-2023,Thôn 2,1,3,2023-11-01,
{OTHER}-2023,Pò Mã,0,,2000-01-01,
{FAR}-2023,Pò Mã,1,1000,2000-01-01,
"""


@pytest.fixture
def listed(desk, tmp_path):
    """A desk with hamlets that begin and end at the edges of a month."""
    (tmp_path / "hamlets.csv").write_text(HAMLETS, encoding="utf-8")
    desk.reference.load(tmp_path / "hamlets.csv")
    return desk


def ratio(desk, key, scope="post:BS", last=LAST):
    """The row, its denominator, its value and its records in the month that ends on a day."""
    chosen, row, window = figures(desk, last, scope), row_of(desk, key), DateRange(FIRST, last)
    return (
        row.denominator(chosen, window),
        row.value(chosen, window),
        chosen.record_ids(row, window),
    )


def test_households_are_those_of_the_hamlets_of_the_last_day(listed):
    ids = add(listed, "pledge", pledge("2023-01-01"), pledge("2023-10-31", "Lý B"))
    add(listed, "pledge", pledge("2022-12-31", "Lý C"), pledge("2023-11-01", "Lý D"))
    key = "pledge_coverage"
    assert ratio(listed, key) == (40 + 25 + 5, Decimal("2.9"), sorted(ids))
    assert ratio(listed, key, last=DAY("2023-10-30"))[:2] == (40 + 25 + 10, Decimal("1.3"))
    assert ratio(listed, key, last=DAY("2023-11-01"))[:2] == (40 + 5 + 3, Decimal("6.3"))
    assert ratio(listed, key, "province")[0] == 1070
    # A percentage needs a list with numbers.
    assert ratio(listed, key, f"commune:{OTHER}")[:2] == (None, None)


def test_without_hamlets_nothing_is_a_share_of_them(desk):
    add(desk, "pledge", pledge("2023-10-31"))
    add(desk, "outreach", handout("2023-10-31", hamlet="Pò Mã"))
    for key in ("pledge_coverage", "border_hamlets_reached"):
        assert ratio(desk, key)[:2] == (None, None)
    chosen, row = figures(desk), row_of(desk, "border_hamlets_reached")
    assert row.things(chosen, MONTH) == frozenset()
    assert chosen.record_ids(row, MONTH) == []


def test_border_hamlets_are_reached_by_name_within_their_commune(listed):
    reached = add(
        listed, "outreach",
        handout("2023-10-01", hamlet="Pò Mã"), handout("2023-10-31", hamlet="po ma"),
        handout("2023-10-31", hamlet="Bản Phạc"),
    )  # fmt: skip
    add(
        listed, "outreach",
        handout("2023-10-01"),  # without a place
        handout("2023-10-01", hamlet="Thôn 1"),  # not at the border
        handout("2023-10-01", hamlet="Thôn 2"),  # not there yet
        handout("2023-10-01", hamlet="Pò Mã", commune=OTHER),  # another place of this name
        handout("2023-09-30", hamlet="Pò Mã"), handout("2023-11-01", hamlet="Pò Mã"),
    )  # fmt: skip
    assert ratio(listed, "border_hamlets_reached") == (2, 2, sorted(reached))
    assert ratio(listed, "border_hamlets_reached", "province") == (3, 2, sorted(reached))
    assert ratio(listed, "border_hamlets_reached", f"commune:{OTHER}")[:2] == (None, None)


def test_a_border_commune_is_active_from_one_record_of_any_type(listed):
    first, last = add(listed, "clearing", clearing("2023-10-01"), clearing("2023-10-31"))
    (talk,) = add(listed, "outreach", handout("2023-10-02", commune=OTHER))
    add(listed, "clearing", clearing("2023-09-30", commune=OTHER), clearing("2023-11-01"))
    denominator, value, ids = ratio(listed, "communes_active")
    assert (value, ids) == (2, sorted([first, last, talk]))
    assert denominator is not None
    assert denominator >= 2
    chosen, row = figures(listed), row_of(listed, "communes_active")
    assert len(row.things(chosen, MONTH)) == 2
    assert ratio(listed, "communes_active", f"commune:{OTHER}") == (1, 1, [talk])
    inland = next(
        unit for unit in listed.book.units.values()
        if unit.kind == "commune" and not unit.border and unit.valid_on(LAST.isoformat())
    )  # fmt: skip
    assert ratio(listed, "communes_active", f"commune:{inland.code}") == (None, None, [])
    # A place away from the border counts nowhere, nor do its records.
    add(listed, "clearing", clearing("2023-10-31", commune=inland.code))
    _denominator, value, ids = ratio(listed, "communes_active", "province")
    assert (value, ids) == (2, sorted([first, last, talk]))
