"""Cleaning the input of a record of an invented type: the result of each key and each rule."""

import datetime

import pytest

from borderdesk.base.errors import Problem
from borderdesk.schema.cleaning import clean, plan_of
from borderdesk.schema.kinds import (
    INTERNAL,
    PERSONAL,
    PUBLIC,
    ChildModel,
    ChildrenField,
    ChoiceField,
    CountField,
    DayField,
    Doubt,
    HouseholdField,
    QuantityField,
    SeveralField,
    TextField,
)
from borderdesk.schema.readings import MOST_KEPT, AlikeRecord, ReadingCache, ReadingStep, read_input
from borderdesk.schema.record import (
    HomePlace,
    RequiredWhen,
    RevisionedModel,
    SplitNumber,
    active,
)

TODAY = datetime.date(2025, 3, 31)
DAY = datetime.date(2025, 3, 1)


class GuestRow(ChildModel):
    who = TextField("Who", required=True)
    age = CountField("Age", soft_over=100)
    size = QuantityField("Size")


class GuestBook(RevisionedModel):
    type_name = "guest_book"
    title = "Guests"
    layout = (("Guests", "day size sort"), ("More", "why more"))
    required_when = (RequiredWhen("size", "more", {"full"}, "Say how many."),)

    rows = ChildrenField("Rows", GuestRow)
    tags = SeveralField(ChoiceField("Tags", {"p": "P", "q": "Q"}))
    more = TextField("More", when=("sort", {"a"}), part=INTERNAL)
    why = TextField("Why", when=("sort", {"b"}), required=True, personal_when=("size", {7}))
    note = TextField("Note", default="none", when=("sort", {"b"}))
    sort = ChoiceField("Sort", {"a": "A", "b": "B"}, default="a", listed=True)
    size = CountField("Size", soft_over=10)
    day = DayField("Day", event=True, required=True, listed=True)

    def check(self):
        if self.size == 13:
            yield Problem("size", "Not thirteen.")
            yield Doubt("sort", "Odd.")


class GuestHome(RevisionedModel):
    """A type without an event date, whose place is that of a household it names."""

    type_name = "guest_home"
    title = "Homes"
    layout = (("Homes", "home place hamlet since"),)
    home_place = HomePlace("home", "place", "hamlet")

    home = HouseholdField("Home")
    place = TextField("Place")
    hamlet = TextField("Hamlet")
    since = DayField("Since", dates_places=True)


class VisitRow(ChildModel):
    who = TextField("Who", required=True)
    on = DayField("On")


class Pledged(RevisionedModel):
    """A type with an event date and a household, with no dependent fields."""

    type_name = "pledged"
    title = "Pledged"
    layout = (("Pledged", "day home stay"),)
    required_when = (RequiredWhen("stay", "kind", {"full"}, "Say how long."),)

    day = DayField("Day", event=True, required=True)
    home = HouseholdField("Home")
    kind = ChoiceField("Kind", {"full": "Full"})
    stay = CountField("Stay")
    visits = ChildrenField("Visits", VisitRow)


class Context:
    """A context of cleaning without reference data."""

    book = None
    today = TODAY
    on = None

    def make_pick(self, _pick_list, _label):
        return None


def cleaned(raw, typed=False, model=GuestBook, **options):
    entry = Context()
    found = clean(model, raw, entry, typed=typed, **options)
    return found.values, found.problems, [one.field for one in found.doubts], entry.on


GIVEN = {"day": "2025-03-01", "size": 4}
VALUES = {"day": DAY, "size": 4, "sort": "a"}


def test_the_plan_of_a_type_is_what_its_fields_say():
    plan = plan_of(GuestBook)
    assert plan.single == {"tags", "more", "why", "note", "sort", "size"}
    assert sorted(one[:2] for one in plan.defaults) == [("note", "none"), ("sort", "a")]
    assert dict(plan.conditions) == {
        "more": ("sort", {"a"}), "why": ("sort", {"b"}), "note": ("sort", {"b"})
    }  # fmt: skip
    assert plan.conditional == {"more", "why", "note"}
    assert [key for key, _field in plan.required] == ["day", "why"]
    assert (plan.always, [key for key, _field in plan.sometimes]) == ({"day"}, ["why"])
    assert (plan.checks, plan_of(GuestHome).checks) == (True, False)
    every = {"day", "size", "sort", "note", "why", "more", "tags", "rows"}
    assert plan.keys == every | {"id", "state", "revision", "warnings"}
    assert plan.apart == plan_of(GuestHome).apart == frozenset()
    assert plan.typed["size"].doubts is not None
    assert plan.typed["sort"].doubts is None
    assert [plan.given["size"].typed_doubts, plan.typed["sort"].typed_doubts] == [None, None]
    assert [plan.given["tags"].keeps, plan.typed["tags"].keeps] == [True, False]
    assert [plan.given["more"].keeps, plan.given["sort"].keeps] == [False, True]


