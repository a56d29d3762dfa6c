"""The queue of doubles: what enters it on every path, and what a person decides."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderdesk.base.errors import UserError
from borderdesk.exchange.decisions.doubles import DoubleChoice
from borderdesk.exchange.entries.double_verdicts import (
    ASKED,
    DIFFERENT,
    SAME,
    VerdictEntry,
    counting_verdict,
    put_verdict,
)
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.schema.revisions import new_id
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.lists.listing import Filter
from tests.exchanging import new_desk, send, trust
from tests.factories import example

DAY = "2023-11-05"
SESSION = {
    "form": "session",
    "held_on": DAY,
    "commune": "06199",
    "hamlet": "Thôn Nà Căng",
    "sessions": 1,
    "attendance": 60,
    "topics": ["ma_tuy"],
}
HEAD = {"head": "Nông Văn Hoà", "commune": "06199-2023", "hamlet": "Thôn Nà Căng"}

PERSON = {
    "subject": "individual",
    "name": "Vi Văn An",
    "commune": "06199",
    "hamlet": "Bản Phạc",
    "from_on": DAY,
}


@pytest.fixture
def laptops(tmp_path):
    """Two laptops of one post, and the province."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        yield one, two, province


def looked(desk):
    """The waiting pairs after a search: (type, reason)."""
    desk.doubles.catch_up()
    pairs = desk.doubles.waiting()
    assert len(pairs) == desk.doubles.count() == len(desk.doubles.compare(pairs))
    return [(pair.type, pair.why) for pair in pairs]


def pass_on(sender, receiver, folder):
    """Send everything of one desk to another."""
    outcome = receiver.exchange.imports.take(send(sender, folder))
    assert outcome.status in ("imported", "unchanged"), outcome


def test_households_whose_names_come_later_are_compared_then(laptops, tmp_path):
    one, two, _province = laptops
    one.records.add("household", HEAD)
    two.records.add("household", {**HEAD, "head": "Ông Nông Văn Hòa", "hamlet": "Na Cang"})
    pass_on(two, one, tmp_path / "a")
    assert looked(one) == []
    wish = ExportOptions([one.exchange.cards.own()], reason="Hai máy một đồn")
    one.exchange.imports.take(send(two, tmp_path / "b", wish=wish))
    assert looked(one) == [("household", "alike")]


def test_every_type_with_a_day_says_when_two_are_one_event():
    for name, model in RECORD_TYPES.items():
        rule = model.same_event
        assert rule is not None, name
        assert set(rule.agreeing) | set(rule.figures) <= model.columns().keys()
        assert all(model.columns()[key].numeric for key in rule.figures)


def test_the_same_work_of_two_laptops_waits_whatever_its_type(laptops, tmp_path):
    one, two, province = laptops
    for desk in (one, two):
        for name in RECORD_TYPES:
            desk.records.add(name, {**example(name, 1), "post": "BS"})
        desk.records.add("registration", PERSON)
    pass_on(two, one, tmp_path)
    # Names of household heads and individuals are not sent, and records cannot be told apart
    # without them.
    told = [(name, "same_work") for name in RECORD_TYPES if name != "pledge"]
    assert sorted(looked(one)) == sorted(told)
    pass_on(one, province, tmp_path)
    pass_on(two, province, tmp_path)
    assert sorted(looked(province)) == sorted(told)


def test_with_their_names_households_of_two_laptops_are_alike(laptops, tmp_path):
    one, two, _province = laptops
    for desk in (one, two):
        desk.records.add("pledge", {**example("pledge", 1), "post": "BS"})
        desk.records.add("registration", PERSON)
    wish = ExportOptions([one.exchange.cards.own()], None, "Hai máy của một đồn")
    one.exchange.imports.take(send(two, tmp_path, wish=wish))
    assert sorted(looked(one)) == [("household", "alike"), ("registration", "same_work")]


