"""A search finds everything that a list shows, in every type and column."""

import datetime
import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.i18n import set_language
from borderdesk.base.text import sort_key
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter, Sort
from tests.factories import example

HOUSEHOLD = {"head": "Hoàng Văn Thụ", "commune": "06202", "hamlet": "Bản Phạc"}
MORE = {
    "clearing": {"participants": 1_250, "length_m": 12_500.5, "labour_days": 54.5},
    "track": {"cost_vnd": 129_000_000_000, "length_m": None},
    "household": {"citizen_id": "020085001234"},
    "programme": {"quantity": 1_200},
}


@pytest.fixture
def filled(desk):
    """A record of every type with formatted figures, and others beside it."""
    for kind, model in ALL_TYPES.items():
        for n in (1, 2):
            desk.records.add(kind, example(kind, n))
        more = {key: v for key, v in MORE.get(kind, {}).items() if key in model.fields() and v}
        desk.records.add(kind, {**example(kind, 0), **more})
    return desk


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", ALL_TYPES)
def test_what_a_cell_shows_is_found(filled, kind, lang):
    set_language(lang)
    filled.store.orders.invalidate()
    book = filled.book
    for listed in filled.lists.page(kind, Filter()):
        for key, field in ALL_TYPES[kind].columns().items():
            value = listed.values.get(key)
            shown = "" if value is None else field.show_short(value, book)
            if not shown or field.json_type == "boolean":
                continue
            found = [one.id for one in filled.lists.page(kind, Filter(search=shown))]
            assert listed.id in found, (key, shown)
            assert filled.lists.count(kind, Filter(search=shown)) == len(found)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("06/11", 1), ("6/11", 1), ("06/11/2023", 1), ("6/11/2023", 1), ("06-11-2023", 1),
        ("6.11.2023", 1), ("11/2023", 2), ("2023", 2), ("2023-11", 2), ("2023-11-06", 1),
        ("06/11/20", 1), ("06/11/2022", 0), ("31/02", 0), ("6.11", 0),
        ("1.250", 1), ("1250", 1), ("1,250", 1), ("54,5", 1), ("54.5", 1), ("1.25", 0),
        ("tầm nhìn", 1), ("tam nhin", 1), ("TẦM NHÌN", 1), ("tâm nhìn", 0), ("sight", 0),
        ("tầm nhìn 06/11", 1), ("tầm nhìn 07/11", 0), ("tu sửa 1.250", 1), ("tu sửa 18", 0),
        ("BB 41/12", 1), ("41/12", 1), ("xuất lễ 06/11", 1), ("ba sơn", 2), ("chi ma", 0),
        ("  ", 2), ("…", 0), ("%", 0), ("_", 0), ("'", 0), ('"', 0), ("9" * 30, 0),
    ],
)  # fmt: skip
def test_words_dates_and_figures(desk, typed, found):
    common = {"commune": "06202", "post": "BS"}
    desk.records.add("clearing", {
        **common, "kind": "sight_line", "started_on": "2023-11-06", "participants": 18,
        "source_ref": "BB 41/12",
    })  # fmt: skip
    desk.records.add("clearing", {
        **common, "kind": "road_repair", "started_on": "2023-11-07", "participants": 1_250,
        "labour_days": 54.5,
    })  # fmt: skip
    assert desk.lists.count("clearing", Filter(search=typed)) == found
    within = Filter(datetime.date(2023, 11, 1), datetime.date(2023, 11, 30), search=typed)
    assert desk.lists.count("clearing", within) == found
    assert desk.lists.count("clearing", within._replace(last=within.first)) == 0
    assert len(desk.lists.page("clearing", within)) == found


@given(st.text(max_size=12))
@settings(max_examples=40)
def test_no_text_is_an_error(shared_desk, typed):
    for kind in ALL_TYPES:
        shared_desk.lists.count(kind, Filter(search=typed))


