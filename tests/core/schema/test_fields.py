"""Every kind of field: what it accepts, refuses, shows, stores and doubts; rules of a record."""

import datetime
import importlib
import json
import math
import pkgutil
from decimal import Decimal

import peewee as pw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.i18n import LANGUAGES, set_language
from borderdesk.base.text import nfc
from borderdesk.desk import Desk
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema import kinds
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.cleaning import clean
from borderdesk.schema.content import joined, split
from borderdesk.schema.kinds import (
    ChoiceField,
    CitizenIdField,
    ColumnField,
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
    TextField,
    YesNoField,
    money,
    read_day,
    short_text,
)
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.readings import ReadingCache
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import canonical, new_id
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.locks import Lock
from borderdesk.store.records.written_records import RecordWording
from borderdesk.store.reference import ReferenceReader
from tests import factories
from tests.factories import example

TODAY = datetime.date(2024, 1, 10)
ON = datetime.date(2023, 12, 4)


@pytest.fixture(scope="module")
def open_desk(province_template):
    """A desk with the shipped reference data; tests must not write to it."""
    store = Store(province_template / "desk.db")
    store.connect()
    yield Desk(province_template, store, Lock(province_template / "desk.lock"))
    store.close()


@pytest.fixture
def entry(open_desk):
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    entry.on = ON
    return entry


def named(field, name="field"):
    """A field with a name, as in a model."""
    field.name = name
    return field


OPTIONS = {"post": "Post level", "province": "Province level"}
units = [row["id"] for row in factories.BORDER if row["valid_from"] < "2024"]
tenth_values = st.integers(0, 2 * 10**10).map(lambda n: Decimal(n).scaleb(-1))

KINDS: dict[str, tuple[ColumnField, st.SearchStrategy]] = {
    "text": (TextField("Note"), factories.long_texts()),
    "short_text": (short_text("Witness"), factories.texts(200)),
    "hamlet": (HamletField("Hamlet"), factories.texts(200)),
    "citizen_id": (
        CitizenIdField("Citizen ID"),
        st.from_regex(r"[0-9]{12}|[0-9]{9}", fullmatch=True),
    ),
    "phone": (
        PhoneField("Telephone"),
        st.sampled_from(["0987654321", "0987 654 321", "không có"]),
    ),
    "count": (CountField("Participants"), st.integers(0, 2 * 10**9)),
    "money": (money("Cost"), st.integers(0, 10**12)),
    "tenths": (QuantityField("Length"), tenth_values),
    "day": (DayField("To date"), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))),
    "event": (
        named(DayField("Date", event=True)),
        st.dates(datetime.date(2000, 1, 1), TODAY),
    ),
    "yes_no": (YesNoField("Residents' tip"), st.booleans()),
    "choice": (ChoiceField("Level", OPTIONS), st.sampled_from([*OPTIONS])),
    "pick": (PickField("Topic", "topic"), factories.pick("topic")),
    "marker": (MarkerField("Marker"), factories.markers()),
    "commune": (CommuneField("Commune"), st.sampled_from(units)),
    "commune_by_id": (CommuneField("Commune", by_id=True), st.sampled_from(units)),
    "household": (HouseholdField("Household"), st.builds(new_id)),
    "post": (PostField("Post"), st.sampled_from(factories.POSTS)),
    "several": (
        SeveralField(PickField("Topics", "topic")),
        st.lists(factories.pick("topic"), min_size=1, unique=True),
    ),
    "communes": (
        CommunesField("Communes"),
        st.lists(st.sampled_from(units), min_size=1, unique=True),
    ),
}
SHOWN_OTHERWISE = {"citizen_id", "household"}
"""A masked ID, and a household's name: the displayed text cannot be parsed back."""


def modules_of_kinds():
    return [importlib.import_module(one.name) for one in
            pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}.")]  # fmt: skip


def test_every_kind_of_field_is_registered_once_and_tested():
    every = [
        value
        for module in modules_of_kinds()
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, ColumnField)
        and value is not ColumnField
        and value.__module__ == module.__name__
    ]
    assert len(kinds.KINDS) == len(set(kinds.KINDS))
    assert set(kinds.KINDS) == set(every)
    assert {type(field) for field, _values in KINDS.values()} == set(every)


def test_what_a_kind_declares_hides_nothing_of_its_peewee_field():
    field = pw.TextField()
    theirs = {*dir(field), *vars(field)}
    converters = {"db_value", "python_value"}
    for kind in (ColumnField, *kinds.KINDS):
        declared = {name for name in vars(kind) if not name.startswith("__")}
        assert declared & theirs <= converters


# ------------------------------------------------------------------------------ round trips


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_value_survives_every_way_out_and_in(open_desk, kind, data):
    field, values = KINDS[kind]
    value = data.draw(values)
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    entry.on = ON
    book = open_desk.book
    assert field.clean(field.to_json(value, book), entry) == value
    assert field.clean(json.loads(json.dumps(field.to_json(value, book))), entry) == value
    assert field.read(field.from_csv(field.to_csv(value, book), CellReading()), entry) == value
    if kind not in SHOWN_OTHERWISE:
        assert field.read(field.show(value, book), entry) == value
    kept = json.loads(canonical(field.to_canonical(value)))
    assert field.from_canonical(kept) == value
    stored = open_desk.store.value("SELECT ?", (field.db_value(value),))
    assert field.python_value(stored) == value
    # Values from the database are cached like typed ones.
    assert field.to_canonical(field.python_value(stored)) == field.to_canonical(value)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_shows_as_nothing_and_a_blank_means_nothing(open_desk, entry, kind):
    field, _values = KINDS[kind]
    assert field.show(None, open_desk.book) == ""
    assert field.to_csv(None, open_desk.book) == ""
    assert field.read("  ", entry) is None
    assert field.db_value(None) is None
    assert field.python_value(None) is None