NEAR = [
    {"attendance": 62},
    {"hamlet": "Na Cang", "topics": ["phao"]},
    {"hamlet": None},
    {"attendance": 50, "leaflets": 40},
    {"form": "training"},
    {"commune": "06202", "hamlet": None,
     "other_places": [{"commune": "06199", "hamlet": "Nà Căng", "attendance": 20}]},
]  # fmt: skip
FAR = [
    {"attendance": 90},
    {},
    {"hamlet": "Bản Lề"},
    {"commune": "06202"},
    {"form": "small_scale", "sessions": None, "attendance": 58},
]


def test_one_event_is_a_day_a_place_and_near_figures(laptops, tmp_path):
    one, two, _province = laptops
    for number, other in enumerate([*NEAR, *FAR]):
        day = {"held_on": f"2023-10-{1 + 2 * number:02}"}
        one.records.add("outreach", {**SESSION, **day})
        next_day = {"held_on": f"2023-10-{2 + 2 * number:02}"} if other == {} else day
        two.records.add("outreach", {**SESSION, **next_day, **other})
    pass_on(two, one, tmp_path)
    assert looked(one) == [("outreach", "same_work")] * len(NEAR)
    days = {one.records.read("outreach", p.first)[0]["held_on"].day for p in one.doubles.waiting()}
    assert days == {1 + 2 * number for number in range(len(NEAR))}


@pytest.mark.parametrize(
    ("markers", "met"), [(("1142", "1150"), 1), (("1145", "1146"), 1), (("1146", "1150"), 0)]
)
def test_stretches_that_meet_are_one_place(laptops, tmp_path, markers, met):
    one, two, _province = laptops
    patrol = {"kind": "unilateral", "started_on": DAY, "from_marker": "1140", "to_marker": "1145",
              "communes": ["06199"], "participants": 9, "result": "unchanged"}  # fmt: skip
    one.records.add("patrol", patrol)
    ends = dict(zip(("from_marker", "to_marker"), markers, strict=True))
    two.records.add("patrol", {**patrol, "participants": 10, **ends})
    pass_on(two, one, tmp_path)
    assert len(looked(one)) == met


def test_a_double_in_every_commune_is_named_shortly_in_the_reason(laptops, tmp_path):
    one, two, _province = laptops
    units = one.book.units.values()
    communes = [u.code for u in units if u.kind == "commune" and u.valid_to == "2025-06-30"][:60]
    patrol = {"kind": "unilateral", "started_on": DAY, "from_marker": "1140", "to_marker": "1145",
              "communes": communes, "result": "unchanged"}  # fmt: skip
    for number, desk in enumerate((one, two)):
        desk.records.add("patrol", {**patrol, "participants": 9 + number})
    pass_on(two, one, tmp_path)
    looked(one)
    (pair,) = one.doubles.waiting()
    assert one.doubles.mark_same("patrol", pair.second, pair.first) == SAME
    reason = one.records.history("patrol", pair.second)[-1].reason
    assert reason.startswith("Ghi trùng với Tuần tra")
    assert "05/11/2023 · 1140 · 1145 · " in reason
    assert reason.endswith(" …")
    assert len(reason) < 250


