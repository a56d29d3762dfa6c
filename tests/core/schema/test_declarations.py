"""The declaration of a field or a column determines its behaviour, whatever its kind."""

import copy
import datetime
import json
from decimal import Decimal

import peewee as pw
import pytest

from borderdesk.schema import kinds
from borderdesk.schema.kinds import (
    INTERNAL,
    PERSONAL,
    PUBLIC,
    ChildModel,
    ChildrenField,
    ChoiceField,
    ColumnField,
    CommuneField,
    CommunesField,
    CountField,
    DayField,
    HamletField,
    MarkerStretch,
    PickField,
    QuantityField,
    SeveralField,
    TextField,
)
from borderdesk.schema.kinds.doubts import HIGH, LOW
from borderdesk.schema.kinds.field import NAME_LIMIT, TEXT_LIMIT, Field
from borderdesk.schema.kinds.numbers import COUNT_MOST
from borderdesk.schema.kinds.quantity import KILOMETRES, LONGEST_STRETCH
from borderdesk.schema.reference.columns import (
    AmountColumn,
    ChoiceColumn,
    CountColumn,
    DayColumn,
    FlagColumn,
    LastDayColumn,
    LinkColumn,
    TextColumn,
    YearColumn,
)
from borderdesk.schema.unit_history import FOREVER

OPTIONS = {"a": "First", "b": "Second"}
ARGUMENTS = {
    PickField: ("Topic", "topic"),
    ChoiceField: ("Level", OPTIONS),
    SeveralField: (PickField("Topic", "topic"),),
}
SAID = {
    "required": True, "listed": True, "when": ("x", {1}), "part": INTERNAL,
    "personal_when": ("y", {2}), "unit": "g", "soft_over": 7, "sticky": True,
}  # fmt: skip
UNSAID = {
    "required": False, "listed": False, "event": False, "when": None, "part": PUBLIC,
    "personal_when": None, "unit": "", "soft_over": None, "sticky": False, "initial": None,
}  # fmt: skip


def declared(kind, **said):
    return kind(*ARGUMENTS.get(kind, ("Label",)), **said)


def facts(field, names):
    return {name: getattr(field, name) for name in names}


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.__name__)
def test_a_field_says_what_was_declared(kind):
    field = declared(kind, default="d", headings="Cột", index=True, **SAID)
    assert facts(field, SAID) == SAID
    assert (field.initial, field.index, field.null) == ("d", True, True)
    assert field.headings.split("; ")[-1] == "Cột"
    assert kind.headings in field.headings
    assert field.label == {PickField: "Topic", SeveralField: "Topic", ChoiceField: "Level"}.get(
        kind, "Label"
    )  # fmt: skip
    bare = declared(kind)
    assert facts(bare, UNSAID) == UNSAID
    assert bare.copied == (kind is not DayField)
    assert bare.null
    if kind is not DayField:
        assert not declared(kind, copied=False).copied
    # One over a threshold is doubtful, whatever else its kind doubts.
    assert field.doubtful or kind in (DayField, SeveralField, CommunesField)


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.__name__)
def test_a_copy_of_a_field_shares_what_it_says(kind):
    field = declared(kind, **SAID)
    other = copy.deepcopy(field)
    assert other is not field
    assert all(vars(other)[name] is value for name, value in vars(field).items())


def test_a_text_is_short_or_of_several_lines():
    long, short, exactly = (
        TextField("A"),
        TextField("A", limit=NAME_LIMIT),
        TextField("A", limit=201),
    )
    assert [one.limit for one in (long, short, exactly)] == [TEXT_LIMIT, NAME_LIMIT, 201]
    assert [one.lines for one in (long, short, exactly)] == [True, False, True]
    assert [one.recurs for one in (long, short, exactly)] == [False, True, False]
    assert [one.form_width for one in (long, short)] == ["whole", "half"]
    assert (long.brief, TextField("A", brief=True).brief) == (False, True)
    assert [TextField("A", remembered=said).remembered for said in (None, True, False)] == [
        TextField.remembered, True, False
    ]  # fmt: skip
    assert kinds.short_text("A", required=True).limit == NAME_LIMIT
    assert kinds.short_text("A", required=True).required
    assert [HamletField("A").within, HamletField("A", within="b").within] == ["commune", "b"]
    assert HamletField("A").limit == NAME_LIMIT


