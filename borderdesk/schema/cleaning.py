"""Cleaning: turns the input of a record into values, problems and doubts.

The requirements of a type are compiled once into a plan, as hundreds of thousands of records are
imported at a time.
"""

import datetime
from collections.abc import Container, Mapping
from functools import cache
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import (
    HOUSEHOLD,
    ChildModel,
    ChildrenField,
    ColumnField,
    Doubt,
    EntryContext,
    FieldError,
    read_json_cell,
    wrong_type,
)
from borderdesk.schema.readings import (
    KEPT_BY,
    AlikeRecord,
    ReadingCache,
    ReadingStep,
    read_anew,
    read_input,
)
from borderdesk.schema.record import NOT_FIELDS, RevisionedModel, Values, active


class CleaningResult:
    """The outcome of cleaning one record: its values, problems that block it, and doubts."""

    __slots__ = ("doubts", "problems", "values")

    def __init__(self) -> None:
        self.values: Values = {}
        self.problems: dict[str, str] = {}
        self.doubts: list[Doubt] = []


def clean(
    model: type[RevisionedModel],
    raw: Mapping[str, Any],
    entry: EntryContext,
    *,
    typed: bool = False,
    unchanged: Mapping[str, Any] | None = None,
    readings: ReadingCache | None = None,
) -> CleaningResult:
    """The record that `raw` describes, checked field by field and as a whole.

    raw: {key: JSON value}, or with `typed` {key: text as typed} (children as lists of such);
    unchanged: the values an edit leaves, which are not checked again; readings: the cache of the
    readings of earlier records in the same transaction. Sets entry.on to the event date, by which
    places are validated.
    """
    readings = ReadingCache() if readings is None else readings
    likeness = None if unchanged is not None else _likeness(model, raw, typed, readings)
    if (
        likeness is not None
        and (same := _clean_alike(model, raw, entry, likeness, readings)) is not None
    ):
        return same
    result = CleaningResult()
    if unchanged is None:
        entry.on = _event_date(model, raw, entry, result, readings, typed)
    else:
        dated = {**_kept_place_date(model, unchanged), **raw}
        entry.on = _event_date(model, dated, entry, result, readings, typed) or entry.on
    readings.era = None
    if entry.on is not None and entry.book is not None:
        readings.era = entry.book.era(entry.on)
    _clean_fields(model, raw, entry, result, readings, typed)
    if unchanged is not None:
        result.values = {**_still_used(model, unchanged, result.values), **result.values}
    _drop_home_place(model, result)
    _apply_conditions(model, result)
    if plan_of(model).checks:
        for problem in model.of(result.values).check():
            if isinstance(problem, Doubt):
                result.doubts.append(problem)
            else:
                result.problems.setdefault(problem.field, problem.message)
    if likeness is not None and not result.problems:
        _keep_like(model, likeness, result, entry.on, readings)
    return result


def _likeness(
    model: type[RevisionedModel], raw: Mapping[str, Any], typed: bool, readings: ReadingCache
) -> tuple[Any, ...] | None:
    """The cache key of a record: all of its input but whom it names; None where it cannot be
    cached."""
    apart = plan_of(model).apart
    if not apart or not typed or not readings.keeps_dated:
        return None
    parts: list[Any] = [model]
    for key, value in raw.items():
        if key in apart and value:
            parts.append(key)
        elif type(value) is str and key not in apart:
            parts += key, value
        elif key not in NOT_FIELDS:
            return None
    return tuple(parts)


def _keep_like(
    model: type[RevisionedModel],
    likeness: tuple[Any, ...],
    cleaned: CleaningResult,
    on: datetime.date | None,
    readings: ReadingCache,
) -> None:
    """Cache a sound record for those that differ from it only in whom they name."""
    apart = plan_of(model).apart
    values = {key: value for key, value in cleaned.values.items() if key not in apart}
    doubts = [doubt for doubt in cleaned.doubts if doubt.field.partition(".")[0] not in apart]
    lists = [key for key, value in values.items() if type(value) is list]
    record = AlikeRecord(values, doubts, on, readings.era, lists)
    readings.keep_like(likeness, record._replace(values=record.copied()))


def _clean_alike(
    model: type[RevisionedModel],
    raw: Mapping[str, Any],
    entry: EntryContext,
    likeness: tuple[Any, ...],
    readings: ReadingCache,
) -> CleaningResult | None:
    """The result for a record that equals a cached one but for whom it names (a list of 20,000
    pledges has a few hundred days); None where none is cached."""
    before, plan = readings.alike.get(likeness), plan_of(model)
    if before is None:
        return None
    result = CleaningResult()
    result.values, result.doubts = before.copied(), list(before.doubts)
    entry.on, readings.era = before.on, before.era
    for key in plan.apart:
        if key not in raw:
            continue
        try:
            value, doubts = read_anew(plan.typed[key], raw[key], entry)
        except FieldError:
            return None
        if value is None:
            return None
        result.values[key] = value
        result.doubts += doubts
    return result


