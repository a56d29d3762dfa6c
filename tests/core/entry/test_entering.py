"""Entering and editing: households found or created, soft doubts, places of the day, posts."""

import random
import shutil

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused, RecordChanged, UserError
from borderdesk.base.i18n import set_language
from borderdesk.desk import Desk
from borderdesk.entry.editing import BatchRefused
from borderdesk.entry.entry_rules import (
    ENTERED,
    OUTSIDE,
    UNKNOWN_HAMLET,
)
from borderdesk.schema.record import ANEW
from borderdesk.schema.records.household import SIMILAR
from borderdesk.schema.records.pledge import SIGNED
from borderdesk.schema.reference.pick import pick_slug
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.factories import example

HOUSEHOLD = {"head": "Nông Thị Hoà", "commune": "06202", "hamlet": "Bản Phạc"}
ALONE = {**HOUSEHOLD, "valid_from": "2023-01-01"}
CITIZEN, OTHER_CITIZEN = "020185000123", "020185000124"
CODES_OLD, CODES_NEW = "2025-06-30", "2025-07-01"


@pytest.fixture(autouse=True)
def _english():
    """Doubts are compared in the core's English."""
    set_language("en")


def pledge(household, **changes):
    return {**example("pledge"), "household": household, **changes}


def named(desk, household, **changes):
    """The household that a new pledge of this description names."""
    saved = desk.records.add("pledge", pledge(household, **changes))
    return desk.records.read("pledge", saved.id)[0]["household"]


def households(desk):
    return [record.values for record in desk.lists.stream("household", Filter())]


def refused(desk, type_name, raw):
    with pytest.raises(InvalidRecord) as wrong:
        desk.records.add(type_name, raw)
    return set(wrong.value.problems)


def doubts(desk, type_name, **changes):
    """The doubts about the plain example with these changes, without lateness."""
    raw = {
        key: value for key, value in {**example(type_name), **changes}.items() if value is not None
    }
    told = desk.records.add(type_name, raw).warnings
    late = "days after it happened."
    return {key: text for key, text in told.items() if not text.endswith(late)}


# ------------------------------------------------------------------------------ households


def test_a_described_household_is_made_once_and_found_again(desk):
    one = named(desk, HOUSEHOLD)
    assert named(desk, HOUSEHOLD, programme="ma_tuy") == one
    assert households(desk) == [
        {"head": "Nông Thị Hoà", "commune": "06202-2023", "hamlet": "Bản Phạc"}
    ]


@pytest.mark.parametrize(
    "head", ["Nông Thị Hòa", "nông  thị hoà", "NÔNG THỊ HOÀ", "Nông Thi\u0323 Hoa\u0300"]
)
def test_the_same_name_written_otherwise_is_the_same_household(desk, head):
    assert named(desk, HOUSEHOLD) == named(desk, {**HOUSEHOLD, "head": head})


@pytest.mark.parametrize(
    "other",
    [{"head": "Nông Thị Hoa"}, {"head": "Nông Thị Hoá"}, {"hamlet": "Pò Mã"}, {"commune": "06196"}],
)
def test_another_name_hamlet_or_commune_is_another_household(desk, other):
    assert named(desk, HOUSEHOLD) != named(desk, {**HOUSEHOLD, **other})


def test_an_id_finds_its_household_whatever_the_name(desk):
    one = named(desk, {**HOUSEHOLD, "citizen_id": CITIZEN})
    other = {"head": "Lý A Sáng", "commune": "06196", "hamlet": "Pò Mã", "citizen_id": CITIZEN}
    assert named(desk, other) == one
    assert len(households(desk)) == 1


def test_the_same_name_with_different_ids_is_two_households(desk):
    one = named(desk, {**HOUSEHOLD, "citizen_id": CITIZEN})
    assert named(desk, {**HOUSEHOLD, "citizen_id": OTHER_CITIZEN}) != one


