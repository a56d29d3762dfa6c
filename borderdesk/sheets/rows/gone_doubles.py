"""Records that were deleted as duplicates: a list with one of them again adds nothing."""

from collections.abc import Mapping

from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.matching.known_records import KnownRecords, ListedValues, listed_values
from borderdesk.store.models.records import DoubleVerdictRow
from borderdesk.store.records.history import revisions_of
from borderdesk.store.records.record_queries import is_here

SAME = "same"


def gone_doubles(
    store: Store, known_records: KnownRecords, model: type[RevisionedModel]
) -> set[ListedValues]:
    """The listed values of the deleted doubles of a type whose remaining record exists on this
    desk; empty for a type whose doubles are joined instead."""
    if not model.own_post():
        return set()
    row = DoubleVerdictRow
    query = row.select(row.first, row.second, row.stays).where(
        row.type == model.type_name, row.verdict == SAME
    )
    doubles = {
        second if stays == first else first: stays for first, second, stays in store.fetch(query)
    }
    gone_values: set[ListedValues] = set()
    for record in doubles:
        if is_here(store, model, record) or not _is_kept(store, model, record, doubles):
            continue
        versions = (revision.values() for revision in reversed(revisions_of(store, record)))
        last = next((values for values in versions if values is not None), None)
        if last is not None:
            gone_values.add(known_records.led(model, listed_values(model, last)))
    return gone_values


def _is_kept(
    store: Store, model: type[RevisionedModel], record: str, doubles: Mapping[str, str]
) -> bool:
    """Whether the record that a double was merged into exists, following chains of doubles."""
    visited = set[str]()
    while record in doubles and record not in visited:
        visited.add(record)
        record = doubles[record]
        if is_here(store, model, record):
            return True
    return False
