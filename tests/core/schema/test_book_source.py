"""A reference book over a few invented rows: what is read, when, and its answers."""

import datetime
from collections import Counter

import pytest

from borderdesk.schema.book import HamletEntry, MarkerEntry, ReferenceBook
from borderdesk.schema.pick_lists import PickEntry
from borderdesk.schema.unit_history import FOREVER
from tests.core.schema.test_unit_history import CHANGE, EVE, POSTS, UNITS


class Source:
    """Rows by table; counts the reads."""

    def __init__(self):
        self.read = Counter()
        self.picks = [
            PickEntry("topic", "a", "Một", "One", ""),
            PickEntry("topic", "b", "Hai", "", "kg", "2025-03-31"),
        ]

    def entries(self, table_key):
        self.read[table_key] += 1
        return {
            "units": UNITS,
            "posts": POSTS,
            "picks": tuple(self.picks),
            "markers": [
                MarkerEntry("9", "AA", "01-a", False), MarkerEntry("10", "AA", "06-a", True),
                MarkerEntry("10/1", "BB", "07-a", False), MarkerEntry("11", "BB", "05-a", False),
            ],
            "hamlets": [
                HamletEntry("01-a", "Bản Phạc", True, 40, START, FOREVER),
                HamletEntry("02-b", "Nà Mỏ", False, None, START, FOREVER),
                HamletEntry("07-a", "Pò Mã", False, 5, START, FOREVER),
            ],
        }[table_key]  # fmt: skip

    def settings(self):
        self.read["settings"] += 1
        return [
            ("cut_off_day", "2025-05-01", "20"), ("cut_off_day", "2023-01-01", "15"),
            ("symbol", "0001-01-01", "ĐBP"),
        ]  # fmt: skip

    def household_name(self, record, hamlet=""):
        return f"{record} {hamlet}"


START = "2023-01-01"


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def book(source):
    return ReferenceBook(source, 7)


def test_each_table_is_read_once_and_when_it_is_asked_for(book, source):
    assert (book.version, source.read.total()) == (7, 0)
    for _again in range(2):
        assert [*book.units] == [unit.id for unit in UNITS]
        assert [*book.posts] == [post.code for post in POSTS]
        assert {name: [*codes] for name, codes in book.picks.items()} == {"topic": ["a", "b"]}
        assert len(book.markers) == 4
        assert len(book.hamlets) == 3
        assert [*book.settings] == ["cut_off_day", "symbol"]
    assert set(source.read.values()) == {1}
    assert book.household_name("r", "h") == "r h"
    assert ReferenceBook(source).version == 0


def test_a_setting_holds_from_its_day_until_the_next(book):
    assert book.settings["cut_off_day"] == [("2023-01-01", "15"), ("2025-05-01", "20")]
    days = ("2022-12-31", "2023-01-01", "2025-04-30", "2025-05-01")
    on = [datetime.date.fromisoformat(day) for day in days]
    assert [book.setting("cut_off_day", day) for day in on] == ["", "15", "15", "20"]
    assert [book.setting("cut_off_day", day, "0") for day in on[:2]] == ["0", "15"]
    assert book.setting("odd", on[0], "–") == "–"
    assert book.setting("symbol", datetime.date.min) == "ĐBP"
    calendar = book.calendar()
    assert calendar.month_of(on[3]).last == datetime.date(2025, 5, 20)
    assert calendar.month_of(datetime.date(2024, 1, 16)).first == datetime.date(2024, 1, 16)


def test_an_era_ends_with_a_unit_and_with_a_pick(book):
    days = [datetime.date(2025, 3, 31), datetime.date(2025, 4, 1), EVE, CHANGE]
    eras = [book.era(day) for day in days]
    assert len({*eras}) == 3
    assert eras[1] == eras[2]
    assert [book.era(day) for day in days] == eras
    assert book.era(days[0]) is book.era(days[0])


def test_an_added_pick_is_known_and_forgotten_with_its_transaction(book, source):
    era = book.era(EVE)
    book.add_pick("topic", "c", "Ba")
    assert (book.pick_code("topic", "ba"), book.pick_label("topic", "c")) == ("c", "Ba")
    source.picks.append(PickEntry("topic", "c", "Ba", "", "", "2025-01-01"))
    assert [entry.code for entry in book.entries("picks")] == ["a", "b", "c"]
    source.picks.pop()
    book.forget_picks(9)
    assert (book.version, book.pick_code("topic", "ba")) == (9, None)
    assert [entry.code for entry in book.entries("picks")] == ["a", "b"]
    assert book.era(EVE) == era
    assert book.era(EVE) is not era


def test_markers_of_a_stretch_and_the_communes_it_runs_through(book):
    assert book.markers["10"] == ("AA", "06-a", True)
    every = ["9", "10", "10/1", "11"]
    assert book.markers_between("9", "11") == book.markers_between("11", "9") == every
    assert book.markers_between("10", "10/1") == every[1:3]
    assert book.markers_between("10", "10") == ["10"]
    assert book.markers_between("12", "13") == []
    assert book.communes_of_stretch("9", "11", EVE) == ["01-a", "06-a", "07-a", "05-a"]
    assert book.communes_of_stretch("9", "11", CHANGE) == ["02-b", "04-b", "07-a"]


def test_a_hamlet_is_known_where_its_commune_has_a_list(book):
    for _again in range(2):
        asked = {
            ("01-a", "bản phạc"): True, ("01-a", "Nà Mỏ"): False, ("05-a", "Bản Phạc"): None,
            ("02-b", "Bản Phạc"): True, ("02-b", "na mo"): True, ("02-b", "Pò Mã"): False,
            ("07-a", "Pò Mã"): True, ("99", "Pò Mã"): None,
        }  # fmt: skip
        assert {one: book.knows_hamlet(*one) for one in asked} == asked
