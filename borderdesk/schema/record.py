"""What a record type is: one peewee model that says everything about itself.

Form, list, command line, spreadsheet, exchange schema and report loop over `fields()`.
Values travel as plain dicts {key: value} (dates as datetime.date, several values as lists,
children as lists of dicts); absent keys are absent values.
"""

import datetime
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import peewee as pw

from borderdesk.base.errors import Problem
from borderdesk.base.formats import show_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.schema.fields import (
    COUNTED,
    INTERNAL,
    PERSONAL,
    PUBLIC,
    Bad,
    Children,
    Day,
    Entry,
    Kind,
    Pick,
    Post,
    Several,
    Soft,
    Text,
    read_json_cell,
    wrong_shape,
)
from borderdesk.schema.revisions import canonical

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

Values = dict[str, Any]
Field = Kind | Children
ELSEWHERE = frozenset({"id", "state", "revision", "warnings"})
"""Keys of a record that are no fields: what `list` writes, and `add` passes over or sees to."""


class Child(pw.Model):
    """A row below a record; `row` is its record's, `place` its position from 0."""

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("row", "place")

    row = pw.IntegerField()
    place = pw.IntegerField()

    @classmethod
    @cache
    def fields(cls) -> dict[str, Kind]:
        """The child's fields by key, in the order they were declared."""
        return {f.name: f for f in cls._meta.sorted_fields if isinstance(f, Kind)}


class Revisioned(pw.Model):
    """Anything kept as revisions: its table holds the current version of each.

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
    notice: ClassVar[str] = ""
    """A sentence the form shows above its fields."""

    @classmethod
    @cache
    def fields(cls) -> dict[str, Field]:
        """Every field by key: the type's own in order of declaration, then the common ones."""
        own: dict[str, Field] = {}
        common: dict[str, Field] = {}
        for owner in reversed(cls.__mro__):
            where = own if owner is cls else common
            for key, value in vars(owner).items():
                if isinstance(value, Children):
                    where[key] = value
                elif isinstance(getattr(value, "field", None), Kind):
                    where[key] = value.field
        declared = [k for _heading, keys in cls.layout for k in keys.split()]
        order = {key: place for place, key in enumerate(declared)}
        return dict(
            sorted({**common, **own}.items(), key=lambda item: order.get(item[0], len(order)))
        )

    @classmethod
    @cache
    def columns(cls) -> dict[str, Kind]:
        """The fields that are a column of the type's table."""
        return {k: f for k, f in cls.fields().items() if isinstance(f, Kind)}

    @classmethod
    @cache
    def children(cls) -> dict[str, Children]:
        """The fields that are rows below the record."""
        return {k: f for k, f in cls.fields().items() if isinstance(f, Children)}

    @classmethod
    @cache
    def listed(cls) -> tuple[str, ...]:
        """The keys of the list's columns, the event date first."""
        keys = [k for k, f in cls.columns().items() if f.listed]
        return tuple(sorted(keys, key=lambda k: not cls.columns()[k].event))

    @classmethod
    @cache
    def event(cls) -> Day | None:
        """The date a record counts by; a household has none."""
        return next((f for f in cls.columns().values() if f.event and isinstance(f, Day)), None)

    @classmethod
    @cache
    def conditional(cls) -> tuple[Kind, ...]:
        """The fields that exist only while another has certain values."""
        return tuple(f for f in cls.columns().values() if f.when is not None)

    @classmethod
    def part_of(cls, key: str, values: Mapping[str, Any]) -> str:
        """Whether the field is public, internal or personal in this record."""
        field = cls.columns()[key]
        if field.personal_when is not None:
            other, those = field.personal_when
            return PERSONAL if values.get(other) in those else PUBLIC
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
        """What needs two fields: a Problem blocks, a Soft one may be kept."""
        yield from ()

    @classmethod
    def derived(cls, values: Values) -> dict[str, Any]:
        """Columns of the store that follow from the values alone (sort and match keys)."""
        return {}

    @classmethod
    def follows(cls, values: Values, household_commune: str | None) -> dict[str, Any]:
        """Columns of the store that follow from the household the record names."""
        return {}


