"""Numbers as cells of spreadsheets hold them."""

import pytest

from borderdesk.schema.kinds.field import FieldError
from borderdesk.schema.kinds.numbers import number_text


def test_a_long_cell_is_no_number_at_once():
    # Where its unit begins is looked for from every sign: a megabyte would take hours.
    with pytest.raises(FieldError):
        number_text("a" * 10**6, "people", FieldError("no number"))
    assert number_text("12 ha", "ha", FieldError("no number")) == "12"
