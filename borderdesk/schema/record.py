"""The base of record types: one peewee model that declares everything about a type.

Form, list, command line, spreadsheet, exchange schema and report loop over `fields()`. Values
travel as plain dicts {key: value} (dates as datetime.date, several values as lists, children as
lists of dicts); absent keys are absent values.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

import peewee as pw

from borderdesk.base.errors import Problem
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import (
    HOUSEHOLD,
    INTERNAL,
    PERSONAL,
    POST,
    PUBLIC,
    UNIT,
    ChildrenField,
    ColumnField,
    DescriptionKeys,
    Field,
    PickField,
    PostField,
    SeveralField,
    TextField,
)

Values = dict[str, Any]

ANEW = "anew"
"""The key in a typed description of a record that requests a new record, though another one matches
the description (a namesake)."""


class DerivedKey(NamedTuple):
    """A derived column that records are compared by, and how it follows from their values."""

    column: str
    of: Callable[[Values], str]


class MatchRule(NamedTuple):
    """The rule for finding a record of this desk by a description in another record.

    described_by: the fields of a description; same, alike: derived keys that are equal in the same
    record, and in one that may be the same; told_apart_by: the fields that distinguish it from
    namesakes, the best first; joined_to: the field of the record that a duplicate was joined to;
    doubt: English key, stored with a new record that is alike; found_by: the fields whose words
    find the records that name it, its commune among them.
    """

    described_by: DescriptionKeys
    told_apart_by: tuple[str, ...]
    same: DerivedKey
    alike: DerivedKey
    joined_to: str
    doubt: str
    found_by: tuple[str, ...]

    @property
    def identity(self) -> str:
        """The field that decides alone, and that the same record cannot have two values of."""
        return self.described_by.identity


class HomePlace(NamedTuple):
    """The place that a record stores of the household it names, as it was on the record's day:
    `reference` the field that names the household, `commune` and `hamlet` the fields of the copy.
    They are set when the record is saved, and not typed while it names a household."""

    reference: str
    commune: str
    hamlet: str

    def keeps(self, key: str, values: Mapping[str, Any]) -> bool:
        """Whether a field of a record with these values is copied from the household, not typed."""
        return key in (self.commune, self.hamlet) and values.get(self.reference) is not None


class SplitNumber(NamedTuple):
    """A number that is split over places: `places` are the rows below that each have `unit` and a
    part `of` it; the rest belongs to the record's own place, as everything else does."""

    number: str
    places: str
    unit: str
    of: str

    def share(self, values: Mapping[str, Any], has_own_place: bool, units: Container[str]) -> Any:
        """The part of the number that lies in some units; has_own_place: whether the record's own
        place does."""
        rows = values.get(self.places) or ()
        whole = values.get(self.number)
        inside = sum(row[self.of] for row in rows if row[self.unit] in units)
        at_own_place = (whole or 0) - sum(row[self.of] for row in rows) if has_own_place else 0
        return None if whole is None else at_own_place + inside


class EarlierSpan(NamedTuple):
    """The derived column of the last day on which an earlier record of the same household counts
    (earlier by the day of the event, then by id), so that figures count a household once without
    collecting those that were counted.

    ends: the field of the last day on which a record counts, for ever without a value; "" where
    each counts on the day of its event.
    """

    until: str
    ends: str = ""


class YearlyRule(NamedTuple):
    """The rule for events that occur once a year: a further record with the same values of `keys`
    in the year of its event has a doubt at the first of them; doubt: English key."""

    keys: tuple[str, ...]
    doubt: str


class EventRule(NamedTuple):
    """The rule for recognising two records of the same event, besides day and place.

    agreeing: fields that are equal in both, unless all figures are equal; figures: numbers that are
    close; a figure that only one of the two has is ignored.
    """

    agreeing: tuple[str, ...]
    figures: tuple[str, ...]