def test_numbers_have_their_bounds():
    assert facts(CountField("A"), ("least", "most", "per_day")) == {
        "least": 0, "most": COUNT_MOST, "per_day": False
    }  # fmt: skip
    told = {"least": 1, "most": 5, "per_day": True}
    assert facts(CountField("A", **told), told) == told
    assert [QuantityField("A").most, QuantityField("A", most=3).most] == [COUNT_MOST, 3]
    assert QuantityField("A", unit="m").soft_over == 50_000
    assert QuantityField("A").soft_over is None
    assert not QuantityField("A").doubtful
    assert QuantityField("A", unit=KILOMETRES).soft_over == LONGEST_STRETCH
    assert QuantityField("A", unit=KILOMETRES, soft_over=9).soft_over == 9
    assert kinds.money("A", required=True).required
    assert kinds.money("A").most > COUNT_MOST


def test_days_of_an_event_are_past_and_doubted():
    names = ("past", "lasting", "ends_work", "dates_places", "doubtful")
    assert [*facts(DayField("A"), names).values()] == [False] * 5
    assert [*facts(DayField("A", event=True), names).values()] == [True, False, False, False, True]
    for name in names[:4]:
        assert facts(DayField("A", **{name: True}), [name]) == {name: True}
    assert "Ngày thực hiện" in DayField("A", event=True, headings="Cột").headings
    assert "Ngày thực hiện" not in DayField("A").headings


def test_several_values_are_what_one_of_them_is():
    one = PickField("Topic", "topic")
    several = SeveralField(one)
    names = ("dated", "refers_to", "pick_list", "options", "order", "from_list", "remembered")
    assert facts(several, names) == facts(one, names)
    assert several.pick_list == "topic"
    assert several.each is one
    assert one.each is one
    choices = SeveralField(ChoiceField("A", OPTIONS))
    assert (choices.options, choices.doubtful) == (OPTIONS, False)
    assert SeveralField(CountField("A", soft_over=3)).doubtful
    communes = CommunesField("A", along=("from", "to"), required=True)
    assert (communes.along, communes.required) == (("from", "to"), True)
    assert isinstance(communes.each, CommuneField)
    assert communes.each.label == "A"
    assert CommunesField("A").along is None
    assert [CommuneField("A").by_id, CommuneField("A", by_id=True).by_id] == [False, True]


def test_rows_below_a_record_say_their_model_and_key():
    class Row(ChildModel):
        class Meta:
            primary_key = False

        first = CountField("First")
        second = CommuneField("Second")
        plain = pw.IntegerField()

    stretch = MarkerStretch(("a", "b"), "first", {"x": "1"})

    class Holder:
        rows = ChildrenField("Rows", Row, stretch=stretch)

    field = Holder.rows
    assert (field.label, field.child, field.key, field.stretch) == ("Rows", Row, "rows", stretch)
    assert ChildrenField("Rows", Row).stretch is None
    assert [*Row.fields()] == ["first", "second"]
    assert Row.referring("unit") == ("second",)
    assert Row.referring("post") == ()
    assert stretch.outcome == {}


# ------------------------------------------------------------------------------- columns

DAY = datetime.date(2025, 7, 1)


@pytest.mark.parametrize(
    ("column", "fitting", "unfitting"),
    [
        (TextColumn("A"), ["", "a", "x" * 9_000], ["a\nb"]),
        (TextColumn("A", required=True), ["a"], ["", "a\nb"]),
        (TextColumn("A", pattern="[0-9]{2}"), ["12"], ["", "1", "123", "12\n"]),
        (TextColumn("A", pattern="[0-9]*", required=True), ["", "1"], ["a"]),
        (ChoiceColumn("A", OPTIONS), ["", "a", "b"], ["c", "First"]),
        (ChoiceColumn("A", OPTIONS, required=True), ["a"], ["", "c"]),
        (DayColumn("A"), ["", "2025-07-01"], ["1/7/2025", "2025-02-30", "x"]),
        (DayColumn("A", required=True), ["2025-07-01"], ["", "x"]),
        (FlagColumn("A"), ["0", "1"], ["", "2", "true"]),
        (CountColumn("A"), ["", "0", "999999"], ["1000000", "-1", "1.0", "a"]),
    ],
)  # fmt: skip
def test_columns_accept_and_refuse_their_cells(column, fitting, unfitting):
    assert [cell for cell in fitting if not column.fits(cell)] == []
    assert [cell for cell in unfitting if column.fits(cell)] == []


