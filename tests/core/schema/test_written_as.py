"""Of names that differ only in tone marks the one as typed is meant; typed without marks,
neither."""

import datetime

import pytest

from borderdesk.base.errors import InvalidRecord, UserError
from borderdesk.figures.scopes import parse_scope
from borderdesk.ledgers.editor import form_of
from borderdesk.store.lists.listing import Filter

DAY = datetime.date(2023, 5, 5)
THANH, THANH_GRAVE = "06166-2023", "06250-2023"
WORK = {"kind": "sight_line", "started_on": DAY.isoformat(), "participants": 12}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Xã Tân Thanh", THANH), ("tân thanh", THANH), ("Tân Thanh (Văn Lãng)", THANH),
        ("Xã Tân Thành", THANH_GRAVE), ("TÂN THÀNH", THANH_GRAVE),
    ],
)  # fmt: skip
def test_a_commune_is_the_one_that_was_written(post_desk, text, unit):
    record = post_desk.records.add("clearing", {**WORK, "commune": text}).id
    assert post_desk.records.read("clearing", record)[0]["commune"] == unit
    assert parse_scope(post_desk.book, f"commune:{text}", DAY).units == {unit}
    assert post_desk.lists.units_named(text) == {unit}
    once = post_desk.book.commune_once(text)
    assert once is not None
    assert once.id == unit


def test_without_marks_neither_is_taken(post_desk):
    with pytest.raises(InvalidRecord, match=r"Tân Thanh.*Tân Thành"):
        post_desk.records.add("clearing", {**WORK, "commune": "tan thanh"})
    with pytest.raises(UserError, match=r"Tân Thanh.*Tân Thành"):
        parse_scope(post_desk.book, "commune:tan thanh", DAY)
    assert post_desk.lists.units_named("tan thanh") == {THANH, THANH_GRAVE}


def test_a_pick_is_the_one_that_was_written(post_desk):
    rows = post_desk.ledgers.rows("picks")
    category = next(row["list"] for row in rows if row["code"] == "gian_lan")
    twins = [{"list": category, "vi": name, "code": code}
             for name, code in (("Lán", "lan1"), ("Lạn", "lan2"))]  # fmt: skip
    post_desk.ledgers.save("picks", rows, list(enumerate([*rows, *twins])), form_of("picks"))
    record = {"happened_on": DAY.isoformat(), "commune": THANH, "status": "open"}
    for text, code in (
        ("Lán", "lan1"),
        ("lạn", "lan2"),
        ("lan2", "lan2"),
        ("Buon lau", "buon_lau"),
    ):
        post_desk.records.add("incident", {**record, "category": text})
        kept = [one.values["category"] for one in post_desk.lists.stream("incident", Filter())]
        assert code in kept
    with pytest.raises(InvalidRecord):
        post_desk.records.add("incident", {**record, "category": "lan"})
