"""Units of measure beside a figure: the singular for one."""

from decimal import Decimal

import pytest

from borderdesk.base.measure_units import unit_beside
from borderdesk.figures.indicators import AFTER_PROGRAMMES, BEFORE_PROGRAMMES
from borderdesk.schema.records import ALL_TYPES

SAME = {"", "%", "m", "km", "VND"}


def declared():
    fields = {f.unit for model in ALL_TYPES.values() for f in model.columns().values()}
    return fields | {one.unit for one in (*BEFORE_PROGRAMMES, *AFTER_PROGRAMMES)}


def test_every_unit_that_is_declared_has_a_word_for_one():
    assert len(declared()) > len(SAME)
    assert {unit for unit in declared() if unit_beside(1, unit) == unit} == declared() & SAME


@pytest.mark.parametrize(
    ("value", "word"),
    [(1, "time"), (-1, "time"), (Decimal(1), "time"), (0, "times"), (2, "times"), (None, "times")],
)
def test_a_unit_is_singular_for_one_alone(value, word):
    assert unit_beside(value, "times") == word
    assert unit_beside(value, "lần") == "lần"
