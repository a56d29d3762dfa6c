"""Numbers in the form of spreadsheet cells."""

import datetime

import pytest

from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.kinds.field import FieldError
from borderdesk.schema.kinds.numbers import (
    number_text,
    refuse_ambiguous,
    typed_decimal,
    without_groups,
    words_behind,
)
from borderdesk.schema.kinds.quantity import (
    COMMA_DECIMAL,
    KILOMETRES,
    METRES,
    POINT_DECIMAL,
    POINT_GROUPED,
    WITHOUT_WORDS,
    QuantityField,
)
from borderdesk.schema.kinds.sheet_cell import GROUPED, ROUNDED, CellReading


def test_a_long_cell_is_no_number_at_once():
    # The unit is searched from every position: a megabyte would take hours.
    with pytest.raises(FieldError):
        number_text("a" * 10**6, "people", FieldError("no number"))
    assert number_text("12 ha", "ha", FieldError("no number")) == "12"


# ------------------------------------------------------------------------- what is typed


@pytest.mark.parametrize(
    ("digits", "plain"),
    [("1.200", "1200"), ("1 200 300", "1200300"), ("999.999", "999999"), ("0.500", "0.500"),
     ("1.20", "1.20"), ("1.2000", "1.2000"), ("1.200 300", "1.200 300"), ("1200.300", "1200.300"),
     ("12", "12"), ("", "")],
)  # fmt: skip
def test_marks_between_thousands_are_of_one_kind_and_by_threes(digits, plain):
    assert without_groups(digits) == plain


@pytest.mark.parametrize(
    ("text", "number"),
    [("3848", "3848"), ("3.848", "3848"), ("3 848", "3848"), ("12,5", "12.5"), ("12.5", "12.5"),
     ("0.500", "0.500"), ("1.234,5", "1234.5"), ("-3", "-3"), (" 7 ", "7"),
     ("0,123456789", "0.123456789"),
     ("9" * 18, "9" * 18)],
)  # fmt: skip
def test_a_decimal_is_read_exactly(text, number):
    assert str(typed_decimal(text)) == number


@pytest.mark.parametrize(
    "text", ["", "1,", ",5", "1,2,3", "1.2.3", "1 2", "9" * 19, "0,1234567890", "1.234 567", "x"]
)
def test_what_is_no_decimal(text):
    assert typed_decimal(text) is None


@pytest.mark.parametrize(
    ("text", "behind"),
    [("1.500 gốc", " gốc"), ("15gốc", "gốc"), ("2 cây con.", " cây con."), ("gốc", ""),
     ("1.500", ""), ("", ""), ("5 m2", "")],
)  # fmt: skip
def test_the_words_behind_a_number_are_found(text, behind):
    assert words_behind(text) == behind


# ------------------------------------------------------------------------- cells of sheets


@pytest.mark.parametrize(
    ("cell", "unit", "text"),
    [(40.0, "", "40"), (0.5, "", "0,5"), ("0.5", "", "0,5"), ("-0.25", "", "-0,25"),
     ("12.0", "", "12"), ("12.00", "", "12"), ("12.000", "", "12.000"), ("1.5", "", "1.5"),
     ("12 mét", "m", "12"), ("1,5 km", "m", "1500"), ("800 m", "km", "0,8"), ("12 m.", "m", "12"),
     ("2 triệu", "VND", "2000000"), ("5 hộ gia đình", "households", "5"), ("5 hộ", "", "5 hộ"),
     ("5 sào", "m", "5 sào"), ("vài km", "m", "vài km"),
     ("9" * 200, "", "9" * 200)],
)  # fmt: skip
def test_a_cell_is_what_would_be_typed(cell, unit, text):
    assert number_text(cell, unit, FieldError("no number")) == text


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("1.234 567", ""), ("1 234.5", ""), ("9" * 201, ""), ("1.500 km", "m")],
)
def test_a_cell_with_marks_of_two_kinds_is_no_number(cell, unit):
    with pytest.raises(FieldError, match="no number"):
        number_text(cell, unit, FieldError("no number"))