@pytest.mark.parametrize("type_name", factories.FACTORIES)
@settings(max_examples=20)
@given(data=st.data())
def test_a_record_is_whole_again_from_its_two_parts(open_desk, type_name, data):
    model = ALL_TYPES[type_name]
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    # On 10/01/2024 works may still end later; those days are left out.
    drawn = data.draw(factories.raw(type_name, 2022, datetime.date(2023, 11, 30)))
    cleaned = clean(model, drawn, entry)
    assert cleaned.problems == {}
    values = {k: v for k, v in cleaned.values.items() if not isinstance(v, dict)}
    public, private = split(model, values)
    wording = RecordWording(model, open_desk.book)
    for _time in range(2):
        written = wording.of(values)
        assert written.public == canonical(public)
        assert written.private == (canonical(private) if private else "")
    through = json.loads(canonical(public)), json.loads(canonical(private))
    assert joined(model, *through) == values
    open_part = joined(model, through[0], None)
    assert all(values[k] == v for k, v in open_part.items() if k not in model.children())


@pytest.mark.parametrize("type_name", factories.FACTORIES)
@settings(max_examples=10)
@given(data=st.data())
def test_what_was_read_before_means_the_same_again(open_desk, type_name, data):
    model, readings = ALL_TYPES[type_name], ReadingCache(keeps_dated=True)
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    drawn = data.draw(factories.raw(type_name, 2022, datetime.date(2023, 11, 30)))
    key = data.draw(st.sampled_from(sorted(drawn)))
    # An equal value of another type, a refused one, and a place on another day.
    spoiled = [{**drawn, key: bad} for bad in (True, 1.0, 1, "1", "", None, "Xã Không Có", [], {})]
    earlier = {k: "2022-01-03" if v == "2023-06-01" else v for k, v in drawn.items()}
    for raw in (drawn, *spoiled, earlier, drawn):
        entry.on = None
        alone = clean(model, raw, entry)
        entry.on = None
        among = clean(model, raw, entry, readings=readings)
        assert (among.values, among.problems) == (alone.values, alone.problems)
        assert among.doubts == alone.doubts
        assert [*map(type, among.values.values())] == [*map(type, alone.values.values())]


def test_lists_given_alike_are_not_shared_by_their_records(open_desk):
    raw = {"form": "session", "held_on": "2023-06-01", "topics": ["ma_tuy", "bien_gioi"]}
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    readings, model = ReadingCache(keeps_dated=True), ALL_TYPES["outreach"]
    one, other = (clean(model, raw, entry, readings=readings).values["topics"] for _n in range(2))
    assert one == other == raw["topics"]
    assert one is not other
    typed = {**raw, "topics": "ma_tuy;bien_gioi"}
    first, second = (
        clean(model, typed, entry, typed=True, readings=readings).values["topics"] for _n in (1, 2)
    )
    assert first == second == raw["topics"]
    assert first is not second


def test_a_pick_means_what_it_does_on_the_day_of_its_record(open_desk):
    """Readings are cached for the days in which no unit changes and no pick ends."""
    book = ReferenceBook(ReferenceReader(open_desk.store))
    ended = book.picks["topic"]["ma_tuy"]
    book.picks["topic"]["ma_tuy"] = ended._replace(valid_to="2023-06-30")
    entry = EntryRules(open_desk.store, book, TODAY, open_desk.writable())
    readings, model = ReadingCache(keeps_dated=True), ALL_TYPES["outreach"]
    for day, refused in (("2023-06-30", False), ("2023-07-01", True), ("2023-06-29", False)):
        raw = {"form": "session", "held_on": day, "topics": [ended.code]}
        entry.on = None
        problems = clean(model, raw, entry, readings=readings).problems
        assert ("topics" in problems) is refused, day


# ------------------------------------------------------------------------------- JSON types

