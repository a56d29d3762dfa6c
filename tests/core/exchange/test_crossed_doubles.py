"""Doubles deleted in favour of one another in a circle: one record of each circle counts, on every
desk."""

import itertools

import pytest

from borderdesk.exchange.merging.crossed_doubles import DoubleEdge, circle_of
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.store.lists.listing import Filter
from tests.exchanging import HOUSEHOLD, clearing, new_desk, send, state, trust

TYPE = "clearing"


@pytest.fixture
def desks(tmp_path):
    """Three laptops of one post."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "three", "post", "BS", 3) as three,
    ):
        trust(one, two, three)
        yield one, two, three


def pass_on(sender, receiver, folder):
    """Send everything of one desk to another; the outcome."""
    outcome = receiver.exchange.imports.take(send(sender, folder))
    assert outcome.status in ("imported", "unchanged"), outcome
    return outcome


def circulate(desks, folder):
    """Send everything of every desk to every other: forwards and back along the desks, twice, since
    a desk may write because of what it received."""
    along = list(itertools.pairwise(desks))
    for sender, receiver in (along + [pair[::-1] for pair in reversed(along)]) * 2:
        pass_on(sender, receiver, folder)


def left(desk, type_name=TYPE):
    return sorted(row.id for row in desk.lists.page(type_name, Filter(), limit=9))


def records(desks, folder, number):
    """So many equal records, known to all desks."""
    first, *others = desks
    found = [first.records.add(TYPE, clearing(times=3 + n)).id for n in range(number)]
    for other in others:
        pass_on(first, other, folder)
    return found


@pytest.mark.parametrize("first", [0, 1])
def test_each_of_two_laptops_keeps_the_other_record(desks, tmp_path, first):
    one, two, three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.doubles.mark_same(TYPE, y, x)
    pair = (one, two) if first == 0 else (two, one)
    assert "trùng lẫn nhau" in pass_on(*pair, tmp_path).reason
    pass_on(*pair[::-1], tmp_path)
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[x]] * 3
    assert state(one) == state(two) == state(three)
    assert state(one)[1] == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_three_laptops_each_keep_the_next_record(desks, tmp_path, order):
    x, y, z = records(desks, tmp_path, 3)
    for desk, gone, stays in zip(desks, (x, y, z), (y, z, x), strict=True):
        desk.doubles.mark_same(TYPE, gone, stays)
    circulate([desks[n] for n in order], tmp_path)
    assert [left(desk) for desk in desks] == [[x]] * 3
    assert len({str(state(desk)) for desk in desks}) == 1
    assert state(desks[0])[1] == []


def test_undo_gives_up_again_what_the_file_brought_back(desks, tmp_path):
    one, two, _three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    reason = one.records.history(TYPE, x)[-1].reason
    two.doubles.mark_same(TYPE, y, x)
    batch = pass_on(two, one, tmp_path).batch
    assert left(one) == [x]
    one.exchange.batches.undo_batch(batch)
    assert left(one) == [y]
    assert one.records.history(TYPE, x)[-1].reason == reason
    assert [said[4] for said in one.doubles.verdicts()] == [y]
    # This laptop's decision is now the latest, wherever both files arrive.
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[y]] * 3
    assert len({str(state(desk)) for desk in desks}) == 1


def test_a_deletion_that_is_no_verdict_stands(desks, tmp_path):
    one, two, three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.doubles.mark_same(TYPE, y, x)
    circulate(desks, tmp_path)
    three.records.delete(TYPE, x, "Không có việc này")
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[]] * 3
    three.records.undelete(TYPE, y)
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[y]] * 3


def test_a_deletion_by_hand_beside_one_by_a_verdict_stands(desks, tmp_path):
    one, two, three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    three.records.delete(TYPE, x, "Không có việc này")
    two.doubles.mark_same(TYPE, y, x)
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[]] * 3


def test_a_person_decides_otherwise_for_good(desks, tmp_path):
    one, two, _three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.doubles.mark_same(TYPE, y, x)
    circulate(desks, tmp_path)
    one.records.undelete(TYPE, y)
    one.doubles.mark_same(TYPE, x, y)
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[y]] * 3
    assert state(one) == state(two)


@pytest.mark.parametrize(
    ("given_up", "circle"),
    [
        ("ab bc", ""),
        ("ab ba", "ab ba"),
        ("ab ba bc", ""),
        ("ca ab ba dc", "ab ba"),
        ("ab bc ca", "ab bc ca"),
        ("ab ba cd dc bd", "cd dc"),
    ],
)
def test_a_circle_is_what_leads_to_nothing_but_itself(given_up, circle):
    edges = [DoubleEdge(*pair, (number,)) for number, pair in enumerate(given_up.split())]
    assert [edge.gone + edge.stays for edge in circle_of(edges)] == circle.split()


def test_a_file_once_more_restores_nothing_again(desks, tmp_path):
    one, two, _three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.doubles.mark_same(TYPE, y, x)
    file = send(two, tmp_path)
    one.exchange.imports.take(file)
    before = state(one)
    assert one.exchange.imports.take(file).status == "unchanged"
    assert state(one) == before
    assert left(one) == [x]


def test_households_joined_in_a_circle(desks, tmp_path):
    one, two, three = desks
    described = {**HOUSEHOLD, "commune": "06199-2023"}
    homes = [one.records.add("household", {**described, "head": f"Vi Văn {n}"}).id for n in "ABC"]
    wish = ExportOptions([two.exchange.cards.own(), three.exchange.cards.own()], None, "Chung đồn")
    file = send(one, tmp_path, wish=wish)
    for desk in (two, three):
        desk.exchange.imports.take(file)
    for desk, gone, stays in zip(desks, homes, homes[1:] + homes[:1], strict=True):
        desk.doubles.mark_same("household", gone, stays)
    circulate(desks, tmp_path)
    for desk in desks:
        joined = [desk.records.read("household", home)[0].get("merged_into") for home in homes]
        assert joined == [None, homes[2], homes[0]]
    assert len({str(state(desk)) for desk in desks}) == 1


def test_two_posts_each_keep_the_record_of_the_other(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "CM", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        desks = (one, two, province)
        trust(*desks)
        x = one.records.add(TYPE, clearing()).id
        y = two.records.add(TYPE, clearing("CM")).id
        pass_on(one, two, tmp_path)
        pass_on(two, one, tmp_path)
        one.doubles.mark_same(TYPE, x, y)
        two.doubles.mark_same(TYPE, y, x)
        pass_on(one, province, tmp_path)
        told = pass_on(two, province, tmp_path).reason
        # Neither record belongs to the province: the pair waits for the post, which is named.
        assert "trùng lẫn nhau" in told
        assert "tệp tiếp theo của Ba Sơn" in told
        assert left(province) == []
        pass_on(two, one, tmp_path)
        for desk in (two, province):
            pass_on(one, desk, tmp_path)
        assert [left(desk) for desk in desks] == [[x]] * 3
        assert len({state(desk)[0] for desk in desks}) == 1


def test_a_closed_period_keeps_its_figures(desks, tmp_path):
    one, two, _three = desks
    x, y = records(desks, tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.doubles.mark_same(TYPE, y, x)
    signed = one.closing.close_period("2023-12")
    # The closed month counted one of the two, and the other may return once it is reopened.
    assert "Hãy mở lại kỳ trước" in pass_on(two, one, tmp_path).reason
    assert one.closing.state("2023-12").edition.figures_hash == signed.figures_hash
    assert one.maintenance.verify()["ok"]
    one.closing.reopen_period("2023-12", None, "Hai máy gộp lẫn nhau")
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[x]] * 3


def test_the_household_that_stays_is_joined_to_no_other(post_desk):
    described = {**HOUSEHOLD, "commune": "06199-2023"}
    add = post_desk.records.add
    homes = [add("household", {**described, "head": f"Vi Văn {n}"}).id for n in "ABC"]
    for gone, stays in zip(homes, homes[1:] + homes[:1], strict=True):
        post_desk.doubles.mark_same("household", gone, stays)
    joined = [post_desk.records.read("household", home)[0].get("merged_into") for home in homes]
    assert joined == [None, homes[2], homes[0]]
