"""The tables of a package, each with its Table Schema (Data Package 2).

A table's columns follow from the record types; a personal or internal field has neither a
column nor an entry in the schema.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from borderdesk.schema.kinds import (
    PUBLIC,
    ChildrenField,
    ColumnField,
)
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household

FIRST_FORMAT, FORMAT = 1, 2
"""The numbers of the layout without logs, and of this one; a package with a higher number was made
by a newer program."""

ORDER: tuple[type[RevisionedModel], ...] = (
    Household,
    *(model for model in ALL_TYPES.values() if model is not Household),
)
"""The types in the order of their records: households before the records that name them."""
PACKAGE_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTOR = "datapackage.json"
RECEIPT = "receipt.json"
"""The first entry of a file that is no package but a receipt."""
SIGNATURE = "datapackage.json.minisig"


class PackageTable(NamedTuple):
    """A table of a package: its name, columns, the schema's fields and its keys."""

    name: str
    columns: tuple[str, ...]
    fields: tuple[Mapping[str, Any], ...]
    key: tuple[str, ...]
    parent: str = ""

    @property
    def path(self) -> str:
        """Its path in the zip."""
        return f"data/{self.name}.csv"

    def schema(self) -> dict[str, Any]:
        """Its Table Schema."""
        descriptor: dict[str, Any] = {"fields": list(self.fields), "primaryKey": list(self.key)}
        if self.parent:
            descriptor["foreignKeys"] = [
                {"fields": ["id"], "reference": {"resource": self.parent, "fields": ["id"]}}
            ]
        return descriptor


def _field(name: str, kind: str = "string", **constraints: Any) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": name, "type": kind}
    if constraints:
        descriptor["constraints"] = constraints
    return descriptor


_UUID = r"[0-9a-f-]{36}"
_HASH = r"[0-9a-f]{64}"


def _described(key: str, field: ColumnField) -> dict[str, Any]:
    """A field's line in the schema."""
    must: dict[str, Any] = {}
    if field.required and field.when is None and field.personal_when is None:
        must["required"] = True
    descriptor = _field(key, field.schema_type, **must, **field.schema_constraints())
    descriptor["title"] = field.label
    if field.several:
        descriptor["description"] = "several values joined by ;"
    return descriptor


@cache
def record_table(model: type[RevisionedModel]) -> PackageTable:
    """The table of a record type: id, revision, then its public fields."""
    public = {k: f for k, f in model.columns().items() if f.part == PUBLIC}
    fields = (
        _field("id", required=True, pattern=_UUID),
        _field("revision", required=True, pattern=_HASH),
        *(_described(key, field) for key, field in public.items()),
    )
    return PackageTable(model.type_name, ("id", "revision", *public), fields, ("id",))


@cache
def child_table(model: type[RevisionedModel], children: ChildrenField) -> PackageTable:
    """The table of the rows below a type's records: id of the record, place from 0, fields."""
    public = {k: f for k, f in children.child.fields().items() if f.part == PUBLIC}
    fields = (
        _field("id", required=True, pattern=_UUID),
        _field("place", "integer", required=True, minimum=0),
        *(_described(key, field) for key, field in public.items()),
    )
    name = f"{model.type_name}_{children.key}"
    return PackageTable(name, ("id", "place", *public), fields, ("id", "place"), model.type_name)


def _plain(name: str, columns: str, key: str, **special: dict[str, Any]) -> PackageTable:
    names = tuple(columns.split())
    fields = tuple(special.get(column) or _field(column) for column in names)
    return PackageTable(name, names, fields, tuple(key.split()))


REVISIONS = _plain(
    "revisions",
    "desk number kind id type record version parents author time reason deleted content private",
    "desk number id",
    desk=_field("desk", required=True),
    number=_field("number", "integer", required=True, minimum=1),
    kind=_field("kind", required=True),
    id=_field("id", required=True, pattern=_HASH),
    version=_field("version", "integer", minimum=1),
    deleted=_field("deleted", "boolean"),
    time=_field("time", "datetime"),
)
"""Every entry of every log in the package. An entry of kind revision has the revision in the same
row, by record and version, unless it is a stub, which has only desk, number, kind and id."""
HEADS = _plain(
    "heads",
    "desk number chain signature",
    "desk number",
    desk=_field("desk", required=True),
    number=_field("number", "integer", required=True, minimum=1),
    chain=_field("chain", required=True, pattern=_HASH),
    signature=_field("signature", required=True),
)
"""The head of every log that is carried, as its own desk signed it."""
OTHERS = _plain("other_versions", "revision type record fields", "revision")
"""The versions of the records beside those in the tables of their types."""
PRIVATE = _plain("private", "revision salt part", "revision")

OLD_REVISIONS = _plain(
    "revisions",
    "id type record number parents author desk time reason deleted content private",
    "id",
)
OLD_NOTES = _plain("notes", "id type record text author desk time reply_to", "id")
OLD_ERASURES = _plain("erasures", "record reason desk time", "record")
"""Tables of packages of the first format, which had no logs."""

PLACES = _plain(
    "places",
    "kind list code name unit_code parent border valid_from valid_to",
    "kind list code",
)
"""The units (kind unit), posts and picks the rows name; for desks that do not know them yet."""


@cache
def entry_table(name: str, keys: tuple[str, ...], typed: str) -> PackageTable:
    """The table of a kind of entry: the id of the entry, its facts, and for a typed text (`typed`)
    that with its salt and its salted hash."""
    columns = ("entry", *keys, *(("hash", "salt", typed) if typed else ()))
    return _plain(name, " ".join(columns), "entry", entry=_field("entry", pattern=_HASH))


def type_tables() -> Iterator[PackageTable]:
    """The tables of the record types, in the order they are written."""
    for model in ORDER:
        yield record_table(model)
        for children in model.children().values():
            yield child_table(model, children)