RAW = [3.7, 3.0, True, 5, "5", math.nan, math.inf, [], ["5"], [5], {}, {"a": 1}, b"5"]
TAKEN = {
    "text": ["5"], "short_text": ["5"], "hamlet": ["5"], "phone": ["5"],
    "citizen_id": [], "count": [5], "money": [5], "tenths": [3.7, 3.0, 5],
    "day": [], "event": [], "yes_no": [True],
    "choice": [], "pick": [], "marker": [], "commune": [], "commune_by_id": [],
    "household": [{}, {"a": 1}], "post": [], "several": [[]], "communes": [[]],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_right_json_type_is_taken(entry, kind):
    field, _values = KINDS[kind]
    taken, said = [], []
    for raw in RAW:
        try:
            field.clean(raw, entry)
        except FieldError as refused:
            said.append(str(refused))
        else:
            taken.append(raw)
    assert all(said)
    wanted = TAKEN[kind]
    assert [(type(raw), raw) for raw in taken] == [(type(raw), raw) for raw in wanted]


# ------------------------------------------------------------------------------------ text


@pytest.mark.parametrize(
    "bad",
    ["a\x00b", "a\x1bb", "a\x7fb", "a\ud800b", "a\x9fb"],
)
def test_signs_that_cannot_be_stored_are_refused_and_named(entry, bad):
    for field in (
        short_text("Name"),
        TextField("Note"),
        CitizenIdField("ID"),
        PickField("Topic", "topic"),
    ):
        with pytest.raises(FieldError) as refused:
            field.clean(bad, entry)
        if field.label != "ID":
            assert f"a⟨U+{ord(bad[1]):04X}⟩b" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "kept", "in_lines"),
    [
        ("Nà\u200bMỏ", "NàMỏ", "NàMỏ"), ("a\u202eb\u2066c", "abc", "abc"),
        ("\ufeffa", "a", "a"), ("a\xadb", "ab", "ab"), ("a\ufe0fb\u2060", "ab", "ab"),
        ("a\tb", "a b", "a b"), ("a\u3000b", "a b", "a b"), ("a\u202fb\xa0c", "a b c", "a b c"),
        ("a\rb", "a b", "a\nb"), ("a\vb", "a b", "a\nb"), ("a\u2028b", "a b", "a\nb"),
        ("a\x85b\fc", "a b c", "a\nb\nc"), ("Đô\u200d\u0300n", "Đồn", "Đồn"),
    ],
)  # fmt: skip
def test_unseen_signs_go_and_odd_spaces_are_spaces(entry, typed, kept, in_lines):
    assert short_text("Name").clean(typed, entry) == kept
    assert TextField("Note").clean(typed, entry) == in_lines
    assert short_text("Name").read(typed, entry) == kept


def test_what_an_older_program_stored_is_still_sound(entry):
    for text in ("a\xa0b", "a\u3000b", "a\u2028b"):
        assert TextField("Note").is_sound(text, entry)
    assert not TextField("Note").is_sound("a\u200bb", entry)
    assert not TextField("Note").is_sound(" a", entry)


def test_lines_belong_to_long_texts_only(entry):
    assert TextField("Note").clean("một\r\nhai", entry) == "một\nhai"
    assert TextField("Note").clean("a\nb", entry) == "a\nb"
    for text in ("a\nb", "một\nhai"):
        with pytest.raises(FieldError):
            short_text("Name").clean(text, entry)


def test_text_is_composed_and_trimmed(entry):
    assert TextField("Note").clean("  Đô\u0300n\u00a0", entry) == "Đồn"
    assert TextField("Note").clean(" \u00a0 ", entry) is None


@pytest.mark.parametrize(
    ("field", "limit"), [(short_text("Name"), 200), (TextField("Note"), 4_000)]
)
def test_the_limit_counts_composed_characters(entry, field, limit):
    assert len(field.clean("e\u0301" * limit, entry)) == limit
    assert len(field.clean("a" * limit, entry)) == limit
    for longer in ("á" * (limit + 1), "a" * (limit + 1)):
        with pytest.raises(FieldError):
            field.clean(longer, entry)


# --------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.200", 1200),
        ("1 200", 1200),
        ("18x3", 54),
        ("18 × 3", 54),
        ("18*3", 54),
        ("1200", 1200),
        ("2.000.000.000", 2 * 10**9),
        (" 7 ", 7),
        ("007", 7),
    ],
)
def test_a_count_is_read_as_it_is_written_here(entry, text, value):
    assert CountField("n").read(text, entry) == value


@pytest.mark.parametrize(
    "text",
    ["1,5", "1.5", "1.20", "12.00", "1.2000", "-1", "+1", "1e3", "½", "²", "٣", "mười", "1" * 30],
)
def test_what_is_no_count_is_refused(entry, text):
    with pytest.raises(FieldError):
        CountField("n").read(text, entry)


@pytest.mark.parametrize(
    ("field", "most"),
    [(CountField("n"), 2 * 10**9), (money("n"), 10**12), (CountField("n", most=5), 5)],
)
def test_a_count_ends_at_its_bounds(entry, field, most):
    assert field.clean(0, entry) == 0
    assert field.clean(most, entry) == most
    for beyond in (-1, most + 1, 10**400):
        with pytest.raises(FieldError):
            field.clean(beyond, entry)


def test_a_count_with_a_minimum_refuses_less(entry):
    assert CountField("n", least=1).clean(1, entry) == 1
    with pytest.raises(FieldError):
        CountField("n", least=1).clean(0, entry)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", "12.5"),
        ("1.250,5", "1250.5"),
        ("1.250", "1250.0"),
        ("12", "12.0"),
        ("0,0", "0.0"),
        ("12,50", "12.5"),
    ],
)
def test_tenths_are_read_as_they_are_written_here(entry, text, value):
    assert str(QuantityField("n").read(text, entry)) == value


@pytest.mark.parametrize("text", [",5", "12,", "1,2,3", "-1", "NaN", "Infinity", "1e1", "1.25,5"])
def test_what_is_no_tenths_is_refused(entry, text):
    with pytest.raises(FieldError):
        QuantityField("n").read(text, entry)