@pytest.mark.parametrize(("first", "second"), [(CITIZEN, None), (None, CITIZEN)])
def test_an_id_on_one_side_only_does_not_part_households(desk, first, second):
    def with_id(digits):
        return {**HOUSEHOLD, **({"citizen_id": digits} if digits else {})}

    assert named(desk, with_id(first)) == named(desk, with_id(second))


def test_a_joined_household_is_found_as_the_group_it_belongs_to(desk):
    one = named(desk, HOUSEHOLD)
    other = named(desk, {**HOUSEHOLD, "head": "Nông Thị Hoa"})
    desk.records.edit("household", other, {"merged_into": one})
    assert named(desk, {**HOUSEHOLD, "head": "Nông Thị Hoa"}) == min(one, other)


def test_a_household_in_a_list_is_not_joined_to_itself(desk):
    own = "0190a0a0-0000-7000-8000-000000000000"
    line = {**ALONE, "id": own, "merged_into": own}
    with pytest.raises(BatchRefused) as wrong:
        desk.records.add_batch("household", [(1, line)])
    ((_number, problem),) = wrong.value.lines
    assert set(problem.problems) == {"merged_into"}


def test_a_household_may_be_given_by_its_id(desk):
    one = named(desk, HOUSEHOLD)
    assert named(desk, one.upper()) == one
    missing = "0190a0a0-0000-7000-8000-000000000000"
    assert refused(desk, "pledge", pledge(missing)) == {"household"}
    assert refused(desk, "pledge", pledge("Nông Thị Hoà")) == {"household"}


def test_what_is_wrong_with_a_described_household_is_said_at_its_fields(desk):
    wrong = {"head": "", "commune": "99999", "hamlet": "Bản Phạc", "citizen_id": "12", "phone": "1"}
    assert refused(desk, "pledge", pledge(wrong)) == {
        "household.head", "household.commune", "household.citizen_id", "household.phone",
    }  # fmt: skip
    assert households(desk) == []


def test_a_refused_record_makes_no_household(desk):
    assert refused(desk, "pledge", pledge(HOUSEHOLD, programme="lạ")) == {"programme"}
    assert households(desk) == []


def test_a_list_that_repeats_a_household_makes_it_once(desk):
    lines = [
        (1, pledge(HOUSEHOLD)),
        (2, pledge({**HOUSEHOLD, "head": "Nông Thị Hòa"}, programme="ma_tuy")),
        (3, pledge({**HOUSEHOLD, "citizen_id": CITIZEN}, programme="buon_lau")),
        (4, pledge({**HOUSEHOLD, "head": "Lý A Sáng"})),
    ]  # fmt: skip
    outcome = [saved for _number, saved in desk.records.add_batch("pledge", lines)]
    found = [desk.records.read("pledge", saved.id)[0]["household"] for saved in outcome]
    assert found[0] == found[1] == found[2] != found[3]
    assert len(households(desk)) == 2
    assert desk.maintenance.rebuild() == []


def test_one_bad_line_undoes_a_list_unless_it_may_go_on(desk):
    lines = [(1, pledge(HOUSEHOLD)), (2, pledge(HOUSEHOLD, programme="lạ"))]
    with pytest.raises(BatchRefused) as bad:
        desk.records.add_batch("pledge", lines)
    assert [number for number, _problem in bad.value.lines] == [2]
    assert desk.maintenance.verify()["revisions"] == 0
    outcome = desk.records.add_batch("pledge", lines, keep_going=True)
    assert [isinstance(told, InvalidRecord) for _number, told in outcome] == [False, True]
    assert desk.lists.count("pledge", Filter()) == 1


def _signatures(chances, count):
    """Pledges of few households on few days, so that every rule about repetitions applies."""
    for _number in range(count):
        household = {
            "head": chances.choice(["Nông Thị Hoà", "Nông Thị Hòa", "Nông Thị Hoa", "Lý A Sáng"]),
            "commune": chances.choice(["06202", "06196"]),
            "hamlet": chances.choice(["Bản Phạc", "Pò Mã"]),
        }
        if chances.random() < 0.2:
            household["citizen_id"] = chances.choice([CITIZEN, OTHER_CITIZEN])
        yield pledge(
            household,
            signed_on=f"202{chances.randrange(4)}-0{chances.randrange(1, 9)}-10",
            programme=chances.choice(["phao", "ma_tuy", "lạ"]),
        )


