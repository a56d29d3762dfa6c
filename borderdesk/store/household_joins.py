"""Which households are one person: those joined into a group, and deleted ones that were joined.

A deleted household is in no group, but its versions are kept, and so is what is personal in them.
"""

from weakref import WeakKeyDictionary

from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.store.connection.database import Store
from borderdesk.store.records.history import last_seq

Joins = dict[str, set[str]]
"""{household: those it is joined with, directly}."""

_deleted: "WeakKeyDictionary[Store, tuple[tuple[int, ...], Joins]]" = WeakKeyDictionary()
"""What was read of each store, and how far its revisions went then: a package may erase hundreds,
and every revision is looked at for it."""


def joined_households(store: Store, household: str) -> list[str]:
    """The households that were joined into one group with this one, itself among them, and the
    deleted ones that had been joined to any of them."""
    deleted, found, waiting = _deleted_joins(store), {household}, [household]
    while waiting:
        one = waiting.pop()
        new = (_group(store, one) | deleted.get(one, set())) - found
        found |= new
        waiting += new
    return sorted(found)


def joined_to_erased(store: Store) -> list[tuple[str, str, str]]:
    """(household, desk, time) of every household that is joined with an erased one and is not
    erased; desk and time: of the erasure."""
    sql = (
        "SELECT g.member, e.desk, MIN(e.time) FROM erasure e"
        " JOIN household_group m ON m.member = e.record"
        " JOIN household_group g ON g.leader = m.leader"
        " WHERE g.member NOT IN (SELECT record FROM erasure) GROUP BY g.member"
    )
    return [(row[0], row[1], row[2]) for row in store.rows(sql)]


def _group(store: Store, household: str) -> set[str]:
    rows = store.rows(
        "SELECT member FROM household_group WHERE leader ="
        " (SELECT leader FROM household_group WHERE member = ?)",
        (household,),
    )
    return {row[0] for row in rows}


def _deleted_joins(store: Store) -> Joins:
    """What the last version of each deleted household was joined to, in both directions."""
    newest = store.value("SELECT MAX(seq) FROM revision") or 0
    state, (known, joins) = (newest, last_seq(store)), _deleted.get(store, ((), {}))
    if known != state:
        joins = _read_joins(store)
        _deleted[store] = (state, joins)
    return joins


def _read_joins(store: Store) -> Joins:
    sql = (
        "SELECT r.record, json_extract(b.body, '$.fields.merged_into') AS other"
        " FROM revision r JOIN revision b ON b.seq = (SELECT v.seq FROM revision v"
        " WHERE v.record = r.record AND v.body IS NOT NULL ORDER BY v.number DESC, v.seq DESC"
        " LIMIT 1) WHERE r.type = ? AND r.deleted = 1 AND other IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM household h WHERE h.id = r.record)"
    )
    joins: Joins = {}
    for one, other in store.rows(sql, (HOUSEHOLD,)):
        joins.setdefault(one, set()).add(other)
        joins.setdefault(other, set()).add(one)
    return joins