def _drop_home_place(model: type[RevisionedModel], result: CleaningResult) -> None:
    """Ignore the typed place of a record that names a household: the place is copied from that."""
    home = model.home_place
    if home is None or home.reference not in result.values:
        return
    for key in (home.commune, home.hamlet):
        result.values.pop(key, None)
        result.problems.pop(key, None)
    result.doubts = [
        doubt for doubt in result.doubts if doubt.field not in (home.commune, home.hamlet)
    ]


def _still_used(
    model: type[RevisionedModel], unchanged: Mapping[str, Any], changed: Mapping[str, Any]
) -> Values:
    """The unchanged values of an edited record; a field that the edit makes inapplicable is dropped
    if it has only its default."""
    after = {**unchanged, **changed}
    return {
        key: value
        for key, value in unchanged.items()
        if key not in model.columns()
        or active(model.columns()[key], after)
        or value != model.columns()[key].initial
    }


def _event_date(
    model: type[RevisionedModel],
    raw: Mapping[str, Any],
    entry: EntryContext,
    result: CleaningResult,
    readings: ReadingCache,
    typed: bool,
) -> datetime.date | None:
    field = model.event()
    if field is None:
        return _place_date(model, raw, entry)
    value = raw.get(field.name)
    if value is None or value == "":
        return None
    plan = plan_of(model)
    step = (plan.typed if typed else plan.given)[field.name]
    day: datetime.date | None
    try:
        day, doubts = read_input(step, value, entry, readings, readings[model, typed, None])
    except FieldError as error:
        result.problems[field.name] = str(error)
        return None
    if day is not None:
        result.values[field.name] = day
        result.doubts += doubts
    return day


def _kept_place_date(model: type[RevisionedModel], unchanged: Mapping[str, Any]) -> dict[str, str]:
    """The unchanged place date of an edited record without an event, in the form of input."""
    key = model.place_date()
    day = unchanged.get(key)
    return {key: day.isoformat()} if day else {}


def _place_date(
    model: type[RevisionedModel], raw: Mapping[str, Any], entry: EntryContext
) -> datetime.date | None:
    """The day for the places of a record without an event: the naming record's date, else its own,
    else today."""
    if entry.on is not None:
        return entry.on
    key = model.place_date()
    value = raw.get(key)
    if isinstance(value, str) and value:
        try:
            day: datetime.date | None = model.columns()[key].read(value, entry)
        except FieldError:
            return entry.today
        return day or entry.today
    return entry.today


def _clean_fields(
    model: type[RevisionedModel],
    raw: Mapping[str, Any],
    entry: EntryContext,
    result: CleaningResult,
    readings: ReadingCache,
    typed: bool,
) -> None:
    """Clean the input except the event date, which was checked before."""
    plan = plan_of(model)
    steps = plan.typed if typed else plan.given
    values, known_readings = result.values, readings[model, typed, readings.era]
    for key, cell in raw.items():
        if cell is None or cell == "":
            if not typed and (cell == "" or key not in plan.keys):
                _clean_nothing(model, key, cell, result)
            continue
        if key not in plan.single:
            _clean_other(model, key, cell, entry, result, readings, typed)
            continue
        reading = known_readings.get((key, cell)) if type(cell) in KEPT_BY else None
        try:
            value, doubts = reading or read_input(steps[key], cell, entry, readings, known_readings)
        except FieldError as error:
            result.problems[key] = str(error)
            continue
        if value is not None:
            values[key] = value
            if doubts:
                result.doubts += doubts


def _clean_nothing(
    model: type[RevisionedModel], key: str, cell: str | None, result: CleaningResult
) -> None:
    """Null means that the field is absent; so does an empty text for a field that takes texts."""
    if key in NOT_FIELDS:
        return
    field = model.fields().get(key)
    if field is None:
        result.problems[key] = _("There is no such field.")
    elif cell is not None and field.json_type != "string":
        result.problems[key] = wrong_type(field.json_type)


def _clean_other(
    model: type[RevisionedModel],
    key: str,
    cell: Any,
    entry: EntryContext,
    result: CleaningResult,
    readings: ReadingCache,
    typed: bool,
) -> None:
    """Clean children; refuse a key that is no field."""
    field = model.children().get(key)
    if field is not None:
        rows = _clean_children(field, cell, entry, result, readings, typed)
        if rows:
            result.values[key] = rows
    elif key not in NOT_FIELDS and key not in model.columns():
        result.problems[key] = _("There is no such field.")


