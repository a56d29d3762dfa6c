"""Cleaning: the values that the input of a record means, what is wrong with it, what is doubtful.

What a type asks of its input is worked out once, as a plan: input comes by the hundred thousand.
"""

import datetime
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import (
    ChildModel,
    ChildrenField,
    ColumnField,
    Doubt,
    EntryContext,
    FieldError,
    read_json_cell,
    stored_doubt,
    wrong_type,
)
from borderdesk.schema.record import NOT_FIELDS, Revisioned, Values, active


class CleaningResult:
    """What became of one record's input: its values, what blocks, and what is doubtful."""

    __slots__ = ("doubts", "problems", "values")

    def __init__(self) -> None:
        self.values: Values = {}
        self.problems: dict[str, str] = {}
        self.doubts: list[Doubt] = []


def clean(
    model: type[Revisioned],
    raw: Mapping[str, Any],
    entry: EntryContext,
    *,
    typed: bool = False,
    kept: Mapping[str, Any] | None = None,
    readings: "Readings | None" = None,
) -> CleaningResult:
    """The record that `raw` describes, checked field by field and as a whole.

    raw: {key: JSON value}, or with `typed` {key: text as typed} (children as lists of such);
    kept: values of an edited record that stay and are not judged again; readings: what was found
    before in the same transaction, where many records are cleaned.
    entry.on is set here to the event date, which places are judged by.
    """
    result = CleaningResult()
    readings = Readings() if readings is None else readings
    if kept is None:
        entry.on = _event_date(model, raw, entry, result, readings, typed)
    else:
        dated = {**_kept_place_date(model, kept), **raw}
        entry.on = _event_date(model, dated, entry, result, readings, typed) or entry.on
    readings.era = None
    if entry.on is not None and entry.book is not None:
        readings.era = entry.book.era(entry.on)
    _clean_fields(model, raw, entry, result, readings, typed)
    if kept is not None:
        result.values = {**_still_used(model, kept, result.values), **result.values}
    _drop_home_place(model, result)
    _apply_conditions(model, result)
    if plan_of(model).checks:
        for problem in model.of(result.values).check():
            if isinstance(problem, Doubt):
                result.doubts.append(problem)
            else:
                result.problems.setdefault(problem.field, problem.message)
    return result


def _drop_home_place(model: type[Revisioned], result: CleaningResult) -> None:
    """Ignore what comes in for the place of a household that is named: it is kept from that."""
    home = model.home_place
    if home is None or home.reference not in result.values:
        return
    for key in (home.commune, home.hamlet):
        result.values.pop(key, None)
        result.problems.pop(key, None)
    result.doubts = [one for one in result.doubts if one.field not in (home.commune, home.hamlet)]


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
    model: type[Revisioned],
    raw: Mapping[str, Any],
    entry: EntryContext,
    result: CleaningResult,
    readings: "Readings",
    typed: bool,
) -> datetime.date | None:
    field = model.event()
    if field is None:
        return _place_date(model, raw, entry)
    given = raw.get(field.name)
    if given is None or given == "":
        return None
    plan = plan_of(model)
    step = (plan.typed if typed else plan.given)[field.name]
    day: datetime.date | None
    try:
        day, doubts = _read(step, given, entry, readings, readings[model, typed, None])
    except FieldError as error:
        result.problems[field.name] = str(error)
        return None
    if day is not None:
        result.values[field.name] = day
        result.doubts += doubts
    return day


def _kept_place_date(model: type[Revisioned], kept: Mapping[str, Any]) -> dict[str, str]:
    """The date that an edited record without an event keeps, as it would be given."""
    key = model.place_date()
    day = kept.get(key)
    return {key: day.isoformat()} if day else {}


