"""How the value of each kind of field is shown, exported, edited, searched, offered and given as an
example; and read from a spreadsheet cell."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from borderdesk.base.i18n import set_language
from borderdesk.schema.kinds import (
    CitizenIdField,
    CommuneField,
    CommunesField,
    CountField,
    DayField,
    FieldError,
    HamletField,
    HouseholdField,
    MarkerField,
    PhoneField,
    PickField,
    PostField,
    QuantityField,
    SeveralField,
    YesNoField,
    money,
    short_text,
)
from borderdesk.schema.kinds.citizen_id import MASKED
from borderdesk.schema.kinds.field import UNIT
from borderdesk.schema.kinds.sheet_cell import PHONE_RENUMBERED, ZERO_RESTORED, CellReading
from borderdesk.schema.records import ALL_TYPES

DAY = datetime.date(2023, 12, 4)
CAO_LAU, MAU_SON = "06196-2023", "06238-2023"
NAMES, SHORT = "Xã Cao Lâu; Xã Mẫu Sơn (Cao Lộc)", "Cao Lâu; Mẫu Sơn (Cao Lộc)"
ARMS = "Quản lý vũ khí, vật liệu nổ và pháo"

SHOWN = (
    # field, value: show, show_short, JSON, CSV, editor, search, example
    (PostField("P"), "BS", "Đồn Biên phòng Ba Sơn", "Ba Sơn", "BS", "BS", "BS", "", "BS"),
    (CommuneField("C"), CAO_LAU, "Xã Cao Lâu", "Cao Lâu", "06196", "06196", CAO_LAU, "Xã Cao Lâu",
     "06196"),
    (CommuneField("C", by_id=True), CAO_LAU, "Xã Cao Lâu", "Cao Lâu", CAO_LAU, CAO_LAU, CAO_LAU,
     "Xã Cao Lâu", CAO_LAU),
    (CommunesField("C"), [CAO_LAU, MAU_SON], NAMES, SHORT, ["06196", "06238"], "06196;06238",
     f"{CAO_LAU};{MAU_SON}", NAMES.replace(";", ""), ["06196"]),
    (PickField("T", "topic"), "phao", ARMS, ARMS, "phao", "phao", "phao", ARMS, "bien_phong"),
    (DayField("D"), DAY, "04/12/2023", "04/12/2023", "2023-12-04", "2023-12-04", "04/12/2023", "",
     "2023-12-04"),
    (CountField("N", least=3), 1234, "1.234", "1.234", 1234, "1234", "1.234", "", 3),
    (CountField("N"), 0, "0", "0", 0, "0", "0", "", 1),
    (QuantityField("Q"), Decimal("1234.5"), "1.234,5", "1.234,5", 1234.5, "1234.5", "1.234,5", "",
     1),
    (QuantityField("Q"), Decimal("12.0"), "12", "12", 12, "12", "12", "", 1),
    (YesNoField("Y"), True, "Có", "Có", True, "true", "true", "", True),
    (YesNoField("Y"), False, "Không", "Không", False, "false", "false", "", True),
    (CitizenIdField("I"), "020123456789", "020•••••6789", "020•••••6789", "020123456789",
     "020123456789", "020123456789", "020123456789", "(I)"),
    (MarkerField("M"), "1187/1", *["1187/1"] * 6, "1166"),
    (HamletField("H"), "Pò Mã", *["Pò Mã"] * 6, "(H)"),
    (short_text("S"), "=a", "=a", "=a", "=a", "'=a", "=a", "=a", "(S)"),
)  # fmt: skip


def _kind(value):
    """A type that distinguishes True from 1; translated texts count as str."""
    return str if isinstance(value, str) else type(value)


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: f"{type(row[0]).__name__} {row[1]}")
def test_a_value_wherever_it_is_given_out(desk, row):
    set_language("vi")
    field, value, *wanted = row
    book = desk.book
    found = [field.show(value, book), field.show_short(value, book), field.to_json(value, book),
             field.to_csv(value, book), field.to_editor(value, book),
             field.search_text(value, book), field.example(book, DAY, "BS")]  # fmt: skip
    assert [(_kind(one), one) for one in found] == [(_kind(one), one) for one in wanted]
    blank = [] if field.several else None
    said = [field.show(None, book), field.show_short(None, book), field.to_json(None, book),
            field.to_csv(None, book), field.to_editor(None, book)]  # fmt: skip
    assert said == ["", "", blank, "", ""]


def test_a_household_is_described_in_the_example(desk):
    field, book = HouseholdField("H"), desk.book
    described = {"head": "Nguyễn Văn A", "commune": "06196", "hamlet": "Thôn A"}
    assert field.example(book, DAY, "BS") == described
    assert field.from_csv('{"head": "A"}', CellReading()) == {"head": "A"}
    for cell in ('{"head"', "[1]", "A", "{}x"):
        assert field.from_csv(cell, CellReading()) == cell


def test_what_is_offered_is_of_the_day_and_the_own_post_first(desk):
    book = desk.book
    old, new = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)
    communes = CommuneField("C")
    assert [code for code, _name in communes.offered(book, old, "BS")][:3] == [
        CAO_LAU, MAU_SON, "06202-2023",
    ]  # fmt: skip
    assert communes.offered(book, new, "BS")[0] == ("06196-2025", "Xã Ba Sơn")
    anywhere = communes.offered(book, old, "")
    assert {*anywhere} == {*communes.offered(book, old, "BS")}
    assert [name for _code, name in anywhere] == [
        book.unit_name(unit.id) for unit in book.communes_on(old)
    ]
    assert CommunesField("C").offered(book, old, "BS") == communes.offered(book, old, "BS")
    assert [*dict(YesNoField("Y").offered(book, old, ""))] == ["true", "false"]


@pytest.mark.parametrize(
    ("field", "cell", "text", "doubts"),
    [
        (CommuneField("C"), 6196.0, "06196", [(ZERO_RESTORED, "06196")]),
        (CommuneField("C"), "6196", "06196", [(ZERO_RESTORED, "06196")]),
        (CommuneField("C"), "06196", "06196", []), (CommuneField("C"), "619", "619", []),
        (CommuneField("C"), "61960", "61960", []),
        (CommunesField("C"), "6196;06238\n06202", "06196;06238;06202", [(ZERO_RESTORED, "06196")]),
        (MarkerField("M"), "Mốc số 1187/1", "1187/1", []),
        (MarkerField("M"), "số 1187", "1187", []),
        (MarkerField("M"), 1187.0, "1187", []), (MarkerField("M"), "cột mốc 1187", "1187", []),
        (PhoneField("T"), "912345678", "0912345678", [(ZERO_RESTORED, "0912345678")]),
        (PhoneField("T"), "0912 345 678", "0912 345 678", []), (PhoneField("T"), "không", "", []),
        (PhoneField("T"), "01682345678", "0382345678", [(PHONE_RENUMBERED, "0382345678")]),
        (PhoneField("T"), "12345678", "12345678", []),
        (CitizenIdField("I"), "20123456789", "020123456789", [(ZERO_RESTORED, "020•••••6789")]),
        (CitizenIdField("I"), "1123456789", "001123456789", [(ZERO_RESTORED, "001•••••6789")]),
        (CitizenIdField("I"), "12345678", "012345678", [(ZERO_RESTORED, "012••5678")]),
        (CitizenIdField("I"), "1234567", "1234567", []),
        (CitizenIdField("I"), "99123456789", "99123456789", []),
        (CitizenIdField("I"), "020 123 456 789", "020123456789", []),
        (CitizenIdField("I"), "chưa có", "", []),
        (YesNoField("Y"), "x", "true", []), (YesNoField("Y"), "ko", "false", []),
        (DayField("D"), 45264.0, "2023-12-04", []), (DayField("D"), "–", "", []),
        (DayField("D"), DAY, "04/12/2023", []), (DayField("D"), "2023-12-04", "2023-12-04", []),
    ],
)  # fmt: skip
def test_a_cell_of_a_sheet(field, cell, text, doubts):
    reading = CellReading()
    assert (field.from_sheet(cell, reading), reading.doubts) == (text, doubts)


def test_a_masked_number_of_a_sheet_is_left_out_with_a_doubt():
    reading = CellReading()
    assert CitizenIdField("I").from_sheet("020*****6789", reading) == ""
    assert [message for message, _value in reading.doubts] == [MASKED]


@pytest.mark.parametrize("cell", [True, datetime.time(1), datetime.timedelta(1), 60.0, 110_000.0])
def test_a_cell_that_is_no_day_is_refused(cell):
    with pytest.raises(FieldError):
        DayField("D").from_sheet(cell, CellReading())


def test_the_first_and_last_serial_day_of_a_sheet():
    read = DayField("D").from_sheet
    assert read(61.0, CellReading()) == "1900-03-01"
    assert read(109_999.0, CellReading()) == "2201-03-01"
    assert read(45264.0, CellReading(starts_1904=True)) == "2027-12-05"


def test_bounds_are_named_with_both_numbers(desk):
    for field, least, most in ((CountField("N", least=1, most=12), "1", "12"),
                               (QuantityField("Q", most=30), "0", "30"),
                               (money("M"), "0", "1.000.000.000.000")):  # fmt: skip
        for raw in (-1, 10**13):
            with pytest.raises(FieldError, match=f"{least} .*{most}"):
                field.clean(raw, desk.book)


def test_each_of_several_values_is_doubted_by_itself(desk):
    field = SeveralField(MarkerField("M"))
    entry = SimpleNamespace(book=desk.book)
    known = next(iter(desk.book.markers))
    assert [value for _text, value in field.doubts(["9998", known, "9999"], entry)] == [
        "9998", "9999",
    ]  # fmt: skip
    assert field.to_editor(["9998", known], desk.book) == f"9998;{known}"
    assert field.show_short(["1", "2"], desk.book, between=" – ") == "1 – 2"


def test_a_hamlet_is_looked_for_within_a_commune_of_its_record():
    found = 0
    for model in ALL_TYPES.values():
        columns = model.columns()
        for field in columns.values():
            if isinstance(field, HamletField):
                found += 1
                assert columns[field.within].refers_to == UNIT, (model.type_name, field.name)
    assert found > 1