@pytest.fixture(scope="module")
def shared_desk(province_template, tmp_path_factory):
    folder = shutil.copytree(province_template, tmp_path_factory.mktemp("search") / "desk")
    with Desk.open(folder) as opened:
        opened.records.add("clearing", example("clearing"))
        yield opened


def test_the_name_of_its_post_finds_nothing_on_the_desk_of_a_post(post_desk):
    """Every record would match, although no list of a post shows the post's name."""
    post_desk.records.add("clearing", {**example("clearing"), "post": None, "commune": "06202"})
    assert post_desk.lists.count("clearing", Filter(search="ba son")) == 0


def test_a_masked_number_is_found_as_it_is_shown(filled):
    assert filled.lists.count("household", Filter(search="020•••••1234")) == 1
    assert filled.lists.count("household", Filter(search="020•••••1235")) == 0
    assert filled.lists.count("household", Filter(search="•••••")) == 0


@pytest.mark.parametrize("running", [False, True])
def test_running_work_is_found_by_its_words_in_the_month_after_it_began(post_desk, running):
    raw = {**example("clearing"), "started_on": "2023-11-30", "ended_on": "2023-12-01"}
    begun = post_desk.records.add("clearing", {**raw, "note": "Bờ suối"}).id
    december = datetime.date(2023, 12, 1), datetime.date(2023, 12, 31)
    page = post_desk.lists.page("clearing", Filter(*december, search="suối", running=running))
    assert [row.id for row in page] == [begun] * running


# ------------------------------------------------------------------------------ order


@pytest.mark.parametrize("kind", ALL_TYPES)
def test_lists_are_sorted_by_the_words_they_show(filled, kind):
    book = filled.book
    for key, field in ALL_TYPES[kind].columns().items():
        if field.order not in ("rank", "words") or field.json_type == "boolean":
            continue
        listed = filled.lists.page(kind, Filter(), Sort(key, False))
        shown = [field.show_short(one.values[key], book) for one in listed if key in one.values]
        assert shown == sorted(shown, key=sort_key), key


def test_several_codes_are_sorted_by_their_words_as_they_are_now(desk):
    for topics in (["ma_tuy"], ["buon_lau"], ["ma_tuy", "buon_lau"]):
        desk.records.add("outreach", {**example("outreach"), "topics": topics})
    orders = desk.store.orders
    # As in another language, or in a changed list.
    for first, last in (("ma_tuy", "buon_lau"), ("buon_lau", "ma_tuy")):
        orders.invalidate()
        orders.labels = lambda _name, _full, words={first: "a", last: "z"}: words
        listed = desk.lists.page("outreach", Filter(), Sort("topics", False))
        assert listed[0].values["topics"] == [first]


def test_posts_and_communes_are_sorted_by_their_short_names(desk):
    names = {"CM": "Chi Ma", "BS": "Ba Sơn", "HN": "Hữu Nghị", "PM": "Pò Mã", "TT": "Tân Thanh"}
    for post in names:
        raw = {**example("incident"), "post": post}
        desk.records.add("incident", raw)
    listed = desk.lists.page("incident", Filter(), Sort("post", False))
    short = [desk.book.post_short(one.values["post"]) for one in listed]
    assert short == sorted(names.values(), key=sort_key)


# --------------------------------------------------------------------- pledges' places


def test_a_household_pledge_shows_its_commune_and_is_sorted_by_it(desk):
    for commune in ("06202", "06184"):
        made = {**example("pledge"), "count": 1, "household": {**HOUSEHOLD, "commune": commune}}
        desk.records.add(
            "pledge", {k: v for k, v in made.items() if k not in ("commune", "hamlet")}
        )
    for down in (False, True):
        listed = desk.lists.page("pledge", Filter(), Sort("commune", down))
        names = [desk.book.unit_short(one.values["commune"]) for one in listed]
        assert names == sorted(["Đồng Đăng", "Xuất Lễ"], key=sort_key, reverse=down)
    # The record itself leaves the desk.
    assert [json.dumps(one.values.get("commune")) for one in desk.lists.stream("pledge", Filter())]