@pytest.mark.parametrize(
    ("column", "value", "cell", "stored", "held"),
    [
        (TextColumn("A"), "x", "x", "x", "x"), (TextColumn("A"), None, "", "", ""),
        (TextColumn("A", blank="–"), None, "–", "–", "–"),
        (DayColumn("A"), DAY, "2025-07-01", "2025-07-01", "2025-07-01"),
        (LastDayColumn("A"), DAY, "2025-07-01", "2025-07-01", "2025-07-01"),
        (LastDayColumn("A"), None, "", "", FOREVER),
        (FlagColumn("A"), True, "1", 1, True), (FlagColumn("A"), False, "0", 0, False),
        (CountColumn("A"), 40, "40", 40, 40), (CountColumn("A"), None, "", None, None),
        (AmountColumn("A"), Decimal("12.5"), "12.5", "12.5", Decimal("12.5")),
        (AmountColumn("A"), Decimal("12.0"), "12", "12", Decimal(12)),
        (AmountColumn("A"), None, "", "", None),
        (YearColumn("A"), "2025", "2025", 2025, 2025),
        (ChoiceColumn("A", OPTIONS, blank="b"), None, "b", "b", "b"),
        (LinkColumn("A"), "x", "x", "x", "x"),
        (LinkColumn("A", several=True), ["x", "y"], "x y", "x y", ("x", "y")),
        (LinkColumn("A", several=True), None, "", "", ()),
        (LinkColumn("A", several=True, whole=True), ["x", "y"], "x y", "x y", "x y"),
    ],
)  # fmt: skip
def test_a_value_as_cell_in_the_store_and_in_the_book(column, value, cell, stored, held):
    assert column.to_cell(value) == cell
    assert column.db_value(cell) == stored
    assert type(column.db_value(cell)) is type(stored)
    assert column.python_value(stored) == held
    assert type(column.python_value(stored)) is type(held)
    given = column.from_store
    assert (stored if given is None else given(stored)) == held
    if value is not None:
        assert column.from_cell(cell) == value
        assert column.printed(held) == cell
    elif not column.blank:
        assert column.from_cell(cell) is None
    assert column.from_package(column.to_package(cell)) == cell


def test_a_column_says_what_was_declared():
    def resolved(_book, cell, _cells):
        return cell

    link = LinkColumn(
        "A", "units", by=("id", "code"), several=True, whole=True, resolve=resolved, required=True
    )
    assert facts(link, ("label", "to", "by", "several", "whole", "resolve", "required")) == {
        "label": "A", "to": "units", "by": ("id", "code"), "several": True, "whole": True,
        "resolve": resolved, "required": True,
    }  # fmt: skip
    bare = LinkColumn("A")
    assert facts(bare, ("to", "by", "several", "whole", "resolve")) == {
        "to": "", "by": (), "several": False, "whole": False, "resolve": None
    }  # fmt: skip
    assert (bare.pattern, bare.blank, bare.null, CountColumn("A").null) == ("", "", False, True)
    assert FlagColumn("A", required=True).required
    assert FlagColumn("A").from_cell("") is None
    assert [FlagColumn("A").to_package(cell) for cell in "10"] == ["true", "false"]
    with_day = DayColumn("A", blank="0001-01-01")
    assert (with_day.from_cell("0001-01-01"), with_day.to_cell(None)) == (None, "0001-01-01")
    assert with_day.db_value(DAY) == "2025-07-01"


def test_a_link_is_read_by_the_choices_there_are_or_by_its_kind():
    one = LinkColumn("A", choices=lambda book: {book: "First"}, required=True).at("k")
    assert isinstance(one, ChoiceField)
    assert (one.options, one.label, one.required) == ({"k": "First"}, "A", True)
    several = LinkColumn("A", choices=lambda book: {book: "First"}, several=True).at("k")
    assert isinstance(several, SeveralField)
    assert several.each.options == {"k": "First"}
    kind = LinkColumn("A", kind=CommuneField, required=True).at("k")
    assert (type(kind), kind.label, kind.required) == (CommuneField, "A", True)
    assert LinkColumn("A").at("k").options == {}
    text = TextColumn("A")
    assert text.at("k") is text


