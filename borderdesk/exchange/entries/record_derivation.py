"""Current rows derived again from revisions, and the households that records name."""

from collections.abc import Sequence
from functools import cache

from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current, is_double
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import household_columns, table_name
from borderdesk.store.records.history import StoredRevision, revisions_of
from borderdesk.store.records.revision_batches import (
    copy_part,
    delete_double_versions,
    insert_double_version,
    named_values,
    values_named_by_desk,
)
from borderdesk.store.records.writer import Writer


def derive_record(store: Store, writer: Writer, record: str) -> None:
    """Derive the current row of a record from its revisions, and put it into the inbox when it
    has several versions; a record without revisions only leaves the inbox."""
    versions = revisions_of(store, record)
    delete_double_versions(store, [record])
    if not versions:
        return
    nodes = [version.node() for version in versions]
    current_id = current(nodes).id
    head = next(version for version in versions if version.id == current_id)
    if head.away() is not None:
        head = _with_part(store, head, versions)
    model = ALL_TYPES[head.type]
    writer.derive(model, record, head.seq, head.values(), is_new=False)
    if is_double(nodes):
        note_double(store, record, head.type)


def _with_part(
    store: Store, head: StoredRevision, versions: Sequence[StoredRevision]
) -> StoredRevision:
    """The current version with its separate part, copied from an earlier stored one with the same
    hash: a desk without that part reverted a deletion, or continued from a version of this desk."""
    for version in versions:
        if version.part is not None and version.private_hash() == head.away():
            copy_part(store, version.seq, head.seq)
            return head._replace(part=version.part)
    return head


def note_double(store: Store, record: str, type_name: str) -> None:
    """Put a record into the inbox."""
    insert_double_version(store, record, type_name)


@cache
def _household_columns() -> tuple[tuple[str, str], ...]:
    """(table, column) of everything that names a household, households themselves apart."""
    return tuple(
        (table_name(model), key)
        for model in ALL_TYPES.values()
        if model is not Household
        for key in household_columns(model)
    )


def named_households(store: Store, households: Sequence[str]) -> set[str]:
    """The subset of `households` that a current record names."""
    by_column = (named_values(store, *column, households) for column in _household_columns())
    return set().union(*by_column)


def households_named_by(store: Store, desk: str, households: Sequence[str]) -> set[str]:
    """The subset of `households` named by a record of which the desk wrote a revision."""
    columns = _household_columns()
    by_column = (values_named_by_desk(store, *column, households, desk) for column in columns)
    return set().union(*by_column)
