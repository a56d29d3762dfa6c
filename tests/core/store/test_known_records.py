"""The records that a long list is compared with stay in memory, for any number of days."""

from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.matching.known_records import MOST_CACHED, KnownRecords


def test_days_of_a_long_list_are_not_read_again_and_again(post_desk):
    pledge = ALL_TYPES["pledge"]
    known = KnownRecords(post_desk.store, post_desk.calendar())
    rest = [""] * (len(pledge.listed()) - 2)
    rows = [("BS", f"2023-01-0{day}", n, *rest) for day in (1, 2) for n in range(MOST_CACHED)]
    for listed in (rows[0], rows[0], rows[-1], rows[-1]):
        # The first record of a day is queried alone; the second loads the whole day.
        assert not known.repeats(pledge, listed)
    for listed in rows:
        known.remember(pledge, "", {}, listed)
    known.forget_written()
    # Not in the database, but known: it is not queried again.
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


HOME = {"head": "Nông Văn An", "commune": "06202", "hamlet": "Nà Mỏ", "valid_from": "2023-01-01",
        "citizen_id": "020083001234"}  # fmt: skip


def test_the_keys_of_all_households_answer_what_a_query_each_would(post_desk, monkeypatch):
    stored = post_desk.records.add("household", HOME).id
    household = ALL_TYPES["household"]
    here = post_desk.records.current(household, stored)[0]
    namesake = {key: here[key] for key in ("head", "commune", "hamlet")}
    similar, other = {**namesake, "head": "Nong Van An"}, {**namesake, "head": "Lý Thị Hoa"}
    for first in (1, 1_000):
        monkeypatch.setattr("borderdesk.store.matching.match_index.FIRST_QUESTIONS", first)
        index = KnownRecords(post_desk.store, post_desk.calendar()).index(household)
        assert index.fitting(here) == index.fitting(namesake) == [stored]
        assert (index.fitting(other), index.has_alike(other)) == ([], False)
        assert (index.fitting(similar), index.has_alike(similar)) == ([], True)
        # Prepared records are known before and after they are written.
        index.remember("new", {**other, "citizen_id": "020083009999"})
        assert index.fitting({**other, "head": "?", "citizen_id": "020083009999"}) == ["new"]
        assert index.fitting(other) == ["new"]
        assert index.has_alike(other)


def test_a_name_given_by_an_edit_is_found_by_the_lines_after_it(post_desk, monkeypatch):
    monkeypatch.setattr("borderdesk.store.matching.match_index.FIRST_QUESTIONS", 1)
    stored = post_desk.records.add("household", HOME).id
    household, rules = ALL_TYPES["household"], post_desk.records.rules()
    here = post_desk.records.current(household, stored)[0]
    renamed = {"head": "Lý Thị Hoa", "hamlet": here["hamlet"], "commune": here["commune"]}
    assert not rules.known.index(household).fitting(renamed)
    rules.prepare_edit(household, stored, here, {"head": "Lý Thị Hoa"})
    post_desk.records.edit("household", stored, {"head": "Lý Thị Hoa"})
    assert rules.known.index(household).fitting(renamed) == [stored]


def _household(post_desk):
    stored = post_desk.records.add("household", HOME).id
    return post_desk.records.current(ALL_TYPES["household"], stored)[0]


def test_a_household_prepared_before_the_keys_are_read_is_found_when_it_is_written(
    post_desk, monkeypatch
):
    here, household = _household(post_desk), ALL_TYPES["household"]
    monkeypatch.setattr("borderdesk.store.matching.match_index.FIRST_QUESTIONS", 2)
    index = KnownRecords(post_desk.store, post_desk.calendar()).index(household)
    other = {**here, "head": "Lý Thị Hoa", "citizen_id": "020083009999"}
    assert not index.has_alike(other)
    index.remember("new", other)
    assert index.fitting(here, by_identity=True)
    made = post_desk.records.add("household", {**HOME, "head": "Lý Thị Hoa",
                                               "citizen_id": "020083009999"}).id  # fmt: skip
    index.forget_written(MOST_CACHED)
    unnamed = {key: other[key] for key in ("head", "commune", "hamlet")}
    assert index.fitting(other) == index.fitting(unnamed) == [made]
    assert index.has_alike(unnamed)


def test_a_name_given_by_an_edit_that_is_written_later_is_found_too(post_desk, monkeypatch):
    here, household = _household(post_desk), ALL_TYPES["household"]
    stored = post_desk.records.add(
        "household", {**HOME, "head": "Vy Văn Ba", "citizen_id": None}
    ).id
    monkeypatch.setattr("borderdesk.store.matching.match_index.FIRST_QUESTIONS", 1)
    rules = post_desk.records.rules()
    index = rules.known.index(household)
    rules.prepare_edit(household, stored, post_desk.records.current(household, stored)[0],
                       {"head": "Lý Thị Hoa"})  # fmt: skip
    renamed = {"head": "Lý Thị Hoa", "hamlet": here["hamlet"], "commune": here["commune"]}
    assert not index.fitting(renamed)
    post_desk.records.edit("household", stored, {"head": "Lý Thị Hoa"})
    rules.forget_written()
    assert index.fitting(renamed) == [stored]