def _works(chances, count):
    for _number in range(count):
        yield {
            **example("clearing"),
            "post": chances.choice(["BS", "CM"]),
            "started_on": f"2023-01-0{chances.randrange(1, 5)}",
            "participants": chances.randrange(80, 84),
            "commune": chances.choice(["06202", "06541", "99999"]),
        }


def _told(desk, type_name, outcome):
    """The outcome of each line, with households by their descriptions."""
    for one in outcome:
        if isinstance(one, InvalidRecord):
            yield one.problems
            continue
        values = desk.records.read(type_name, one.id)[0]
        if "household" in values:
            values["household"] = desk.records.read("household", values["household"])[0]
        yield values, one.warnings


def _one_by_one(desk, type_name, records):
    for raw in records:
        try:
            yield desk.records.add(type_name, raw)
        except InvalidRecord as problem:
            yield problem


MANY = tries(500, 1_200)


@pytest.mark.parametrize(("type_name", "make"), [("pledge", _signatures), ("clearing", _works)])
def test_a_long_list_is_judged_as_if_its_lines_were_saved_one_by_one(
    desk, other_desk, type_name, make
):
    before, records = ([*make(random.Random(seed), count)] for seed, count in ((1, 40), (2, MANY)))
    for each in (desk, other_desk):
        each.records.add_batch(type_name, enumerate(before), keep_going=True)
    whole = desk.records.add_batch(type_name, enumerate(records), keep_going=True)
    with other_desk.writing():
        single = [*_one_by_one(other_desk, type_name, records)]
    told = [*_told(desk, type_name, [one for _number, one in whole])]
    assert told == [*_told(other_desk, type_name, single)]
    assert len({str(one) for one in told}) > 30
    assert desk.maintenance.rebuild() == []


@pytest.fixture
def other_desk(province_template, tmp_path):
    """A second empty desk of the province."""
    with Desk.open(shutil.copytree(province_template, tmp_path / "other")) as other:
        yield other


def test_a_household_in_use_is_not_deleted(desk):
    one = named(desk, HOUSEHOLD)
    with pytest.raises(OperationRefused):
        desk.records.delete("household", one, "nhập trùng")


def test_a_household_that_others_were_joined_to_is_not_deleted(desk):
    one = desk.records.add("household", ALONE).id
    other = desk.records.add("household", {**ALONE, "head": "Nông Thị Hoa"}).id
    desk.records.edit("household", other, {"merged_into": one})
    with pytest.raises(OperationRefused):
        desk.records.delete("household", one, "nhập trùng")


def test_a_record_is_not_taken_back_while_its_household_is_deleted(desk):
    saved = desk.records.add("pledge", pledge(HOUSEHOLD))
    household = desk.records.read("pledge", saved.id)[0]["household"]
    desk.records.delete("pledge", saved.id, "nhập trùng")
    desk.records.delete("household", household, "nhập trùng")
    with pytest.raises(UserError):
        desk.records.undelete("pledge", saved.id)
    desk.records.undelete("household", household)
    desk.records.undelete("pledge", saved.id)


# ------------------------------------------------------------------------------ soft doubts


def test_a_household_that_looks_like_another_is_doubted(desk):
    desk.records.add("pledge", pledge(HOUSEHOLD))
    saved = desk.records.add("pledge", pledge({**HOUSEHOLD, "head": "Nong Thi Hoa"}))
    assert saved.warnings["household.head"] == SIMILAR
    assert (
        SIMILAR in desk.records.add("household", {**ALONE, "head": "Nông Thị Hoá"}).warnings["head"]
    )
    other_place = {**ALONE, "head": "Nông Thị Hoá", "hamlet": "Pò Mã"}
    assert desk.records.add("household", other_place).warnings == {}


