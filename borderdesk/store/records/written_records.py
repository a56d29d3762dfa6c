"""Serializes the values of records for writing: canonical JSON, columns, search words.

Lists repeat their communes, days, markers, picks and names. Each value is serialized once a
transaction, and all three forms are made in one pass: with separate passes, writing 100,000 records
took half as long again.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.text import words_of
from borderdesk.schema.content import Encoder, encoder, object_of
from borderdesk.schema.kinds import PUBLIC, ColumnField
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.store.connection.tables import link_tables, type_columns
from borderdesk.store.records.history import Converter, child_columns, storing

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

MONTH_MARK = "\ue000"
"""Begins the search word of a record's month: no keyboard types it."""
MOST_KEPT = 2_000
"""The limit of cached values of a field; the cache is cleared above it."""
HEAD_COLUMNS = ("row", "id", "revision")
"""The first columns of a record's row, which follow from no value."""

WrittenValue = tuple[str, Any, Iterable[str]]
"""The JSON member, the column value and the search words of a value."""
_KnownValues = dict[Any, WrittenValue]
"""Cache {value: its encoding} of the values of a recurring field."""
_NO_WORDS: frozenset[str] = frozenset()
_NOTHING = "{}"


class _FieldPlan(NamedTuple):
    """The plan for writing the values of a field, compiled once per type.

    at: the position of its column; apart: whether it belongs to the separate part, None where that
    differs by record; recurs: whether its encodings are cached; several: whether values are lists;
    text_of: the function returning its search text, if it has one; by_month: whether its month is a
    search word.
    """

    at: int
    apart: bool | None
    recurs: bool
    several: bool
    member: str
    encode: Encoder
    convert: Converter
    text_of: "Callable[[Any, ReferenceBook], str] | None"
    by_month: bool


class TypePlan(NamedTuple):
    """How the records of a type are written: the columns of its row and how many of the last are
    derived; its fields; the fields of each kind of row below it, with the number of columns."""

    columns: tuple[str, ...]
    derived: tuple[str, ...]
    fields: Mapping[str, _FieldPlan]
    below: Mapping[str, tuple[int, Mapping[str, _FieldPlan]]]
    links: tuple[str, ...]


@cache
def type_plan(model: type[RevisionedModel]) -> TypePlan:
    """How the records of a type are written."""
    stored = storing(model)
    derived = tuple(c for c in type_columns(model)[len(HEAD_COLUMNS) :] if c not in stored)
    columns = (*HEAD_COLUMNS, *stored, *derived)
    return TypePlan(
        columns,
        derived,
        _field_plans(model.columns(), columns, stored),
        {
            key: (
                len(child_columns(of.child)),
                _field_plans(of.child.fields(), child_columns(of.child), storing(of.child)),
            )
            for key, of in model.children().items()
        },
        tuple(link_tables(model)),
    )


def _field_plans(
    fields: Mapping[str, ColumnField], columns: tuple[str, ...], stored: Mapping[str, Converter]
) -> dict[str, _FieldPlan]:
    return {
        key: _FieldPlan(
            columns.index(key),
            None if field.personal_when else field.part != PUBLIC,
            field.recurs,
            field.several,
            f'"{key}":',
            encoder(field),
            stored[key],
            None if type(field).search_text is ColumnField.search_text else field.search_text,
            field.event,
        )
        for key, field in fields.items()
    }


class _KnownField(NamedTuple):
    """A field within one transaction: its position and whether it is in the separate part, as in
    its plan; the cache of its encodings, lists as tuples; the same cache again if values are looked
    up without conversion."""

    at: int
    apart: bool | None
    known: _KnownValues | None
    values: _KnownValues
    plan: _FieldPlan


def _known_fields(plans: Mapping[str, _FieldPlan]) -> dict[str, _KnownField]:
    fields = {}
    for key, plan in plans.items():
        values: _KnownValues = {}
        cached_values = values if plan.recurs and not plan.several else None
        fields[key] = _KnownField(plan.at, plan.apart, cached_values, values, plan)
    return fields