@pytest.mark.parametrize(
    ("raw", "value"), [(12.5, "12.5"), (12, "12.0"), (0.1, "0.1"), (2 * 10**9, "2000000000.0"),
                       (Decimal("12.5"), "12.5"), (Decimal("1.250E+2"), "125.0")]
)  # fmt: skip
def test_tenths_take_whole_and_decimal_json_numbers(entry, raw, value):
    assert str(QuantityField("n").clean(raw, entry)) == value


@pytest.mark.parametrize(
    "raw", [0.1 + 0.2, 12.55, -0.1, 2e9 + 0.1, 1e300, Decimal("1E+400"),
            Decimal("NaN"), Decimal("sNaN"),
            Decimal("12.3" + "0" * 40 + "1"), Decimal("1E-400")]
)  # fmt: skip
def test_more_than_one_decimal_or_beyond_the_bounds_is_refused(entry, raw):
    with pytest.raises(FieldError):
        QuantityField("n").clean(raw, entry)


def test_a_negative_nought_is_nought(entry):
    assert str(QuantityField("n").clean(-0.0, entry)) == "0.0"


# ----------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("4", "2024-01-04"), ("04", "2024-01-04"), ("4/1", "2024-01-04"), ("10/1", "2024-01-10"),
        ("4/12", "2023-12-04"), ("4/12/2023", "2023-12-04"),
        ("4-12-23", "2023-12-04"), ("04.12.2023", "2023-12-04"), ("04122023", "2023-12-04"),
        ("041223", "2023-12-04"),
        ("2023-12-04", "2023-12-04"), (" 4/12/2023 ", "2023-12-04"), ("29/2/2000", "2000-02-29"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_usual_short_ways(entry, typed, day):
    assert named(DayField("Date", event=True)).read(typed, entry) == datetime.date.fromisoformat(
        day
    )


@pytest.mark.parametrize(
    "typed", ["29/02/2023", "31/4/2023", "0/1", "4/13/2023", "32", "0", "12/2023",
              "412", "4/12/023", "310423", "20231",
              "hôm qua", "²", "2023-2-4", "20231204", "4 12 2023"]
)  # fmt: skip
def test_what_is_no_day_is_refused(entry, typed):
    with pytest.raises(FieldError):
        named(DayField("Date", event=True)).read(typed, entry)


@pytest.mark.parametrize(
    "raw", ["4/12/2023", "2023-02-29", "2023-12-4", "2023-12-04T00:00", "20231204", ""]
)
def test_json_days_are_iso_days_only(entry, raw):
    with pytest.raises(FieldError):
        DayField("Date").clean(raw, entry)


def test_an_event_lies_between_2000_and_today(entry):
    field = named(DayField("Date", event=True))
    assert field.clean("2000-01-01", entry) == datetime.date(2000, 1, 1)
    assert field.clean("2024-01-10", entry) == TODAY
    for refused in ("1999-12-31", "2024-01-11"):
        with pytest.raises(FieldError):
            field.clean(refused, entry)


def test_other_days_may_be_long_ago_or_to_come(entry):
    assert DayField("Review").clean("2040-01-01", entry).year == 2040
    assert DayField("Valid from").clean("1900-01-01", entry).year == 1900
    with pytest.raises(FieldError):
        DayField("Valid from").clean("1899-12-31", entry)
    with pytest.raises(FieldError):
        DayField("To date", past=True).clean("2024-01-11", entry)


@given(st.dates(datetime.date(2001, 1, 1), datetime.date(2100, 1, 1)), st.dates())
def test_a_day_without_a_year_is_of_this_year_unless_far_in_the_future(today, day):
    if (day.month, day.day) == (2, 29):
        return
    read = read_day(f"{day.day}/{day.month}", today)
    assert (read.day, read.month) == (day.day, day.month)
    slip = datetime.timedelta(days=31)
    assert read.year == (today.year if day.replace(year=today.year) <= today + slip else
                         today.year - 1)  # fmt: skip


def test_tomorrow_is_in_the_future_and_not_a_year_ago(entry):
    entry.today = datetime.date(2026, 11, 28)
    field = DayField("Date", event=True)
    with pytest.raises(FieldError):
        field.read("29/11", entry)
    assert field.read("28/11", entry) == datetime.date(2026, 11, 28)
    assert field.read("30/12", entry) == datetime.date(2025, 12, 30)


# ----------------------------------------------------------------------- places, picks, posts


@pytest.mark.parametrize("text", ["1146", "962/1", "1300/12"])
def test_a_marker_is_a_number_or_one_with_a_stroke(entry, text):
    assert MarkerField("Marker").clean(f" {text} ", entry) == text


@pytest.mark.parametrize(
    "text", ["11", "11461", "1146/", "1146/123", "1146-1", "M1146", "１１４６", "1146\n/1"]
)
def test_other_markers_are_refused(entry, text):
    with pytest.raises(FieldError):
        MarkerField("Marker").clean(text, entry)


@pytest.mark.parametrize("text", ["06202", "06202-2023", "Xã Xuất Lễ", "xuất lễ", "xuat le"])
def test_a_commune_is_read_by_code_id_or_name(entry, text):
    assert CommuneField("Commune").read(text, entry) == "06202-2023"


@pytest.mark.parametrize("text", ["06196-2025", "Mẫu Sơn", "99999", "Huyện Cao Lộc", "180"])
def test_a_commune_of_another_time_or_an_unclear_one_is_refused(entry, text):
    with pytest.raises(FieldError):
        CommuneField("Commune").read(text, entry)


def test_a_commune_goes_out_as_a_code_but_a_households_as_an_id(open_desk):
    assert CommuneField("Commune").to_json("06202-2023", open_desk.book) == "06202"
    assert CommuneField("Commune", by_id=True).to_json("06202-2023", open_desk.book) == "06202-2023"


@pytest.mark.parametrize(
    "text", ["province", "Province level", "Cấp tỉnh", "cap tinh", " PROVINCE "]
)
def test_a_choice_is_read_by_code_or_label(entry, text):
    assert ChoiceField("Level", OPTIONS).read(text, entry) == "province"


@pytest.mark.parametrize("text", ["ma_tuy", "Phòng, chống ma túy", "phong, chong ma tuy", "Drugs"])
def test_a_pick_is_read_by_code_or_label(entry, text):
    assert PickField("Topic", "topic").clean(text, entry) == "ma_tuy"


def test_an_unknown_pick_is_refused_unless_new_ones_are_made(open_desk, entry):
    with pytest.raises(FieldError):
        PickField("Topic", "topic").clean("Chủ đề mới", entry)
    made = []
    maker = EntryRules(
        open_desk.store, open_desk.book, TODAY, open_desk.writable(),
        lambda pick_list, label: made.append((pick_list, label)) or "chu_de_moi",
    )  # fmt: skip
    assert PickField("Topic", "topic").clean(" Chủ đề mới ", maker) == "chu_de_moi"
    assert made == [("topic", "Chủ đề mới")]
    with pytest.raises(FieldError):
        PickField("Topic", "topic").clean("a" * 201, maker)


@pytest.mark.parametrize("text", ["BS", "bs", "Đồn Biên phòng Ba Sơn", "ba sơn", "ba son"])
def test_a_post_is_read_by_code_or_name(entry, text):
    assert PostField("Post").read(text, entry) == "BS"


def test_several_are_kept_once_each_in_the_order_given(entry):
    field = SeveralField(PickField("Topics", "topic"))
    assert field.clean(["phao", "ma_tuy", "Pháo", "phao", ""], entry) == ["phao", "ma_tuy"] or (
        field.clean(["phao", "ma_tuy", "phao", ""], entry) == ["phao", "ma_tuy"]
    )
    assert field.read("phao; ma_tuy;;phao", entry) == ["phao", "ma_tuy"]
    assert field.clean([], entry) is None
    assert CommunesField("Communes").clean(["06196", "06196-2023"], entry) == ["06196-2023"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("có", True), ("Không", False), ("yes", True), ("FALSE", False), ("co", True)],
)
def test_yes_and_no_are_read_in_both_languages(entry, text, value):
    assert YesNoField("Tip").read(text, entry) is value


