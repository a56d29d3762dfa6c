"""The log of a desk: everything it writes is numbered without gaps, in the same transaction."""

import lzma

import pytest

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.exchange.entries.note_erasure import drop_texts
from borderdesk.schema.log_entries import LogContent, next_chain, text_hash
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.records.logs import entries
from tests.exchanging import HOUSEHOLD, clearing
from tests.factories import example


def log_of(desk):
    return [*entries(desk.store, desk.identity.id)]


def require_whole(desk):
    """Assert that the log has no gaps, its chain is valid, and every own revision is in it once."""
    found, chain = log_of(desk), b""
    assert [one.number for one in found] == [*range(1, len(found) + 1)]
    for one in found:
        chain = next_chain(chain, one.kind, one.id)
        assert one.chain == chain
    numbered = [(one.revision, one.id) for one in found if one.kind == "revision"]
    own = desk.store.rows("SELECT seq, id FROM revision WHERE desk = ?", (desk.identity.id,))
    assert sorted(numbered) == sorted(own)
    return found


def test_every_save_is_the_next_entry_and_a_refused_one_leaves_none(desk):
    saved = desk.records.add("clearing", clearing())
    desk.records.edit("clearing", saved.id, {"participants": 19})
    with pytest.raises(InvalidRecord):
        desk.records.add("clearing", clearing(participants=-1))
    desk.records.delete("clearing", saved.id, "Nhập nhầm")
    desk.records.undelete("clearing", saved.id)
    lines = [(n, example("clearing", n)) for n in range(1, 6)]
    desk.records.add_batch("clearing", [(n, {**raw, "post": "BS"}) for n, raw in lines])
    assert len(require_whole(desk)) == 9


def test_notes_erasures_and_decisions_on_cards_are_entries_too(desk, tmp_path):
    saved = desk.records.add("clearing", clearing())
    note = desk.exchange.notes.add_note("clearing", saved.id, "Xem lại số người.")
    home = desk.records.add("household", {**HOUSEHOLD, "valid_from": "2023-01-01"})
    desk.exchange.erasures.erase_household(home.id, "Theo yêu cầu")
    with Desk.create(tmp_path / "x", "post", "BS", "Nông Văn An") as other:
        card = other.exchange.cards.own()
    desk.exchange.cards.accept_card(card)
    desk.exchange.cards.accept_card(card)
    desk.exchange.cards.revoke_card(card.desk)
    kinds = [one.kind for one in require_whole(desk)]
    assert kinds == ["revision", "note", "revision", "erasure", "card", "card"]
    entry = log_of(desk)[1]
    salt, text = desk.part(DeskLog).text_of(entry.id)
    assert text == note.text
    said = {"id": note.id, "type": "clearing", "record": saved.id, "author": note.author,
            "time": note.time}  # fmt: skip
    content = LogContent(said, text_hash(salt, text))
    assert (content.entry_id(desk.identity.id, "note"), content.text()) == (
        entry.id, entry.content,
    )  # fmt: skip
    drop_texts(desk.store, [entry.id])
    assert desk.part(DeskLog).text_of(entry.id) is None
    require_whole(desk)


def test_an_older_desk_is_numbered_parents_first(tmp_path):
    from tests.core.backups.test_restored import OLDER

    folder = tmp_path / "desk"
    folder.mkdir()
    database_file(folder).write_bytes(lzma.decompress(OLDER.read_bytes()))
    with Desk.open(folder) as desk:
        found = require_whole(desk)
        place = {one.id: one.number for one in found}
        rows = [*desk.store.rows("SELECT id, parents, time FROM revision ORDER BY seq")]
        for revision, parents, _time in rows:
            for at in range(0, len(parents), 32):
                assert place[parents[at : at + 32]] < place[revision]
        assert len(found) >= len(rows) > 0
        assert desk.maintenance.verify()["ok"]
        desk.records.add("clearing", clearing())
        assert len(require_whole(desk)) == len(found) + 1


def test_the_full_check_notices_an_altered_log(desk):
    for people in (18, 19, 20):
        desk.records.add("clearing", clearing(participants=people))
    assert desk.maintenance.verify()["ok"]
    for statement in (
        "UPDATE log_entry SET id = zeroblob(32) WHERE number = 2",
        "DELETE FROM log_entry WHERE number = 2",
        "UPDATE log_entry SET revision = 3 WHERE number = 2",
    ):
        desk.store.run("SAVEPOINT altered")
        desk.store.run(statement)
        told = desk.maintenance.verify()
        assert not told["ok"]
        assert any("mục" in problem for problem in told["problems"])
        desk.store.run("ROLLBACK TO altered")
        desk.store.run("RELEASE altered")
    assert desk.maintenance.verify()["ok"]