def test_what_is_given_and_what_is_typed_comes_to_the_same():
    assert cleaned(GIVEN) == (VALUES, {}, [], DAY)
    assert cleaned({"day": "1/3/2025", "size": " 4 "}, typed=True) == (VALUES, {}, [], DAY)
    for typed in (False, True):
        doubted = {"day": "2025-03-01", "size": "11" if typed else 11}
        assert cleaned(doubted, typed) == ({**VALUES, "size": 11}, {}, ["size"], DAY)


@pytest.mark.parametrize("key", ["day", "size", "tags", "rows", "more", "id", "state"])
def test_a_blank_optional_field_is_no_problem(key):
    raw = {**GIVEN, key: None}
    values, problems, _doubts, _on = cleaned(raw)
    assert key not in values
    assert [*problems] == (["day"] if key == "day" else [])
    values, problems, _doubts, _on = cleaned({"day": "1/3/2025", key: ""}, typed=True)
    assert key not in values
    assert [*problems] == (["day"] if key == "day" else [])


def test_an_empty_text_stands_where_texts_may_alone():
    for key in ("size", "tags", "rows"):
        assert [*cleaned({**GIVEN, key: ""})[1]] == [key]
    for key in ("sort", "more", "id"):
        assert cleaned({**GIVEN, key: ""}) == (VALUES, {}, [], DAY)


def test_a_key_that_is_no_field_is_refused_even_with_nothing_in_it():
    for given in (None, "", 5):
        assert [*cleaned({**GIVEN, "odd": given})[1]] == ["odd"]
    assert [*cleaned({"day": "1/3/2025", "odd": "x"}, typed=True)[1]] == ["odd"]
    for key in ("id", "state", "revision", "warnings"):
        assert cleaned({**GIVEN, key: "x"}) == (VALUES, {}, [], DAY)


@pytest.mark.parametrize("given", ["2025-04-01", "x", 5, None])
def test_without_a_sound_day_the_record_has_none(given):
    values, problems, doubts, on = cleaned({"day": given, "size": 11})
    assert ([*problems], on, doubts) == (["day"], None, ["size"])
    assert values == {"size": 11, "sort": "a"}


def test_a_late_day_is_doubted_once():
    assert cleaned({"day": "2025-01-01"})[2] == ["day"]


# -------------------------------------------------------------------- rules of the type


@pytest.mark.parametrize(
    ("said", "values", "wrong"),
    [
        ({"sort": "b"}, {"sort": "b", "note": "none"}, ["why"]),
        ({"sort": "b", "why": "x"}, {"sort": "b", "why": "x", "note": "none"}, []),
        ({"sort": "b", "why": "x", "note": "y"}, {"sort": "b", "why": "x", "note": "y"}, []),
        ({"sort": "b", "why": 5}, {"sort": "b", "note": "none"}, ["why"]),
        ({"sort": "b", "why": "x", "note": 5}, {"sort": "b", "why": "x"}, ["note"]),
        ({"sort": 5}, {}, ["sort"]),
        ({"sort": "a", "why": "x"}, {"sort": "a", "why": "x"}, ["why"]),
        ({"why": "x"}, {"sort": "a", "why": "x"}, ["why"]),
        ({"sort": "c", "why": "x"}, {"why": "x"}, ["sort"]),
        ({"more": "x"}, {"sort": "a", "more": "x"}, []),
        ({"sort": "b", "why": "x", "more": "y"},
         {"sort": "b", "why": "x", "note": "none", "more": "y"}, ["more"]),
    ],
)  # fmt: skip
def test_defaults_and_conditions(said, values, wrong):
    found = cleaned({**GIVEN, **said})
    assert found[0] == {"day": DAY, "size": 4, **values}
    assert [*found[1]] == wrong
    assert all(found[1].values())