# ------------------------------------------------------------------------------------ doubts


def doubts(field, value, entry):
    return [message for message, _shown in field.doubts(value, entry)]


def test_a_number_is_doubted_above_its_threshold_only(entry):
    field = CountField("n", soft_over=200)
    assert doubts(field, 200, entry) == []
    assert len(doubts(field, 201, entry)) == 1


@pytest.mark.parametrize(
    ("type_name", "days", "said"),
    [
        ("outreach", 60, []),
        ("outreach", 61, ["Entered {value} days after it happened."]),
        ("outreach", 3_652, ["Entered {value} days after it happened."]),
        ("outreach", 3_653, ["This date is more than ten years ago."]),
        ("registration", 3_653, ["Entered {value} days after it happened."]),
    ],
)
def test_a_late_day_is_doubted(entry, type_name, days, said):
    field = ALL_TYPES[type_name].event()
    assert doubts(field, TODAY - datetime.timedelta(days=days), entry) == said


def test_only_the_event_day_is_doubted(entry):
    assert doubts(named(DayField("To date"), "to_on"), datetime.date(1990, 1, 1), entry) == []


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("CCCD 020085000123", True), ("số 080123456.", True), ("gọi 0987654321", True),
        ("+84987654321", True), ("84987654321", True), ("12345678", False), ("1234567890", False),
        ("mốc 1146/1 năm 2023", False), ("1234567890123", False),
    ],
)  # fmt: skip
def test_numbers_that_look_like_ids_or_phones_are_doubted_in_free_text(entry, text, doubted):
    assert bool(doubts(TextField("Note"), text, entry)) is doubted


@pytest.mark.parametrize(
    ("digits", "doubted"),
    [
        ("020085000123", 0), ("080123456", 0), ("003085000123", 1), ("020185000123", 0),
        ("020224000123", 0), ("020225000123", 1), ("020399000123", 1), ("020485000123", 1),
        ("999999000123", 2), ("020000000123", 0),
    ],
)  # fmt: skip
def test_an_odd_province_century_or_year_in_an_id_is_doubted(entry, digits, doubted):
    assert (
        len(doubts(CitizenIdField("ID"), CitizenIdField("ID").clean(digits, entry), entry))
        == doubted
    )


@pytest.mark.parametrize(
    "text", ["02008500012", "0200850001234", "02008500012a", "020 085 000 123", "٠" * 9]
)
def test_an_id_has_twelve_digits_or_nine(entry, text):
    with pytest.raises(FieldError):
        CitizenIdField("ID").clean(text, entry)