def test_two_posts_that_log_one_session_are_told_at_the_province(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "CM", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        for desk, attendance in ((one, 60), (two, 63)):
            desk.records.add("outreach", {**SESSION, "attendance": attendance})
            desk.records.add("incident", {**example("incident", 1), "post": None})
            desk.records.add("pledge", {**example("pledge", 1), "post": None})
            pass_on(desk, province, tmp_path)
        assert looked(province) == [("outreach", "same_work"), ("incident", "same_work")]
        # Neither belongs to the province: the post is asked, and the pair leaves the queue here.
        (pair, _incident) = province.doubles.waiting()
        compared = province.doubles.compare([pair])[0]
        assert compared.may_go == (False, False)
        assert province.doubles.mark_same("outreach", pair.second, pair.first) == ASKED
        (note,) = province.exchange.notes.notes()
        assert note.record == pair.second
        assert "Tuyên truyền · 05/11/2023 · Xã Thạch Đạn · Thôn Nà Căng" in note.text, note.text
        assert pair.first not in note.text
        assert looked(province) == [("incident", "same_work")]


@pytest.fixture
def outsider(tmp_path):
    """Two posts that logged one session, a third that has both records, and the province."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "CM", 2) as two,
        new_desk(tmp_path / "third", "post", "TT", 3) as third,
        new_desk(tmp_path / "province", "province", "20", 4) as province,
    ):
        trust(one, two, third, province)
        for desk, attendance in ((one, 60), (two, 63)):
            desk.records.add("outreach", {**SESSION, "attendance": attendance})
            pass_on(desk, third, tmp_path)
        yield one, two, third, province


def outreach_pair(desk):
    """The ids of the two outreach records that are here, in order."""
    return sorted(row.id for row in desk.lists.page("outreach", Filter(), limit=9))


def say_by_force(desk, verdict, stays, time):
    """A verdict as written by a modified program, which checks no permission."""
    said = said_of(*outreach_pair(desk), verdict, stays, time)
    with desk.writing():
        desk.part(DeskLog).append("verdict", said)


@pytest.mark.parametrize("records_first", [True, False])
def test_a_post_that_keeps_neither_decides_nothing_at_third_desks(
    outsider, tmp_path, records_first
):
    one, two, third, province = outsider
    say_by_force(third, DIFFERENT, "", 1)
    for desk in (one, two, third) if records_first else (third, one, two):
        pass_on(desk, province, tmp_path)
    assert looked(province) == [("outreach", "same_work")]
    assert province.doubles.verdicts() == []
    # Nor does it revoke or override the verdicts of authorised desks.
    (pair,) = province.doubles.waiting()
    province.doubles.mark_different("outreach", [(pair.first, pair.second)])
    for time, (verdict, stays) in enumerate([("open", ""), (ASKED, pair.first)], start=8):
        say_by_force(third, verdict, stays, time)
        pass_on(third, province, tmp_path)
    assert looked(province) == []
    assert province.maintenance.verify()["ok"]


def test_a_post_that_keeps_neither_is_not_asked_and_is_refused(outsider, cli_inline):
    _one, _two, third, _province = outsider
    assert looked(third) == []
    assert third.lists.pairs("outreach") == 0
    first, second = outreach_pair(third)
    resolve = ("--desk", third.folder, "resolve", "outreach", second)
    for wish in ("--different-from", "--same-as"):
        told = cli_inline(*resolve, wish, first)
        assert told.returncode == 4
        assert "đều không thuộc đơn vị này" in told.stderr
    assert third.exchange.notes.notes() == []
    assert third.doubles.verdicts() == []


def test_who_keeps_one_of_the_two_decides_wherever_the_verdict_comes(outsider, tmp_path):
    one, two, third, province = outsider
    pass_on(two, one, tmp_path)
    assert looked(one) == [("outreach", "same_work")]
    one.doubles.mark_different("outreach", [tuple(outreach_pair(one))])
    for desk in (one, two):
        pass_on(desk, province, tmp_path)
    assert looked(province) == []
    pass_on(one, third, tmp_path)
    assert [verdict[3] for verdict in third.doubles.verdicts()] == [DIFFERENT]


def test_a_district_decides_for_its_posts_and_for_no_others(outsider, tmp_path):
    _one, _two, third, province = outsider
    with (
        new_desk(tmp_path / "above", "liaison", "183-2023", 5) as above,
        new_desk(tmp_path / "beside", "liaison", "180-2023", 6) as beside,
    ):
        trust(above, beside, third, province)
        for desk in outsider[:2]:
            trust(above, beside, desk)
            for liaison in (above, beside):
                pass_on(desk, liaison, tmp_path)
            pass_on(desk, province, tmp_path)
        assert looked(beside) == []
        say_by_force(beside, DIFFERENT, "", 1)
        pass_on(beside, province, tmp_path)
        assert looked(province) == looked(above) == [("outreach", "same_work")]
        above.doubles.mark_different("outreach", [tuple(outreach_pair(above))])
        pass_on(above, province, tmp_path)
        assert looked(province) == []


def test_a_verdict_that_is_undone_gives_way_to_none_that_never_counted(outsider, tmp_path):
    one, two, third, province = outsider
    say_by_force(third, DIFFERENT, "", 1)
    for desk in (two, third):
        pass_on(desk, province, tmp_path)
    pass_on(two, one, tmp_path)
    one.doubles.mark_different("outreach", [tuple(outreach_pair(one))])
    pass_on(one, province, tmp_path)
    assert [verdict[3] for verdict in province.doubles.verdicts()] == [DIFFERENT]
    newest = province.exchange.batches.all()[0]
    province.exchange.batches.undo_batch(newest.id)
    assert province.doubles.verdicts() == []


def test_who_types_twice_at_one_desk_is_asked_only_for_the_very_same(post_desk):
    post_desk.records.add("outreach", SESSION)
    post_desk.records.add("outreach", {**SESSION, "attendance": 62})
    assert looked(post_desk) == []
    post_desk.records.add("outreach", {**SESSION, "leaflets": 7})
    assert looked(post_desk) == [("outreach", "entered")]


def test_the_same_deletes_one_with_its_reason(laptops, tmp_path):
    one, two, _province = laptops
    kept = one.records.add("outreach", SESSION).id
    gone = two.records.add("outreach", {**SESSION, "attendance": 61}).id
    pass_on(two, one, tmp_path)
    looked(one)
    assert one.doubles.mark_same("outreach", gone.upper(), kept, "Hai máy cùng gõ") == SAME
    assert looked(one) == []
    assert [row.id for row in one.lists.page("outreach", Filter(), limit=9)] == [kept]
    assert one.records.history("outreach", gone)[-1].reason == "Hai máy cùng gõ"
    # Taken back, it is asked about again.
    one.records.undelete("outreach", gone)
    assert looked(one) == [("outreach", "same_work")]


def test_different_stays_after_edits_imports_and_a_rebuild(laptops, tmp_path):
    one, two, _province = laptops
    kept = one.records.add("outreach", SESSION).id
    other = two.records.add("outreach", {**SESSION, "attendance": 61}).id
    pass_on(two, one, tmp_path)
    looked(one)
    one.doubles.mark_different("outreach", [(other, kept)])
    assert looked(one) == []
    two.records.edit("outreach", other, {"attendance": 60})
    pass_on(two, one, tmp_path)
    assert looked(one) == []
    one.maintenance.rebuild()
    assert looked(one) == []
    assert one.doubles.verdicts() == [("outreach", *sorted((kept, other)), DIFFERENT, "")]


def test_an_undone_batch_leaves_no_pair(laptops, tmp_path):
    one, two, _province = laptops
    kept = one.records.add("outreach", SESSION).id
    two.records.add("outreach", SESSION)
    pass_on(one, two, tmp_path)
    two.records.edit("outreach", two.doubles.waiting()[0].first if looked(two) else kept, {})
    pass_on(two, one, tmp_path)
    assert looked(one) == [("outreach", "same_work")]
    (batch,) = one.exchange.batches.all()
    one.exchange.batches.undo_batch(batch.id)
    assert looked(one) == []


@pytest.mark.parametrize(
    "other",
    [{"hamlet": "Nà Căng"}, {"head": "Ông Nông Văn Hòa"}, {"head": "nong van hoa"},
     {"head": "NÔNG VĂN HÓA", "hamlet": "Bản Nà Căng"}],
)  # fmt: skip
def test_households_alike_wait_and_are_joined(post_desk, other):
    first = post_desk.records.add("household", HEAD)
    second = post_desk.records.add("household", {**HEAD, **other})
    assert second.warnings["head"] == "Đã có hộ tên gần giống."
    assert looked(post_desk) == [("household", "alike")]
    assert post_desk.doubles.mark_same("household", second.id, first.id) == SAME
    assert looked(post_desk) == []
    joined, _revision, _doubts = post_desk.records.read("household", second.id)
    assert joined["merged_into"] == first.id


def test_the_likest_household_comes_first(post_desk):
    kept = post_desk.records.add("household", HEAD).id
    for head in ("Nông Văn Hóa", "Nong Van Hoa", "Nông Văn Hòa"):
        post_desk.records.add("household", {**HEAD, "head": head, "hamlet": "Nà Căng"})
    looked(post_desk)
    with_first = [p for p in post_desk.doubles.waiting() if kept in (p.first, p.second)]
    assert [p.near for p in with_first] == sorted((p.near for p in with_first), reverse=True)
    values = [post_desk.records.read("household", p.second)[0]["head"] for p in with_first]
    assert values == ["Nông Văn Hòa", "Nong Van Hoa", "Nông Văn Hóa"]


def test_namesakes_with_two_ids_are_two_and_one_id_is_one(post_desk):
    for citizen in ("020085001234", "020090005678"):
        post_desk.records.add("household", {**HEAD, "citizen_id": citizen})
    assert looked(post_desk) == []
    post_desk.records.add("household", HEAD)
    assert looked(post_desk) == [("household", "alike"), ("household", "alike")]
    post_desk.records.add("household", {**HEAD, "head": "Lý Thị Hoa", "citizen_id": "020085001234"})
    assert ("household", "same_id") in looked(post_desk)


def test_pledges_of_joined_households_are_one_household_s(post_desk):
    pledge = {"signed_on": DAY, "programme": "phao", "post": None}
    head = {**HEAD, "commune": "06199"}
    post_desk.records.add("pledge", {**pledge, "household": head})
    post_desk.records.add("pledge", {**pledge, "household": {**head, "hamlet": "Nà Căng"}})
    assert looked(post_desk) == [("household", "alike")]
    (pair,) = post_desk.doubles.waiting()
    joined = DoubleChoice("household", pair.second, pair.first)
    assert post_desk.doubles.mark_all_same([joined]) == [joined]
    assert looked(post_desk) == [("pledge", "signed")]
    # Separated again they are of two households, and neither may be deleted for the other.
    post_desk.doubles.take_back([joined])
    assert looked(post_desk) == [("household", "alike")]


def test_two_are_merged_field_by_field_and_taken_apart_again(post_desk, cli_inline):
    one = post_desk.records.add("outreach", {**SESSION, "attendance": 40}).id
    two = post_desk.records.add("outreach", {**SESSION, "attendance": 60, "leaflets": 9}).id
    choice = DoubleChoice("outreach", two, one, ("leaflets",))
    assert post_desk.doubles.mark_all_same([choice]) == [choice]
    values = post_desk.records.read("outreach", one)[0]
    assert (values["attendance"], values["leaflets"]) == (40, 9)
    post_desk.doubles.take_back([choice])
    assert "leaflets" not in post_desk.records.read("outreach", one)[0]
    assert post_desk.records.read("outreach", two)[0]["leaflets"] == 9
    for field in ("post", "nothing"):
        with pytest.raises(UserError):
            post_desk.doubles.mark_same("outreach", two, one, fields=[field])
    resolve = ("--desk", post_desk.folder, "resolve", "outreach", two, "--same-as", one)
    assert cli_inline(*resolve, "--take", "attendance", "--take", "leaflets").returncode == 0
    values = post_desk.records.read("outreach", one)[0]
    assert (values["attendance"], values["leaflets"]) == (60, 9)
    assert post_desk.lists.count("outreach", Filter()) == 1


def test_what_is_no_pair_is_refused_in_words(post_desk):
    one = post_desk.records.add("outreach", SESSION).id
    with pytest.raises(UserError):
        post_desk.doubles.mark_same("outreach", one, one)
    with pytest.raises(UserError):
        post_desk.doubles.mark_same("outreach", one, "nothing")
    with pytest.raises(UserError):
        post_desk.doubles.mark_different("patrol", [(one, one)])
    assert post_desk.doubles.verdicts() == []


def test_the_inbox_lists_pairs_and_resolve_decides_them(post_desk, cli_inline):
    folder = post_desk.folder
    ids = [post_desk.records.add("outreach", SESSION).id for _ in range(3)]
    told = cli_inline("--desk", folder, "inbox")
    assert told.returncode == 0
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["ids"] for line in lines] == [
        [ids[0], ids[1]], [ids[0], ids[2]], [ids[1], ids[2]],
    ]  # fmt: skip
    assert lines[0]["differs"] == []
    same = cli_inline("--desk", folder, "resolve", "outreach", ids[1], "--same-as", ids[0])
    assert (same.returncode, '"verdict": "same"' in same.stdout) == (0, True)
    apart = cli_inline("--desk", folder, "resolve", "outreach", ids[2], "--different-from", ids[0])
    assert apart.returncode == 0
    assert cli_inline("--desk", folder, "inbox").stdout == ""
    wrong = cli_inline("--desk", folder, "resolve", "outreach", ids[2])
    assert wrong.returncode == 2


def test_a_day_of_very_many_is_compared_with_neighbours_only(post_desk):
    lines = [(n, {**SESSION, "attendance": 10 + n, "hamlet": f"Thôn {n}"}) for n in range(1, 260)]
    post_desk.records.add_batch("outreach", lines)
    assert looked(post_desk) == []
    assert not post_desk.doubles.is_behind()
    assert all(model.matching is None or not model.same_event for model in ALL_TYPES.values())


def said_of(one, other, verdict, stays, time):
    first, second = sorted((one, other))
    return {"first": first, "second": second, "type": "outreach", "verdict": verdict,
            "stays": stays, "author": "X", "time": f"2026-01-01T00:00:0{time}.000Z"}  # fmt: skip


@given(order=st.permutations(range(4)))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_latest_verdict_counts_whatever_the_order(post_desk, order):
    ids = sorted(new_id() for _ in range(2))
    verdicts = [(DIFFERENT, ""), (SAME, ids[0]), (ASKED, ids[1]), (DIFFERENT, "")]
    with post_desk.writing():
        for place in order:
            verdict, stays = verdicts[place]
            said = said_of(*ids, verdict, stays, min(place, 2))
            VerdictEntry().check(said, None)
            put_verdict(post_desk.store, said, "f" * 32, bytes([place]) * 32)
    found = counting_verdict(post_desk.store, *ids)
    # Of two at the same latest time, the one with the greater entry.
    assert (found.verdict, found.entry) == (DIFFERENT, bytes([3]) * 32)


@pytest.mark.parametrize(
    "change",
    [{"first": "x"}, {"verdict": "perhaps"}, {"stays": ""}, {"type": "holiday"}, {"author": ""},
     {"time": "today"}, {"verdict": "different"}, {"more": "1"}],
)  # fmt: skip
def test_a_verdict_that_no_program_writes_is_refused(change):
    one, other = sorted((new_id(), new_id()))
    said = said_of(one, other, SAME, one, 1)
    VerdictEntry().check(said, None)
    with pytest.raises(FieldError):
        VerdictEntry().check({**said, **change}, None)
    with pytest.raises(FieldError):
        VerdictEntry().check({**said, "first": other, "second": one}, None)


def test_a_verdict_is_an_entry_of_the_log_and_can_be_taken_back(post_desk):
    ids = [post_desk.records.add("outreach", SESSION).id for _ in range(2)]
    looked(post_desk)
    post_desk.doubles.mark_different("outreach", [(ids[0], ids[1])])
    post_desk.doubles.take_back([DoubleChoice("outreach", *ids)])
    assert looked(post_desk) == [("outreach", "entered")]
    kinds = [entry.kind for entry in post_desk.part(DeskLog).entries()]
    assert kinds.count("verdict") == 2
    assert post_desk.maintenance.verify()["ok"]