def test_what_a_default_puts_out_of_use_is_told_once_nothing_else_is_wrong():
    # Nobody chose the sort: its default is no reason for a message while a day is missing.
    assert [*cleaned({"why": "x", "size": 4})[1]] == ["day"]
    assert [*cleaned({"why": "x", "size": 4, "sort": "a"})[1]] == ["why", "day"]


def test_a_field_may_be_required_by_the_value_of_another():
    full = {"day": "2025-03-01", "more": "full"}
    assert cleaned(full)[1] == {"size": "Say how many."}
    assert cleaned({**full, "size": 0})[1] == {"size": "Say how many."}
    assert cleaned({**full, "size": 1})[1] == {}
    assert cleaned({**full, "more": "empty"})[1] == {}
    assert cleaned({**full, "size": "x"})[1]["size"] != "Say how many."


def test_what_the_type_checks_itself_blocks_or_is_doubted():
    values, problems, doubts, _on = cleaned({**GIVEN, "size": 13})
    assert (problems, doubts) == ({"size": "Not thirteen."}, ["size", "sort"])
    assert values == {**VALUES, "size": 13}


# ------------------------------------------------------------------------ rows below it


@pytest.mark.parametrize("typed", [False, True])
def test_rows_are_cleaned_each_by_itself(typed):
    def given(row):
        return {key: str(one) if typed and type(one) is int else one for key, one in row.items()}

    rows = [{"who": "A", "age": 101}, {"who": "B", "age": 100}, {"who": "C", "age": None}]
    raw = {"day": "2025-03-01", "rows": [given(row) for row in rows]}
    values, problems, doubts, _on = cleaned(raw, typed)
    assert values["rows"] == [{"who": "A", "age": 101}, {"who": "B", "age": 100}, {"who": "C"}]
    assert (problems, doubts) == ({}, ["rows[0].age"])
    wrong = [{"age": 5}, "x", {"who": "A", "odd": 1}, {"who": "A", "age": -1}, {"who": ""}]
    raw = {"day": "2025-03-01", "rows": [given(r) if isinstance(r, dict) else r for r in wrong]}
    assert {*cleaned(raw, typed)[1]} == {
        "rows[0].who", "rows[1]", "rows[2].odd", "rows[3].age", "rows[4].who"
    }  # fmt: skip


def test_an_empty_text_in_a_row_is_nothing_where_texts_may_stand():
    row = {"who": "A", "age": ""}
    assert [*cleaned({**GIVEN, "rows": [row]})[1]] == ["rows[0].age"]
    found = cleaned({"day": "1/3/2025", "rows": [row]}, typed=True)
    assert (found[0]["rows"], found[1]) == ([{"who": "A"}], {})


@pytest.mark.parametrize("typed", [False, True])
def test_an_empty_day_in_a_row_is_nothing_whether_given_or_typed(typed):
    raw = {"day": "2025-03-01", "visits": [{"who": "An", "on": ""}]}
    values, problems, doubts, _on = cleaned(raw, typed, Pledged)
    assert (values["visits"], problems, doubts) == ([{"who": "An"}], {}, [])


def variant(name, **members):
    return type(RevisionedModel)(name, (Pledged,), {"type_name": name.lower(), **members})


