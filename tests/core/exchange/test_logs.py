"""One log per desk: losses are repaired, nobody receives unrequested entries, nobody writes for
another."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import ClassVar

import pytest

from borderdesk.base.errors import OperationRefused
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.desks.author_rules import ELSEWHERE
from borderdesk.exchange.desks.holdings import Holdings, gaps
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import new_id
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.records.history import NewVersion
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import (
    HOUSEHOLD,
    clearing,
    entries,
    everything,
    new_desk,
    resigned,
    send,
    state,
    trust,
)

UNITS = [("post", "BS"), ("post", "TL"), ("liaison", "Cao Lộc"), ("province", "20")]


def send_to(desk, receiver, folder, period="2023-12", **wish):
    """A package for a desk."""
    return send(desk, folder, period, ExportOptions(receiver=receiver.identity.id, **wish))


def take(desk, path):
    return desk.exchange.imports.take(path)


def rows(path, table):
    text = entries(path)[f"data/{table}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def figures(desk, period="2023", scope="province"):
    return [(r["key"], r["value"]) for r in as_json(make_summary(desk, period, scope))["rows"]]


@pytest.fixture
def tiers(tmp_path):
    """Two posts, their district, the province: all know each other."""
    desks = [new_desk(tmp_path / f"d{n}", *unit, n) for n, unit in enumerate(UNITS, start=1)]
    trust(*desks)
    yield desks
    for desk in desks:
        desk.close()


# ----------------------------------------------------------------------------- healing


def test_a_lost_file_heals_with_the_next_through_the_district_too(tiers, tmp_path):
    bs, cl, district, province = tiers
    october = bs.records.add("clearing", clearing(post=None, started_on="2023-10-04"))
    cl.records.add("clearing", clearing(post=None, started_on="2023-10-05", participants=30))
    for post in (bs, cl):
        take(district, send_to(post, district, tmp_path / "o", "2023-10"))
    take(province, send_to(district, province, tmp_path / "o", "2023-10"))
    for desk in (bs, cl):
        take(desk, send_to(province, desk, tmp_path / "back"))
        take(desk, send_to(district, desk, tmp_path / "back"))
    bs.records.edit("clearing", october.id, {"participants": 41})
    bs.records.add("clearing", clearing(post=None, started_on="2023-11-04"))
    lost = send_to(bs, district, tmp_path / "n", "2023-11")
    lost.write_bytes(lost.read_bytes()[:500])
    assert take(district, lost).status == REFUSED
    bs.records.add("clearing", clearing(post=None, started_on="2023-12-04"))
    assert take(district, send_to(bs, district, tmp_path / "d")).status == IMPORTED
    assert take(province, send_to(district, province, tmp_path / "d")).status == IMPORTED
    assert figures(district) == figures(province)
    assert figures(province, scope="post:BS") == figures(bs, scope="post:BS")
    assert province.records.read("clearing", october.id)[0]["participants"] == 41
    assert [s.period for s in province.exchange.statements.all() if s.desk == bs.identity.id] == [
        "2023-10", "2023-11", "2023-12",
    ]  # fmt: skip


def test_a_receipt_brought_back_makes_the_next_file_smaller(tiers, tmp_path):
    bs, _cl, _district, province = tiers
    for n in range(60):
        bs.records.add("clearing", clearing(post=None, participants=n + 1))
    first = send_to(bs, province, tmp_path / "a")
    assert len(rows(first, "revisions")) == 60 + 4
    take(province, first)
    assert len(rows(send_to(bs, province, tmp_path / "b"), "revisions")) == 60 + 4
    take(bs, send_to(province, bs, tmp_path / "receipt"))
    assert bs.part(Holdings).newest(province.identity.id)[bs.identity.id].number == 64
    bs.records.add("clearing", clearing(post=None, participants=99))
    small = send_to(bs, province, tmp_path / "c")
    kinds = [row["kind"] for row in rows(small, "revisions")]
    assert kinds.count("revision") == 1
    assert small.stat().st_size < first.stat().st_size - 10_000
    assert take(province, small).added == 1
    assert state(province)[0] == state(bs)[0]


def test_an_answer_from_the_province_brings_no_other_posts_records(tiers, tmp_path):
    bs, cl, _district, province = tiers
    mine = bs.records.add("clearing", clearing(post=None))
    other = cl.records.add("clearing", clearing(post=None, participants=30))
    for post in (bs, cl):
        take(province, send_to(post, province, tmp_path))
    province.records.add("clearing", clearing(post="TL", participants=50))
    note = province.exchange.notes.add_note("clearing", mine.id, "Vì sao?")
    province.exchange.notes.add_note("clearing", other.id, "Của đồn khác")
    answer = send_to(province, bs, tmp_path / "answer")
    assert "Của đồn khác".encode() not in b"".join(entries(answer).values())
    assert all(not row["record"] for row in rows(answer, "revisions"))
    told = take(bs, answer)
    assert (told.status, told.added, told.refused_rows) == (UNCHANGED, 0, 0)
    assert bs.lists.count("clearing", everything()) == 1
    assert bs.exchange.notes.notes() == [note]
    assert bs.part(DeskLog).holding()[province.identity.id].number == 7
    # A stub is filled once its entry arrives whole.
    assert take(cl, send(province, tmp_path / "all")).status == IMPORTED
    assert take(cl, answer).status == UNCHANGED
    assert cl.maintenance.verify()["ok"]


def test_stubs_are_filled_later(tiers, tmp_path):
    bs, _cl, _district, province = tiers
    saved = province.records.add("clearing", clearing(post="TL", participants=50))
    take(bs, send_to(province, bs, tmp_path / "stubs"))
    assert bs.lists.count("clearing", everything()) == 0
    assert take(bs, send(province, tmp_path / "whole")).added == 1
    assert bs.records.read("clearing", saved.id)[0]["participants"] == 50
    assert take(bs, send(province, tmp_path / "again")).status == UNCHANGED
    assert rebuild(bs.store, bs.book) == []


@pytest.mark.parametrize("aside", [False, True])
def test_what_gave_stubs_their_content_leaves_them_stubs_again(tiers, tmp_path, aside):
    bs, _cl, _district, province = tiers
    province.records.add("clearing", clearing(post="TL", participants=50))
    note = province.exchange.notes.add_note("clearing", ids(province)[0], "Vì sao?")
    take(bs, send_to(province, bs, tmp_path / "stubs"))
    before = logged(bs, province)
    path = send(province, tmp_path / "whole")
    whole = take(bs, path).batch
    after, stated = logged(bs, province), len(bs.exchange.statements.all())
    assert bs.exchange.notes.notes() == [note]
    bs.exchange.batches.undo_batch(whole, aside=aside)
    assert bs.lists.count("clearing", everything()) == 0
    assert bs.exchange.notes.notes() == []
    if aside:
        bs.exchange.batches.take_back(whole)
    else:
        # Whether an entry was a stub for this desk or came astray is not known any more.
        emptied = [(*entry[:3], entry[3] or ELSEWHERE) for entry in before if entry[1] is None]
        assert [entry for entry in logged(bs, province) if entry[1] is None] == emptied
        assert rebuild(bs.store, bs.book) == []
        take(bs, send_to(province, bs, tmp_path / "next"))
        assert logged(bs, province)[: len(before)] == before
        take(bs, path)
    assert logged(bs, province)[: len(after)] == after
    assert len(bs.exchange.statements.all()) == stated
    assert bs.exchange.notes.notes() == [note]
    assert bs.lists.count("clearing", everything()) == 1
    assert bs.maintenance.verify()["ok"]
    assert rebuild(bs.store, bs.book) == []


def ids(desk):
    return [row.id for row in desk.lists.page("clearing", everything())]


def logged(desk, other):
    """A desk's copy of another's log: kinds, contents, whether a revision counts."""
    found = desk.part(DeskLog).entries(other.identity.id)
    return [(one.kind, one.content, one.revision is not None, one.refused) for one in found]


def test_what_went_with_the_file_of_its_stubs_comes_again_with_its_own(tiers, tmp_path):
    """One file brings the contents of entries whose stubs another file brought; the latter is
    undone and imported again."""
    bs, _cl, _district, province = tiers
    saved = province.records.add("clearing", clearing(post="TL", participants=50))
    paths = send_to(province, bs, tmp_path / "stubs"), send(province, tmp_path / "whole")
    stubs, whole = (take(bs, path) for path in paths)
    assert take(bs, paths[1]).status == UNCHANGED
    stated = bs.exchange.statements.all()
    bs.exchange.batches.undo_batch(stubs.batch)
    assert bs.lists.count("clearing", everything()) == 0
    assert take(bs, paths[0]).added == 0
    assert take(bs, paths[1]).added == whole.added == 1
    assert bs.records.read("clearing", saved.id)[0]["participants"] == 50
    here = {"received": ""}
    assert [one._replace(**here) for one in bs.exchange.statements.all()] == [
        one._replace(**here) for one in stated
    ]


def test_what_is_missing_before_a_file_is_named_by_number(tiers, tmp_path):
    bs, _cl, district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    take(province, send_to(bs, province, tmp_path / "a"))
    take(bs, send_to(province, bs, tmp_path / "b"))
    bs.records.add("clearing", clearing(post=None, participants=30))
    small = send_to(bs, province, tmp_path / "c")
    told = take(district, small)
    assert told.status == QUARANTINED
    assert "1–5" in told.reason
    assert district.lists.count("clearing", everything()) == 0
    (statement,) = [s for s in bs.exchange.statements.all() if s.number == 2]
    held = district.part(Holdings)
    assert gaps(held.own_numbers(), statement.holding) == {
        bs.identity.id: (1, statement.holding[bs.identity.id])
    }
    assert take(district, send_to(bs, district, tmp_path / "d")).added == 2
    assert gaps(held.own_numbers(), statement.holding) == {}


def test_a_file_that_came_too_early_is_taken_when_it_is_given_again(tiers, tmp_path):
    bs, _cl, district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    first = send_to(bs, province, tmp_path / "a")
    take(province, first)
    take(bs, send_to(province, bs, tmp_path / "b"))
    bs.records.add("clearing", clearing(post=None, participants=30))
    small = send_to(bs, province, tmp_path / "c")
    for _time in range(2):
        assert take(district, small).status == QUARANTINED
    assert take(district, first).added == 1
    told = take(district, small)
    assert (told.status, told.added, told.reason) == (IMPORTED, 1, None)
    assert take(district, small).status == UNCHANGED


def test_an_entry_that_came_unreadable_is_sent_again_and_heals(tiers, tmp_path):
    bs, _cl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None, participants=18))
    bs.records.add("clearing", clearing(post=None, participants=29))

    def spoil(files, _told):
        content = files["data/clearing.csv"]
        files["data/clearing.csv"] = content.replace(b",29,", b",92,")

    told = take(province, resigned(bs, send(bs, tmp_path), spoil, tmp_path / "x.bdx"))
    assert (told.added, told.refused_rows) == (1, 1)
    held = province.part(DeskLog).holding()[bs.identity.id].number
    assert held < bs.part(DeskLog).head().number
    take(bs, send_to(province, bs, tmp_path / "back"))
    assert take(province, send_to(bs, province, tmp_path / "again")).refused_rows == 0
    assert state(province)[0] == state(bs)[0]
    assert province.part(DeskLog).holding()[bs.identity.id] == bs.part(DeskLog).head()


# ----------------------------------------------------------------------------- trust


def modified(desk):
    """A trusted desk whose program checks nothing."""
    desk.records.require_owner = lambda *_args: None
    desk.records.owns = lambda *_args: True
    return desk


def test_a_modified_program_deletes_and_edits_nothing_of_another_post(tiers, tmp_path):
    bs, cl, district, province = tiers
    theirs = bs.records.add("clearing", clearing(post=None))
    for desk in (cl, district, province):
        take(desk, send(bs, tmp_path / "bs"))
    modified(cl).records.edit("clearing", theirs.id, {"participants": 1})
    cl.records.delete("clearing", theirs.id, "Xóa")
    forged = send(cl, tmp_path / "cl")
    for desk in (bs, province):
        before = desk.records.read("clearing", theirs.id)[:2]
        told = take(desk, forged)
        assert (told.refused_rows, told.updated, told.double) == (1, 0, 0)
        assert "đồn" in told.reason.lower()
        assert desk.records.read("clearing", theirs.id)[:2] == before
        assert desk.part(DeskLog).holding()[cl.identity.id] == cl.part(DeskLog).head()
        assert desk.maintenance.verify()["ok"]
    # A third desk that receives it by forwarding judges independently.
    third = send_to(province, district, tmp_path / "third")
    take(district, forged)
    here, there = (one.records.read("clearing", theirs.id)[:2] for one in (district, bs))
    assert here == there
    assert take(district, third).refused_rows == 0
    assert figures(district) == figures(bs)


def test_what_a_post_hands_in_is_stated_by_itself_alone(tiers, tmp_path):
    _bs, cl, _district, province = tiers
    cl.records.add("clearing", clearing(post=None, commune="06559"))
    send(cl, tmp_path / "cl", "2023-12")
    said = json.loads(next(cl.part(DeskLog).entries(kind="statement")).content or "")["content"]
    with cl.writing():
        cl.part(DeskLog).append("statement", {**said, "scope": "post:BS"})
    take(province, send(cl, tmp_path / "cl", "2023-12"))
    handed_in = {row.unit for row in province.exchange.board.table(2023).rows
                 if row.cells[11].submissions}  # fmt: skip
    assert handed_in == {cl.identity.unit}


def test_a_record_for_another_post_is_refused_whatever_stands_beside_it(tiers, tmp_path):
    """Beside one that was deleted, one changed and one that was handed over and back."""
    bs, cl, district, province = tiers
    ids = sorted(new_id() for _number in range(9))
    model = ALL_TYPES["clearing"]
    own = cl.records.add("clearing", clearing(post=None, commune="06559", id=ids[0])).id
    cl.records.edit("clearing", own, {"participants": 7})
    gone = cl.records.add("clearing", clearing(post=None, commune="06559", id=ids[1])).id
    cl.records.delete("clearing", gone, "Nhập nhầm")
    values, _head = cl.records.head_of("clearing", own)
    with cl.writing():
        cl.records.write(
            [
                NewVersion(model, one, {**values, "post": "BS", "participants": 777})
                for one in ids[2:]
            ]
        )
    forged = send(cl, tmp_path / "cl")
    for desk in (bs, district, province):
        assert take(desk, forged).refused_rows == 7
        assert not any(value for key, value in figures(desk, scope="post:BS") if "clearing" in key)


def test_what_another_post_deletes_first_waits_and_is_then_refused(tiers, tmp_path):
    """The forged deletion arrives before the record it deletes."""
    bs, cl, _district, province = tiers
    theirs = bs.records.add("clearing", clearing(post=None))
    take(cl, send(bs, tmp_path / "bs"))
    modified(cl).records.delete("clearing", theirs.id, "Xóa")
    assert take(province, send(cl, tmp_path / "cl")).refused_rows == 1
    assert take(province, send(bs, tmp_path / "late")).added == 1
    assert province.records.read("clearing", theirs.id)[0]["participants"] == 55
    assert province.maintenance.verify()["ok"]


def test_a_record_for_another_post_and_an_erasure_by_one_are_refused(tiers, tmp_path):
    bs, cl, _district, province = tiers
    home = {"head": "Lý A Sáng", "commune": "06199", "hamlet": "Bản Phạc"}
    pledge = {"signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": home}
    made = bs.records.add("pledge", pledge, new_picks=True)
    household = bs.records.read("pledge", made.id)[0]["household"]
    wish = ExportOptions([province.exchange.cards.own(), cl.exchange.cards.own()], reason="Thử")
    for desk in (cl, province):
        take(desk, send(bs, tmp_path / "bs", wish=wish))
    # Nor does a version written before, which waits there, change that.
    modified(cl).records.edit("household", household, {"hamlet": "Nà Giả"})
    cl.exchange.erasures.erase_household(household, "Xóa")
    assert take(province, send(cl, tmp_path / "cl")).status == UNCHANGED
    assert province.records.read("household", household)[0]["head"] == "Lý A Sáng"
    assert province.exchange.erasures.notices() == []
    take(bs, send(cl, tmp_path / "cl"))
    assert bs.records.read("household", household)[0]["head"] == "Lý A Sáng"
    province.exchange.erasures.erase_household(household, "Theo đề nghị")
    take(bs, send_to(province, bs, tmp_path / "back"))
    assert "head" not in bs.records.read("household", household)[0]


def test_nobody_writes_in_anothers_log(tiers, tmp_path):
    bs, cl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    cl.records.add("clearing", clearing(post=None, participants=30))
    path = send(cl, tmp_path)
    name, other = cl.identity.id, bs.identity.id

    def in_anothers_name(files, _told):
        for table in ("data/revisions.csv", "data/heads.csv"):
            files[table] = files[table].replace(name.encode(), other.encode())

    told = take(province, resigned(cl, path, in_anothers_name, tmp_path / "x.bdx"))
    assert told.status in (QUARANTINED, REFUSED)
    assert province.lists.count("clearing", everything()) == 0
    assert other not in province.part(DeskLog).holding()


def test_entries_changed_under_a_signed_head_are_refused_whole(tiers, tmp_path):
    _bs, cl, _district, province = tiers
    for n in (18, 30):
        cl.records.add("clearing", clearing(post=None, participants=n))
    path = send(cl, tmp_path)

    def without_one(files, _told):
        lines = files["data/revisions.csv"].split(b"\r\n")
        (files["data/revisions.csv"]) = b"\r\n".join([lines[0], *lines[2:]])

    for change in (without_one,):
        told = take(province, resigned(cl, path, change, tmp_path / "x.bdx"))
        assert told.status in (REFUSED, QUARANTINED)
        assert province.lists.count("clearing", everything()) == 0


def test_a_file_signed_before_the_keys_were_renewed_still_counts(tiers, tmp_path):
    bs, _cl, district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    path = send(bs, tmp_path / "before")
    for desk in (district, province):
        desk.exchange.cards.accept_card(bs.exchange.cards.own())
    renewed = bs.exchange.cards.renew_keys()
    province.exchange.cards.accept_card(renewed)
    assert take(province, path).status == IMPORTED
    bs.records.add("clearing", clearing(post=None, participants=30))
    assert take(province, send(bs, tmp_path / "after")).added == 1
    assert take(district, send(bs, tmp_path / "unknown")).status == QUARANTINED


def test_logs_of_a_desk_without_a_card_wait_until_it_is_accepted(tmp_path):
    desks = [new_desk(tmp_path / f"d{n}", *unit, n) for n, unit in enumerate(UNITS, start=1)]
    bs, _cl, district, province = desks
    trust(bs, district)
    trust(district, province)
    bs.records.add("clearing", clearing(post=None))
    take(district, send_to(bs, district, tmp_path))
    path = send_to(district, province, tmp_path)
    told = take(province, path)
    assert bs.identity.id in told.unknown
    assert province.lists.count("clearing", everything()) == 0
    province.exchange.cards.accept_card(bs.exchange.cards.own())
    (again,) = province.exchange.imports.take_waiting()
    assert (again.status, again.added) == (IMPORTED, 1)
    assert province.exchange.quarantine.waiting() == []
    for desk in desks:
        desk.close()


def test_invented_records_do_not_enter_a_real_desk(tiers, tmp_path):
    bs, _cl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None))

    def invent(_files, told):
        told["borderdesk"]["invented"] = True

    told = take(province, resigned(bs, send(bs, tmp_path), invent, tmp_path / "x.bdx"))
    assert told.status == REFUSED
    assert province.lists.count("clearing", everything()) == 0


def test_households_belong_to_the_post_and_not_to_the_laptop(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "other", "post", "TL", 3) as other,
    ):
        trust(one, two, other)
        made = [
            one.records.add("household", {**HOUSEHOLD, "head": head, "valid_from": "2023-01-01"}).id
            for head in ("Lý A Sáng", "Lý A Sang")
        ]
        cards = [desk.exchange.cards.own() for desk in (two, other)]
        path = send(one, tmp_path / "s", wish=ExportOptions(cards, reason="Máy mới"))
        take(two, path)
        take(other, path)
        two.records.edit("household", made[0], {"hamlet": "Pò Mã"})
        two.records.edit("household", made[1], {"merged_into": made[0]})
        two.exchange.erasures.erase_household(made[1], "Theo đề nghị")
        for refuse in (
            lambda: other.records.edit("household", made[0], {"hamlet": "Nà Mò"}),
            lambda: other.exchange.erasures.erase_household(made[0], "Xóa"),
        ):
            with pytest.raises(OperationRefused):
                refuse()
        assert take(one, send(two, tmp_path / "t")).refused_rows == 0
        assert one.records.read("household", made[0])[0]["hamlet"] == "Pò Mã"
        assert state(one)[0] == state(two)[0]
        assert one.records.read("household", made[1])[0].get("head") is None


def test_what_a_lost_laptop_signed_before_its_card_was_revoked_still_comes(tiers, tmp_path):
    bs, _tl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    with new_desk(tmp_path / "second", "post", "BS", 9) as second:
        trust(second, bs, province)
        take(second, send(bs, tmp_path / "a"))
        province.exchange.cards.revoke_card(bs.identity.id)
        assert take(province, send_to(second, province, tmp_path / "b")).added == 1
        bs.records.add("clearing", clearing(post=None, participants=30))
        take(second, send(bs, tmp_path / "c"))
        told = take(province, send_to(second, province, tmp_path / "d"))
        assert (told.added, "thu hồi" in told.reason) == (0, True)


# ----------------------------------------------------------------------------- copies


def test_a_copied_desk_is_noticed_and_both_lines_are_kept(tiers, tmp_path):
    bs, _cl, district, province = tiers
    bs.records.add("clearing", clearing(post=None, participants=18))
    take(province, send_to(bs, province, tmp_path / "a"))
    take(bs, send_to(province, bs, tmp_path / "receipt"))
    bs.close()
    shutil.copytree(tmp_path / "d1", tmp_path / "copy")
    bs = Desk.open(tmp_path / "d1")
    with Desk.open(tmp_path / "copy") as copy:
        bs.records.add("clearing", clearing(post=None, participants=30))
        copy.records.add("clearing", clearing(post=None, participants=40))
        copy.records.add("clearing", clearing(post=None, participants=41))
        assert take(province, send_to(bs, province, tmp_path / "b")).copied == ()
        told = take(province, send_to(copy, province, tmp_path / "c"))
        assert told.copied == (bs.identity.id,)
        assert told.status == IMPORTED
        assert province.lists.count("clearing", everything()) == 4
        assert province.maintenance.verify()["ok"]
        # Both continue; the other machine's entries reach the first one too, and reveal the copy.
        bs.records.add("clearing", clearing(post=None, participants=31))
        assert take(province, send_to(bs, province, tmp_path / "d")).status == IMPORTED
        copy.records.add("clearing", clearing(post=None, participants=42))
        assert take(province, send_to(copy, province, tmp_path / "e")).status == IMPORTED
        assert province.lists.count("clearing", everything()) == 6
        assert take(bs, send(copy, tmp_path / "f")).copied == (bs.identity.id,)
        assert bs.lists.count("clearing", everything()) == 6
        # A district that comes later learns both from the province.
        assert take(copy, send(bs, tmp_path / "g")).copied == (bs.identity.id,)
        take(district, send(bs, tmp_path / "h"))
        take(district, send(copy, tmp_path / "h"))
        assert state(district)[0] == state(province)[0] == state(bs)[0]
    bs.close()


def test_of_two_statements_of_a_copied_desk_the_later_stands_in_any_order(tiers, tmp_path):
    bs, cl, _district, province = tiers
    bs.close()
    shutil.copytree(tmp_path / "d1", tmp_path / "copy")
    with Desk.open(tmp_path / "d1") as bs, Desk.open(tmp_path / "copy") as copy:
        paths = []
        for number, desk in enumerate((bs, copy), start=1):
            desk.records.add("clearing", clearing(post=None, participants=number))
            paths.append(send(desk, tmp_path / f"s{number}"))
        batches = [take(province, path).batch for path in paths]
        for path in reversed(paths):
            take(cl, path)
        later = copy.exchange.statements.all()[-1]
        for desk in (province, cl):
            (told,) = (s for s in desk.exchange.statements.all() if s.desk == bs.identity.id)
            assert told._replace(received="") == later._replace(received="")
        province.exchange.batches.undo_batch(batches[1])
        (left,) = (s for s in province.exchange.statements.all() if s.desk == bs.identity.id)
        assert left.figures == bs.exchange.statements.all()[-1].figures
        take(province, paths[1])
        province.exchange.batches.undo_batch(batches[0])
        assert later.made in {one.made for one in province.exchange.statements.all()}


def test_a_copied_desk_gets_a_new_id_that_others_trust_by_the_old_key(tiers, tmp_path):
    bs, _tl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None, participants=18))
    take(province, send_to(bs, province, tmp_path / "a"))
    bs.close()
    shutil.copytree(tmp_path / "d1", tmp_path / "copy")
    bs, old = Desk.open(tmp_path / "d1"), bs.identity.id
    with Desk.open(tmp_path / "copy") as copy:
        bs.records.add("clearing", clearing(post=None, participants=30))
        copy.records.add("clearing", clearing(post=None, participants=40))
        card = copy.exchange.renewal.renew_desk()
        assert copy.identity.id == card.desk != old
        copy.records.add("clearing", clearing(post=None, participants=50))
        path = send_to(copy, province, tmp_path / "b")
        assert province.exchange.imports.take(path, dry_run=True).status == "would_import"
        assert province.exchange.cards.of(card.desk) is None
        told = take(province, path)
        assert (told.status, told.added, told.unknown) == (IMPORTED, 2, ())
        assert province.exchange.cards.of(card.desk).card == card
        told = take(province, send_to(bs, province, tmp_path / "c"))
        assert (told.added, told.copied) == (1, (old,))
        assert province.exchange.renewal.copied() == [old]
        # From now on there are two logs, and no longer two branches of one.
        bs.records.add("clearing", clearing(post=None, participants=31))
        copy.records.add("clearing", clearing(post=None, participants=51))
        for desk in (bs, copy):
            take(desk, send_to(province, desk, tmp_path / "back"))
            assert take(province, send_to(desk, province, tmp_path / "d")).copied == ()
        assert province.lists.count("clearing", everything()) == 6
        take(bs, send(copy, tmp_path / "e"))
        take(copy, send(bs, tmp_path / "e"))
        assert state(bs)[0] == state(copy)[0] == state(province)[0]
    with Desk.open(tmp_path / "copy") as again:
        assert again.identity.id == card.desk
        assert again.maintenance.verify()["ok"]
    bs.close()


def test_the_dry_run_of_several_files_is_what_all_of_them_do_together(tiers, tmp_path):
    bs, cl, _district, province = tiers
    saved = bs.records.add("clearing", clearing(post=None))
    first = send(bs, tmp_path / "1")
    bs.records.edit("clearing", saved.id, {"participants": 19})
    second = send(bs, tmp_path / "2")
    cl.records.add("clearing", clearing(post=None, participants=30))
    third = send(cl, tmp_path / "3")
    before = state(province), province.part(DeskLog).holding()
    told = province.exchange.imports.preview([first, second, third])
    assert [(one.status, one.added, one.updated) for one in told] == [
        ("would_import", 1, 0), ("would_import", 0, 1), ("would_import", 1, 0),
    ]  # fmt: skip
    assert [one.record for one in told[1].records] == [saved.id]
    assert (state(province), province.part(DeskLog).holding()) == before
    really = [take(province, path) for path in (first, second, third)]
    assert [(one.added, one.updated) for one in really] == [(1, 0), (0, 1), (1, 0)]


def test_a_file_before_its_gap_is_filled_is_tried_again_after_the_others(tiers, tmp_path):
    bs, cl, _district, province = tiers
    bs.records.add("clearing", clearing(post=None))
    first = send_to(bs, province, tmp_path / "a")
    batch = take(province, first).batch
    take(bs, send_to(province, bs, tmp_path / "receipt"))
    later = []
    for number in range(2):
        bs.records.add("clearing", clearing(post=None, participants=30 + number))
        later.append(send_to(bs, province, tmp_path / f"{number}"))
        if not number:
            take(province, later[0])
            take(bs, send_to(province, bs, tmp_path / "receipt"))
    assert min(int(row["number"]) for row in rows(later[1], "revisions")) > 1
    # As on a desk that never had the first two and receives the sticks in the wrong order.
    province.exchange.batches.undo_batch(batch)
    assert province.lists.count("clearing", everything()) == 0
    cl.records.add("clearing", clearing(post=None))
    other = send(cl, tmp_path / "other")
    files = [later[1], later[0], other, first]
    names = [path.name for path in (other, first, later[0], later[1])]
    before = state(province)
    told = province.exchange.imports.preview(files)
    assert [(one.file, one.status, one.added) for one in told] == [
        (name, "would_import", 1) for name in names
    ]
    assert state(province) == before
    told = [*province.exchange.imports.take_all(files)]
    assert [(one.file, one.status, one.added) for one in told] == [
        (name, IMPORTED, 1) for name in names
    ]
    assert province.lists.count("clearing", everything()) == 4
    assert province.exchange.batches.undo_batch(told[1].batch).revisions == 3
    assert province.lists.count("clearing", everything()) == 1


def test_an_undone_batch_leaves_nothing_of_itself_and_comes_again_with_the_next_file(
    tiers, tmp_path
):
    bs, _cl, _district, province = tiers
    saved = bs.records.add("clearing", clearing(post=None))
    bs.exchange.notes.add_note("clearing", saved.id, "Đã đối chiếu.")
    raw = {"signed_on": "2023-12-05", "programme": "Chương trình mới", "household": HOUSEHOLD}
    bs.records.add("pledge", raw, new_picks=True)
    before, picks = (
        province.part(DeskLog).holding(),
        sorted(province.book.picks["pledge_programme"]),
    )
    batch = take(province, send_to(bs, province, tmp_path / "a")).batch
    assert len(province.exchange.statements.all()) == 1
    assert len(province.book.picks["pledge_programme"]) == len(picks) + 1
    take(bs, send_to(province, bs, tmp_path / "receipt"))
    province.exchange.batches.undo_batch(batch)
    assert province.lists.count("clearing", everything()) == 0
    assert sorted(province.book.picks["pledge_programme"]) == picks
    assert province.exchange.notes.notes() == []
    assert [s.desk for s in province.exchange.statements.all()] == [province.identity.id]
    assert bs.identity.id not in province.part(DeskLog).holding()
    assert bs.identity.id not in before
    bs.records.add("clearing", clearing(post=None, participants=30))
    gone = take(province, send_to(bs, province, tmp_path / "b"))
    assert gone.status == QUARANTINED
    take(bs, send_to(province, bs, tmp_path / "receipt2"))
    assert take(province, send_to(bs, province, tmp_path / "c")).added == 4
    assert len(province.book.picks["pledge_programme"]) == len(picks) + 1
    assert state(province)[0] == state(bs)[0]


class Commands:
    """The desks of the command line, by the name of their folder."""

    names: ClassVar = {
        "bs": ("post", "BS"), "cl": ("post", "TL"), "cao": ("liaison", "Cao Lộc"),
        "ls": ("province", "20"),
    }  # fmt: skip

    def __init__(self, cli, folder):
        self.cli, self.folder = cli, folder
        for name, (role, unit) in self.names.items():
            self.run(name, "init", "--role", role, "--unit", unit, "--user", "A", "--no-password")
            card = self.run(name, "card", "show").stdout
            (folder / f"{name}.bdcard").write_text(card, encoding="utf-8")
        for name in self.names:
            for other in self.names.keys() - {name}:
                self.run(name, "card", "accept", folder / f"{other}.bdcard")

    def run(self, name, *args, **more):
        return self.cli("--desk", self.folder / name, *args, **more)

    def add(self, name, day, people):
        raw = json.dumps(clearing(post=None, started_on=day, participants=people))
        return json.loads(self.run(name, "add", "clearing", stdin=raw).stdout)["id"]

    def export(self, name, period, to):
        done = self.run(name, "export", "--period", period, "--for", to, "--out", self.folder / "x")
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())

    def take(self, name, path):
        done = self.run(name, "import", path)
        return done.returncode, json.loads(done.stdout)["status"]

    def figures(self, name, scope):
        out = self.folder / "told.json"
        self.run(name, "report", "summary", "--period", "2023", "--scope", scope, "--out", out)
        rows = json.loads(out.read_text(encoding="utf-8"))["rows"]
        return {row["key"]: row["value"] for row in rows}


def test_the_year_of_the_command_line(cli_inline, tmp_path):
    """October corrected, November's stick broken, December sent: equal on all desks."""
    on = Commands(cli_inline, tmp_path)
    wrong = on.add("bs", "2023-10-04", 18)
    on.add("cl", "2023-10-05", 20)
    sent = [("cao", on.export("bs", "2023-10", "Cao Lộc"))]
    sent.append(("cao", on.export("cl", "2023-10", "Cao Lộc")))
    for desk, path in sent:
        assert on.take(desk, path) == (0, IMPORTED)
    sent.append(("ls", on.export("cao", "2023-10", "20")))
    assert on.take(*sent[-1]) == (0, IMPORTED)
    on.take("bs", on.export("cao", "2023-10", "BS"))
    on.run("bs", "edit", "clearing", wrong, stdin=json.dumps({"participants": 81}))
    on.add("bs", "2023-11-04", 30)
    broken = tmp_path / "broken.bdx"
    broken.write_bytes(on.export("bs", "2023-11", "Cao Lộc").read_bytes()[:700])
    assert on.take("cao", broken) == (1, REFUSED)
    on.add("bs", "2023-12-04", 40)
    for name in ("bs", "cl"):
        sent.append(("cao", on.export(name, "2023-12", "Cao Lộc")))
        on.take(*sent[-1])
    sent.append(("ls", on.export("cao", "2023-12", "20")))
    assert on.take(*sent[-1]) == (0, IMPORTED)
    of_post = [on.figures(name, "post:BS") for name in ("bs", "cao", "ls")]
    assert of_post[0] == of_post[1] == of_post[2]
    assert of_post[0]["clearing_participants"] == 81 + 30 + 40
    assert on.figures("cao", "district:Cao Lộc") == on.figures("ls", "district:Cao Lộc")
    for desk, path in sent:
        assert on.take(desk, path) == (0, UNCHANGED)


