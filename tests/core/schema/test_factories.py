"""The test factories: their records are accepted and read back unchanged."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from tests.factories import FACTORIES, example, raw, unless_namesakes

TYPES = sorted(FACTORIES)


@pytest.fixture(scope="module")
def filling(province_template, tmp_path_factory):
    """A desk for each type: after namesakes were entered, a description would be ambiguous."""
    folder = shutil.copytree(province_template, tmp_path_factory.mktemp("factories") / "desk")
    with Desk.open(folder) as desk:
        yield desk


@pytest.mark.parametrize(
    ("filling", "type_name"), [(name, name) for name in TYPES], indirect=["filling"]
)
@settings(max_examples=15)
@given(data=st.data())
def test_what_a_factory_draws_is_saved_and_comes_back_as_given(filling, type_name, data):
    given_record = data.draw(raw(type_name))
    saved = unless_namesakes(lambda: filling.records.add(type_name, given_record))
    values, _revision, _doubts = filling.records.read(type_name, saved.id)
    model, book = ALL_TYPES[type_name], filling.book
    for key, told in given_record.items():
        if key == "household":
            assert book.household_name(values[key]).partition(",")[0]
        elif key in model.children():
            of = model.children()[key].child.fields()
            back = [{k: of[k].to_json(v, book) for k, v in row.items()} for row in values[key]]
            assert back == told
        elif key == "commune" and type_name == "household":
            assert book.unit_code(values[key]) == told
        else:
            assert model.columns()[key].to_json(values[key], book) == told


@pytest.mark.parametrize("type_name", TYPES)
def test_examples_differ_and_are_accepted_by_a_post(post_desk, type_name):
    ids = {post_desk.records.add(type_name, example(type_name, n)).id for n in range(3)}
    assert len(ids) == 3
    assert example(type_name, 0) != example(type_name, 1)
    assert example(type_name, 1) == example(type_name, 1)