@pytest.mark.parametrize("type_name", ["patrol", "clearing", "outreach", "incident", "track"])
def test_the_same_listed_fields_are_doubted(desk, type_name):
    event = {"patrol": "started_on", "clearing": "started_on", "outreach": "held_on",
             "incident": "happened_on", "track": "completed_on"}[type_name]  # fmt: skip
    assert ENTERED not in doubts(desk, type_name).values()
    again = desk.records.add(type_name, {**example(type_name), "note": "khác"})
    assert ENTERED in again.warnings[event]
    elsewhere = {"post": "CM"} if type_name != "patrol" else {"post": "CM", "with_posts": None}
    other = {k: v for k, v in {**example(type_name), **elsewhere}.items() if v is not None}
    assert ENTERED not in desk.records.add(type_name, other).warnings.get(event, "")
    assert ENTERED not in desk.records.add(type_name, example(type_name, 5)).warnings.get(event, "")


def test_the_same_record_twice_in_one_list_is_doubted(desk):
    lines = [(n, example("clearing")) for n in (1, 2)]
    (_one, first), (_two, second) = desk.records.add_batch("clearing", lines)
    assert ENTERED not in first.warnings.get("started_on", "")
    assert ENTERED in second.warnings["started_on"]


def test_a_second_signature_of_the_year_is_doubted(desk):
    def signed(day, programme="phao"):
        return desk.records.add(
            "pledge", pledge(HOUSEHOLD, signed_on=day, programme=programme)
        ).warnings

    assert "household" not in signed("2023-01-01")
    assert SIGNED in signed("2023-12-31")["household"]
    assert "household" not in signed("2023-06-01", "ma_tuy")
    assert "household" not in signed("2022-12-31")
    assert "household" not in signed("2024-01-01")
    assert "household" not in signed("2021-12-31")
    assert SIGNED in signed("2021-01-01")["household"]


def test_the_year_of_a_signature_is_that_of_the_desk(desk):
    # With the 15th as the last day of a month, the year 2023 is 16/12/2022 to 15/12/2023.
    desk.reference.set_setting("cut_off_day", "15")

    def doubts(days):
        lines = [(n, pledge(HOUSEHOLD, signed_on=day)) for n, day in enumerate(days)]
        added = desk.records.add_batch("pledge", lines)
        return [SIGNED in one.warnings.get("household", "") for _n, one in added]

    assert doubts(["2022-12-15", "2022-12-16", "2023-12-15", "2023-12-16"]) == [
        False, False, True, False,
    ]  # fmt: skip
    assert doubts(["2023-01-01", "2024-06-01"]) == [True, True]


def test_a_second_signature_in_one_list_is_doubted(desk):
    lines = [(1, pledge(HOUSEHOLD)), (2, pledge(HOUSEHOLD, signed_on="2023-12-31"))]
    (_one, first), (_two, second) = desk.records.add_batch("pledge", lines)
    assert "household" not in first.warnings
    assert SIGNED in second.warnings["household"]


def test_a_place_outside_the_area_of_the_post_is_doubted(desk):
    assert "commune" not in doubts(desk, "clearing")
    assert doubts(desk, "clearing", commune="06541")["commune"] == OUTSIDE
    assert doubts(desk, "patrol", communes=["06202", "06541"])["communes"] == OUTSIDE
    places = [{"commune": "06196", "attendance": 1}, {"commune": "06541", "attendance": 1}]
    assert doubts(desk, "outreach", other_places=places)["other_places[1].commune"] == OUTSIDE


def test_an_unknown_hamlet_is_doubted_where_there_is_a_list(desk, tmp_path):
    assert "hamlet" not in doubts(desk, "clearing", hamlet="Bản Lạ")
    sheet = tmp_path / "hamlets.csv"
    sheet.write_text(
        "commune,name,is_border,households_total,valid_from,valid_to\n"
        "06202-2023,Bản Phạc,1,40,2000-01-01,\n",
        encoding="utf-8",
    )
    desk.reference.load(sheet)
    assert "hamlet" not in doubts(desk, "clearing", hamlet="bản phạc", participants=90)
    assert doubts(desk, "clearing", hamlet="Bản Lạ", participants=91)["hamlet"] == UNKNOWN_HAMLET