class RequiredWhen(NamedTuple):
    """An optional field that is required while another has one of certain values; words: English
    key of the message where it is missing."""

    field: str
    other: str
    values: Container[Any]
    words: str

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a record of these values must have the field."""
        return values.get(self.other) in self.values


class DailyEntry(NamedTuple):
    """The button of a type that is logged daily, and what it does in a sentence: English keys."""

    button: str
    hint: str


class RevisionedModel(pw.Model):
    """A model stored as revisions: its table has the current version of each record.

    `row` numbers the versions of this desk only, `revision` is the `seq` of the current one.
    """

    class Meta:
        legacy_table_names = False

    row = pw.AutoField()
    id = pw.TextField(unique=True)
    revision = pw.IntegerField()

    type_name: ClassVar[str]
    title: ClassVar[str]
    layout: ClassVar[tuple[tuple[str, str], ...]]
    """The form: (heading, keys in order) a group."""
    summary: ClassVar[str] = ""
    """The columns, in order, of the index that answers the month's summary."""
    looked_up: ClassVar[tuple[str, ...]] = ()
    """Further indexes, each its columns."""
    kind_key: ClassVar[str] = "kind"
    """The field that `list --kind` filters by; empty where a type has no kinds."""
    place_column: ClassVar[str] = ""
    """The derived column of the commune a record counts in, where that is no field of its own."""
    matching: ClassVar[MatchRule | None] = None
    """How a record is found that others describe instead of naming its id."""
    earlier: ClassVar[EarlierSpan | None] = None
    """Until when an earlier record of the same household counts, where that is kept."""
    once_a_year: ClassVar[YearlyRule | None] = None
    """The rule of events that are doubtful when repeated in a year."""
    same_event: ClassVar[EventRule | None] = None
    """The rule for two records of the same work."""
    required_when: ClassVar[tuple[RequiredWhen, ...]] = ()
    """The fields that must be filled in for some values of others."""
    split_number: ClassVar[SplitNumber | None] = None
    """The number of it that is split over places."""
    home_place: ClassVar[HomePlace | None] = None
    """The place copied from the household it names."""
    uncounted: ClassVar[frozenset[str]] = frozenset()
    """The fields that no indicator counts by."""
    tagged_by: ClassVar[str] = ""
    """The field of several picks that lists set and clear as tags; empty without tags."""
    daily: ClassVar[DailyEntry | None] = None
    """The entry button on the first page; None for a type that is not logged daily."""
    notice: ClassVar[str] = ""
    """A sentence the form shows above its fields."""
    head_keys: ClassVar[tuple[str, ...]] = ("id", "revision", "warnings")
    """The keys that every record begins with in JSON and CSV."""

    @classmethod
    @cache
    def fields(cls) -> dict[str, Field]:
        """Every field by key: the type's own in the order of the layout, then the inherited
        ones."""
        own_fields: dict[str, Field] = {}
        common_fields: dict[str, Field] = {}
        for owner in reversed(cls.__mro__):
            where = own_fields if owner is cls else common_fields
            for key, value in vars(owner).items():
                # peewee hides a column's field behind an accessor.
                field = getattr(value, "field", value)
                if isinstance(field, Field):
                    where[key] = field
        declared = [k for _heading, keys in cls.layout for k in keys.split()]
        order = {key: place for place, key in enumerate(declared)}
        return dict(
            sorted(
                {**common_fields, **own_fields}.items(),
                key=lambda item: order.get(item[0], len(order)),
            )
        )

    @classmethod
    @cache
    def columns(cls) -> dict[str, ColumnField]:
        """The fields that are a column of the type's table."""
        return {k: f for k, f in cls.fields().items() if isinstance(f, ColumnField)}

    @classmethod
    @cache
    def children(cls) -> dict[str, ChildrenField]:
        """The fields that are rows below the record."""
        return {k: f for k, f in cls.fields().items() if isinstance(f, ChildrenField)}

    @classmethod
    @cache
    def listed(cls) -> tuple[str, ...]:
        """The keys of the list's columns, the event date first."""
        keys = [k for k, f in cls.columns().items() if f.listed]
        return tuple(sorted(keys, key=lambda k: not cls.columns()[k].event))

    @classmethod
    @cache
    def event(cls) -> ColumnField | None:
        """The date a record counts by; a household has none."""
        return next((f for f in cls.columns().values() if f.event), None)

    @classmethod
    @cache
    def work_end(cls) -> str:
        """The key of the last day of work that may take several; "" for none."""
        return next((k for k, f in cls.columns().items() if f.ends_work), "")

    @classmethod
    @cache
    def place_date(cls) -> str:
        """The key of the date that places are validated by in a record without an event; "" for
        none."""
        return next((k for k, f in cls.columns().items() if f.dates_places), "")

    @classmethod
    @cache
    def referring(cls, refers_to: str, several: bool | None = None) -> tuple[str, ...]:
        """The keys of the columns that refer to reference data (UNIT, POST …); only those of one
        value or only those of several, unless `several` is None."""
        return tuple(
            key
            for key, field in cls.columns().items()
            if field.refers_to == refers_to and several in (None, field.several)
        )

    @classmethod
    @cache
    def own_post(cls) -> str:
        """The key of the post that a record belongs to; "" for none."""
        return next(iter(cls.referring(POST, several=False)), "")

    @classmethod
    def household_key(cls) -> str:
        """The key of the household that a piece of work is about; "" for none."""
        return ""

    @classmethod
    @cache
    def main_place(cls) -> str:
        """The column of the one commune that a record counts in; "" where it counts in several
        or in none."""
        if any(field.linked for field in cls.columns().values()):
            return ""
        return cls.place_column or next(iter(cls.referring(UNIT, several=False)), "")

    @classmethod
    @cache
    def conditional(cls) -> tuple[ColumnField, ...]:
        """The fields that apply only while another field has certain values."""
        return tuple(f for f in cls.columns().values() if f.when is not None)

    @classmethod
    def part_of(cls, key: str, values: Mapping[str, Any]) -> str:
        """Whether the field is public, internal or personal in this record."""
        field = cls.columns()[key]
        if field.personal_when is not None:
            governing, personal_values = field.personal_when
            return PERSONAL if values.get(governing) in personal_values else PUBLIC
        return field.part

    @classmethod
    def keeps_apart(cls, key: str) -> bool:
        """Whether anything of the field may be personal or internal, and so stay at home."""
        if key in cls.children():
            of = cls.children()[key].child.fields()
            return any(field.part != PUBLIC for field in of.values())
        field = cls.columns()[key]
        return field.personal_when is not None or field.part != PUBLIC

    @classmethod
    def of(cls, values: Values) -> Self:
        """A record of these values, for `check`."""
        record = cls.__new__(cls)
        record.__data__ = values
        record.__rel__ = {}
        return record

    def check(self) -> Iterator[Problem]:
        """Checks that need two fields: a Problem blocks, a Doubt may be confirmed."""
        yield from ()

    @classmethod
    def derived(cls, values: Values) -> dict[str, Any]:
        """Columns of the store that follow from the values alone (sort and match keys)."""
        return {}

    @classmethod
    def follows(cls, values: Values, household_commune: str | None) -> dict[str, Any]:
        """Columns of the store that follow from the household the record names."""
        return {}