def _place_date(
    model: type[Revisioned], raw: Mapping[str, Any], entry: EntryContext
) -> datetime.date | None:
    """The day for the places of a record without an event: the naming record's date, else its own,
    else today."""
    if entry.on is not None:
        return entry.on
    key = model.place_date()
    given = raw.get(key)
    if isinstance(given, str) and given:
        try:
            day: datetime.date | None = model.columns()[key].read(given, entry)
        except FieldError:
            return entry.today
        return day or entry.today
    return entry.today


def _clean_fields(
    model: type[Revisioned],
    raw: Mapping[str, Any],
    entry: EntryContext,
    result: CleaningResult,
    readings: "Readings",
    typed: bool,
) -> None:
    """Clean what is given, but for the event date, which was judged before."""
    plan = plan_of(model)
    steps = plan.typed if typed else plan.given
    values, known = result.values, readings[model, typed, readings.era]
    for key, given in raw.items():
        if given is None or given == "":
            if not typed and (given == "" or key not in plan.keys):
                _clean_nothing(model, key, given, result)
            continue
        if key not in plan.single:
            _clean_other(model, key, given, entry, result, readings, typed)
            continue
        found = known.get((key, given)) if type(given) in _KEPT_BY else None
        try:
            value, doubts = found or _read(steps[key], given, entry, readings, known)
        except FieldError as error:
            result.problems[key] = str(error)
            continue
        if value is not None:
            values[key] = value
            if doubts:
                result.doubts += doubts


def _clean_nothing(
    model: type[Revisioned], key: str, given: str | None, result: CleaningResult
) -> None:
    """Null means that the field is absent, and so does an empty text where texts may stand."""
    if key in NOT_FIELDS:
        return
    field = model.fields().get(key)
    if field is None:
        result.problems[key] = _("There is no such field.")
    elif given is not None and field.json_type != "string":
        result.problems[key] = wrong_type(field.json_type)


def _clean_other(
    model: type[Revisioned],
    key: str,
    given: Any,
    entry: EntryContext,
    result: CleaningResult,
    readings: "Readings",
    typed: bool,
) -> None:
    """Clean children; refuse a key that is no field."""
    field = model.children().get(key)
    if field is not None:
        rows = _clean_children(field, given, entry, result, readings, typed)
        if rows:
            result.values[key] = rows
    elif key not in NOT_FIELDS and key not in model.columns():
        result.problems[key] = _("There is no such field.")


def _clean_children(
    field: ChildrenField,
    given: Any,
    entry: EntryContext,
    result: CleaningResult,
    readings: "Readings",
    typed: bool,
) -> list[Values]:
    if typed and isinstance(given, str):
        try:
            given = read_json_cell(given)
        except FieldError as error:
            result.problems[field.key] = str(error)
            return []
        typed = False
    if type(given) is not list:
        result.problems[field.key] = wrong_type("array")
        return []
    rows = []
    for place, item in enumerate(given):
        where = f"{field.key}[{place}]"
        if not isinstance(item, dict):
            result.problems[where] = wrong_type("object")
            continue
        rows.append(_clean_child(field, item, where, entry, result, readings, typed))
    return rows


def _clean_child(
    field: ChildrenField,
    item: Mapping[str, Any],
    where: str,
    entry: EntryContext,
    result: CleaningResult,
    readings: "Readings",
    typed: bool,
) -> Values:
    plan = _child_plan(field.child)
    known = readings[field.child, typed, readings.era]
    steps = plan.typed if typed else plan.given
    child: Values = {}
    for key, given in item.items():
        if key not in steps:
            result.problems[f"{where}.{key}"] = _("There is no such field.")
            continue
        if given is None or (given == "" and (typed or key in plan.strings)):
            continue
        found = known.get((key, given)) if type(given) in _KEPT_BY else None
        try:
            value, doubts = found or _read(steps[key], given, entry, readings, known)
        except FieldError as error:
            result.problems[f"{where}.{key}"] = str(error)
            continue
        if value is None:
            continue
        child[key] = value
        if doubts:
            result.doubts += [Doubt(f"{where}.{key}", doubt.message) for doubt in doubts]
    for key in () if child.keys() >= plan.always else plan.required:
        if key not in child:
            result.problems.setdefault(f"{where}.{key}", _("Must be filled in."))
    return child