def test_doubts_are_kept_with_the_record_outside_its_revisions(desk):
    saved = desk.records.add("clearing", {**example("clearing"), "participants": 500})
    assert "500 is unusually high." in [text for _field, text in desk.records.doubts(saved.id)]
    (revision,) = desk.records.history("clearing", saved.id)
    assert "unusually" not in revision.body


# -------------------------------------------------------------------------- posts and places


def test_a_posts_desk_writes_for_itself(post_desk):
    raw = example("clearing")
    del raw["post"]
    assert (
        post_desk.records.read("clearing", post_desk.records.add("clearing", raw).id)[0]["post"]
        == "BS"
    )
    assert refused(post_desk, "clearing", {**raw, "post": "CM"}) == {"post"}


def test_a_desk_of_the_province_must_be_told_the_post(desk):
    raw = example("clearing")
    del raw["post"]
    assert refused(desk, "clearing", raw) == {"post"}


def test_the_post_itself_does_not_take_part_beside_itself(desk):
    assert refused(desk, "clearing", {**example("clearing"), "with_posts": ["TL", "BS"]}) == {
        "with_posts"
    }


def test_the_id_of_a_record_may_be_given_once(desk):
    given = "0190a0a0-0000-7000-8000-00000000000a"
    assert desk.records.add("clearing", {**example("clearing"), "id": given.upper()}).id == given
    assert refused(desk, "clearing", {**example("clearing", 1), "id": given}) == {"id"}
    for bad in ("1", 5, f"{given}\n", "0190a0a0-0000-0000-8000-00000000000b"):
        assert refused(desk, "clearing", {**example("clearing", 1), "id": bad}) == {"id"}
    lines = [(n, {**example("clearing", n), "id": given[:-1] + "b"}) for n in (1, 2)]
    (_one, first), (_two, second) = desk.records.add_batch("clearing", lines, keep_going=True)
    assert set(second.problems) == {"id"}
    assert first.id == given[:-1] + "b"


def test_a_code_means_the_unit_of_the_records_day(desk):
    for day, unit in ((CODES_OLD, "06541-2023"), (CODES_NEW, "06541-2025")):
        raw = {**example("clearing"), "started_on": day, "commune": "06541", "post": "CM"}
        saved = desk.records.add("clearing", raw)
        assert desk.records.read("clearing", saved.id)[0]["commune"] == unit
    raw = {**example("clearing"), "started_on": CODES_NEW, "commune": "06202"}
    assert refused(desk, "clearing", raw) == {"commune"}


# --------------------------------------------------------------------------------- editing


@pytest.fixture
def clearing(desk):
    return desk.records.add("clearing", {**example("clearing"), "started_on": CODES_OLD}).id


def test_an_edit_changes_what_it_names_and_nothing_else(desk, clearing):
    before, _revision, _doubts = desk.records.read("clearing", clearing)
    desk.records.edit("clearing", clearing, {"hamlet": "Pò Mã", "length_m": None, "to_marker": ""})
    after, _revision, _doubts = desk.records.read("clearing", clearing)
    assert after == {
        **{k: v for k, v in before.items() if k not in ("length_m", "to_marker")},
        "hamlet": "Pò Mã",
    }  # fmt: skip


def test_an_edit_that_changes_nothing_is_no_revision(desk, clearing):
    _values, revision, _doubts = desk.records.read("clearing", clearing)
    assert desk.records.edit("clearing", clearing, {"hamlet": "Bản Phạc"}).revision == revision
    assert len(desk.records.history("clearing", clearing)) == 1