APART = {
    "nothing depends on it": ({}, {"home"}),
    "a rule of its own may": ({"check": lambda _record: iter(())}, set()),
    "there is no event to know the day by": ({"day": DayField("Day")}, set()),
    "a field exists by it": ({"kind": TextField("Kind", when=("home", {"a"}))}, set()),
    "another field exists by another": ({"kind": TextField("K", when=("stay", {1}))}, {"home"}),
    "it is required by another": (
        {"required_when": (RequiredWhen("home", "kind", {"full"}, "Say who."),)}, set()
    ),
    "another is required by it": (
        {"required_when": (RequiredWhen("stay", "home", {"a"}, "Say how long."),)}, set()
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", APART)
def test_a_household_is_read_apart_where_nothing_else_can_depend_on_it(why):
    members, apart = APART[why]
    model = variant("".join(why.title().split()), **members)
    assert plan_of(model).apart == apart


def test_typed_rows_may_be_a_text_of_json():
    typed = {"day": "1/3/2025", "rows": '[{"who": "A", "age": 5}]'}
    assert cleaned(typed, typed=True)[0]["rows"] == [{"who": "A", "age": 5}]
    # In JSON a number is one.
    assert [*cleaned({**typed, "rows": '[{"who": "A", "age": "5"}]'}, typed=True)[1]] == [
        "rows[0].age"
    ]  # fmt: skip
    for text in ("[", "{}", "5", '[{"who": "A", "who": "B"}]'):
        values, problems, *_rest = cleaned({**typed, "rows": text}, typed=True)
        assert ("rows" in values, [*problems]) == (False, ["rows"])
    assert [*cleaned({**GIVEN, "rows": "[]"})[1]] == ["rows"]
    assert "rows" not in cleaned({**GIVEN, "rows": []})[0]


# ------------------------------------------------------------------------- edited records


def test_what_an_edit_leaves_stays_unless_it_is_out_of_use():
    kept = {**VALUES, "more": "x", "tags": ["p"], "rows": [{"who": "A"}]}
    values, problems, doubts, on = cleaned({"size": 5}, unchanged=kept)
    assert (values, problems, doubts, on) == ({**kept, "size": 5}, {}, [], None)
    assert cleaned({"day": "2025-03-02"}, unchanged=kept)[3] == DAY + datetime.timedelta(days=1)
    # A field that the edit disables is dropped if it only has its default.
    other = {"day": DAY, "sort": "b", "why": "x", "note": "none"}
    values, problems, *_rest = cleaned({"sort": "a"}, unchanged=other)
    assert values == {"day": DAY, "sort": "a", "why": "x"}
    assert [*problems] == ["why"]
    values, problems, *_rest = cleaned({"sort": "a"}, unchanged={**other, "note": "y"})
    assert (values["note"], {*problems}) == ("y", {"why", "note"})


def test_places_of_a_record_without_an_event_are_judged_by_its_own_day():
    assert cleaned({}, model=GuestHome) == ({}, {}, [], TODAY)
    assert cleaned({"since": "2025-03-01"}, model=GuestHome)[3] == DAY
    assert cleaned({"since": "x"}, model=GuestHome)[3] == TODAY
    assert cleaned({"since": 5}, model=GuestHome)[3] == TODAY
    kept = {"since": DAY, "place": "x"}
    assert cleaned({"hamlet": "y"}, model=GuestHome, unchanged=kept)[::3] == (
        {**kept, "hamlet": "y"}, DAY
    )  # fmt: skip
    assert cleaned({"hamlet": "y"}, model=GuestHome, unchanged={"place": "x"})[3] == TODAY
    entry = Context()
    entry.on = datetime.date(2024, 1, 1)
    clean(GuestHome, {"since": "2025-03-01"}, entry)
    assert entry.on == datetime.date(2024, 1, 1)


HOME = "018c0000-0000-7000-8000-000000000001"


def test_the_place_of_a_named_household_is_not_typed():
    raw = {"place": "x", "hamlet": 5}
    assert cleaned({**raw, "home": HOME}, model=GuestHome)[:2] == ({"home": HOME}, {})
    values, problems, *_rest = cleaned(raw, model=GuestHome)
    assert (values, [*problems]) == ({"place": "x"}, ["hamlet"])
    home = GuestHome.home_place
    for key in ("place", "hamlet"):
        assert home.keeps(key, {"home": HOME})
        assert not home.keeps(key, {"home": None})
        assert not home.keeps(key, {})
    assert not home.keeps("since", {"home": HOME})


# ------------------------------------------------------------------------- what a type is


def test_what_a_type_says_of_its_fields():
    assert [*GuestBook.fields()][:5] == ["day", "size", "sort", "why", "more"]
    assert {*GuestBook.columns()} == {*GuestBook.fields()} - {"rows"}
    assert [*GuestBook.children()] == ["rows"]
    assert GuestBook.listed() == ("day", "sort")
    assert (GuestBook.event().name, GuestHome.event()) == ("day", None)
    assert (GuestHome.place_date(), GuestBook.place_date()) == ("since", "")
    assert (GuestBook.work_end(), GuestBook.own_post(), GuestBook.main_place()) == ("", "", "")
    assert (GuestHome.referring("household"), GuestBook.referring("household")) == (("home",), ())
    assert GuestHome.referring("household", several=True) == ()
    assert {field.name for field in GuestBook.conditional()} == {"more", "why", "note"}
    assert (GuestBook.household_key(), GuestBook.derived({}), GuestBook.follows({}, None)) == (
        "", {}, {}
    )  # fmt: skip
    assert [*GuestHome.of({}).check()] == []


def test_the_part_of_a_field_may_depend_on_the_record():
    assert GuestBook.part_of("why", {"size": 7}) == PERSONAL
    assert GuestBook.part_of("why", {"size": 8}) == GuestBook.part_of("why", {}) == PUBLIC
    assert [GuestBook.part_of(key, {}) for key in ("more", "note")] == [INTERNAL, PUBLIC]
    apart = {key for key in GuestBook.fields() if GuestBook.keeps_apart(key)}
    assert apart == {"why", "more"}


def test_a_field_is_active_for_the_values_it_names():
    why = GuestBook.columns()["why"]
    assert [active(why, values) for values in ({"sort": "b"}, {"sort": "a"}, {})] == [
        True, False, False
    ]  # fmt: skip
    assert active(GuestBook.columns()["size"], {})


@pytest.mark.parametrize(
    ("values", "own", "units", "share"),
    [
        ({}, True, "ab", None), ({"n": 9}, True, "ab", 9), ({"n": 9}, False, "ab", 0),
        ({"n": 9, "at": [("a", 2), ("b", 3)]}, True, "", 4),
        ({"n": 9, "at": [("a", 2), ("b", 3)]}, False, "b", 3),
        ({"n": 9, "at": [("a", 2), ("b", 3)]}, True, "b", 7),
        ({"n": 9, "at": [("a", 2), ("a", 3)]}, True, "a", 9),
        ({"at": [("a", 2)]}, True, "a", None),
    ],
)  # fmt: skip
def test_a_number_is_split_over_places_and_the_rest_is_its_own(values, own, units, share):
    rows = [{"unit": unit, "part": part} for unit, part in values.pop("at", ())]
    split = SplitNumber("n", "rows", "unit", "part")
    assert split.share({**values, "rows": rows}, own, units) == share


# ------------------------------------------------------------------- what was read before


def counting(several=False, keeps=True, dated=False):
    """A reading step that records its input."""
    read = []

    def convert(given, _entry):
        read.append(given)
        return [given, "end"] if several else f"<{given}>"

    def doubts(value, _entry):
        return [("Odd: {value}", value)] if "odd" in value else []

    return ReadingStep("key", convert, doubts, None, keeps, dated), read


@pytest.mark.parametrize(
    ("given", "keeps", "dated", "keeps_dated", "times"),
    [
        ("a", True, False, False, 1), (5, True, False, False, 1), (True, True, False, False, 2),
        (1.0, True, False, False, 2), ({}, True, False, False, 2), ("a", False, False, True, 2),
        ("a", True, True, False, 2), ("a", True, True, True, 1), (["a"], True, False, False, 1),
        (["a", 5], True, False, False, 2), ([], True, False, False, 1),
    ],
)  # fmt: skip
def test_an_input_is_read_once_where_it_means_the_same(given, keeps, dated, keeps_dated, times):
    step, read = counting(keeps=keeps, dated=dated)
    readings, known = ReadingCache(keeps_dated=keeps_dated), {}
    first = read_input(step, given, Context(), readings, known)
    assert first == read_input(step, given, Context(), readings, known) == (f"<{given}>", ())
    assert read == [given] * times
    assert len(known) == (times == 1)


def test_lists_that_were_read_are_not_shared_and_doubts_are_kept():
    step, read = counting(several=True)
    known = {}
    first, _doubts = read_input(step, "odd", Context(), ReadingCache(), known)
    first.append("?")
    again, doubts = read_input(step, "odd", Context(), ReadingCache(), known)
    assert (again, read) == (["odd", "end"], ["odd"])
    assert [(one.field, one.message) for one in doubts] == [("key", "Odd: {value}\t['odd', 'end']")]


def test_of_too_many_inputs_those_kept_are_dropped():
    step, _read = counting()
    known = {("other", n): (n, ()) for n in range(MOST_KEPT - 1)}
    read_input(step, "a", Context(), ReadingCache(), known)
    assert len(known) == MOST_KEPT
    read_input(step, "b", Context(), ReadingCache(), known)
    assert [*known] == [("key", "b")]
    readings = ReadingCache()
    assert (readings.keeps_dated, readings.era, readings.alike) == (False, None, {})
    record = AlikeRecord({}, (), None, None)
    for n in range(MOST_KEPT):
        readings.keep_like((n,), record)
    assert len(readings.alike) == MOST_KEPT
    readings.keep_like(("new",), record)
    assert readings.alike == {("new",): record}
    kept = readings[GuestBook, True, None]
    assert readings[GuestBook, True, None] is kept
    assert readings[GuestBook, False, None] is not kept
