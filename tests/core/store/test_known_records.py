"""What a long list is compared with stays in memory, however many days it has."""

from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.known_records import MOST_CACHED, KnownRecords


def test_days_of_a_long_list_are_not_read_again_and_again(post_desk):
    pledge = ALL_TYPES["pledge"]
    known = KnownRecords(post_desk.store, post_desk.calendar())
    rest = [""] * (len(pledge.listed()) - 2)
    rows = [("BS", f"2023-01-0{day}", n, *rest) for day in (1, 2) for n in range(MOST_CACHED)]
    for listed in (rows[0], rows[0], rows[-1], rows[-1]):
        # The first of a day is asked for alone; the second has the day read.
        assert not known.repeats(pledge, listed)
    for listed in rows:
        known.remember(pledge, "", {}, listed)
    known.forget_written()
    # Not in the database, and known all the same: nothing asks for it once more.
    assert all(known.repeats(pledge, listed) for listed in (rows[0], rows[1], rows[-1]))
    assert not known.repeats(pledge, ("BS", "2023-01-01", -1, *rest))


def test_the_first_and_the_second_of_a_day_are_known_before_and_after_they_are_written(post_desk):
    clearing = ALL_TYPES["clearing"]
    known = KnownRecords(post_desk.store, post_desk.calendar())
    rest = [None] * (len(clearing.listed()) - 1)
    listed = ("BS", "2023-01-01", *rest)
    assert not known.repeats(clearing, listed)
    known.remember(clearing, "", {}, listed)
    assert known.repeats(clearing, listed)
    for written in (False, True):
        other = KnownRecords(post_desk.store, post_desk.calendar())
        raw = {"post": "BS", "kind": "road_repair", "started_on": "2023-02-01", "commune": "06196"}
        if written:
            post_desk.records.add("clearing", {**raw, "participants": 7})
        same = ("BS", "2023-02-01", "road_repair", 1, "06196-2023", None, None, 7)
        assert [other.repeats(clearing, same) for _time in range(3)] == [written] * 3
