"""The households that are one person: those joined into a group, and deleted ones that were joined.

A deleted household is in no group, but its versions remain stored, with their personal data.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.records.household import Household
from borderdesk.store.connection.database import Store
from borderdesk.store.records.history import last_seq

Joins = dict[str, set[str]]
"""{household: others}."""


class DeletedJoins(NamedTuple):
    """from_other: the deleted households that had been joined to each; to_other: what each deleted
    one had been joined to."""

    from_other: Joins
    to_other: Joins


class JoinedToErased(NamedTuple):
    """A household in a group with an erased one, and not erased itself; desk and time: of that
    erasure."""

    member: str
    erased: str
    desk: str
    time: str


_deleted: "WeakKeyDictionary[Store, tuple[tuple[bytes, int], DeletedJoins]]" = WeakKeyDictionary()
"""Cache of the deleted joins of each store, with the newest revision it was computed for: a package
may erase hundreds of households, and every revision is read for it. After a dry run another
revision may have the same `seq`."""


def joined_households(store: Store, household: str) -> list[str]:
    """The households that were joined into one group with this one, itself among them, and the
    deleted ones that had been joined to any of them."""
    deleted, group, waiting = _deleted_joins(store), {household}, [household]
    while waiting:
        member = waiting.pop()
        beside = deleted.from_other.get(member, set()) | deleted.to_other.get(member, set())
        new = (_group(store, member) | beside) - group
        group |= new
        waiting += new
    return sorted(group)


def joined_into(store: Store, household: str) -> set[str]:
    """The ids of the households that were joined to this one, directly or through others, and so
    were declared to be the same person."""
    deleted, group, waiting = _deleted_joins(store), {household}, [household]
    while waiting:
        member = waiting.pop()
        rows = store.rows(
            f"SELECT id FROM {HOUSEHOLD} WHERE {Household.matching.joined_to} = ?", (member,)
        )
        new = ({row[0] for row in rows} | deleted.from_other.get(member, set())) - group
        group |= new
        waiting += new
    return group - {household}


def joined_to_erased(store: Store) -> list[JoinedToErased]:
    """Every household that is in a group with an erased one and is not erased."""
    sql = (
        "SELECT g.member, e.record, e.desk, e.time FROM erasure e"
        " JOIN household_group m ON m.member = e.record"
        " JOIN household_group g ON g.leader = m.leader"
        " WHERE g.member NOT IN (SELECT record FROM erasure) ORDER BY e.time, e.record"
    )
    return [JoinedToErased(*row) for row in store.rows(sql)]


def _group(store: Store, household: str) -> set[str]:
    rows = store.rows(
        "SELECT member FROM household_group WHERE leader ="
        " (SELECT leader FROM household_group WHERE member = ?)",
        (household,),
    )
    return {row[0] for row in rows}


def _deleted_joins(store: Store) -> DeletedJoins:
    newest = store.value("SELECT id FROM revision ORDER BY seq DESC LIMIT 1") or b""
    state, cached_joins = (newest, last_seq(store)), _deleted.get(store)
    if cached_joins is None or cached_joins[0] != state:
        cached_joins = _deleted[store] = (state, _read_joins(store))
    return cached_joins[1]


def _read_joins(store: Store) -> DeletedJoins:
    """The joins of deleted households, by the last version of each."""
    sql = (
        f"SELECT r.record, json_extract(b.body, '$.fields.{Household.matching.joined_to}') AS other"
        " FROM revision r JOIN revision b ON b.seq = (SELECT v.seq FROM revision v"
        " WHERE v.record = r.record AND v.body IS NOT NULL ORDER BY v.number DESC, v.seq DESC"
        " LIMIT 1) WHERE r.type = ? AND r.deleted = 1 AND other IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {HOUSEHOLD} h WHERE h.id = r.record)"
    )
    joins = DeletedJoins({}, {})
    for member, leader in store.rows(sql, (HOUSEHOLD,)):
        joins.to_other.setdefault(member, set()).add(leader)
        joins.from_other.setdefault(leader, set()).add(member)
    return joins
