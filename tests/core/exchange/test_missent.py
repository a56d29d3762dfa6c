"""Files that are taken in at another desk than they were made for: the entries that they have
without content are asked for again."""

import pytest

from borderdesk.exchange.sending.exports import ExportOptions
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, state, trust

TYPE = "clearing"
TEXT = "Vì sao hai lần?"


@pytest.fixture
def desks(tmp_path):
    """A post, another one, their district and the province."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as post,
        new_desk(tmp_path / "tl", "post", "TL", 2) as other,
        new_desk(tmp_path / "district", "liaison", "Cao Lộc", 3) as district,
        new_desk(tmp_path / "province", "province", "20", 4) as province,
    ):
        trust(post, other, district, province)
        yield post, other, district, province


@pytest.fixture
def carry(tmp_path):
    """carry(sender, receiver, made_for) takes a file made for a desk in at a receiver."""
    made = iter(range(99))

    def take(sender, receiver, made_for=None):
        wish = ExportOptions(receiver=(made_for or receiver).identity.id)
        file = sender.exchange.exports.export("2023-12", tmp_path / f"stick{next(made)}", wish)
        outcome = receiver.exchange.imports.take(file)
        assert outcome.status in ("imported", "unchanged"), outcome
        assert outcome.refused_rows == 0

    return take


def held(desk, author):
    return desk.exchange.holdings.own_numbers().get(author.identity.id, 0)


def both_ways(carry, *ways):
    for _round in range(2):
        for one, other in ways:
            carry(one, other)
            carry(other, one)


def test_a_note_that_went_astray_comes_with_the_next_file(desks, carry):
    post, other, _district, province = desks
    record = post.records.add(TYPE, clearing(post=None)).id
    carry(post, province)
    province.exchange.notes.add_note(TYPE, record, TEXT)
    carry(province, post, made_for=other)
    assert post.exchange.notes.notes() == []
    both_ways(carry, (post, province), (other, province))
    assert [note.text for note in post.exchange.notes.notes()] == [TEXT]
    # The other post got it as a stub in its own file: that is all it is to have of it.
    assert other.exchange.notes.notes() == []
    assert held(other, province) == held(post, province)


@pytest.mark.parametrize("aside", [False, True])
def test_what_an_undone_file_had_filled_comes_with_the_next_file(desks, carry, aside):
    post, other, district, province = desks
    record = post.records.add(TYPE, clearing(post=None)).id
    carry(post, province)
    province.exchange.notes.add_note(TYPE, record, TEXT)
    carry(province, post, made_for=other)
    astray = held(post, province)
    district.records.add(TYPE, clearing("BS"))
    carry(district, province, made_for=post)
    for sender, receiver in ((province, post), (district, province)):
        carry(receiver, sender)
        carry(sender, receiver)
        batch = receiver.exchange.batches.all()[0].id
        receiver.exchange.batches.undo_batch(batch, aside=aside)
        if aside:
            receiver.exchange.batches.take_back(batch)
    assert len(post.exchange.notes.notes()) == aside
    assert (held(post, province) > astray) == aside
    assert len(province.lists.page(TYPE, everything())) == 1 + aside
    both_ways(carry, (post, province), (district, province))
    assert [note.text for note in post.exchange.notes.notes()] == [TEXT]
    assert len(province.lists.page(TYPE, everything())) == 2
    for desk in desks:
        assert desk.maintenance.verify()["ok"]


def test_a_record_that_went_astray_counts_with_the_next_file(desks, carry):
    post, _other, district, province = desks
    district.records.add(TYPE, clearing("BS"))
    carry(district, province, made_for=post)
    assert province.lists.page(TYPE, everything()) == []
    both_ways(carry, (district, province))
    assert state(province) == state(district)
    assert len(province.lists.page(TYPE, everything())) == 1


def test_an_erasure_that_went_astray_is_obeyed_with_the_next_file(desks, carry):
    post, other, _district, province = desks
    home = post.records.add("household", {**HOUSEHOLD, "commune": "06199-2023"}).id
    carry(post, province)
    province.exchange.erasures.erase_household(home, "Theo đề nghị")
    carry(province, post, made_for=other)
    assert post.records.read("household", home)[0]["head"]
    both_ways(carry, (post, province))
    assert "head" not in post.records.read("household", home)[0]


def test_what_went_astray_is_passed_on_whole_or_not_at_all(desks, carry):
    post, other, district, province = desks
    record = post.records.add(TYPE, clearing(post=None)).id
    carry(post, province)
    province.exchange.notes.add_note(TYPE, record, TEXT)
    carry(province, district, made_for=other)
    carry(district, post)
    assert held(post, province) < held(province, province)
    # The post never has a file of the province itself: all comes through the district.
    both_ways(carry, (district, province), (post, district))
    assert [note.text for note in post.exchange.notes.notes()] == [TEXT]
    for desk in desks:
        assert desk.maintenance.verify()["ok"]