def test_an_edit_of_something_else_keeps_a_unit_that_is_no_longer_valid(desk, clearing):
    desk.records.edit("clearing", clearing, {"participants": 60})
    assert desk.records.read("clearing", clearing)[0]["commune"] == "06202-2023"


def test_the_place_is_judged_again_when_the_day_changes(desk, clearing):
    with pytest.raises(InvalidRecord) as wrong:
        desk.records.edit("clearing", clearing, {"started_on": CODES_NEW})
    assert set(wrong.value.problems) == {"commune"}
    desk.records.edit("clearing", clearing, {"started_on": CODES_NEW, "commune": "06196"})
    assert desk.records.read("clearing", clearing)[0]["commune"] == "06196-2025"


def test_the_places_of_children_are_judged_again_when_the_day_changes(desk):
    saved = desk.records.add("outreach", {**example("outreach"), "held_on": CODES_OLD})
    with pytest.raises(InvalidRecord) as wrong:
        desk.records.edit("outreach", saved.id, {"held_on": CODES_NEW, "commune": "06196"})
    assert set(wrong.value.problems) == {"other_places[0].commune"}


def test_several_places_typed_are_judged_again_when_the_day_changes(desk):
    saved = desk.records.add(
        "patrol", {**example("patrol"), "started_on": CODES_OLD, "ended_on": CODES_OLD}
    )
    with pytest.raises(InvalidRecord) as wrong:
        desk.records.edit(
            "patrol", saved.id, {"started_on": "1/7/2025", "ended_on": "1/7/2025"}, typed=True
        )
    assert set(wrong.value.problems) == {"communes"}
    desk.records.edit("patrol", saved.id, {"started_on": "29/6/2025", "ended_on": ""}, typed=True)
    assert desk.records.read("patrol", saved.id)[0]["communes"] == ["06196-2023", "06202-2023"]


def test_an_edit_that_puts_a_default_out_of_use_drops_it(desk):
    saved = desk.records.add("outreach", example("outreach"))
    desk.records.edit("outreach", saved.id, {"form": "small_scale"})
    assert "sessions" not in desk.records.read("outreach", saved.id)[0]
    desk.records.edit("outreach", saved.id, {"form": "training"})
    assert desk.records.read("outreach", saved.id)[0]["sessions"] == 1


def test_an_edit_that_puts_a_typed_value_out_of_use_is_refused(desk):
    saved = desk.records.add("outreach", {**example("outreach"), "sessions": 3})
    with pytest.raises(InvalidRecord) as wrong:
        desk.records.edit("outreach", saved.id, {"form": "small_scale"})
    assert set(wrong.value.problems) == {"sessions"}
    desk.records.edit("outreach", saved.id, {"form": "small_scale", "sessions": None})
    assert "sessions" not in desk.records.read("outreach", saved.id)[0]


def test_an_edit_cannot_take_a_required_field_away(desk, clearing):
    for key in ("kind", "started_on", "commune", "participants"):
        with pytest.raises(InvalidRecord) as wrong:
            desk.records.edit("clearing", clearing, {key: ""})
        assert key in wrong.value.problems
    assert len(desk.records.history("clearing", clearing)) == 1


def test_an_edit_of_what_somebody_else_changed_is_refused(desk, clearing):
    _values, base, _doubts = desk.records.read("clearing", clearing)
    desk.records.edit("clearing", clearing, {"participants": 60}, base=base)
    with pytest.raises(RecordChanged):
        desk.records.edit("clearing", clearing, {"participants": 70}, base=base)
    assert desk.records.read("clearing", clearing)[0]["participants"] == 60


def test_an_edit_judges_the_doubts_of_what_it_changes_only(desk):
    raw = {**example("clearing"), "participants": 500, "note": "số 0987654321", "commune": "06541"}
    saved = desk.records.add("clearing", raw)

    def fields():
        besides = {"started_on", "from_marker", "to_marker"}
        return {field for field, _text in desk.records.doubts(saved.id)} - besides

    assert fields() == {"participants", "note", "commune"}
    desk.records.edit("clearing", saved.id, {"participants": 60})
    assert fields() == {"note", "commune"}
    desk.records.edit("clearing", saved.id, {"commune": "06202"})
    assert fields() == {"note"}
    desk.records.edit("clearing", saved.id, {"note": None})
    assert fields() == set()