@pytest.mark.parametrize("text", ["1999", "2201", "x", "20 25"])
def test_a_year_is_one_of_two_centuries(text):
    for year in ("2000", "2200", " 2025 "):
        assert YearColumn("A").read(year, None) == year.strip()
    assert YearColumn("A").read(" ", None) is None
    with pytest.raises(ValueError, match=text):
        YearColumn("A").read(text, None)


def test_the_parts_of_a_field_are_told_apart():
    assert len({PUBLIC, INTERNAL, PERSONAL}) == 3
    assert ColumnField.each.fget(declared(TextField)).label == "Label"


class Gear(ChildModel):
    what = TextField("What")
    many = CountField("Many")
    since = DayField("Since")


def test_rows_below_a_record_go_out_field_by_field():
    field = ChildrenField("Gear", Gear)
    rows = [{"what": "ế", "many": 5}, {"what": "b", "many": None, "since": DAY}]
    assert field.show(rows, None) == "ế · 5\nb · 01/07/2025"
    every = [{"what": "ế", "many": 5, "since": None},
             {"what": "b", "many": None, "since": "2025-07-01"}]  # fmt: skip
    assert field.to_json(rows, None) == every
    assert field.to_csv(rows, None) == json.dumps(every, ensure_ascii=False)
    assert field.to_editor(rows, None) == [
        {"what": "ế", "many": "5", "since": ""}, {"what": "b", "many": "", "since": "01/07/2025"}
    ]  # fmt: skip
    for nothing in (None, []):
        assert (field.show(nothing, None), field.to_csv(nothing, None)) == ("", "")
        assert (field.to_json(nothing, None), field.to_editor(nothing, None)) == ([], [])
    assert field.from_csv("[]", None) == "[]"
    (example,) = field.example(None, DAY, "")
    assert example == {"what": "(Mục)", "many": 1, "since": "2025-07-01"}


def test_no_field_has_more_to_say_than_it_was_told():
    text = TextField("Note")
    assert (text.to_csv(None, None), text.to_editor(None, None), text.show(None, None)) == ("",) * 3
    assert text.typed_doubts("x", "x") == ()
    assert Field.offered(text, None, DAY, "") == ()
    assert [*text.each_value("a")] == ["a"]
    assert (text.from_code("a"), text.rank_name("x.y"), text.schema_constraints()) == ("a", "", {})
    assert (text.to_canonical("a"), text.from_canonical("a"), text.to_package("a")) == ("a",) * 3
    assert [Field.example(CountField("A"), None, DAY, ""), CountField("A").to_package(5)] == [
        1,
        "5",
    ]
    assert CountField("A", least=1, most=9).schema_constraints() == {"minimum": 1, "maximum": 9}
    assert ChoiceField("A", OPTIONS).schema_constraints() == {"enum": ["a", "b"]}
    counted = CountField("A", soft_over=5)
    assert [[*counted.doubts(number, None)] for number in (5, 6)] == [[], [(HIGH, 6)]]
    assert [*CountField("A").doubts(10**6, None)] == []
    length = QuantityField("A", soft_under=10, soft_over=90)
    doubts = [[*length.doubts(Decimal(number), None)] for number in (0, "1.5", 10, 91)]
    assert doubts == [[], [(LOW, Decimal("1.5"))], [], [(HIGH, Decimal(91))]]
    assert QuantityField("A", soft_under=10).doubtful
    assert [counted.numeric, counted.is_date, DayField("A").is_date, DayField("A").numeric] == [
        True, False, True, False
    ]  # fmt: skip


def test_letters_that_paper_lacks_are_named_up_to_five():
    for letters, end in (("😀😁😂😃😄", ""), ("😀😁😂😃😄😅", " …")):
        ((_message, told),) = TextField("Note").doubts(letters, None)
        named = [f"“{one}” (U+{ord(one):04X}) → “[U+{ord(one):04X}]”" for one in letters[:5]]
        assert told == ", ".join(named) + end
