"""A folder instead of a stick: two laptops of one post, and the province that answers."""

import json
import os
import shutil
from pathlib import Path

import pytest

from borderdesk.base.errors import UserError
from borderdesk.exchange.receiving.imports import QUARANTINED, REFUSED
from borderdesk.exchange.receiving.shared_folder import NEVER, WRITTEN, _signature
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.log_entries import ChainHead
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.lists.listing import Filter
from tests.core.exchange.test_doubles import HEAD, SESSION
from tests.exchanging import clearing, new_desk, send, trust


@pytest.fixture
def laptops(tmp_path):
    """Two laptops of one post that use one folder, and the province."""
    folder = tmp_path / "share"
    folder.mkdir()
    with (
        new_desk(tmp_path / "one", "post", "BS", 0xA1 << 120) as one,
        new_desk(tmp_path / "two", "post", "BS", 0xB2 << 120) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        for desk in (one, two, province):
            desk.exchange.folder.choose(folder)
        yield folder, one, two, province


def aged(folder):
    """Make all files look older, as a sync program writes them with a recent date at first."""
    for path in folder.iterdir():
        os.utime(path, (1_700_000_000 + path.stat().st_size, 1_700_000_000))


def turn(folder, desk):
    aged(folder)
    done = desk.exchange.folder.turn()
    assert done.problem == ""
    return done


def quiet(folder, *desks):
    """Exchange until nobody writes any more; the number of rounds."""
    for count in range(1, 9):
        written = [turn(folder, desk).written for desk in desks]
        if not any(written):
            return count
    raise AssertionError("the answers to answers never end")


def totals(desk):
    return desk.maintenance.verify()["totals_hash"]


def test_two_laptops_come_to_the_same_and_then_rest(laptops):
    folder, one, two, _province = laptops
    one.records.add("outreach", SESSION)
    two.records.add("clearing", clearing(post=None))
    quiet(folder, one, two)
    assert totals(one) == totals(two)
    two.records.edit("outreach", _id(two), {"attendance": 70})
    assert quiet(folder, two, one) <= 4
    assert totals(one) == totals(two)
    # One file for each other desk, which only that desk can open.
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert all(name.endswith(".bdx.age") for name in names)


def _id(desk):
    (row,) = desk.lists.page("outreach", Filter(), limit=2)
    return row.id


def test_it_is_off_until_a_folder_is_named(post_desk, tmp_path, cli_inline):
    shared = post_desk.exchange.folder
    assert shared.place() is None
    assert shared.turn() == ([], [], 0, "")
    with pytest.raises(UserError):
        post_desk.reference.set_setting("exchange_folder", "chung")
    said = cli_inline("--desk", post_desk.folder, "setting", "set", "exchange_folder", tmp_path)
    assert said.returncode == 0
    assert shared.place() == tmp_path
    shared.choose(None)
    assert shared.place() is None


def test_a_folder_that_is_away_is_said_and_nothing_is_made(laptops):
    folder, one, _two, _province = laptops
    shutil.rmtree(folder)
    one.records.add("outreach", SESSION)
    assert str(folder) in one.exchange.folder.turn().problem
    assert not folder.exists()
    folder.mkdir()
    assert len(turn(folder, one).written) == 1


def test_a_folder_that_cannot_be_written_to_is_said_until_it_can(laptops):
    folder, one, _two, _province = laptops
    # Linux creates nothing there, not even for root.
    one.exchange.folder.choose(Path("/proc/self/attr"))
    one.records.add("outreach", SESSION)
    for _look in range(2):
        done = one.exchange.folder.turn()
        assert (done.written, "/proc/self/attr" in done.problem) == ([], True)
        assert "Những gì đã lưu vẫn ở máy này" in done.problem
    one.exchange.folder.choose(folder)
    assert len(turn(folder, one).written) == 1


def test_a_half_written_file_is_let_be_until_it_is_whole(laptops, tmp_path):
    folder, one, two, _province = laptops
    two.records.add("outreach", SESSION)
    whole = send(two, tmp_path / "out").read_bytes()
    target = folder / "BorderDesk_BS-00000002_2023_1.bdx"
    for part in (whole[:200], whole[:-1]):
        target.write_bytes(part)
        for _look in range(2):
            done = one.exchange.folder.turn()
            assert (done.read, done.unfinished, done.problem) == ([], 1, "")
    target.write_bytes(whole)
    assert one.exchange.folder.turn().unfinished == 1
    assert [outcome.added for outcome in one.exchange.folder.turn().read] == [1]
    assert one.exchange.folder.turn().read == []
    assert one.exchange.quarantine.refused_files() == []


def test_a_file_that_is_replaced_while_it_is_read_is_no_fault(laptops):
    """Its desk removes or rewrites it between listing and reading the folder."""
    folder, one, two, province = laptops
    for wish in (ExportOptions(cards=[province.exchange.cards.own()]), ExportOptions()):
        sent = send(one, folder, wish=wish)
        seen = _signature(sent)
        sent.write_bytes(sent.read_bytes()[:-900])
        assert two.exchange.folder._take(sent, seen) is None
        sent.unlink()
        assert two.exchange.folder._take(sent, seen) is None
    sent.write_bytes(b"PK")
    assert two.exchange.folder._take(sent, _signature(sent)).status == REFUSED


def test_a_file_that_stays_damaged_is_refused_once(laptops, monkeypatch):
    folder, one, _two, _province = laptops
    (folder / "BorderDesk_BS-00000002_2023_1.bdx").write_bytes(b"PK\x03\x04 half")
    aged(folder)
    assert one.exchange.folder.turn().unfinished == 1
    monkeypatch.setattr("borderdesk.exchange.receiving.shared_folder.GIVE_UP_SECONDS", -1.0)
    done = one.exchange.folder.turn()
    assert [outcome.status for outcome in done.read] == [REFUSED]
    assert done.problem
    assert one.exchange.folder.turn() == ([], [], 0, "")
    # A discarded file stays so, whatever a later window finds in the folder.
    one.exchange.quarantine.put_away(one.exchange.quarantine.refused_files())
    one.exchange.folder.choose(folder)
    assert one.exchange.folder.turn() == ([], [], 0, "")
    assert one.exchange.quarantine.refused_files() == []


def test_names_of_persons_go_to_the_other_laptop_only_when_that_was_agreed(laptops):
    folder, one, two, _province = laptops
    home = one.records.add("household", HEAD).id
    one.records.add("pledge", {"signed_on": "2023-11-05", "programme": "phao", "household": home})
    quiet(folder, one, two)
    assert "head" not in two.records.read("household", home)[0]
    one.exchange.folder.agree([two.identity.id])
    # The agreement is a commander's; a clerk's window executes it.
    one.account = one.account._replace(role="clerk")
    quiet(folder, one, two)
    assert two.records.read("household", home)[0]["head"] == HEAD["head"]


def test_records_go_up_by_hand_and_the_answer_comes_down_by_itself(laptops):
    folder, one, two, province = laptops
    record = one.records.add("clearing", clearing(post=None)).id
    quiet(folder, one, two, province)
    assert province.lists.count("clearing", Filter()) == 0
    send(one, folder)
    quiet(folder, one, two, province)
    assert province.lists.count("clearing", Filter()) == 1
    told = one.exchange.holdings.newest(province.identity.id)
    assert told[one.identity.id].number > 0
    province.exchange.notes.add_note("clearing", record, "18 người?")
    quiet(folder, province, one, two)
    assert [note.text for note in one.exchange.notes.arrived()] == ["18 người?"]
    # The province's own file shows no other post's records.
    assert one.exchange.quarantine.refused_files() == []


def test_a_file_that_came_before_another_has_its_turn_once_that_is_here(laptops, tmp_path):
    folder, one, _two, province = laptops
    one.records.add("clearing", clearing(post=None))
    first = send(one, tmp_path / "a", wish=ExportOptions(receiver=province.identity.id))
    above = province.identity.id
    held = one.part(DeskLog).holding()
    one.exchange.holdings.note(above, {**held, above: ChainHead(1, bytes(32))})
    one.records.add("clearing", clearing(post=None, times=3))
    second = send(one, tmp_path / "b", wish=ExportOptions(receiver=above))
    shutil.copy(second, folder / "b.bdx")
    assert [outcome.status for outcome in turn(folder, province).read] == [QUARANTINED]
    assert turn(folder, province).read == []
    shutil.copy(first, folder / "c.bdx")
    turn(folder, province)
    turn(folder, province)
    assert province.lists.count("clearing", Filter()) == 2
    assert turn(folder, province).read == []


def test_a_file_waits_for_the_card_of_its_desk(laptops, tmp_path):
    folder, _one, _two, province = laptops
    with new_desk(tmp_path / "three", "post", "CL", 9) as three:
        three.exchange.cards.accept_card(province.exchange.cards.own())
        three.records.add("clearing", clearing(post=None))
        shutil.copy(send(three, tmp_path / "a"), folder / "d.bdx")
        assert [outcome.status for outcome in turn(folder, province).read] == [QUARANTINED]
        province.exchange.cards.accept_card(three.exchange.cards.own())
        turn(folder, province)
        assert province.lists.count("clearing", Filter()) == 1


def test_what_was_agreed_for_a_card_holds_on_a_stick_too(laptops, tmp_path, cli_inline):
    _folder, one, two, province = laptops
    record = one.records.add("clearing", clearing(post=None, note="Ghi chú riêng")).id
    agree = ("--desk", one.folder, "card", "agree")
    assert cli_inline(*agree, province.identity.id).returncode == 1
    for more, expected in (((), [two.identity.id]), (("--no",), []), ((), [two.identity.id])):
        told = cli_inline(*agree, two.identity.id[:8], *more)
        assert json.loads(told.stdout) == {"agreed": expected}
    wish = ExportOptions(receiver=two.identity.id[:8])
    file = send(one, tmp_path / "a", wish=wish)
    assert file.name.endswith(".bdx.age")
    assert one.exchange.exports.sent()[0].recipients == two.identity.id
    two.exchange.imports.take(file)
    assert two.records.read("clearing", record)[0]["note"] == "Ghi chú riêng"
    # Files for the level above stay unchanged.
    above = send(one, tmp_path / "b", wish=ExportOptions(receiver=province.identity.id))
    assert above.suffix == ".bdx"
    province.exchange.imports.take(above)
    assert "note" not in province.records.read("clearing", record)[0]


def test_a_planted_note_of_the_last_file_deletes_none_of_somebody(laptops):
    """The desk may have been prepared by an attacker."""
    folder, one, two, _province = laptops
    victims = [folder / "thesis.odt", folder.with_name("BorderDesk_thesis.bdx")]
    for planted, victim in zip((victims[0].name, f"../{victims[1].name}"), victims, strict=True):
        victim.write_bytes(b"x")
        one.records.add("clearing", clearing(post=None))
        written = {**NEVER, "file": planted}
        one.preferences.prefer(WRITTEN, {two.identity.id: written})
        assert turn(folder, one).written
    assert all(victim.exists() for victim in victims)
