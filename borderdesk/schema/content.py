"""The canonical content of a record: its public part, and the separable private part.

Personal and internal fields make up the separate part, which enters a revision by its hash alone.
"""

from collections.abc import Callable, Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from borderdesk.schema.kinds import PUBLIC, ChildrenField, ColumnField
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.revisions import canonical

VARYING = "varying"
"""The part of a field that is personal in some records and public in others."""

Encoder = Callable[[Any], str]
PartRule = tuple[Callable[[Any], Any] | None, str | None]
"""The function that makes a value canonical (None: it is already), and its part (None:
children)."""


def split(model: type[RevisionedModel], values: Values) -> tuple[Values, Values]:
    """The canonical public part and the separate part (personal and internal), ready for JSON.

    Children keep their positions: the separate part has one object for each child row, empty where
    the row has no private values.
    """
    public: Values = {}
    private: Values = {}
    rules = _part_rules(model)
    for key, value in values.items():
        to_canonical, part = rules[key]
        if part is None:
            public[key], apart = _split_children(model.children()[key], value)
            if any(apart):
                private[key] = apart
            continue
        if part == VARYING:
            part = model.part_of(key, values)
        target = public if part == PUBLIC else private
        target[key] = value if to_canonical is None else to_canonical(value)
    return public, private


def object_of(members: list[str]) -> str:
    """The canonical JSON object of these members, each its name, a colon and its value."""
    # A quotation mark sorts before every character of a key, so that members sort as their keys.
    members.sort()
    return f"{{{','.join(members)}}}"


def encoder(field: ColumnField) -> Encoder:
    """The function that formats the values of a field as canonical JSON."""
    to_canonical = _converter(field)
    encoders: dict[type, Encoder] = {str: encode_basestring, int: int.__repr__}
    encode = encoders.get(field.canonical_type, canonical)
    if to_canonical is None:
        return encode
    return lambda value: encode(to_canonical(value))


def _converter(field: ColumnField) -> Callable[[Any], Any] | None:
    """The function that makes a value canonical, None where every value already is."""
    converts = type(field).to_canonical is not ColumnField.to_canonical
    return field.to_canonical if converts else None


@cache
def _part_rules(model: type[RevisionedModel]) -> dict[str, PartRule]:
    rules: dict[str, PartRule] = dict.fromkeys(model.children(), (None, None))
    for key, field in model.columns().items():
        rules[key] = (_converter(field), VARYING if field.personal_when else field.part)
    return rules


def _split_children(field: ChildrenField, rows: list[Values]) -> tuple[list[Values], list[Values]]:
    columns = field.child.fields()
    public = []
    apart = []
    for row in rows:
        whole = {key: columns[key].to_canonical(row[key]) for key in sorted(row)}
        public.append({k: v for k, v in whole.items() if columns[k].part == PUBLIC})
        apart.append({k: v for k, v in whole.items() if columns[k].part != PUBLIC})
    return public, apart


def joined(model: type[RevisionedModel], public: Values, private: Values | None) -> Values:
    """The values again from the two parts; without the separate one its fields are absent."""
    columns, children = _readers(model)
    values: Values = {}
    for part in (public, private or {}):
        for key, value in part.items():
            if key not in children:
                read = columns[key]
                values[key] = value if read is None else read(value)
    for key, of in children.items():
        if key not in public:
            continue
        apart = (private or {}).get(key) or [{}] * len(public[key])
        values[key] = [
            {
                k: v if (read := of[k]) is None else read(v)
                for k, v in {**public_part, **private_part}.items()
            }
            for public_part, private_part in zip(public[key], apart, strict=True)
        ]
    return values


ValueReaders = dict[str, Callable[[Any], Any] | None]
"""{key: the function that parses the canonical value, None for identity}."""


@cache
def _readers(model: type[RevisionedModel]) -> tuple[ValueReaders, dict[str, ValueReaders]]:
    """The readers of the columns, and for each kind of children those of its fields."""
    below = {key: of.child.fields() for key, of in model.children().items()}
    return _value_readers(model.columns()), {k: _value_readers(f) for k, f in below.items()}


def _value_readers(columns: Mapping[str, ColumnField]) -> ValueReaders:
    default_reader = ColumnField.from_canonical
    return {
        key: None if type(field).from_canonical is default_reader else field.from_canonical
        for key, field in columns.items()
    }
