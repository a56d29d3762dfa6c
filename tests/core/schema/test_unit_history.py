"""Units and posts through time, with a few invented ones: the answers on each side of a change."""

import datetime

import pytest

from borderdesk.schema.post_areas import PostAreas, PostEntry, bare_post_name
from borderdesk.schema.unit_history import FOREVER, UnitEntry, UnitHistory, bare_name

DAY = datetime.timedelta(days=1)
CHANGE = datetime.date(2025, 7, 1)
EVE = CHANGE - DAY
START = "2023-01-01"


def unit(id, name, kind="commune", parent="", border=False, since=START, until=FOREVER, into=()):
    return UnitEntry(id, id.partition("-")[0], name, kind, parent, border, since, until, into)


EARLY = {"until": EVE.isoformat()}
LATE = {"since": CHANGE.isoformat()}
UNITS = [
    unit("20", "Tỉnh Lạng Sơn", "province"),
    unit("183", "Huyện Cao Lộc", "district", "20", **EARLY),
    unit("188", "Huyện Lộc Bình", "district", "20", **EARLY),
    # Two districts of one name at a time; a third of that name follows them.
    unit("01-a", "Xã Mẫu Sơn", parent="183", border=True, into=("02-b",), **EARLY),
    unit("03-a", "Xã Mẫu Sơn", parent="188", into=("04-b",), **EARLY),
    unit("04-b", "Xã Mẫu Sơn", parent="20", border=True, **LATE),
    # Merged whole, merged later, split, and one whose code is reused.
    unit("05-a", "Thị trấn Đồng Đăng", parent="183", border=True, into=("02-b",), **EARLY),
    unit("02-b", "Xã Ba Sơn", parent="20", border=True, **LATE),
    unit("06-a", "Xã Lộc Yên", parent="183", into=("02-b", "04-b"), **EARLY),
    unit("06-b", "Xã Tân Thanh", parent="20", **LATE),
    unit("07-a", "Xã Tân Thành", parent="20"),
    unit("08-a", "Xã Xa Lý", parent="nowhere"),
    unit("09-a", "Xã Xa Lý", parent="20"),
]


@pytest.fixture(scope="module")
def history():
    return UnitHistory(lambda: UNITS)


@pytest.mark.parametrize(
    ("text", "on_the_eve", "from_then_on"),
    [
        ("01-a", "01-a", None), ("01", "01-a", None), ("02-b", None, "02-b"), ("02", None, "02-b"),
        ("06", "06-a", "06-b"), ("07", "07-a", "07-a"), ("183", None, None), ("20", None, None),
        ("", None, None), ("Xã Ba Sơn", None, None),
    ],
)  # fmt: skip
def test_a_code_or_an_id_is_the_commune_of_the_day(history, text, on_the_eve, from_then_on):
    for day in (EVE, CHANGE, EVE, CHANGE + 900 * DAY):
        assert history.commune_on(text, day) == (on_the_eve if day == EVE else from_then_on)
    assert history.commune_on(text, datetime.date(2022, 12, 31)) is None
    assert UNITS[3].valid_on(START)
    assert UNITS[3].valid_on(EVE.isoformat())


def test_a_stretch_of_time_ends_where_a_unit_begins_or_has_ended(history):
    first = datetime.date(2023, 1, 1)
    numbers = [history.time(day) for day in (first - DAY, first, EVE, CHANGE, CHANGE + DAY)]
    assert numbers == [0, 1, 1, 2, 2]
    alone = UnitHistory(lambda: [unit("01-a", "Xã A", until="2024-02-28")])
    days = [datetime.date(2024, 2, 28), datetime.date(2024, 2, 29)]
    assert [alone.time(day) for day in days] == [1, 2]
    assert alone.time(datetime.date.max) == 2


def test_communes_of_a_day_are_border_ones_first_then_by_name_then_by_id(history):
    assert [one.id for one in history.communes_on(EVE)] == [
        "05-a", "01-a", "06-a", "03-a", "07-a", "08-a", "09-a"
    ]  # fmt: skip
    assert [one.id for one in history.communes_on(CHANGE)] == [
        "02-b", "04-b", "06-b", "07-a", "08-a", "09-a"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "on_the_eve", "from_then_on"),
    [
        ("Mẫu Sơn", ["01-a", "03-a"], ["04-b"]), ("mau son (cao loc)", ["01-a"], []),
        ("Xã Mẫu Sơn (Lộc Bình)", ["03-a"], []), ("đồng đăng", ["05-a"], []),
        ("Thị trấn Đồng Đăng", ["05-a"], []), ("Tân Thanh", ["07-a"], ["06-b"]),
        ("tân thành", ["07-a"], ["07-a"]), ("tan thanh", ["07-a"], ["06-b", "07-a"]),
        ("Xã Tân Thành", ["07-a"], ["07-a"]), ("Xa Lý", ["08-a", "09-a"], ["08-a", "09-a"]),
        ("TT. Đồng Đăng", ["05-a"], []), ("TT Đồng Đăng", ["05-a"], []), ("X.Đồng Đăng", [], []),
        ("X. Tân Thành", ["07-a"], ["07-a"]), ("T.T Đồng Đăng", ["05-a"], []),
        ("Lạng Sơn", [], []),
    ],
)  # fmt: skip
def test_a_name_names_those_who_bear_it_that_day(history, text, on_the_eve, from_then_on):
    for day, named in ((EVE, on_the_eve), (CHANGE, from_then_on), (EVE, on_the_eve)):
        assert history.namesakes_on(text, day) == named
        assert history.commune_named(text, day) == (named[0] if len(named) == 1 else None)