@pytest.mark.parametrize(
    "cell", [datetime.date(2023, 1, 2), datetime.time(1, 2), datetime.timedelta(hours=1)]
)
def test_a_cell_with_a_date_is_named_as_that(cell):
    with pytest.raises(FieldError) as refused:
        number_text(cell, "", FieldError("no number"))
    assert "no number" not in str(refused.value)


AMOUNT = QuantityField("Amount")
LENGTH, STRETCH = QuantityField("Length", unit=METRES), QuantityField("Stretch", unit=KILOMETRES)


@pytest.mark.parametrize(
    ("field", "cell", "text", "doubts"),
    [
        (AMOUNT, "–", "", []),
        (AMOUNT, 16.25, "16,3", [(ROUNDED, "16,25 → 16,3")]),
        (AMOUNT, "16,24", "16,2", [(ROUNDED, "16,24 → 16,2")]),
        (AMOUNT, "16,20", "16,2", []), (AMOUNT, "7", "7", []), (AMOUNT, "nhiều", "nhiều", []),
        (AMOUNT, "1.500 gốc", "1500", [(WITHOUT_WORDS, "1.500 gốc"), (GROUPED, "1.500")]),
        (LENGTH, "1.500", "1500", [(GROUPED, "1.500")]),
        (LENGTH, 1500.0, "1500", []),
        (LENGTH, "999.999", "999999", [(GROUPED, "999.999")]),
        (LENGTH, "1,500", "1,5", [(COMMA_DECIMAL, "1,500")]),
        (AMOUNT, "12,345", "12,3", [(COMMA_DECIMAL, "12,345"), (ROUNDED, "12,345 → 12,3")]),
        (STRETCH, "1,500", "1,5", []), (LENGTH, "0,500", "0,5", []),
        (LENGTH, "0.500", "0,5", []),
        (LENGTH, "1500 gốc", "1500 gốc", []),
        (STRETCH, "41.587", "41,6",
         [(POINT_DECIMAL, "41.587"), (ROUNDED, "41,587 → 41,6")]),
        (STRETCH, "41.500", "41,5", [(POINT_DECIMAL, "41.500")]),
    ],
)  # fmt: skip
def test_what_was_read_of_a_cell_otherwise_than_it_stands_is_doubted(field, cell, text, doubts):
    reading = CellReading()
    assert (field.from_sheet(cell, reading), reading.doubts) == (text, doubts)


def test_a_number_too_long_for_its_column_is_left_to_be_refused():
    text = "1," + "5" * 23
    assert AMOUNT.from_sheet(text, CellReading()) == text
    assert AMOUNT.from_sheet(text[:-1], CellReading()) == "1,6"


@pytest.mark.parametrize(
    ("field", "text", "value", "doubts"),
    [
        (AMOUNT, "1.500", "1500.0", []), (AMOUNT, "x", None, []),
        (AMOUNT, "1,25", "1.3", [(ROUNDED, "1,25 → 1,3")]),
        (LENGTH, "1.500", "1500.0", [(POINT_GROUPED, "1.500")]),
        (STRETCH, "1.500", "1.5", [(POINT_DECIMAL, "1.500")]),
        (STRETCH, "41.587", "41.6", [(POINT_DECIMAL, "41.587"), (ROUNDED, "41.587 → 41,6")]),
        (LENGTH, "1500", "1500.0", []),
        (LENGTH, "1,500", "1.5", [(COMMA_DECIMAL, "1,500")]),
        (STRETCH, "1,500", "1.5", []),
    ],
)  # fmt: skip
def test_what_was_typed_and_read_otherwise_is_doubted(field, text, value, doubts):
    read = value and field.read(text, NEUTRAL)
    assert (value and str(read)) == value
    assert [*field.typed_doubts(text, read)] == doubts


def test_a_number_that_may_be_two_is_told_with_both():
    with pytest.raises(FieldError, match=r"^1\.500: .*1,500.*1500"):
        refuse_ambiguous("1.500")
    for plain in ("1500", "1,500", "1.5", "1.500.000", "1500.000", ""):
        refuse_ambiguous(plain)