def test_an_id_is_never_shown_whole(open_desk):
    assert CitizenIdField("ID").show("020085001234", open_desk.book) == "020•••••1234"
    assert CitizenIdField("ID").show("080123456", open_desk.book) == "080••3456"


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("0987654321", False),
        ("+84 987.654-321", False),
        ("84987654321", False),
        ("0987654321; 02053861234", False),
        ("0987654321/0912345678/113", True),
        ("987654321", True),
        ("113", True),
    ],
)
def test_only_the_shape_of_a_telephone_number_is_doubted(entry, text, doubted):
    assert bool(doubts(PhoneField("Tel"), text, entry)) is doubted


@pytest.mark.parametrize("door", ["clean", "read", "sheet"])
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+84 912 345 678", "0912345678"),
        ("(+84) 912.345.678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+84 25 3812 3456", "02538123456"),
        ("0912 345 678", "0912 345 678"),
        ("+86 138 0000 0000", "+86 138 0000 0000"),
        ("841234567", "841234567"),
        ("0912345678/+84987654321", "0912345678; 0987654321"),
        ("0912.345.678, 0987654321", "0912.345.678; 0987654321"),
        ("0912345678 – 0987654321", "0912345678; 0987654321"),
        ("0912345678 0987654321", "0912345678; 0987654321"),
        ("0912345678/vợ", "0912345678/vợ"),
    ],
)
def test_a_telephone_number_is_kept_as_it_is_dialled_here(entry, door, written, kept):
    field = PhoneField("Tel")
    if door == "sheet":
        if written == "841234567":
            kept = "0841234567"
        assert field.from_sheet(written, CellReading()) == kept
    else:
        assert getattr(field, door)(written, entry) == kept


def test_a_marker_outside_the_list_is_doubted(entry):
    assert doubts(MarkerField("Marker"), "1300/99", entry)
    assert not doubts(MarkerField("Marker"), "1130", entry)


# ---------------------------------------------------------- rules between fields of a record


def problems(entry, type_name, **changes):
    """The fields refused when the plain example is changed so (None: removed)."""
    raw = {**example(type_name), **changes}
    raw = {key: value for key, value in raw.items() if value is not None}
    return set(clean(ALL_TYPES[type_name], raw, entry).problems)


@pytest.mark.parametrize("type_name", factories.FACTORIES)
def test_a_required_field_must_be_there(entry, type_name):
    model = ALL_TYPES[type_name]
    values = clean(model, example(type_name), entry).values
    for key, field in model.columns().items():
        if field.required and field.initial is None and key in values:
            assert key in problems(entry, type_name, **{key: None}), key
            assert key in problems(entry, type_name, **{key: ""}), key


@pytest.mark.parametrize("type_name", factories.FACTORIES)
def test_an_unknown_field_is_refused(entry, type_name):
    assert problems(entry, type_name, participant=1) == {"participant"}


RULES = [
    ("patrol", {"ended_on": "2023-02-28"}, {"ended_on"}),
    ("patrol", {"participants": 11}, {"participants"}),
    ("patrol", {"participants": 12}, set()),
    ("patrol", {"findings": None}, {"findings"}),
    ("patrol", {"findings": None, "result": "unchanged"}, set()),
    ("patrol", {"result": "unchanged"}, set()),
    ("patrol", {"participants": 0}, {"participants"}),
    ("patrol", {"communes": []}, {"communes"}),
    ("patrol", {"inspected": [{"marker": "1128"}]}, {"inspected[0].condition"}),
    ("patrol", {"inspected": [{"condition": "intact"}]}, {"inspected[0].marker"}),
    ("patrol", {"inspected": {"marker": "1128"}}, {"inspected"}),
    ("patrol", {"inspected": ["1128"]}, {"inspected[0]"}),
    ("patrol", {"inspected": [{"marker": "1128", "condition": "intact", "x": 1}]},
     {"inspected[0].x"}),
    ("clearing", {"ended_on": "2023-02-28"}, {"ended_on"}),
    ("clearing", {"participants": 53}, {"participants"}),
    ("clearing", {"of_whom_police": 1}, {"of_whom_police"}),
    ("clearing", {"times": 0}, {"times"}),
    ("track", {"count": 0}, {"count"}),
    ("track", {"lines": [{"length_m": 5}]}, {"lines[0].marker"}),
    ("track", {"funders": [{"amount_vnd": 5}]}, {"funders[0].name"}),
    ("outreach", {"attendance": 39}, {"attendance"}),
    ("outreach", {"attendance": 40}, set()),
    ("outreach", {"form": "handout"}, {"sessions"}),
    ("outreach", {"form": "handout", "sessions": None}, set()),
    ("outreach",
     {"form": "small_scale", "sessions": None, "attendance": None, "other_places": None},
     {"attendance"}),
    ("outreach", {"form": "training", "attendance": 0, "other_places": None}, {"attendance"}),
    ("outreach", {"form": "broadcast", "attendance": None, "other_places": None}, set()),
    ("outreach", {"topics": []}, {"topics"}),
    ("outreach", {"other_places": [{"commune": "06196"}]}, {"other_places[0].attendance"}),
    ("pledge", {"count": 2}, {"household", "commune", "hamlet", "source_ref"}),
    ("pledge", {"commune": "06202"}, set()),
    ("pledge", {"count": 2, "household": None, "commune": "06202", "hamlet": "A"}, {"source_ref"}),
    ("pledge",
     {"count": 2, "household": None, "commune": "06202", "hamlet": "A", "source_ref": "B"},
     set()),
    ("registration", {"name": None}, {"name"}),
    ("registration", {"subject": "individual"}, {"members"}),
    ("registration", {"subject": "household", "name": None, "members": None}, {"household"}),
    ("registration", {"to_on": "2023-02-28"}, {"to_on"}),
    ("registration", {"to_on": "2040-01-01"}, set()),
    ("programme", {"quantity": None}, {"quantity"}),
    ("coordination", {"commune": None}, set()),
    ("incident", {"closed_on": None}, {"closed_on"}),
    ("incident", {"closed_on": None, "status": "open"}, set()),
    ("incident", {"closed_on": "2023-02-28"}, {"closed_on"}),
    ("household", {"valid_to": "2022-12-31"}, {"valid_to"}),
]  # fmt: skip