def _apply_conditions(model: type[Revisioned], result: CleaningResult) -> None:
    """Defaults, then fields that may not be there, then fields that must."""
    values, problems = result.values, result.problems
    plan = plan_of(model)
    given = set(values)
    for key, default, field in plan.defaults:
        if key not in values and key not in problems and active(field, values):
            values[key] = default
    unused = {} if plan.conditional.isdisjoint(values) else _unused(model, plan, result)
    problems.update({key: words for (key, other), words in unused.items() if other in given})
    for key, field in plan.sometimes if values.keys() >= plan.always else plan.required:
        if key not in values and key not in problems and active(field, values):
            problems[key] = _("Must be filled in.")
    for rule in model.required_when:
        if not values.get(rule.field) and rule.field not in problems and rule.holds(values):
            problems[rule.field] = _(rule.words)
    if not problems:
        # While something is missing, what nobody said is no value to speak of.
        problems.update({key: words for (key, _other), words in unused.items()})


def _unused(
    model: type[Revisioned], plan: "RecordPlan", result: CleaningResult
) -> dict[tuple[str, str], str]:
    """{(key, the field that decides on it): why} of the values that may not be there."""
    values, problems = result.values, result.problems
    found = {}
    for key, (other, those) in plan.conditions:
        if key in values and values.get(other) not in those and other not in problems:
            decides = model.columns()[other]
            # One that is asked for still may make them right.
            if other in values or not decides.required:
                words = _("Not used with this value of “{field}”.").format(field=_(decides.label))
                found[key, other] = words
    return found


_TEXTS = frozenset({str})
_KEPT_BY = frozenset({str, int})
"""The types of input by which a reading is kept, beside lists of texts: of others equal ones may
mean different things (True and 1, 1.0 and 1), or have no hash."""
MOST_KEPT = 10_000
"""Of more different inputs of a type those that were kept are dropped."""

Reading = tuple[Any, tuple[Doubt, ...]]
"""The value that an input means, and the doubts of it."""
Era = tuple[int, int]
"""A stretch of days in which the reference data mean the same."""


class Readings(dict[tuple[type, bool, Era | None], dict[tuple[str, Any], Reading]]):
    """What was found in the input of the records of one transaction: lists of the posts give the
    same communes, days, markers and names over and over, and each is read once.

    {(type, whether as typed, era of the record): {(field, input): reading}}; what was refused is
    not kept. keeps_dated: whether readings that the record's day decides are kept too, each for
    the era of the day: not where a pick may be made, and go again with a record that is refused.
    """

    era: Era | None = None
    """That of the record in hand, None while its day is not known."""

    def __init__(self, *, keeps_dated: bool = False) -> None:
        super().__init__()
        self.keeps_dated = keeps_dated

    def __missing__(self, about: tuple[type, bool, Era | None]) -> dict[tuple[str, Any], Reading]:
        made: dict[tuple[str, Any], Reading] = {}
        self[about] = made
        return made


class Step(NamedTuple):
    """How one field is read: what makes a value of the input, what finds doubts in the value and
    in how a text was read, where it has any; keeps: whether its readings may be kept; dated:
    whether the day of the record decides them."""

    key: str
    convert: Callable[[Any, EntryContext], Any]
    doubts: Callable[[Any, EntryContext], Iterable[tuple[str, Any]]] | None
    typed_doubts: Callable[[Any, Any], Iterable[tuple[str, Any]]] | None
    keeps: bool
    dated: bool