def test_of_those_alike_without_marks_the_one_with_the_marks_said_is_meant(history):
    two = [history.units["06-b"], history.units["07-a"]]
    for text, ids in {
        "Tân Thanh": ["06-b"], "Xã Tân Thành": ["07-a"], "xã tân thành": ["07-a"],
        "tan thanh": ["06-b", "07-a"], "Thanh": ["06-b", "07-a"],
    }.items():  # fmt: skip
        assert [one.id for one in history.written_as(text, iter(two))] == ids, text
    assert history.written_as("gì khác", two[:1]) == two[:1]
    assert history.written_as("gì khác", []) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("01-a", "01-a"), ("06", "06-b"), ("Mẫu Sơn", "04-b"), ("mẫu sơn (cao lộc)", "01-a"),
        ("Đồng Đăng", "05-a"), ("Tân Thành", "07-a"), ("tân thanh", "06-b"), ("183", None),
        ("Cao Lộc", None), ("99", None),
    ],
)  # fmt: skip
def test_the_newest_that_ever_was_called_so(history, text, found):
    once = history.commune_once(text)
    assert (once and once.id) == found


def test_a_commune_names_its_district_where_another_of_the_time_has_its_name(history):
    names = {one.id: history.unit_name(one.id) for one in UNITS}
    assert names == {
        **{one.id: one.name for one in UNITS},
        "01-a": "Xã Mẫu Sơn (Cao Lộc)", "03-a": "Xã Mẫu Sơn (Lộc Bình)",
        "09-a": "Xã Xa Lý (Tỉnh Lạng Sơn)",
    }  # fmt: skip
    assert history.unit_name("06") == "Xã Tân Thanh"
    assert history.unit_name("99") == "99"
    shorts = [history.unit_short(one) for one in ("01-a", "05-a", "188", "99")]
    assert shorts == ["Mẫu Sơn (Cao Lộc)", "Đồng Đăng", "Huyện Lộc Bình", "99"]
    assert [history.unit_code(one) for one in ("06-b", "99-x")] == ["06", "99-x"]
    assert history.names_of(history.units["01-a"]) == {
        "mau son", "xa mau son", "mau son (cao loc)", "xa mau son (cao loc)"
    }  # fmt: skip
    assert [history.is_commune_id(one) for one in ("01-a", "183", "01", "")] == [True, *[False] * 3]


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Xã Xa Lý", "xa ly"), ("Thị trấn Na Sầm", "na sam"), ("Huyện Văn Lãng", "van lang"),
        ("Phường Kỳ Lừa", "ky lua"), ("Tỉnh Lạng Sơn", "lang son"), ("xa", "xa"),
        ("Thành phố Lạng Sơn", "lang son"), ("Xalý", "xaly"), ("", ""),
    ],
)  # fmt: skip
def test_a_bare_name_leaves_out_one_word_for_the_kind(name, bare):
    assert bare_name(name) == bare


def test_what_became_a_unit_whole_is_of_it_from_the_day_after_its_end(history):
    whole = {"02-b", "01-a", "05-a"}
    assert history.lineage("02-b") == history.lineage("02-b", CHANGE.isoformat()) == whole
    assert history.lineage("02-b", EVE.isoformat()) == {"02-b"}
    assert history.lineage("04-b") == {"04-b", "03-a"}
    assert history.lineage("06-a") == {"06-a"}
    chain = [unit("1-a", "Xã A", until="2023-12-31", into=("2-b",)),
             unit("2-b", "Xã B", since="2024-01-01", until="2024-12-31", into=("3-c",)),
             unit("3-c", "Xã C", since="2025-01-01")]  # fmt: skip
    line = UnitHistory(lambda: chain)
    assert line.lineage("3-c") == {"1-a", "2-b", "3-c"}
    assert line.lineage("3-c", "2024-12-31") == {"3-c"}
    assert line.successors_on("1-a", "2025-01-01") == {"3-c"}
    assert line.unit_became("1-a", datetime.date(2024, 5, 1)) == "2-b"
    assert line.unit_became("1-a", datetime.date(2025, 5, 1)) == "3-c"