def _written_anew(plan: _FieldPlan, value: Any, book: "ReferenceBook") -> WrittenValue:
    """A serialized value."""
    words: Iterable[str] = _NO_WORDS
    if plan.text_of is not None:
        words = words_of((plan.text_of(value, book),))
    elif plan.by_month:
        words = (f"{MONTH_MARK}{value.year}{value.month:02}",)
    convert = plan.convert
    stored = value if convert is None else convert(value)
    return plan.member + plan.encode(value), stored, words


class WrittenRecord:
    """One serialized record.

    row: its columns, those of HEAD_COLUMNS and the derived ones still None; below: {key: the rows
    below it, the first two columns still None}; words: what a search finds it by, by the key of
    the value or of the rows below.
    """

    __slots__ = ("below", "private_members", "public_members", "row", "words")

    def __init__(self, width: int) -> None:
        self.public_members: list[str] = []
        self.private_members: list[str] = []
        self.row: list[Any] = [None] * width
        self.below: dict[str, list[list[Any]]] = {}
        self.words: dict[str, Iterable[str]] = {}

    @property
    def public(self) -> str:
        """The public part in canonical JSON."""
        return object_of(self.public_members)

    @property
    def private(self) -> str:
        """The separate part in canonical JSON, "" for an empty one."""
        return object_of(self.private_members) if self.private_members else ""


class RecordWording:
    """Serializes the records of a type, within one transaction."""

    def __init__(self, model: type[RevisionedModel], book: "ReferenceBook") -> None:
        self._model = model
        self._book = book
        self._plan = type_plan(model)
        self._fields = _known_fields(self._plan.fields)
        self._below = {
            key: (width, _known_fields(fields)) for key, (width, fields) in self._plan.below.items()
        }

    def of(self, values: Values) -> WrittenRecord:
        """The serialized record of these values."""
        fields = self._fields
        written = WrittenRecord(len(self._plan.columns))
        row, words = written.row, written.words
        public, private = written.public_members, written.private_members
        for key, value in values.items():
            field = fields.get(key)
            if field is None:
                self._add_below(key, value, written)
                continue
            at, apart, cached_values, _values, _plan = field
            cached = None if cached_values is None else cached_values.get(value)
            member, row[at], terms = cached or self._written(field, value)
            if terms:
                words[key] = terms
            if apart is None:
                apart = self._model.part_of(key, values) != PUBLIC
            (private if apart else public).append(member)
        return written

    def _written(self, field: _KnownField, value: Any) -> WrittenValue:
        """A serialized value, from the cache where it recurs."""
        plan = field.plan
        if not plan.recurs:
            return _written_anew(plan, value, self._book)
        cached_values, about = field.values, tuple(value) if plan.several else value
        written = cached_values.get(about)
        if written is None:
            if len(cached_values) >= MOST_KEPT:
                cached_values.clear()
            written = cached_values[about] = _written_anew(plan, value, self._book)
        return written

    def _add_below(self, key: str, children: Iterable[Values], record: WrittenRecord) -> None:
        """Add the child rows of a record: JSON objects in order, an empty one in the separate part
        for a row without private values."""
        width, fields = self._below[key]
        rows = record.below[key] = []
        open_rows: list[str] = []
        apart_rows: list[str] = []
        words: set[str] = set()
        for child in children:
            stored: list[Any] = [None] * width
            public: list[str] = []
            private: list[str] = []
            for inner, value in child.items():
                field = fields[inner]
                cached_values = field.known
                cached = None if cached_values is None else cached_values.get(value)
                member, stored[field.at], terms = cached or self._written(field, value)
                words.update(terms)
                (private if field.apart else public).append(member)
            rows.append(stored)
            open_rows.append(object_of(public))
            apart_rows.append(object_of(private) if private else _NOTHING)
        if words:
            record.words[key] = words
        record.public_members.append(f'"{key}":[{",".join(open_rows)}]')
        if apart_rows.count(_NOTHING) < len(apart_rows):
            record.private_members.append(f'"{key}":[{",".join(apart_rows)}]')
