"""A desk set up for the wrong post, or whose post was merged into another, is handed over with its
records, and nothing is doubled."""

import datetime

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.receiving.imports import IMPORTED, QUARANTINED, REFUSED, UNCHANGED
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.tracking.board import EMPTY, MISSING
from borderdesk.store.records.logs import waiting_entries
from borderdesk.store.verification.rebuild import rebuild
from tests.exchanging import HOUSEHOLD, clearing, everything, new_desk, send, state, trust


@pytest.fixture
def desks(tmp_path):
    with (
        new_desk(tmp_path / "post", "post", "BS", 1) as post,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(post, province)
        for day in ("2023-11-04", "2023-12-04"):
            more = {"with_posts": ["CL"], "note": "Ghi chú", "started_on": day, "times": 1}
            post.records.add("clearing", clearing(post=None, **more))
        yield post, province


def events(desk, post):
    rows = as_json(make_summary(desk, "2023", f"post:{post}"))["rows"]
    return next(row["value"] for row in rows if row["key"] == "clearing_events")


@pytest.mark.parametrize("sent_before", [True, False])
def test_a_desk_begun_for_the_wrong_post_goes_over_without_doubles(desks, tmp_path, sent_before):
    post, province = desks
    if sent_before:
        province.exchange.imports.take(send(post, tmp_path / "a"))
        assert events(province, "BS") == 2
    assert post.exchange.handovers.hand_over("CL") == ("BS", "CL", 2)
    assert post.identity.unit == "CL"
    assert post.title() == post.book.post_name("CL")
    province.exchange.cards.accept_card(post.exchange.cards.own())
    outcome = province.exchange.imports.take(send(post, tmp_path / "b"))
    assert (outcome.status, outcome.refused_rows) == ("imported", 0)
    assert (events(province, "BS"), events(province, "CL")) == (0, 2)
    assert province.exchange.inbox.doubles(-1) == []
    rows = list(post.lists.stream("clearing", everything()))
    assert [(row.values["post"], row.values["note"]) for row in rows] == [("CL", "Ghi chú")] * 2
    assert not any(row.values.get("with_posts") for row in rows)
    post.records.edit("clearing", rows[0].id, {"participants": 3})
    with new_desk(tmp_path / "again", "province", "20", 4) as fresh:
        fresh.exchange.cards.accept_card(post.exchange.cards.own())
        fresh.exchange.imports.take(send(post, tmp_path / "c"))
        assert (events(fresh, "BS"), events(fresh, "CL")) == (0, 2)
    for desk in desks:
        assert desk.maintenance.verify()["ok"]


def test_files_from_before_and_after_a_handover_come_in_any_order(desks, tmp_path):
    post, province = desks
    take = province.exchange.imports.take
    before, lost = send(post, tmp_path / "a"), send(post, tmp_path / "b")
    take(before)
    post.exchange.handovers.hand_over("CL")
    after = send(post, tmp_path / "c")
    # Its new card has not arrived: the file is no forgery, and waits.
    assert take(after).status == QUARANTINED
    province.exchange.cards.accept_card(post.exchange.cards.own())
    assert [done.status for done in province.exchange.imports.take_waiting()] == [IMPORTED]
    assert [take(path).status for path in (before, after)] == [UNCHANGED, UNCHANGED]
    assert take(lost).status == REFUSED
    assert province.exchange.quarantine.refused_files() == []
    assert (events(province, "BS"), events(province, "CL")) == (0, 2)
    # Submissions for the wrong post count for none.
    states = {row.unit: {cell.state for cell in row.cells} for row in board(province)}
    assert states["BS"] <= {EMPTY, MISSING}
    assert not states["CL"] <= {EMPTY, MISSING}
    province.exchange.cards.revoke_card(post.identity.id)
    assert take(after).status == UNCHANGED


def board(desk):
    return desk.exchange.board.table(2023).rows


def test_a_desk_without_records_goes_over_too(tmp_path):
    with new_desk(tmp_path / "empty", "post", "BS", 1) as desk:
        assert desk.exchange.handovers.hand_over("CL") == ("BS", "CL", 0)
        assert desk.identity.unit == "CL"


def test_what_was_deleted_before_or_after_goes_over_without_a_refusal(desks, tmp_path):
    post, province = desks
    early, late = [row.id for row in post.lists.stream("clearing", everything())]
    post.records.delete("clearing", early, "Nhập nhầm")
    post.exchange.handovers.hand_over("CL")
    post.records.delete("clearing", late, "Nhập nhầm")
    province.exchange.cards.accept_card(post.exchange.cards.own())
    outcome = province.exchange.imports.take(send(post, tmp_path / "a"))
    assert outcome.refused_rows == 0
    assert (events(province, "BS"), events(province, "CL")) == (0, 0)
    told = [desk.maintenance.verify() for desk in desks]
    assert told[0]["totals_hash"] == told[1]["totals_hash"]


@pytest.mark.parametrize("told", ["before", "after", "once"])
def test_what_a_desk_made_under_another_id_goes_over_with_it(desks, tmp_path, told):
    """Its laptop was replaced from a backup twice before the handover; the province learns of it
    before, with the file after it, or all at once."""
    post, province = desks
    take = province.exchange.imports.take
    pledge = {"signed_on": "2023-12-05", "programme": "khu_vuc_bien_gioi", "household": HOUSEHOLD}
    signed = post.records.add("pledge", pledge).id
    gone = post.records.add("clearing", clearing(post=None, started_on="2023-12-06")).id
    if told != "once":
        take(send(post, tmp_path / "a"))
    for number in range(2):
        post.exchange.renewal.renew_desk()
        if told == "before":
            take(send(post, tmp_path / f"b{number}"))
    post.records.delete("clearing", gone, "Nhập nhầm")
    lost = send(post, tmp_path / "lost", "2023-11")
    assert post.exchange.handovers.hand_over("CL").records == 3
    home = post.records.read("pledge", signed)[0]["household"]
    post.records.edit("household", home, {"phone": "0912345678"})
    province.exchange.cards.accept_card(post.exchange.cards.own())
    outcome = take(send(post, tmp_path / "c"))
    assert told != "before" or (outcome.status, outcome.reason) == (IMPORTED, None)
    assert (events(province, "BS"), events(province, "CL")) == (0, 2)
    assert state(province) == state(post)
    assert province.part(DeskUnits).owner("household", home) == "CL"
    # Its earlier statement for the former post stays valid; the earlier file is no forgery.
    stated = {one.period for one in province.exchange.statements.all()}
    assert told != "before" or stated >= {"2023", "2023-11"}
    assert take(lost).status == REFUSED
    assert province.exchange.quarantine.refused_files() == []
    for desk in desks:
        assert rebuild(desk.store, desk.book) == []


def became(desk, other, folder):
    """The list of posts of 01/12/2023, on which the desk's post was merged into another."""
    file, code = folder / "posts.csv", desk.identity.unit
    row = desk.book.posts[code]
    file.write_text(
        "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
        f"{code},{row.name},,{' '.join(row.communes)},1,0,,2023-11-30,{other}\n", "utf-8",
    )  # fmt: skip
    return file


def test_a_post_that_was_merged_takes_along_what_came_after(desks, tmp_path):
    post, province = desks
    file = became(post, "CL", tmp_path)
    for desk in desks:
        desk.reference.load(file)
    province.exchange.imports.take(send(post, tmp_path / "a"))
    day = datetime.date(2023, 12, 1)
    assert post.exchange.handovers.hand_over("CL", day).records == 1
    province.exchange.cards.accept_card(post.exchange.cards.own())
    outcome = province.exchange.imports.take(send(post, tmp_path / "b"))
    assert outcome.refused_rows == 0
    to = post.identity.unit
    # The year of the successor continues from it.
    assert (events(province, "BS"), events(province, to)) == (1, 2)
    # Earlier records stay with that post, and can still be corrected here.
    early = next(r for r in post.lists.stream("clearing", everything()) if r.values["post"] == "BS")
    post.records.edit("clearing", early.id, {"participants": 3})
    assert province.exchange.imports.take(send(post, tmp_path / "c")).refused_rows == 0
    assert province.records.read("clearing", early.id)[0]["participants"] == 3


def test_what_a_merged_post_kept_counts_once_the_list_of_posts_says_so(desks, tmp_path):
    """A record from before, and its correction from after; the province learns last about the
    merger."""
    post, province = desks
    province.exchange.imports.take(send(post, tmp_path / "a"))
    early = post.records.add("clearing", clearing(post=None, started_on="2023-11-21", times=1)).id
    file = became(post, "CL", tmp_path)
    post.reference.load(file)
    post.exchange.handovers.hand_over("CL", datetime.date(2023, 12, 1))
    province.exchange.cards.accept_card(post.exchange.cards.own())
    post.records.edit("clearing", early, {"participants": 3})
    outcome = province.exchange.imports.take(send(post, tmp_path / "b"))
    assert (outcome.refused_rows, events(province, "BS")) == (1, 1)
    post.exchange.imports.take(send(province, tmp_path / "c"))
    province.reference.load(file)
    told = ExportOptions(receiver=province.identity.id)
    province.exchange.imports.take(send(post, tmp_path / "d", wish=told))
    assert (events(province, "BS"), events(province, "CL")) == (2, 3)
    assert province.records.read("clearing", early)[0]["participants"] == 3
    assert province.maintenance.verify()["ok"]


def test_only_a_posts_desk_goes_over_and_only_to_a_post(desks):
    post, province = desks
    with pytest.raises(OperationRefused):
        province.exchange.handovers.hand_over("CL")
    for named in ("XX", "BS"):
        with pytest.raises(UserError):
            post.exchange.handovers.hand_over(named)
    assert post.identity.unit == "BS"


def test_a_transferred_record_that_was_set_aside_counts_again_when_taken_back(desks, tmp_path):
    post, province = desks
    post.exchange.handovers.hand_over("CL")
    province.exchange.cards.accept_card(post.exchange.cards.own())
    batch = province.exchange.imports.take(send(post, tmp_path / "a")).batch
    whole = state(province)
    province.exchange.batches.undo_batch(batch, aside=True)
    assert events(province, "CL") == 0
    province.exchange.batches.take_back(batch)
    assert state(province) == whole
    assert events(province, "CL") == 2


@pytest.mark.parametrize("again", [False, True])
def test_a_transferred_record_counts_though_its_first_version_came_alone(desks, tmp_path, again):
    """The district forwards what was written before to a desk that has the new card already."""
    post, province = desks
    with new_desk(tmp_path / "third", "liaison", "Cao Lộc", 5) as district:
        trust(post, district, province)
        district.exchange.imports.take(send(post, tmp_path / "a"))
        post.exchange.handovers.hand_over("CL")
        province.exchange.cards.accept_card(post.exchange.cards.own())
        told = ExportOptions(receiver=province.identity.id)
        carried = province.exchange.imports.take(send(district, tmp_path / "b", wish=told))
        assert (carried.refused_rows, events(province, "BS")) == (2, 0)
        if not again:
            post.exchange.imports.take(send(province, tmp_path / "c"))
        province.exchange.imports.take(send(post, tmp_path / "d", wish=told))
        assert events(province, "CL") == 2
        assert state(province) == state(post)
        assert waiting_entries(province.store) == []
