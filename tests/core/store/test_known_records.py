"""What a long list is compared with stays in memory, however many days it has."""

from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.known_records import MOST_CACHED, KnownRecords


def test_days_of_a_long_list_are_not_read_again_and_again(post_desk):
    pledge = ALL_TYPES["pledge"]
    known = KnownRecords(post_desk.store, post_desk.calendar())
    rest = [""] * (len(pledge.listed()) - 2)
    rows = [("BS", f"2023-01-0{day}", n, *rest) for day in (1, 2) for n in range(MOST_CACHED)]
    for listed in (rows[0], rows[-1]):
        assert not known.repeats(pledge, listed)
    for listed in rows:
        known.remember(pledge, "", {}, listed)
    known.forget_written()
    # Not in the database, and known all the same: nothing asks for it once more.
    assert all(known.repeats(pledge, listed) for listed in (rows[0], rows[1], rows[-1]))
    assert not known.repeats(pledge, ("BS", "2023-01-01", -1, *rest))