class Record(Revisioned):
    """A piece of logged work: it belongs to a post and counts by its event date."""

    class Meta:
        legacy_table_names = False

    post = Post(N_("Post"))
    source_ref = Text(N_("Source (minutes no., book page)"), brief=True)
    tags = Several(Pick(N_("Movements and models"), "tag"))
    with_posts = Several(Post(N_("Posts taking part")))
    note = Text(N_("Note"), part=INTERNAL)

    common: ClassVar[tuple[str, str]] = (N_("Further"), "source_ref tags with_posts note")


def active(field: Kind, values: Mapping[str, Any]) -> bool:
    """Whether the field exists for these values."""
    return field.when is None or values.get(field.when[0]) in field.when[1]


class Cleaned:
    """What became of one record's input: its values, what blocks, and what is doubtful."""

    __slots__ = ("doubts", "problems", "values")

    def __init__(self) -> None:
        self.values: Values = {}
        self.problems: dict[str, str] = {}
        self.doubts: list[Soft] = []


def clean(
    model: type[Revisioned],
    raw: Mapping[str, Any],
    entry: Entry,
    *,
    typed: bool = False,
    kept: Mapping[str, Any] | None = None,
) -> Cleaned:
    """The record that `raw` describes, checked field by field and as a whole.

    raw: {key: JSON value}, or with `typed` {key: text as typed} (children as lists of such);
    kept: values of an edited record that stay and are not judged again.
    entry.on is set here to the event date, which places are judged by.
    """
    cleaned = Cleaned()
    if kept is None:
        entry.on = _event_date(model, raw, entry, cleaned, typed)
        _clean_fields(model, raw, entry, cleaned, typed)
    else:
        dated = {**_kept_date(kept), **raw}
        entry.on = _event_date(model, dated, entry, cleaned, typed) or entry.on
        _clean_fields(model, raw, entry, cleaned, typed)
        cleaned.values = {**_still_used(model, kept, cleaned.values), **cleaned.values}
    _apply_conditions(model, cleaned)
    if plan_of(model).checks:
        for problem in model.of(cleaned.values).check():
            if isinstance(problem, Soft):
                cleaned.doubts.append(problem)
            else:
                cleaned.problems.setdefault(problem.field, problem.message)
    return cleaned


def _still_used(
    model: type[Revisioned], kept: Mapping[str, Any], changed: Mapping[str, Any]
) -> Values:
    """What stays of an edited record: a field that the edit put out of use is dropped when it
    only holds its default."""
    after = {**kept, **changed}
    return {
        key: value
        for key, value in kept.items()
        if key not in model.columns()
        or active(model.columns()[key], after)
        or value != model.columns()[key].initial
    }


def _event_date(
    model: type[Revisioned], raw: Mapping[str, Any], entry: Entry, cleaned: Cleaned, typed: bool
) -> datetime.date | None:
    field = model.event()
    if field is None:
        return _household_date(model, raw, entry)
    given = raw.get(field.name)
    if given is None or given == "":
        return None
    try:
        day = field.read(given, entry) if typed else field.clean(given, entry)
    except Bad as error:
        cleaned.problems[field.name] = str(error)
        return None
    if day is not None:
        cleaned.values[field.name] = day
        for message, shown_value in field.doubts(day, entry):
            cleaned.doubts.append(Soft(field.name, _with_value(message, shown_value)))
    return day


def _kept_date(kept: Mapping[str, Any]) -> dict[str, str]:
    """The `valid_from` that an edited household keeps, as it would be given."""
    day = kept.get("valid_from")
    return {"valid_from": day.isoformat()} if day else {}


def _household_date(
    model: type[Revisioned], raw: Mapping[str, Any], entry: Entry
) -> datetime.date | None:
    """A household's commune means the unit on the naming record's date, else on
    `valid_from`, else today."""
    if entry.on is not None:
        return entry.on
    given = raw.get("valid_from")
    if isinstance(given, str) and given:
        try:
            field = model.columns()["valid_from"]
            day: datetime.date | None = field.read(given, entry)
        except Bad:
            return entry.today
        return day or entry.today
    return entry.today