def _clean_children(
    field: ChildrenField,
    cell: Any,
    entry: EntryContext,
    result: CleaningResult,
    readings: ReadingCache,
    typed: bool,
) -> list[Values]:
    if typed and isinstance(cell, str):
        try:
            cell = read_json_cell(cell)
        except FieldError as error:
            result.problems[field.key] = str(error)
            return []
        typed = False
    if type(cell) is not list:
        result.problems[field.key] = wrong_type("array")
        return []
    rows = []
    for place, item in enumerate(cell):
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
    readings: ReadingCache,
    typed: bool,
) -> Values:
    plan = _child_plan(field.child)
    known_readings = readings[field.child, typed, readings.era]
    steps = plan.typed if typed else plan.given
    child: Values = {}
    for key, cell in item.items():
        if key not in steps:
            result.problems[f"{where}.{key}"] = _("There is no such field.")
            continue
        if cell is None or (cell == "" and (typed or key in plan.strings)):
            continue
        reading = known_readings.get((key, cell)) if type(cell) in KEPT_BY else None
        try:
            value, doubts = reading or read_input(steps[key], cell, entry, readings, known_readings)
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


def _apply_conditions(model: type[RevisionedModel], result: CleaningResult) -> None:
    """Apply defaults, then refuse inapplicable fields, then require the missing ones."""
    values, problems = result.values, result.problems
    plan = plan_of(model)
    filled = set(values)
    for key, default, field in plan.defaults:
        if key not in values and key not in problems and active(field, values):
            values[key] = default
    unused = {} if plan.conditional.isdisjoint(values) else _unused(model, plan, result)
    if unused:
        problems.update(
            {key: words for (key, governing), words in unused.items() if governing in filled}
        )
    for key, field in plan.sometimes if values.keys() >= plan.always else plan.required:
        if key not in values and key not in problems and active(field, values):
            problems[key] = _("Must be filled in.")
    for rule in model.required_when:
        if not values.get(rule.field) and rule.field not in problems and rule.holds(values):
            problems[rule.field] = _(rule.words)
    if unused and not problems:
        # Reported only without other errors: the missing field may make the values valid.
        problems.update({key: words for (key, _other), words in unused.items()})


def unused_words(model: type[RevisionedModel], decides: str) -> str:
    """The message for a value that another field, `decides`, makes meaningless."""
    label = _(model.columns()[decides].label)
    return _("Not used with this value of “{field}”.").format(field=label)


def _unused(
    model: type[RevisionedModel], plan: "RecordPlan", result: CleaningResult
) -> dict[tuple[str, str], str]:
    """{(key, the field that decides on it): reason} of the values that must be absent."""
    values, problems = result.values, result.problems
    reasons = {}
    for key, (governing, allowed) in plan.conditions:
        if key in values and values.get(governing) not in allowed and governing not in problems:
            decides = model.columns()[governing]
            # A field that is still missing may make them valid.
            if governing in values or not decides.required:
                reasons[key, governing] = unused_words(model, governing)
    return reasons


class RecordPlan(NamedTuple):
    """The compiled steps of cleaning records of one type. `given`, `typed`: the steps of its
    columns; `single`: the same without the event date, which is read first. Of the `required`
    fields some exist `always`, others only `sometimes`; `checks`: whether the type has rules of its
    own; `keys`: all keys that a record may have; `apart`: the fields that name or describe other
    records and that no other part of a record depends on, empty where some part may."""

    given: dict[str, ReadingStep]
    typed: dict[str, ReadingStep]
    single: frozenset[str]
    defaults: tuple[tuple[str, Any, ColumnField], ...]
    conditions: tuple[tuple[str, tuple[str, Container[Any]]], ...]
    conditional: frozenset[str]
    required: tuple[tuple[str, ColumnField], ...]
    always: frozenset[str]
    sometimes: tuple[tuple[str, ColumnField], ...]
    checks: bool
    keys: frozenset[str]
    apart: frozenset[str]


@cache
def plan_of(model: type[RevisionedModel]) -> RecordPlan:
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
        model.check is not RevisionedModel.check,
        NOT_FIELDS.union(model.fields()),
        _apart_from_rest(model),
    )


def _apart_from_rest(model: type[RevisionedModel]) -> frozenset[str]:
    """The fields that name other records, if no rule of the type can depend on their content."""
    columns = model.columns()
    naming = frozenset(model.referring(HOUSEHOLD, several=False))
    decides = {field.when[0] for field in columns.values() if field.when is not None}
    decides |= {key for rule in model.required_when for key in (rule.field, rule.other)}
    checked = model.check is not RevisionedModel.check
    return frozenset() if checked or model.event() is None or naming & decides else naming


class ChildPlan(NamedTuple):
    """How the rows below a record are cleaned; `strings`: the fields that JSON gives as text."""

    given: dict[str, ReadingStep]
    typed: dict[str, ReadingStep]
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


def _steps(columns: Mapping[str, ColumnField], *, typed: bool) -> dict[str, ReadingStep]:
    return {
        k: ReadingStep(
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
