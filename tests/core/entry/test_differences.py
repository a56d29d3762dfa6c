"""The history of a record in words: exactly the fields that changed, old and new."""

import pytest

from borderdesk.entry.differences import CHANGED, DELETED, MADE, TAKEN_BACK, differing, versions_of
from borderdesk.schema.records import ALL_TYPES
from tests.factories import example

RAW = {
    "kind": "unilateral", "started_on": "2023-11-05", "from_marker": "1166", "to_marker": "1168",
    "communes": ["06196"], "participants": 12, "result": "unchanged", "post": "BS",
    "inspected": [{"marker": "1166", "condition": "intact"}],
}  # fmt: skip


def test_every_step_of_a_record_is_told(desk):
    made = desk.records.add("patrol", RAW).id
    rows = [*RAW["inspected"], {"marker": "1167", "condition": "damaged", "remark": "Nứt"}]
    desk.records.edit("patrol", made, {"participants": 14, "inspected": rows}, reason="Đếm lại")
    desk.records.delete("patrol", made, "Trùng")
    desk.records.undelete("patrol", made)
    versions = versions_of(desk.records.history("patrol", made), desk.book)
    assert [v.what for v in versions] == [MADE, CHANGED, DELETED, TAKEN_BACK]
    assert [v.reason for v in versions] == ["", "Đếm lại", "Trùng", ""]
    assert {v.author for v in versions} == {desk.identity.user}
    first, second, third, fourth = versions
    assert {d.key: d.after for d in first.differences}["participants"] == "12"
    assert all(d.before == "" for d in first.differences)
    assert [(d.key, d.before) for d in second.differences] == [
        ("participants", "12"),
        ("inspected", "1166 · Nguyên vẹn"),
    ]
    assert second.differences[1].after.splitlines()[1] == "1167 · Hư hỏng · Nứt"
    assert third.differences == []
    assert fourth.differences == []


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_a_version_differs_from_nothing_by_all_it_has_and_from_itself_by_nothing(desk, type_name):
    made = desk.records.add(type_name, example(type_name)).id
    values = desk.records.read(type_name, made)[0]
    assert list(differing(type_name, values, values, desk.book)) == []
    from_nothing = list(differing(type_name, None, values, desk.book))
    assert [d.key for d in from_nothing] == [
        k for k in ALL_TYPES[type_name].fields() if k in values
    ]
    assert all(d.after for d in from_nothing)
    to_nothing = list(differing(type_name, values, None, desk.book))
    assert [(d.key, d.before) for d in to_nothing] == [(d.key, d.after) for d in from_nothing]