def test_an_edited_record_is_not_taken_for_its_own_repeat(desk, clearing):
    desk.records.edit("clearing", clearing, {"note": "đã xem"})
    assert ENTERED not in [text for _field, text in desk.records.doubts(clearing)]
    signed = desk.records.add("pledge", pledge(HOUSEHOLD))
    desk.records.edit("pledge", signed.id, {"witness": "Trưởng thôn khác"})
    assert SIGNED not in [text for _field, text in desk.records.doubts(signed.id)]


def test_a_deletion_needs_a_reason_of_one_line(desk, clearing):
    for reason in ("", "  ", "hai\ndòng", "hai\u2028dòng", "a" * 501):
        with pytest.raises(UserError):
            desk.records.delete("clearing", clearing, reason)
    desk.records.delete("clearing", clearing, "nhập trùng")
    assert desk.records.history("clearing", clearing)[-1].reason == "nhập trùng"


def test_a_moved_household_leaves_its_pledges_where_it_lived_and_takes_its_name_along(desk):
    saved = desk.records.add("pledge", pledge(HOUSEHOLD))
    household = desk.records.read("pledge", saved.id)[0]["household"]
    assert desk.lists.count("pledge", Filter(units=frozenset({"06202-2023"}))) == 1
    desk.records.edit("household", household, {"commune": "06196-2023", "head": "Lý A Sáng"})
    assert desk.lists.count("pledge", Filter(units=frozenset({"06202-2023"}))) == 1
    assert desk.lists.count("pledge", Filter(units=frozenset({"06196-2023"}))) == 0
    assert desk.lists.count("pledge", Filter(search="Sáng")) == 1
    assert desk.lists.count("pledge", Filter(search="Hoà")) == 0


def test_a_households_code_means_the_unit_on_the_day_it_is_valid_from(desk):
    made = desk.records.add("household", ALONE).id
    desk.records.edit("household", made, {"commune": "06196"})
    assert desk.records.read("household", made)[0]["commune"] == "06196-2023"
    desk.records.edit("household", made, {"commune": "06196", "valid_from": CODES_NEW})
    assert desk.records.read("household", made)[0]["commune"] == "06196-2025"


@pytest.mark.parametrize(
    ("label", "taken", "code"),
    [
        ("Phòng, chống cháy rừng", {}, "phong_chong_chay_rung"), ("Đèn", {"den": 1}, "den_2"),
        ("Đèn", {"den": 1, "den_2": 1}, "den_3"), ("–", {}, "muc"), ("A/B", {}, "a_b"),
    ],
)  # fmt: skip
def test_a_new_entry_of_a_list_gets_a_readable_code(label, taken, code):
    assert pick_slug(label, taken) == code


def test_a_new_pick_is_made_once_when_asked_for(desk):
    raw = {**example("outreach"), "topics": ["Phòng cháy"]}
    assert refused(desk, "outreach", raw) == {"topics"}
    lines = [(1, raw), (2, {**raw, "attendance": 130})]
    outcome = desk.records.add_batch("outreach", lines, new_picks=True)
    found = [desk.records.read("outreach", saved.id)[0]["topics"] for _number, saved in outcome]
    assert found == [["phong_chay"], ["phong_chay"]]
    assert desk.book.pick_label("topic", "phong_chay") == "Phòng cháy"


def test_a_marker_of_another_post_is_doubted_at_the_marker(post_desk):
    raw = {"kind": "unilateral", "started_on": "2026-11-05", "participants": 5,
           "communes": ["06196"], "result": "unchanged", "from_marker": "1170",
           "to_marker": "962", "inspected": [{"marker": "962", "condition": "intact"}]}  # fmt: skip
    saved = post_desk.records.add("patrol", raw)
    assert {"to_marker", "inspected[0].marker"} <= saved.warnings.keys()
    assert "from_marker" not in saved.warnings
    checked = post_desk.records.check("patrol", {"started_on": "5/11/2026", "to_marker": "962"})
    assert [(doubt.field, doubt.message) for doubt in checked.doubts] == [("to_marker", OUTSIDE)]


