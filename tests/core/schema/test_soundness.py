"""The valid values of each kind of field in a package, independent of this desk's data."""

from types import SimpleNamespace

import pytest

from borderdesk.schema.kinds import (
    ChoiceField,
    CommuneField,
    CountField,
    DayField,
    FieldError,
    HouseholdField,
    PickField,
    PostField,
    QuantityField,
    SeveralField,
    TextField,
    YesNoField,
    short_text,
)

CODES = SimpleNamespace(
    units={"06196-2023", "06202-2023"}, posts={"BS"}, picks={("topic", "phao"), ("topic", "ma_tuy")}
)
ID = "0190c2a8-7c00-7000-8000-000000000001"

SOUND = (
    (PostField("Post"), ["BS"], ["XX", ""]),
    (CommuneField("Commune"), ["06196-2023"], ["06196-2025", ""]),
    (PickField("Topic", "topic"), ["phao"], ["other", ""]),
    (PickField("Gear", "gear"), [], ["phao"]),
    (ChoiceField("Kind", {"one": "One", "two": "Two"}), ["one", "two"], ["three", "One"]),
    (HouseholdField("Household"), [ID], [ID[:-1], ID.upper(), "x"]),
    (SeveralField(CommuneField("Communes")), [["06196-2023"], ["06202-2023", "06196-2023"]],
     [[], ["06196-2023", "06196-2023"], ["06196-2023", "x"], [""], [1], [None]]),
    (QuantityField("Amount", most=10), ["0.0", "10.0", "9.9"],
     ["10.1", "-0.1", "1", "1.00", "1.05", "x", "NaN", "Infinity", None, "-0.0"]),
    (CountField("Number", least=1, most=10), [1, 10], [0, 11]),
    (DayField("Day"), ["2023-12-04"], ["2023-02-30", "4/12/2023"]),
    (YesNoField("Yes"), [True, False], []),
    (short_text("Name"), ["a", "a" * 200],
     ["a" * 201, "", " a", "a ", "a\nb", "a\x07", "o\u0302", 1]),
    (TextField("Note"), ["a\nb", "a" * 4_000], ["a" * 4_001, "\na", "a\x07"]),
)  # fmt: skip


def is_sound(field, value):
    try:
        return field.is_sound(value, CODES)
    except FieldError:
        return False


@pytest.mark.parametrize(("field", "sound", "unsound"), SOUND, ids=lambda one: type(one).__name__)
def test_what_a_package_may_hold(field, sound, unsound):
    assert [value for value in sound if not is_sound(field, value)] == []
    assert [value for value in unsound if is_sound(field, value)] == []