def test_what_became_of_a_unit(history):
    after, before = CHANGE.isoformat(), EVE.isoformat()
    assert history.successors_on("06-a", after) == {"02-b", "04-b"}
    for id_, day in (("06-a", before), ("02-b", before), ("02-b", after), ("99", after)):
        assert history.successors_on(id_, day) == {id_}
    for id_, day, became in (
        ("01-a", CHANGE, "02-b"), ("01-a", EVE, "01-a"), ("06-a", CHANGE, "06-a"),
        ("01-a", CHANGE, "02-b"), ("99", CHANGE, "99"),
    ):  # fmt: skip
        assert history.unit_became(id_, day) == became
    ended = UnitHistory(lambda: [unit("1-a", "Xã A", **EARLY)])
    assert ended.successors_on("1-a", after) == set()
    assert ended.unit_became("1-a", CHANGE) == "1-a"


# ---------------------------------------------------------------------------------- posts


def post(code, name, communes=(), until=FOREVER, into=()):
    return PostEntry(code, name, "", communes, True, False, "", until, into)


POSTS = [
    post("AA", "Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị", ("01-a", "05", "06-a")),
    post("BB", "Đồn Biên phòng Ba Sơn", ("06",), EVE.isoformat(), ("AA",)),
    post("CC", "Đồn Chi Ma", (), "2024-12-31", ("BB",)),
    post("DD", "Đồn Biên phòng Tân Thanh", ("04-b", "99"), EVE.isoformat(), ("AA", "BB")),
]  # fmt: skip


@pytest.fixture(scope="module")
def areas(history):
    return PostAreas(lambda: POSTS, history)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AA", "AA"), ("aa", "AA"), ("hữu nghị", "AA"), ("Đồn Biên phòng Ba Sơn", "BB"),
        ("don chi ma", "CC"), ("CHI MA", "CC"), ("Tân Thanh", "DD"), ("Đồn lạ", None), ("", None),
    ],
)  # fmt: skip
def test_a_post_is_named_by_code_name_or_what_it_is_called(areas, text, code):
    assert areas.post_code(text) == code


def test_what_a_post_is_called(areas):
    assert [bare_post_name(one.name) for one in POSTS] == [
        "huu nghi", "ba son", "chi ma", "tan thanh"
    ]  # fmt: skip
    assert [areas.post_short(one) for one in ("AA", "BB", "CC", "ZZ")] == [
        "Hữu Nghị", "Ba Sơn", "Đồn Chi Ma", "ZZ"
    ]  # fmt: skip
    assert [areas.post_name(one) for one in ("CC", "ZZ")] == ["Đồn Chi Ma", "ZZ"]


def test_an_area_follows_what_became_of_its_communes(areas):
    # A code is that of its earliest unit: 06 was Lộc Yên.
    for _again in range(2):
        assert areas.area_on("AA", EVE) == {"01-a", "05-a", "06-a"}
        assert areas.area_on("AA", CHANGE) == {"02-b", "04-b"}
        assert areas.area_on("BB", EVE) == {"06-a"}
        assert areas.area_on("DD", CHANGE) == areas.area_on("DD", EVE) == {"04-b"}
        assert areas.area_on("CC", EVE) == areas.area_on("ZZ", EVE) == frozenset()


def test_posts_count_with_the_one_they_became_whole(areas):
    assert areas.counted_with("AA", CHANGE) == ("AA", "BB", "CC")
    assert areas.counted_with("AA", EVE) == ("AA",)
    assert areas.counted_with("BB", datetime.date(2025, 1, 1)) == ("BB", "CC")
    assert areas.counted_with("BB", datetime.date(2024, 12, 31)) == ("BB",)
    assert areas.post_lineage("AA") == {"AA", "BB", "CC", "DD"}
    assert areas.post_lineage("BB") == {"BB", "CC", "DD"}
    assert areas.post_lineage("ZZ") == {"ZZ"}


def test_posts_that_became_each_other_end_the_search():
    around = [post("AA", "Đồn A", (), START, ("BB",)), post("BB", "Đồn B", (), START, ("AA",))]
    areas = PostAreas(lambda: around, UnitHistory(list))
    assert sorted(areas.counted_with("AA", CHANGE)) == ["AA", "BB"]
    assert areas.post_lineage("AA") == {"AA", "BB"}


class CountedHistory(UnitHistory):
    """A history that counts its calculations."""

    def __init__(self, read):
        super().__init__(read)
        self.worked_out = []

    def communes_on(self, day):
        self.worked_out.append("communes")
        return super().communes_on(day)

    def successors_on(self, unit_id, day):
        self.worked_out.append(unit_id)
        return super().successors_on(unit_id, day)


def test_what_a_stretch_of_time_means_is_worked_out_once():
    history = CountedHistory(lambda: UNITS)
    areas = PostAreas(lambda: POSTS, history)
    for asked, found in (
        (lambda day: history.namesakes_on("Mẫu Sơn", day), ["communes"]),
        (lambda day: history.unit_became("02-b", day), ["02-b"]),
        (lambda day: areas.area_on("BB", day), ["06-a"]),
    ):
        for day, worked_out in ((EVE, found), (EVE - DAY, []), (EVE, [])):
            asked(day)
            assert history.worked_out == worked_out
            history.worked_out.clear()
        asked(CHANGE)
        assert history.worked_out[:1] == found
        history.worked_out.clear()