@pytest.mark.parametrize(("type_name", "changes", "refused"), RULES)
def test_what_depends_on_another_field(entry, type_name, changes, refused):
    assert problems(entry, type_name, **changes) == refused


def test_a_patrol_of_more_than_fifteen_days_is_doubted(entry):
    def said(ended_on):
        raw = {**example("patrol"), "ended_on": ended_on}
        return [
            d.message
            for d in clean(ALL_TYPES["patrol"], raw, entry).doubts
            if d.field == "ended_on"
        ]

    assert said("2023-03-16") == []
    assert said("2023-03-17") == ["Longer than 15 days."]


@pytest.mark.parametrize(
    ("type_name", "key"), [("pledge", "count"), ("clearing", "times"), ("track", "count"),
                           ("outreach", "sessions"), ("coordination", "times")]
)  # fmt: skip
def test_what_is_left_out_has_its_default(entry, type_name, key):
    raw = {k: v for k, v in example(type_name).items() if k != key}
    assert clean(ALL_TYPES[type_name], raw, entry).values[key] == 1


def test_a_default_is_not_given_where_the_field_does_not_exist(entry):
    raw = {**example("outreach"), "form": "handout"}
    del raw["sessions"]
    assert "sessions" not in clean(ALL_TYPES["outreach"], raw, entry).values


def test_a_field_is_not_blamed_for_the_problem_of_another(entry):
    assert problems(entry, "pledge", count="nhiều") == {"count"}
    assert problems(entry, "outreach", held_on="2023-13-01") == {"held_on"}


def test_typed_children_are_read_like_everything_typed(entry):
    raw = {
        "post": "ba son", "completed_on": "4/12", "commune": "xuất lễ", "count": "1",
        "lines": [{"marker": "1130", "length_m": "1.250,5"}, {"marker": "1131", "length_m": ""}],
    }  # fmt: skip
    cleaned = clean(ALL_TYPES["track"], raw, entry, typed=True)
    assert cleaned.problems == {}
    assert cleaned.values["lines"] == [
        {"marker": "1130", "length_m": Decimal("1250.5")},
        {"marker": "1131"},
    ]
    cell = json.dumps(example("track")["lines"])
    assert clean(ALL_TYPES["track"], {**raw, "lines": cell}, entry, typed=True).values["lines"] == [
        {"marker": "1130", "length_m": Decimal("350.5")},
        {"marker": "1131", "length_m": Decimal("120.0")},
    ]


@pytest.mark.parametrize("cell", ["[", "1130", '"x"', "[" * 100_000, '[{"marker": 5}]', "[NaN]"])
def test_an_unreadable_cell_of_children_is_a_problem_not_a_crash(entry, cell):
    raw = {"completed_on": "4/12/2023", "commune": "06202", "lines": cell}
    found = clean(ALL_TYPES["track"], raw, entry, typed=True).problems
    assert [key for key in found if key.startswith("lines")]


@given(st.dictionaries(
    st.sampled_from([*ALL_TYPES["outreach"].fields(), "id", "state", "x"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ),
))  # fmt: skip
def test_any_json_is_accepted_or_refused_with_words(open_desk, raw):
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    found = clean(ALL_TYPES["outreach"], raw, entry).problems
    assert found
    assert all(isinstance(text, str) and text for text in found.values())


@given(st.dictionaries(st.sampled_from([*ALL_TYPES["patrol"].fields()]), st.text(max_size=12)))
def test_any_typing_is_accepted_or_refused_with_words(open_desk, raw):
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    found = clean(ALL_TYPES["patrol"], raw, entry, typed=True).problems
    assert found
    assert all(isinstance(text, str) and text for text in found.values())


@given(st.text(max_size=10))
def test_no_text_breaks_a_field(open_desk, text):
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    entry.on = ON
    for field, _values in KINDS.values():
        for door in (field.read, field.clean):
            try:
                value = door(text, entry)
            except FieldError:
                continue
            assert value is None or canonical(field.to_canonical(value))
            if isinstance(value, str):
                assert value == nfc(value).strip()


# ----------------------------------------------------------- marks in numbers, at every door


METRES, KILOMETRES = QuantityField("n", unit="m"), QuantityField("n", unit="km")


@pytest.mark.parametrize(
    ("field", "typed", "value", "asked"),
    [
        (METRES, "0.500", "0.5", False), (KILOMETRES, "0.500", "0.5", False),
        (METRES, "3.200", "3200.0", True), (KILOMETRES, "3.200", "3.2", True),
        (METRES, "12.345", "12345.0", True), (KILOMETRES, "41.587", "41.6", True),
        (METRES, "1.234.567", "1234567.0", False), (METRES, "3,2", "3.2", False),
        (KILOMETRES, "16,325", "16.3", True), (METRES, "0.750", "0.8", True),
        (METRES, "1.234,5", "1234.5", False), (METRES, "12.5", "12.5", False),
        (METRES, "1\xa0500", "1500.0", False), (METRES, "1\u202f500,5", "1500.5", False),
    ],
)  # fmt: skip
def test_a_point_before_three_digits(entry, field, typed, value, asked):
    read = field.read(typed, entry)
    assert str(read) == value
    assert bool(list(field.typed_doubts(typed, read))) == asked


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.500", 1500), ("1 500", 1500), ("1\xa0500", 1500), ("1\u202f500\u202f000", 1_500_000),
     ("2.000.000", 2_000_000), ("18 x 3", 54)],
)  # fmt: skip
def test_groups_of_a_count(entry, typed, value):
    assert CountField("n").read(typed, entry) == value


