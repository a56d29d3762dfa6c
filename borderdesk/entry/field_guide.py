"""A guide to entry: the fields of a type with their rules and choices, and an example to fill in
that `add` accepts unchanged."""

import csv
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any, NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.entry.editing import RecordEditor
from borderdesk.schema.kinds import (
    AT_LEAST_TWO,
    HAMLET,
    HOUSEHOLD,
    INTERNAL,
    MARKER,
    PERSONAL,
    PICK,
    POST,
    UNIT,
    Field,
)
from borderdesk.schema.record import RevisionedModel, active
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import SessionPart

KINDS: Mapping[str, str] = {
    "string": N_("text"), "integer": N_("whole number"), "number": N_("number"),
    "boolean": N_("yes or no"), "array": N_("rows, each with the fields below"),
}  # fmt: skip
"""{JSON type: its name}."""
REFERRED: Mapping[str, str] = {
    UNIT: N_("commune: code or name"), POST: N_("post: code or name"),
    MARKER: N_("marker, as 1146 or 1146/1"), HAMLET: N_("hamlet"),
    PICK: N_("entry of a pick list"),
    HOUSEHOLD: N_("household: id, or head, commune and hamlet"),
}  # fmt: skip
"""{target of a reference: the format of its text}."""
APART: Mapping[str, str] = {
    PERSONAL: N_("personal: stays at the desk"),
    INTERNAL: N_("internal: stays at the desk"),
}
MOST_STEPS = 20
"""The limit of steps in building an example, far more than its fields beyond the required ones."""


class FieldGuide(NamedTuple):
    """A field as described on the command line; a field of child rows is `rows[].key`.

    choices: {code: label} of the choices, if they are few and fixed; communes, markers and
    households have lists of their own.
    """

    key: str
    label: str
    kind: str
    required: bool
    rules: list[str]
    choices: dict[str, str]


class EntryGuide(SessionPart):
    """The guide to entry at this desk."""

    def fields(self, type_name: str) -> Iterator[FieldGuide]:
        """Every field of a type in the order of its form, those of rows after their rows."""
        model = ALL_TYPES[type_name]
        for key, field in model.fields().items():
            yield self._guide(key, field, _demands(model, key))
            rows = model.children().get(key)
            for below, column in rows.child.fields().items() if rows else ():
                yield self._guide(f"{key}[].{below}", column)

    def _guide(self, key: str, field: Field, demands: Iterable[str] = ()) -> FieldGuide:
        rules = [*demands, *_rules(field)]
        return FieldGuide(
            key,
            _(field.label),
            _kind(field),
            field.required,
            rules,
            self._choices(field),
        )

    def _choices(self, field: Field) -> dict[str, str]:
        if field.refers_to in (UNIT, POST) or not field.from_list:
            return {}
        return dict(
            field.offered(self.session.book, self.session.today(), self.session.identity.post)
        )

    # --------------------------------------------------------------------- an example

    def example(self, type_name: str) -> dict[str, Any]:
        """A record of a type as JSON for `add`: required fields have an example, the rest is null
        or []."""
        model = ALL_TYPES[type_name]
        day, book = self.session.today(), self.session.book
        fields = model.fields()
        record: dict[str, Any] = {}
        for key, field in fields.items():
            needed = field.required or (field.must_be_chosen and not self.session.identity.post)
            if needed and active(field, record):
                record[key] = field.example(book, day, self.session.identity.post)
        # Requirements of a type beyond its declaration are found from the problems of the example.
        for _step in range(MOST_STEPS):
            problems = self.session.part(RecordEditor).check_values(type_name, record).problems
            missing = [key for key in problems if key in fields and key not in record]
            if not missing:
                break
            for key in missing:
                record[key] = fields[key].example(book, day, self.session.identity.post)
        absent: dict[str, Any] = {
            key: [] if field.several else None for key, field in fields.items()
        }
        return {key: record.get(key, value) for key, value in absent.items()}

    def csv_example(self, type_name: str) -> str:
        """The same record as the two lines of a CSV file."""
        fields = ALL_TYPES[type_name].fields()
        record = self.example(type_name)
        buffer = StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(fields)
        writer.writerow([_cell(record[key]) for key in fields])
        return buffer.getvalue()


def _cell(value: Any) -> str:
    """A JSON value as a CSV cell: several joined by ;, rows and descriptions as JSON."""
    if value is None or value == []:
        return ""
    if isinstance(value, list) and not isinstance(value[0], dict):
        return ";".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _kind(field: Field) -> str:
    """The kind of a value, in words."""
    kind = REFERRED.get(field.refers_to) or (N_("date") if field.is_date else "")
    if field.options:
        kind = N_("one of the choices")
    elif not kind:
        return _(KINDS[field.json_type])
    return _("several: {each}").format(each=_(kind)) if field.several else _(kind)


def _demands(model: type[RevisionedModel], key: str) -> Iterator[str]:
    """When a field that may be left out must be filled in, in words."""
    for rule in model.required_when:
        if rule.field != key:
            continue
        if rule.values is AT_LEAST_TWO:
            yield _("required when {field} is 2 or more").format(field=rule.other)
        else:
            values = _codes(rule.values)
            yield _("required when {field} is: {values}").format(field=rule.other, values=values)


def _rules(field: Field) -> Iterator[str]:
    """The rules that a field declares, in words."""
    if field.event:
        yield _("the day the record counts by")
    if field.when is not None:
        yield _condition(field)
    bounds = field.schema_constraints()
    if "minimum" in bounds:
        yield _("from {least} to {most}").format(
            least=format_number(bounds["minimum"], language()),
            most=format_number(bounds["maximum"], language()),
        )
    if field.unit:
        yield _(field.unit)
    if field.initial is not None:
        yield _("{value} when left out").format(value=field.initial)
    if field.soft_under is not None:
        yield _("doubtful below {least}").format(least=format_number(field.soft_under, language()))
    if field.soft_over is not None:
        yield _("doubtful above {most}").format(most=format_number(field.soft_over, language()))
    if field.part in APART:
        yield _(APART[field.part])


def _condition(field: Field) -> str:
    """When a field exists, in words."""
    assert field.when is not None
    governing, values = field.when
    if values is AT_LEAST_TWO:
        return _("only when {field} is 2 or more").format(field=governing)
    return _("only when {field} is: {values}").format(field=governing, values=_codes(values))


def _codes(values: Container[Any]) -> str:
    """The codes of a condition, in one text."""
    return ", ".join(sorted(map(str, values)))  # type: ignore[call-overload]
