"""The buffers of the revision writer, and when their content is in the tables."""

import pytest

from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import new_id
from borderdesk.store.records import writer
from borderdesk.store.records.history import NewVersion
from tests.factories import example


@pytest.mark.parametrize("most", [1, 3])
def test_doubts_wait_for_others_or_the_end_and_go_with_a_later_version(desk, monkeypatch, most):
    monkeypatch.setattr(writer, "MOST_DOUBTS", most)
    saved = desk.records.add("household", example("household"))
    values = desk.records.read("household", saved.id)[0]
    doubted, settled, stamp = new_id(), new_id(), desk.stamp()
    doubts = (("head", "anything"),)
    with desk.writing():
        rows = writer.Writer(desk.store, desk.book)
        rows.write(NewVersion(Household, doubted, values, doubts=doubts), stamp)
        rows.flush_records()
        assert desk.store.value("SELECT COUNT(*) FROM household WHERE id = ?", (doubted,))
        assert desk.records.kept_doubts(doubted) == (list(doubts) if most == 1 else [])
        first = rows.write(NewVersion(Household, settled, values, doubts=doubts), stamp)
        rows.flush_records()
        rows.write(NewVersion(Household, settled, values, (first,), 2, "looked at"), stamp)
        rows.finish()
    assert desk.records.kept_doubts(doubted) == list(doubts)
    assert desk.records.kept_doubts(settled) == []
    assert desk.maintenance.verify()["ok"]