def test_what_stayed_on_a_lost_laptop_may_be_typed_anew(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as lost,
        new_desk(tmp_path / "two", "post", "BS", 2) as new,
    ):
        trust(lost, new)
        saved = lost.records.add("clearing", clearing(post=None, note="Ghi chú cũ"))
        take(new, send(lost, tmp_path / "s"))
        with pytest.raises(OperationRefused):
            new.records.edit("clearing", saved.id, {"participants": 19, "note": "Ghi đè"})
        new.exchange.cards.revoke_card(lost.identity.id)
        new.records.edit("clearing", saved.id, {"participants": 19, "note": "Ghi lại"})
        values = new.records.read("clearing", saved.id)[0]
        assert (values["participants"], values["note"]) == (19, "Ghi lại")
        assert new.maintenance.verify()["ok"]


def test_a_period_closed_on_one_laptop_is_closed_on_the_other(tmp_path):
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "district", "liaison", "Cao Lộc", 3) as district,
    ):
        trust(one, two, district)
        saved = one.records.add("clearing", clearing(post=None))
        before = take(two, send_to(one, two, tmp_path / "a"))
        edition = one.closing.close_period("2023-12")
        closed = take(two, send_to(one, two, tmp_path / "b"))
        (same,) = two.closing.editions()
        assert (same.id, same.figures_hash, same.state) == (
            edition.id, edition.figures_hash, "closed",
        )  # fmt: skip
        assert two.maintenance.verify()["ok"]
        with pytest.raises(OperationRefused):
            two.records.edit("clearing", saved.id, {"participants": 19})
        take(district, send_to(one, district, tmp_path / "c"))
        assert district.closing.editions() == []
        assert one.closing.state("2023-12").final
        one.closing.amend_period("2023-12", None, "Sai số người")
        take(two, send_to(one, two, tmp_path / "d"))
        two.records.edit("clearing", saved.id, {"participants": 19})
        take(one, send_to(two, one, tmp_path / "e"))
        amended = two.closing.close_period("2023-12")
        take(one, send_to(two, one, tmp_path / "f"))
        assert [e.state for e in one.closing.editions()] == ["replaced", "closed"]
        assert one.closing.state("2023-12").edition.id == amended.id
        two.exchange.batches.undo_batch(closed.batch)
        assert before.batch is not None
        assert edition.id not in {e.id for e in two.closing.editions()}
        assert two.maintenance.verify()["ok"], two.maintenance.verify()["problems"]


