"""Two posts have records with one id, because a list with ids was copied: the second one is
reported, asked about and repaired, never lost silently."""

import shutil

import pytest

from borderdesk.base.i18n import set_language
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.tracking.board_details import request_text
from tests.exchanging import HOUSEHOLD, clearing, new_desk, trust

SAME = "018f4d5e-0000-7000-8000-0000000000aa"
HOME = "018f4d5e-0000-7000-8000-0000000000bb"


@pytest.fixture
def desks(tmp_path):
    made = [
        new_desk(tmp_path / name, role, unit, n)
        for n, (name, role, unit) in enumerate(
            [("bs", "post", "BS"), ("tl", "post", "TL"), ("province", "province", "20")], start=1
        )
    ]
    trust(*made)
    yield made
    for desk in made:
        desk.close()


def sent(desk, to, folder):
    return desk.exchange.exports.export("2023-12", folder, ExportOptions(receiver=to.identity.id))


def participants(desk, post):
    lines = make_summary(desk, "2023-12", f"post:{post}").lines
    return next(line.value for line in lines if line.key == "clearing_participants")


def row_of(board, post):
    return next(row for row in board.table(2023).rows if row.unit == post)


def test_a_copied_desk_is_told_on_the_board_until_the_machines_have_exchanged(desks, tmp_path):
    _bs, tl, province = desks
    take, board = province.exchange.imports.take, province.exchange.board
    tl.records.add("clearing", clearing(post=None, participants=1))
    tl.close()
    shutil.copytree(tmp_path / "tl", tmp_path / "copy")
    with Desk.open(tmp_path / "tl") as one, Desk.open(tmp_path / "copy") as other:
        one.records.add("clearing", clearing(post=None, participants=2))
        other.records.add("clearing", clearing(post=None, participants=4))
        take(sent(one, province, tmp_path / "1"))
        other.exchange.renewal.renew_desk()
        one.exchange.cards.accept_card(other.exchange.cards.own())
        take(sent(other, province, tmp_path / "2"))
        found = board.compare(row_of(board, "TL").cells[11].submissions[-1])
        assert found.cause == "copied"
        other.exchange.imports.take(sent(one, other, tmp_path / "3"))
        take(sent(other, province, tmp_path / "4"))
        assert not board.compare(row_of(board, "TL").cells[11].submissions[-1]).differences
        assert participants(province, "TL") == 7


@pytest.mark.parametrize("second_first", [False, True])
def test_a_record_under_another_posts_id_is_told_and_mended(desks, tmp_path, second_first):
    bs, tl, province = desks
    bs.records.add("clearing", clearing(post=None, id=SAME, participants=5))
    bs.records.add("household", {**HOUSEHOLD, "commune": "06199-2023", "id": HOME, "head": "Lý A"})
    tl.records.add("clearing", clearing(post=None, id=SAME, participants=7))
    tl.records.add(
        "household", {**HOUSEHOLD, "commune": "06199-2023", "id": HOME, "head": "Nông B"}
    )
    loser, keeper = (bs, tl) if second_first else (tl, bs)
    board, take = province.exchange.board, province.exchange.imports.take
    take(sent(keeper, province, tmp_path / "1"))
    told = take(sent(loser, province, tmp_path / "2"))
    assert (told.refused_rows, told.added) == (2, 0)
    assert "mã" in told.reason.lower()
    left_out = province.exchange.batches.refused_records
    assert {row.reason in told.reason for row in left_out(told.batch)} == {True}
    set_language("en")
    try:
        reasons = {row.reason for row in left_out(told.batch)}
    finally:
        set_language("vi")
    assert reasons == {"A record of another post has its id."}
    row = row_of(board, loser.identity.unit)
    assert [one.record for one in row.clashes] == [SAME, HOME]
    assert row_of(board, keeper.identity.unit).clashes == ()
    december = row.cells[11]
    found = board.compare(december.submissions[-1])
    assert found.cause == "same_id"
    text = request_text(province, row, board.table(2023).months[11], december)
    assert SAME in text
    assert HOME in text
    # As requested: deleted, entered anew, sent; the board shows it no more.
    for kind, record in (("clearing", SAME), ("household", HOME)):
        loser.records.delete(kind, record, "Trùng mã")
    loser.records.add("clearing", clearing(post=None, participants=9))
    take(sent(loser, province, tmp_path / "3"))
    row = row_of(board, loser.identity.unit)
    assert row.clashes == ()
    assert not board.compare(row.cells[11].submissions[-1]).differences
    assert participants(province, loser.identity.unit) == 9
    assert participants(province, keeper.identity.unit) == (7 if second_first else 5)
    assert province.maintenance.verify()["ok"]
