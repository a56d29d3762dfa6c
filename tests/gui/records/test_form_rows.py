"""How fields share the rows of a form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.schema.records import ALL_TYPES
from ui.records.form.form_rows import COLUMNS, NARROW, ColumnSpan, in_rows, span_of

SPANS = st.lists(st.builds(ColumnSpan, st.integers(1, COLUMNS), st.booleans()), max_size=9)


@given(SPANS)
def test_fields_keep_their_order_and_every_row_is_filled(spans):
    rows = in_rows(list(enumerate(spans)), lambda item: item[1])
    assert [item for row in rows for item, _columns in row] == list(enumerate(spans))
    for row in rows:
        columns = [columns for _item, columns in row]
        lonely = len(row) == 1 and not row[0][0][1].grows
        assert sum(columns) == (NARROW if lonely else COLUMNS)
        if any(span.grows for (_place, span), _columns in row):
            assert all(c >= span.least for (_place, span), c in row)


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_no_field_of_a_form_is_narrower_than_it_can_be_read(type_name):
    model = ALL_TYPES[type_name]
    for _heading, keys in model.layout:
        fields = [model.fields()[key] for key in keys.split()]
        for row in in_rows(fields, span_of):
            assert all(columns >= 3 for _field, columns in row)


def test_dates_and_numbers_of_a_clearing_stand_together():
    fields = ALL_TYPES["clearing"].fields()
    rows = in_rows(["kind", "started_on", "ended_on", "times"], lambda key: span_of(fields[key]))
    assert rows == [[("kind", 12)], [("started_on", 4), ("ended_on", 4), ("times", 4)]]