def _clean_fields(
    model: type[Revisioned], raw: Mapping[str, Any], entry: Entry, cleaned: Cleaned, typed: bool
) -> None:
    """Clean what is given, but for the event date, which was judged before."""
    plan = plan_of(model)
    steps = plan.typed if typed else plan.given
    values = cleaned.values
    for key, given in raw.items():
        if given is None or given == "":
            if not typed and (given == "" or key not in plan.keys):
                _clean_nothing(model, key, given, cleaned)
            continue
        step = steps.get(key)
        if step is None:
            _clean_other(model, key, given, entry, cleaned, typed)
            continue
        convert, doubts = step
        try:
            value = convert(given, entry)
        except Bad as error:
            cleaned.problems[key] = str(error)
            continue
        if value is None:
            continue
        values[key] = value
        if doubts is not None:
            for message, shown_value in doubts(value, entry):
                cleaned.doubts.append(Soft(key, _with_value(message, shown_value)))


def _clean_nothing(model: type[Revisioned], key: str, given: str | None, cleaned: Cleaned) -> None:
    """Null means that the field is absent, and so does an empty text where texts may stand."""
    if key in ELSEWHERE:
        return
    field = model.fields().get(key)
    if field is None:
        cleaned.problems[key] = _("There is no such field.")
    elif given is not None and field.shape != "string":
        cleaned.problems[key] = wrong_shape(field.shape)


def _clean_other(
    model: type[Revisioned], key: str, given: Any, entry: Entry, cleaned: Cleaned, typed: bool
) -> None:
    """What a record has beside the fields of its columns: children, and what is no field."""
    field = model.children().get(key)
    if field is not None:
        rows = _clean_children(field, given, entry, cleaned, typed)
        if rows:
            cleaned.values[key] = rows
    elif key not in ELSEWHERE and key not in model.columns():
        cleaned.problems[key] = _("There is no such field.")


def _with_value(message: str, value: Any) -> str:
    """A doubt as it is kept: the English key, and the value shown in it after a tab."""
    return f"{message}\t{value}" if "{value}" in message else message


def say(doubt: str) -> str:
    """A kept doubt in the language in use."""
    message, _tab, value = doubt.partition("\t")
    if message in COUNTED and value.isdecimal():
        value = show_number(int(value), language())
    return _(message).replace("{value}", value)


def _clean_children(
    field: Children, given: Any, entry: Entry, cleaned: Cleaned, typed: bool
) -> list[Values]:
    if typed and isinstance(given, str):
        try:
            given = read_json_cell(given)
        except Bad as error:
            cleaned.problems[field.key] = str(error)
            return []
        typed = False
    if type(given) is not list:
        cleaned.problems[field.key] = _("Must be a list.")
        return []
    rows = []
    for place, item in enumerate(given):
        where = f"{field.key}[{place}]"
        if not isinstance(item, dict):
            cleaned.problems[where] = _("Must be an object.")
            continue
        rows.append(_clean_child(field, item, where, entry, cleaned, typed))
    return rows


def _clean_child(
    field: Children,
    item: Mapping[str, Any],
    where: str,
    entry: Entry,
    cleaned: Cleaned,
    typed: bool,
) -> Values:
    plan = _child_plan(field.child)
    steps = plan.typed if typed else plan.given
    child: Values = {}
    for key, given in item.items():
        if key not in steps:
            cleaned.problems[f"{where}.{key}"] = _("There is no such field.")
            continue
        if given is None or (
            given == "" and (typed or field.child.fields()[key].shape == "string")
        ):
            continue
        convert, doubts = steps[key]
        try:
            value = convert(given, entry)
        except Bad as error:
            cleaned.problems[f"{where}.{key}"] = str(error)
            continue
        if value is None:
            continue
        child[key] = value
        for message, shown_value in doubts(value, entry) if doubts else ():
            cleaned.doubts.append(Soft(f"{where}.{key}", _with_value(message, shown_value)))
    for key in () if child.keys() >= plan.always else plan.required:
        if key not in child:
            cleaned.problems.setdefault(f"{where}.{key}", _("Must be filled in."))
    return child