def test_an_edit_is_taken_back_as_a_version_of_its_own(desk, clearing):
    before = desk.records.read("clearing", clearing)[0]
    saved = desk.records.edit("clearing", clearing, {"participants": 61})
    desk.records.take_back("clearing", clearing, saved.revision)
    assert desk.records.read("clearing", clearing)[0] == before
    assert len(desk.records.history("clearing", clearing)) == 3
    with pytest.raises(RecordChanged):
        desk.records.take_back("clearing", clearing, saved.revision)


def test_what_was_deleted_is_listed_with_who_when_and_why(desk, clearing):
    assert desk.deleted.latest("clearing") == []
    desk.records.delete("clearing", clearing, "nhầm")
    (gone,) = desk.deleted.latest("clearing")
    assert (gone.id, gone.reason, gone.author) == (clearing, "nhầm", desk.identity.user)
    assert gone.values["kind"]
    desk.records.undelete("clearing", clearing)
    assert desk.deleted.latest("clearing") == []


def test_the_record_that_another_may_repeat_is_named(post_desk):
    household = {"head": "Lý A Sáng", "commune": "06196", "hamlet": "Nà Mỏ"}
    first = post_desk.records.add("household", household)
    pledge = {"signed_on": "2026-11-05", "programme": "buon_lau", "household": first.id}
    signed = post_desk.records.add("pledge", pledge)
    raw = {"signed_on": "7/11/2026", "programme": "buon_lau", "household": first.id}
    assert post_desk.duplicate_lookup.find("pledge", raw).record == signed.id
    assert post_desk.duplicate_lookup.find("pledge", raw, signed.id) is None
    new = {"head": "Ly A Sang", "commune": "Ba Sơn", "hamlet": "Nà Mỏ"}
    twin = post_desk.duplicate_lookup.find("pledge", {**raw, "household": new})
    assert (twin.model.type_name, twin.record) == ("household", first.id)
    assert post_desk.duplicate_lookup.find("household", new).record == first.id


def test_a_further_person_of_the_same_name_and_place_is_a_household_of_its_own(post_desk):
    described = {"head": "Hoàng Văn Thành", "commune": "Ba Sơn", "hamlet": "Bản Lề"}
    first = post_desk.records.add("household", described, typed=True)
    pledge = {"signed_on": "5/11/2026", "programme": "buon_lau", "household": described}
    named = post_desk.records.add("pledge", pledge, typed=True)
    assert post_desk.records.read("pledge", named.id)[0]["household"] == first.id
    anew = {**pledge, "household": {**described, ANEW: ANEW}}
    other = post_desk.records.add("pledge", anew, typed=True)
    third = post_desk.records.read("pledge", other.id)[0]["household"]
    assert third != first.id
    found = post_desk.households.find("Hoang Van Thanh")
    assert {one.id for one in found} == {first.id, third}
    assert all(one.mark for one in found)


@pytest.mark.parametrize(
    ("part", "text"), [("citizen_id", "0200"), ("commune", "nowhere"), ("hamlet", "")]
)
def test_a_part_of_a_new_household_is_judged_before_any_saving(post_desk, part, text):
    whole = {"head": "Hứa Văn Lâm", "commune": "06196", "hamlet": "Nà Mỏ"}
    for day in ("5/11/2026", ""):
        for household, wrong in ((whole, set()), ({**whole, part: text}, {f"household.{part}"})):
            raw = {"signed_on": day, "household": household}
            problems = post_desk.records.check("pledge", raw).problems
            assert {path for path in problems if path.startswith("household")} == wrong
    assert post_desk.lists.count("household", Filter()) == 0