def _read(
    step: Step,
    given: Any,
    entry: EntryContext,
    readings: Readings,
    known: dict[tuple[str, Any], Reading],
) -> Reading:
    """What an input means, of `known` ones as they were read before. Raises FieldError."""
    key, _convert, _doubts, _typed, keeps, dated = step
    if not keeps or (dated and not readings.keeps_dated):
        return _read_anew(step, given, entry)
    several = type(given) is list and _TEXTS.issuperset(map(type, given))
    if not several and type(given) not in _KEPT_BY:
        return _read_anew(step, given, entry)
    about = (key, tuple(given) if several else given)
    found = known.get(about)
    if found is None:
        if len(known) >= MOST_KEPT:
            known.clear()
        found = known[about] = _read_anew(step, given, entry)
    # A list is not shared by records.
    return ([*found[0]], found[1]) if type(found[0]) is list else found


def _read_anew(step: Step, given: Any, entry: EntryContext) -> Reading:
    key, convert, doubts, typed_doubts, _keeps, _dated = step
    value = convert(given, entry)
    if value is None or (doubts is None and typed_doubts is None):
        return value, ()
    found: list[tuple[str, Any]] = []
    if typed_doubts is not None:
        found += typed_doubts(given, value)
    if doubts is not None:
        found += doubts(value, entry)
    return value, tuple([Doubt(key, stored_doubt(*doubt)) for doubt in found]) if found else ()


class RecordPlan(NamedTuple):
    """How the records of a type are cleaned, worked out once. `given`, `typed`: the steps of its
    columns; `single`: those but for the event date, which comes first. Of the `required` fields
    some exist `always`, others only `sometimes`; `checks`: whether the type has rules of its own;
    `keys`: all that a record may have."""

    given: dict[str, Step]
    typed: dict[str, Step]
    single: frozenset[str]
    defaults: tuple[tuple[str, Any, ColumnField], ...]
    conditions: tuple[tuple[str, tuple[str, Container[Any]]], ...]
    conditional: frozenset[str]
    required: tuple[tuple[str, ColumnField], ...]
    always: frozenset[str]
    sometimes: tuple[tuple[str, ColumnField], ...]
    checks: bool
    keys: frozenset[str]


@cache
def plan_of(model: type[Revisioned]) -> RecordPlan:
    """The plan of a record type."""
    columns = model.columns()
    required = tuple((k, f) for k, f in columns.items() if f.required)
    return RecordPlan(
        _steps(columns, typed=False),
        _steps(columns, typed=True),
        frozenset(k for k, f in columns.items() if f is not model.event()),
        tuple((k, f.initial, f) for k, f in columns.items() if f.initial is not None),
        tuple((k, f.when) for k, f in columns.items() if f.when is not None),
        frozenset(k for k, f in columns.items() if f.when is not None),
        required,
        frozenset(k for k, f in required if f.when is None),
        tuple((k, f) for k, f in required if f.when is not None),
        model.check is not Revisioned.check,
        NOT_FIELDS.union(model.fields()),
    )


class ChildPlan(NamedTuple):
    """How the rows below a record are cleaned; `strings`: the fields that JSON gives as text."""

    given: dict[str, Step]
    typed: dict[str, Step]
    required: tuple[str, ...]
    always: frozenset[str]
    strings: frozenset[str]


@cache
def _child_plan(child: type[ChildModel]) -> ChildPlan:
    columns = child.fields()
    required = tuple(k for k, f in columns.items() if f.required)
    return ChildPlan(
        _steps(columns, typed=False),
        _steps(columns, typed=True),
        required,
        frozenset(required),
        frozenset(k for k, f in columns.items() if f.json_type == "string"),
    )


def _steps(columns: Mapping[str, ColumnField], *, typed: bool) -> dict[str, Step]:
    return {
        k: Step(
            k,
            f.read if typed else f.clean,
            f.doubts if f.doubtful else None,
            f.typed_doubts if typed and f.read_with_doubts else None,
            # A typed text would give the same list to several records.
            f.recurs and not (typed and f.several),
            f.dated,
        )
        for k, f in columns.items()
    }