def _apply_conditions(model: type[Revisioned], cleaned: Cleaned) -> None:
    """Defaults, then fields that may not be there, then fields that must."""
    values, problems = cleaned.values, cleaned.problems
    plan = plan_of(model)
    for key, default, field in plan.defaults:
        if key not in values and key not in problems and active(field, values):
            values[key] = default
    for key, (other, those) in plan.conditions:
        if key in values and values.get(other) not in those and other not in problems:
            label = _(model.columns()[other].label)
            problems[key] = _("Not used with this value of “{field}”.").format(field=label)
    for key, field in plan.sometimes if values.keys() >= plan.always else plan.required:
        if key not in values and key not in problems and active(field, values):
            problems[key] = _("Must be filled in.")


Step = tuple[Callable[[Any, Entry], Any], Callable[[Any, Entry], Any] | None]
"""How a field's value is made of what is given, and what asks for doubts, where it has any."""


class Plan(NamedTuple):
    """How the records of a type are cleaned, worked out once; the event date comes first and
    is no step. Of the `required` fields some exist `always`, others only `sometimes`; `checks`:
    whether the type has rules of its own; `keys`: all that a record may have."""

    given: dict[str, Step]
    typed: dict[str, Step]
    defaults: tuple[tuple[str, Any, Kind], ...]
    conditions: tuple[tuple[str, tuple[str, Container[Any]]], ...]
    required: tuple[tuple[str, Kind], ...]
    always: frozenset[str]
    sometimes: tuple[tuple[str, Kind], ...]
    checks: bool
    keys: frozenset[str]


@cache
def plan_of(model: type[Revisioned]) -> Plan:
    """The plan of a record type."""
    columns = model.columns()
    steps = {k: f for k, f in columns.items() if f is not model.event()}
    required = tuple((k, f) for k, f in columns.items() if f.required)
    return Plan(
        _steps(steps, "clean"),
        _steps(steps, "read"),
        tuple((k, f.initial, f) for k, f in columns.items() if f.initial is not None),
        tuple((k, f.when) for k, f in columns.items() if f.when is not None),
        required,
        frozenset(k for k, f in required if f.when is None),
        tuple((k, f) for k, f in required if f.when is not None),
        model.check is not Revisioned.check,
        ELSEWHERE.union(model.fields()),
    )


class ChildPlan(NamedTuple):
    """How the rows below a record are cleaned."""

    given: dict[str, Step]
    typed: dict[str, Step]
    required: tuple[str, ...]
    always: frozenset[str]


@cache
def _child_plan(child: type[Child]) -> ChildPlan:
    columns = child.fields()
    required = tuple(k for k, f in columns.items() if f.required)
    given, typed = _steps(columns, "clean"), _steps(columns, "read")
    return ChildPlan(given, typed, required, frozenset(required))


def _steps(columns: Mapping[str, Kind], door: str) -> dict[str, Step]:
    return {k: (getattr(f, door), f.doubts if f.doubtful else None) for k, f in columns.items()}


def split(model: type[Revisioned], values: Values) -> tuple[Values, Values]:
    """The canonical public part and the separate part (personal and internal), ready for JSON.

    Children keep their places: the separate part has one object a child row, empty where
    nothing is kept apart.
    """
    public: Values = {}
    private: Values = {}
    keepers = _keepers(model)
    for key, value in values.items():
        keep, part = keepers[key]
        if part is None:
            public[key], apart = _split_children(model.children()[key], value)
            if any(apart):
                private[key] = apart
            continue
        if part == VARYING:
            part = model.part_of(key, values)
        (public if part == PUBLIC else private)[key] = value if keep is None else keep(value)
    return public, private


def parts(model: type[Revisioned], values: Values) -> tuple[str, str]:
    """The public part and the separate one in canonical JSON, "" where nothing is kept apart:
    what `split` gives, in one go."""
    public: list[str] = []
    private: list[str] = []
    spellers, children = _spellers(model)
    for key, value in values.items():
        if key in spellers:
            name, spell, part = spellers[key]
            if part == VARYING:
                part = model.part_of(key, values)
            (public if part == PUBLIC else private).append(name + spell(value))
            continue
        name, of = children[key]
        rows, apart = _rows_parts(of, value)
        public.append(f"{name}[{','.join(rows)}]")
        if any(row != "{}" for row in apart):
            private.append(f"{name}[{','.join(apart)}]")
    return _object(public), _object(private) if private else ""