class Record(RevisionedModel):
    """A piece of logged work: it belongs to a post and counts by its event date."""

    post = PostField(N_("Post"))
    source_ref = TextField(
        N_("Source (minutes no., book page)"),
        brief=True,
        remembered=True,
        copied=False,
        headings=(
            "Số biên bản; Biên bản; Biên bản số; Số BB; Căn cứ; Nguồn số liệu; Số sổ; Trang sổ;"
            " Trang"
        ),
    )
    tags = SeveralField(PickField(N_("Movements and models"), "tag"))
    with_posts = SeveralField(PostField(N_("Posts taking part")))
    note = TextField(N_("Note"), part=INTERNAL)

    common: ClassVar[tuple[str, str]] = (N_("Further"), "source_ref tags with_posts note")
    tagged_by = "tags"
    sourced_by: ClassVar[str] = "source_ref"
    """The field of the paper that it was taken from."""
    # A joint activity counts for its host post, whoever participated.
    uncounted = frozenset({"source_ref", "tags", "with_posts", "note"})
    head_keys = ("id", "post", "state", "revision", "warnings")

    @classmethod
    @cache
    def household_key(cls) -> str:
        """The key of the household that the work is about; "" for none."""
        return next(iter(cls.referring(HOUSEHOLD, several=False)), "")


def event_key(model: type[RevisionedModel]) -> str:
    """The key, and so the column, of the event date of a type that has one."""
    event = model.event()
    assert event is not None, model.type_name
    return event.name


NOT_FIELDS = frozenset({"id", "state", "revision", "warnings"})
"""Keys of a record that are no fields: `list` writes them, `add` ignores them."""


def active(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the field exists for these values."""
    return field.when is None or values.get(field.when[0]) in field.when[1]


def form_groups(model: type[RevisionedModel], role: str) -> list[tuple[str, list[str]]]:
    """The keys of a form under their headings, on a desk of this role ("" for no particular role):
    except at a post, the field of the record's post is first."""
    groups = [(heading, keys.split()) for heading, keys in model.layout]
    own_post = model.own_post()
    if own_post and role != "post":
        groups[0][1].insert(0, own_post)
    return groups


def number_in(
    model: type[Record], key: str, values: Mapping[str, Any], units: Container[str] | None
) -> Any:
    """A number of a record; the part of it in some units (None: everywhere), if the record lies in
    several places: its share of the split one, any other only where its own place is."""
    split = model.split_number
    if split is None or units is None:
        return values.get(key)
    has_own_place = values.get(model.main_place()) in units
    if key == split.number:
        return split.share(values, has_own_place, units)
    return values.get(key) if has_own_place else None