@pytest.mark.parametrize(
    "typed", ["0.500", "2.000 000", "1 500.000", "0 500", "1.50", "1,500", "1.500,0", "1 50"]
)
def test_marks_that_group_nothing_are_refused_in_a_count(entry, typed):
    with pytest.raises(FieldError):
        CountField("n").read(typed, entry)


@pytest.mark.parametrize("typed", ["2.000 000", "1 500.000", "1.5.0", "1,234.5", "3.2 m"])
def test_marks_of_two_kinds_are_refused_in_a_length(entry, typed):
    with pytest.raises(FieldError):
        METRES.read(typed, entry)


def test_more_kilometres_than_a_post_has_are_doubted(entry):
    assert list(KILOMETRES.doubts(KILOMETRES.read("3200", entry), entry))
    assert not list(KILOMETRES.doubts(KILOMETRES.read("24,5", entry), entry))


def test_a_file_of_lengths_is_asked_about(post_desk):
    rows = [(n, {"kind": "road_clearing", "started_on": f"2026-11-0{n}", "commune": "06196",
                 "participants": "10", "length_m": typed})
            for n, typed in ((6, "0.500"), (7, "3.200"))]  # fmt: skip
    first, second = (
        saved for _n, saved in post_desk.records.add_batch("clearing", rows, typed=True)
    )
    assert first.warnings == {"length_m": "0,5 thấp bất thường: đã đúng đơn vị chưa?"}
    assert "3.200" in second.warnings["length_m"]
    kept = [post_desk.records.read("clearing", one.id)[0]["length_m"] for one in (first, second)]
    assert kept == [Decimal("0.5"), Decimal(3200)]


# ------------------------------------------------------------------- old fonts, wrong encodings


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("§ån Biªn phßng Ba S¬n", "Đồn Biên phòng Ba Sơn"), ("NguyÔn V¨n An", "Nguyễn Văn An"),
        ("B¶n", "Bản"), ("BaÛn", "Bản"), ("Thoân Baûn", "Thôn Bản"),
        ("BiÃªn phÃ²ng", "Biên phòng"), ("Báº£n Pháº¡c", "Bản Phạc"),
    ],
)  # fmt: skip
def test_text_of_an_old_font_is_told_with_its_reading(entry, typed, meant):
    found = list(short_text("Name").doubts(short_text("Name").clean(typed, entry), entry))
    assert any(meant == value for _message, value in found), found


@pytest.mark.parametrize(
    "sound",
    ["Bản Phạc", "Hòa", "hoà", "Pò Mã", "Thôn 1", "Đồn số 5 – km 12", "Xuất Lễ", "BB 12/2026",
     "Lý Và", "Nà Cáng", "25 °C", "½ ngày"],
)  # fmt: skip
def test_sound_vietnamese_is_not_doubted(entry, sound):
    field = short_text("Name")
    assert not list(field.doubts(field.clean(sound, entry), entry))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_is_shown_in_the_language_and_typed_one_way(open_desk, lang):
    set_language(lang)
    entry = EntryRules(open_desk.store, open_desk.book, TODAY, open_desk.writable())
    count, quantity = CountField("n"), QuantityField("q")
    shown = {"vi": ("3.848", "1.234,5"), "en": ("3,848", "1,234.5")}[lang]
    values = (3848, Decimal("1234.5"))
    for field, value, text in zip((count, quantity), values, shown, strict=True):
        assert field.show_short(value, open_desk.book) == text
        for typed in (
            field.to_editor(value, open_desk.book),
            field.as_typed(value, open_desk.book),
        ):
            assert field.read(typed, entry) == value


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"times": ""}, {"times"}), ({"with_posts": ""}, {"with_posts"}), ({"note": ""}, set()),
     ({"times": None, "with_posts": None, "note": None}, set()), ({"other": None}, {"other"}),
     ({"other": ""}, {"other"})],
)  # fmt: skip
def test_an_empty_text_stands_only_where_texts_may(entry, given, wrong):
    found = clean(ALL_TYPES["clearing"], {**example("clearing"), **given}, entry)
    assert {*found.problems} == wrong
    assert all(found.problems.values())