def _rows_parts(spellers: "Spellers", rows: list[Values]) -> tuple[list[str], list[str]]:
    public: list[str] = []
    apart: list[str] = []
    for row in rows:
        of_public: list[str] = []
        of_apart: list[str] = []
        for key, value in row.items():
            name, spell, part = spellers[key]
            (of_public if part == PUBLIC else of_apart).append(name + spell(value))
        public.append(_object(of_public))
        apart.append(_object(of_apart) if of_apart else "{}")
    return public, apart


def _object(members: list[str]) -> str:
    # A quotation mark sorts before every sign of a key, so that members sort as their keys do.
    members.sort()
    return f"{{{','.join(members)}}}"


Spellers = dict[str, tuple[str, Callable[[Any], str], str]]
"""{key: its name in JSON, how its value is spelt there, its part}."""


@cache
def _spellers(model: type[Revisioned]) -> tuple[Spellers, dict[str, tuple[str, Spellers]]]:
    """How columns are spelt in JSON; of the children the name, and how theirs are."""
    below = {k: (f'"{k}":', _spelt(f.child.fields())) for k, f in model.children().items()}
    return _spelt(model.columns()), below


def _spelt(columns: Mapping[str, Kind]) -> Spellers:
    return {
        k: (f'"{k}":', _speller(f), VARYING if f.personal_when else f.part)
        for k, f in columns.items()
    }


def _speller(field: Kind) -> Callable[[Any], str]:
    keep = field.keep
    if type(field).keep is not Kind.keep:
        return lambda value: canonical(keep(value))
    if field.shape == "string":
        return encode_basestring
    return int.__repr__ if field.shape == "integer" else canonical


VARYING = "varying"
Keeper = tuple[Callable[[Any], Any] | None, str | None]


@cache
def _keepers(model: type[Revisioned]) -> dict[str, Keeper]:
    """{key: how its value is kept (None: as it is), its part (None: children)}."""
    keepers: dict[str, Keeper] = dict.fromkeys(model.children(), (None, None))
    for key, field in model.columns().items():
        keep = None if type(field).keep is Kind.keep else field.keep
        keepers[key] = (keep, VARYING if field.personal_when else field.part)
    return keepers


def _split_children(field: Children, rows: list[Values]) -> tuple[list[Values], list[Values]]:
    columns = field.child.fields()
    public = []
    apart = []
    for row in rows:
        kept = {key: columns[key].keep(row[key]) for key in sorted(row)}
        public.append({k: v for k, v in kept.items() if columns[k].part == PUBLIC})
        apart.append({k: v for k, v in kept.items() if columns[k].part != PUBLIC})
    return public, apart


def joined(model: type[Revisioned], public: Values, private: Values | None) -> Values:
    """The values again from the two parts; without the separate one its fields are absent."""
    columns, children = model.columns(), model.children()
    values: Values = {}
    for key, kept in (*public.items(), *(private or {}).items()):
        if key not in children:
            values[key] = columns[key].kept(kept)
    for key, field in children.items():
        if key not in public:
            continue
        apart = (private or {}).get(key) or [{}] * len(public[key])
        of = field.child.fields()
        values[key] = [
            {k: of[k].kept(v) for k, v in {**open_part, **rest}.items()}
            for open_part, rest in zip(public[key], apart, strict=True)
        ]
    return values


def word_sources(model: type[Revisioned], values: Values, book: "Book") -> Iterator[str]:
    """The texts a search finds this record by."""
    columns, children = model.columns(), model.children()
    for key, value in values.items():
        field = columns.get(key)
        if field is not None:
            text = field.find_words(value, book)
            if text:
                yield text
        elif key in children:
            of = children[key].child.fields()
            for row in value:
                for child_key, child_value in row.items():
                    text = of[child_key].find_words(child_value, book)
                    if text:
                        yield text