def test_a_new_laptop_begins_with_what_the_province_has_of_its_post(tmp_path, cli_inline):
    province = new_desk(tmp_path / "province", "province", "20", 3)
    with (
        new_desk(tmp_path / "lost", "post", "BS", 1) as lost,
        new_desk(tmp_path / "new", "post", "BS", 2) as new,
    ):
        trust(lost, province)
        saved = lost.records.add("clearing", clearing(post=None, note="Ghi chú"))
        gone = lost.records.add("clearing", clearing(post=None, participants=30))
        lost.records.delete("clearing", gone.id, "Nhập nhầm")
        take(province, send_to(lost, province, tmp_path / "a"))
        province.exchange.cards.accept_card(new.exchange.cards.own(), instead_of=lost.identity.id)
        for card in (province, lost):
            new.exchange.cards.accept_card(card.exchange.cards.own())
        new.exchange.cards.revoke_card(lost.identity.id)
        province.close()
        made = cli_inline(
            "--desk", tmp_path / "province", "export", "--period", "2023", "--for",
            new.identity.id, "--back", "--out", tmp_path / "b",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        told = take(new, Path(made.stdout.strip()))
        assert (told.status, told.added) == (IMPORTED, 2)
        new.records.edit("clearing", saved.id, {"participants": 19})
        new.records.undelete("clearing", gone.id)
        with Desk.open(tmp_path / "province") as again:
            assert take(again, send_to(new, again, tmp_path / "c")).updated == 2
            assert state(again)[0] == state(new)[0]
