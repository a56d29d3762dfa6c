"""A replaced laptop: on the new one everything of the post can be edited, joined, deleted and
erased; data that is only on the old one stays, or is typed again once that is no longer trusted."""

import pytest

from borderdesk.base.errors import InvalidRecord, OperationRefused
from borderdesk.exchange.receiving.imports import IMPORTED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.store.records.logs import is_in_use
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, send, state, trust

PLEDGE = {
    "signed_on": "2023-11-05", "programme": "khu_vuc_bien_gioi", "witness": "Nông Văn A",
    "household": HOUSEHOLD,
}  # fmt: skip


@pytest.fixture
def old(tmp_path):
    """The lost laptop, with records that have a separate part only there."""
    with new_desk(tmp_path / "old", "post", "BS", 1) as desk:
        desk.records.add("clearing", clearing(post=None, note="Ghi chú nội bộ"))
        desk.records.add("pledge", PLEDGE)
        other = {**HOUSEHOLD, "head": "Hoàng Văn Thu"}
        desk.records.add("pledge", {**PLEDGE, "household": other, "signed_on": "2023-11-06"})
        yield desk


@pytest.fixture
def province(tmp_path):
    with new_desk(tmp_path / "province", "province", "20", 3) as desk:
        yield desk


@pytest.fixture
def new(tmp_path, old, province):
    with new_desk(tmp_path / "new", "post", "BS", 2) as desk:
        trust(old, desk, province)
        yield desk


def ids(desk, name):
    return [row.id for row in desk.lists.page(name, everything())]


@pytest.mark.parametrize("way", ["package", "province"])
def test_everything_of_the_post_can_be_changed_on_the_new_laptop(old, new, province, tmp_path, way):
    path = send(old, tmp_path / "a")
    if way == "province":
        province.exchange.imports.take(path)
        back = ExportOptions(receiver=new.identity.id, back=True)
        path = send(province, tmp_path / "b", wish=back)
    assert new.exchange.imports.take(path).status == IMPORTED
    (work,) = ids(new, "clearing")
    with pytest.raises(OperationRefused):
        new.records.edit("clearing", work, {"participants": 33})
    if way == "province":
        # The province states with its next file that the old laptop is retired.
        card = new.exchange.cards.own()
        province.exchange.cards.accept_card(card, instead_of=old.identity.id)
        told = send(province, tmp_path / "b", wish=ExportOptions(receiver=new.identity.id))
        batch = new.exchange.imports.take(told).batch
        new.exchange.batches.undo_batch(batch)
        with pytest.raises(OperationRefused):
            new.records.edit("clearing", work, {"participants": 33})
        new.exchange.imports.take(told)
    else:
        new.exchange.cards.revoke_card(old.identity.id)
    new.records.edit("clearing", work, {"participants": 33})
    first, second = ids(new, "household")
    new.records.edit("household", first, {"merged_into": second})
    new.records.edit("household", first, {"merged_into": None})
    signed = ids(new, "pledge")[0]
    new.records.delete("pledge", signed, "Nhập nhầm")
    new.records.undelete("pledge", signed)
    new.exchange.erasures.erase_household(second, "Theo đề nghị")
    told = new.maintenance.verify()
    assert told["ok"], told["problems"]
    assert rebuild(new.store, new.book) == []
    province.exchange.imports.take(send(new, tmp_path / "c"))
    if way == "package":
        assert province.exchange.imports.take(send(old, tmp_path / "c")).refused_rows == 0
    assert state(province)[0] == state(new)[0]
    assert province.records.read("clearing", work)[0]["participants"] == 33
    # Of the province's decision and a local one the later counts.
    assert not is_in_use(new.store, old.identity.id)
    new.exchange.cards.revoke_card(old.identity.id)
    new.exchange.cards.accept_card(old.exchange.cards.own())
    assert is_in_use(new.store, old.identity.id)


def test_what_stayed_on_a_laptop_is_typed_anew_only_when_that_is_retired(old, new, tmp_path):
    new.exchange.imports.take(send(old, tmp_path))
    (work,) = ids(new, "clearing")
    home = ids(new, "household")[0]
    with pytest.raises(OperationRefused):
        new.records.edit("clearing", work, {"note": "Gõ lại"})
    new.exchange.cards.revoke_card(old.identity.id)
    new.records.edit("clearing", work, {"note": "Gõ lại"})
    assert new.records.read("clearing", work)[0]["note"] == "Gõ lại"
    with pytest.raises(InvalidRecord):
        new.records.edit("household", home, {"phone": "0912345678"})
    new.records.edit("household", home, {"head": "Hoàng Văn Thụ", "phone": "0912345678"})
    assert new.records.read("household", home)[0]["head"] == "Hoàng Văn Thụ"
    assert new.maintenance.verify()["ok"]


def test_what_another_laptop_takes_back_has_its_own_part_again_here(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
    ):
        trust(one, two)
        record = one.records.add("clearing", clearing(post=None, note="Ghi chú riêng")).id
        one.records.delete("clearing", record, "Xóa nhầm")
        two.exchange.imports.take(send(one, tmp_path / "a"))
        two.records.undelete("clearing", record)
        assert "note" not in two.records.read("clearing", record)[0]
        assert one.exchange.imports.take(send(two, tmp_path / "b")).updated == 1
        assert one.records.read("clearing", record)[0]["note"] == "Ghi chú riêng"
        assert one.maintenance.verify()["ok"]
        assert one.maintenance.rebuild() == []


def test_the_new_laptop_has_the_paper_in_force_that_the_others_have(old, new, tmp_path):
    with new_desk(tmp_path / "other", "post", "BS", 4) as other:
        trust(old, new, other)
        old.closing.close_period("2023-12")
        old.closing.note_printed("2023-12")
        other.exchange.imports.take(send(old, tmp_path / "a"))
        other.closing.amend_period("2023-12", None, "sai")
        other.records.add("clearing", clearing(post=None, participants=9))
        amended = other.closing.close_period("2023-12", number="5")
        # The other machine has few entries, and amends a paper that is late in the old log.
        batch = new.exchange.imports.take(send(other, tmp_path / "b")).batch
        state = new.closing.state("2023-12")
        assert (state.name, state.edition.id) == ("closed", amended.id)
        assert [one.state for one in new.closing.editions("2023-12")] == ["replaced", "closed"]
        told = {desk: editions_of(desk) for desk in (other, new)}
        assert told[other] == told[new]
        new.exchange.batches.undo_batch(batch)
        assert new.closing.editions() == []
        new.exchange.imports.take(send(other, tmp_path / "c"))
        assert editions_of(new) == told[other]


def editions_of(desk):
    """The editions of a desk with their events, without local columns."""
    here = {"holding": None, "last_seq": 0, "final": None}
    closing = desk.closing
    return [(one._replace(**here), closing.events(one.id)) for one in closing.editions()]
