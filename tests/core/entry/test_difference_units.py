"""Differences between two versions of a record name the unit of measure."""

from decimal import Decimal

import pytest

from borderdesk.base.i18n import set_language
from borderdesk.entry.differences import differing
from borderdesk.schema.kinds.field import measured_label
from borderdesk.schema.records import ALL_TYPES

BEFORE = {"length_m": Decimal(1500), "participants": 12}
AFTER = {"length_m": Decimal(800), "participants": 1}


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("vi", ["Lượt người tham gia", "Chiều dài (m)"]),
        ("en", ["Participants (participant-turns)", "Length (m)"]),
    ],
)
def test_a_value_that_stands_alone_is_named_with_its_unit(post_desk, lang, labels):
    set_language(lang)
    found = list(differing("clearing", BEFORE, AFTER, post_desk.book))
    assert sorted(one.label for one in found) == sorted(labels)
    # No asterisk: nothing is to be filled in.
    fields = ALL_TYPES["clearing"].fields().values()
    assert not any("*" in measured_label(field) for field in fields)


def test_the_values_of_a_row_below_have_theirs(post_desk):
    rows = [{"name": "Xã", "amount_vnd": 20_000_000, "in_kind": None}]
    track = differing("track", {}, {"funders": rows}, post_desk.book)
    assert [one.after for one in track] == ["Xã · 20.000.000 đồng"]
    lines = [{"marker": "1146", "length_m": Decimal("300.5")}]
    track = differing("track", {}, {"lines": lines}, post_desk.book)
    assert [one.after for one in track] == ["1146 · 300,5 m"]
