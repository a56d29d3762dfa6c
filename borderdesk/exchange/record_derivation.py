"""Current rows derived anew from revisions, and the households that records name."""

from collections.abc import Sequence
from functools import cache

from borderdesk.entry.entering import household_fields
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current, is_double
from borderdesk.store.database import Store
from borderdesk.store.history import Writer, past_of
from borderdesk.store.tables import table_name


def derive_record(store: Store, writer: Writer, record: str) -> None:
    """Make the current row of a record anew from its revisions, and say if it has two versions;
    without a revision only its row goes."""
    versions = past_of(store, record)
    store.run("DELETE FROM double_version WHERE record = ?", (record,))
    if not versions:
        return
    nodes = [version.node() for version in versions]
    chosen = current(nodes).id
    head = next(version for version in versions if version.id == chosen)
    model = ALL_TYPES[head.type]
    writer.derive(model, record, head.seq, head.values(), is_new=False)
    if is_double(nodes):
        note_double(store, record, head.type)


def note_double(store: Store, record: str, type_name: str) -> None:
    """Put a record into the inbox."""
    store.run("INSERT INTO double_version (record, type) VALUES (?, ?)", (record, type_name))


@cache
def _household_columns() -> tuple[tuple[str, str], ...]:
    """(table, column) of everything that names a household, households themselves apart."""
    return tuple(
        (table_name(model), key)
        for model in ALL_TYPES.values()
        if model is not Household
        for key in household_fields(model)
    )


def named_households(store: Store, households: Sequence[str]) -> set[str]:
    """Those of the households that a current record names."""
    marks = ", ".join("?" * len(households))
    return {
        row[0]
        for table, key in _household_columns()
        for row in store.rows(
            f"SELECT DISTINCT {key} FROM {table} WHERE {key} IN ({marks})", households
        )
    }
