"""Reading single spreadsheet cells by field, edge cases."""

import pytest

from borderdesk.schema.kinds.sheet_cell import ZERO_RESTORED, CellReading, is_dash
from borderdesk.schema.records import ALL_TYPES


def read(type_name, key, cell):
    """The value a field reads from a cell, and the keys of its doubts."""
    reading = CellReading()
    text = ALL_TYPES[type_name].fields()[key].from_sheet(cell, reading)
    return text, [message for message, _value in reading.doubts]


@pytest.mark.parametrize("cell", ["-", "–", "—", "−", "--", " -- "])
def test_a_cell_with_a_dash_alone_is_empty(cell):
    assert is_dash(cell)
    assert read("programme", "length_km", cell) == ("", [])


@pytest.mark.parametrize("cell", ["", "x", "- 1", "---", 0, None])
def test_text_with_more_than_a_dash_is_no_dash(cell):
    assert not is_dash(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("x", "true"), ("Có.", "true"), (" có ", "true"), ("sai.", "false"), ("-", "false"),
     ("X.X", "X.X")],
)  # fmt: skip
def test_yes_and_no_as_lists_write_them(cell, text):
    assert read("incident", "from_tip", cell)[0] == text


@pytest.mark.parametrize("cell", ["2,5 km", "2,5km", "2,5"])
def test_a_length_may_name_its_unit(cell):
    assert read("programme", "length_km", cell) == ("2,5", [])


def test_another_unit_stays_for_the_person_to_see():
    assert read("programme", "length_km", "2,5 ha")[0] != "2,5"


@pytest.mark.parametrize(
    ("cell", "text", "restored"),
    [
        ("1085000123", "001085000123", True),  # two zeros: a code of a province is 001
        ("20085000123", "020085000123", True),
        ("99085000123", "99085000123", False),  # no province begins with 099
        ("82012345", "082012345", True),  # an old card has nine digits, one of them a zero
        ("2012345", "2012345", False),  # two zeros that no old card has
        ("02008001234", "02008001234", False),  # its zero is there: another digit is missing
        ("08012345", "08012345", False),
    ],
)
def test_zeros_that_a_spreadsheet_dropped_come_back_where_they_can_have_been(cell, text, restored):
    assert read("household", "citizen_id", cell) == (text, [ZERO_RESTORED] if restored else [])
