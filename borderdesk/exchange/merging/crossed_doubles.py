"""Doubles given up for one another in a circle: two desks each kept the other record, or three each
the next one, so that none of them would count. The one that the latest of these verdicts keeps
counts again.

Only the desk whose deletion or join it was takes that back, in a revision of its own: two equal
ones would be a question for people. Every other desk says so until that revision arrives.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.entry.editing import RecordEditor
from borderdesk.entry.head_versions import head_versions, write_over
from borderdesk.exchange.entries.double_verdicts import (
    SAME,
    VerdictEntry,
    counting_verdict,
    given_up_records,
    put_verdict,
)
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.records.history import NewVersion, StoredRevision, revisions_of
from borderdesk.store.records.logs import content_after, former_ids
from borderdesk.store.records.record_queries import given_up_pairs, joins_by_verdict, savepoint
from borderdesk.store.records.revision_batches import (
    batch_claims,
    insert_claims,
    revision_seqs,
    type_of,
)

RESTORED = 4
"""The bit flags of a batch's claim on a revision that this desk wrote because of the batch."""


class DoubleEdge(NamedTuple):
    """A record that was given up for another; order: of the verdict, the latest is the greatest."""

    gone: str
    stays: str
    order: tuple[Any, ...]


class KeptDouble(NamedTuple):
    """The record of a circle that is to count; head: its deletion or join; counts: whether that was
    taken back here; why: the reason why not, though it is this desk's."""

    type: str
    record: str
    head: StoredRevision
    counts: bool
    why: str


class UnreturnedDouble(NamedTuple):
    """A record that was given up for one of an undone file, and does not count again: why."""

    type: str
    record: str
    why: str


def settle_crossed(session: Session, batch: str) -> list[KeptDouble]:
    """Let one record of every circle count again, within the open transaction; what this desk may
    not write itself is only returned. batch: the one whose undo takes it back."""
    settled = []
    for model in ALL_TYPES.values():
        edges = [*_edges(session.store, model)]
        while circle := circle_of(edges):
            survivor = max(circle, key=lambda edge: edge.order).stays
            settled.append(_settled(session, batch, model, survivor))
            edges = [edge for edge in edges if edge.gone != survivor]
    return settled


def circle_of(edges: Iterable[DoubleEdge]) -> list[DoubleEdge]:
    """The edges of a circle from which none leads to a record that was not given up."""
    edges = list(edges)
    into: dict[str, set[str]] = {}
    for edge in edges:
        into.setdefault(edge.gone, set()).add(edge.stays)
    groups = (_reached(into, record) for record in sorted(into))
    closed = (group for group in groups if group <= into.keys())
    smallest = min(closed, key=len, default=frozenset[str]())
    return [edge for edge in edges if edge.gone in smallest]


def _reached(into: Mapping[str, set[str]], record: str) -> frozenset[str]:
    """The records that the edges lead to from a record."""
    reached, waiting = set[str](), [record]
    while waiting:
        new = into.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def _edges(store: Store, model: type[RevisionedModel]) -> Iterator[DoubleEdge]:
    """The records of a type that were given up for another: joined, or deleted by verdicts alone. A
    deletion that is no verdict's was meant, and leads to nothing."""
    table, name = table_name(model), model.type_name
    if model.matching is not None:
        for gone, stays, *order in joins_by_verdict(store, table, model.matching.joined_to):
            yield DoubleEdge(gone, stays, tuple(order))
        return
    for record in sorted({key for pair in given_up_pairs(store, table, name) for key in pair}):
        versions = revisions_of(store, record)
        edges = [
            verdict_edge(store, head) for head in (head_versions(versions) if versions else ())
        ]
        yield from (edge for edge in edges if edge is not None and None not in edges)


def verdict_edge(store: Store, head: StoredRevision) -> DoubleEdge | None:
    """What a deletion gave its record up for, by the verdict written with it."""
    verdict = _verdict_with(store, head)
    if verdict is None:
        return None
    facts, entry = verdict
    return DoubleEdge(head.record, facts["stays"], (facts["time"], entry))


def _verdict_with(store: Store, head: StoredRevision) -> tuple[dict[str, str], bytes] | None:
    """(facts, entry id) of the verdict that a deletion or a join was written with, which is the
    next entry of the log."""
    stored = content_after(store, head.seq, VerdictEntry.name)
    if stored is None:
        return None
    facts: dict[str, str] = json.loads(stored[0])["content"]
    others = {facts["first"], facts["second"]} - {head.record}
    is_given_up = facts["verdict"] == SAME and others == {facts["stays"]}
    return (facts, stored[1]) if is_given_up else None


# ---------------------------------------------------------------------------- writing


def _settled(session: Session, batch: str, model: type[RevisionedModel], record: str) -> KeptDouble:
    head = head_versions(revisions_of(session.store, record))[0]
    own_desks = {session.identity.id, *former_ids(session.store, session.identity.id)}
    if head.stamp.desk not in own_desks:
        return KeptDouble(model.type_name, record, head, False, "")
    try:
        with savepoint(session.store, UserError):
            written = _take_back(session.part(RecordEditor), model, record)
    except UserError as error:
        return KeptDouble(model.type_name, record, head, False, str(error))
    seqs = revision_seqs(session.store, [written])
    insert_claims(session.store, [(seq, batch, RESTORED) for seq in seqs.values()])
    return KeptDouble(model.type_name, record, head, True, "")


def _take_back(editor: RecordEditor, model: type[RevisionedModel], record: str) -> bytes:
    """Let a record count again: the revision of it."""
    if model.matching is None:
        return bytes.fromhex(editor.undelete(model.type_name, record).revision)
    apart = {model.matching.joined_to: None}
    return bytes.fromhex(editor.edit(model.type_name, record, apart).revision)


def restored_for(store: Store, batches: Iterable[str]) -> list[int]:
    """The `seq` values of the revisions that this desk wrote because of batches."""
    claims = batch_claims(store, [*batches])
    return [seq for seq, carried in claims.items() if carried & RESTORED]


def withdraw_restored(session: Session, seqs: Iterable[int]) -> None:
    """Give up again what this desk restored because of batches that are undone, unless it was
    changed since."""
    for seq in seqs:
        record = session.store.value("SELECT record FROM revision WHERE seq = ?", (seq,))
        versions = revisions_of(session.store, record)
        tops = head_versions(versions)
        if tops[0].seq == seq and tops[0].stamp.desk == session.identity.id:
            before = next(version for version in versions if version.id in tops[0].parents)
            with suppress(UserError), savepoint(session.store, UserError):
                give_up_again(session, before, tops)


def restore_given_up(session: Session, undone: Container[str]) -> list[UnreturnedDouble]:
    """Let the records that this desk gave up for others count again where those vanished with an
    undone file; returns those that cannot, as a closed period counts otherwise. undone: the records
    that were in it."""
    store, unreturned = session.store, []
    own_desks = {session.identity.id, *former_ids(store, session.identity.id)}
    for type_name, gone, stays in given_up_records(store):
        if stays not in undone or type_of(store, stays) is not None:
            continue
        versions = revisions_of(store, gone)
        if not versions:
            continue
        head = head_versions(versions)[0]
        edge = verdict_edge(store, head)
        if edge is not None and edge.stays == stays and head.stamp.desk in own_desks:
            unreturned += _returned(session, ALL_TYPES[type_name], gone)
    return unreturned


def restore_given_up_for(
    session: Session, deleted: Iterable[str], added: Container[str]
) -> tuple[int, list[UnreturnedDouble]]:
    """Let the records that this desk gave up for those of an undone list count again; returns how
    many do, and those that cannot, as a closed period counts otherwise.

    added: the records of the list; deleted: those that its undo has deleted.
    """
    store, restored, unreturned = session.store, 0, list[UnreturnedDouble]()
    own_desks = {session.identity.id, *former_ids(store, session.identity.id)}
    for model in ALL_TYPES.values():
        edges = [] if model.matching is not None else [*_edges(store, model)]
        for record in _given_up_for(edges, deleted, added):
            if head_versions(revisions_of(store, record))[0].stamp.desk in own_desks:
                refused = _returned(session, model, record)
                unreturned += refused
                restored += not refused
    return restored, unreturned


def _returned(
    session: Session, model: type[RevisionedModel], record: str
) -> list[UnreturnedDouble]:
    """Let a record count again; returns it where that is refused."""
    try:
        with savepoint(session.store, UserError):
            _take_back(session.part(RecordEditor), model, record)
    except UserError as error:
        return [UnreturnedDouble(model.type_name, record, str(error))]
    return []


def _given_up_for(
    edges: Sequence[DoubleEdge], deleted: Iterable[str], added: Container[str]
) -> list[str]:
    """The records from outside a list that were given up for its deleted ones, or for such as were
    given up for these."""
    went = {*deleted}
    while more := {e.gone for e in edges if e.stays in went and e.gone in added} - went:
        went |= more
    return sorted({e.gone for e in edges if e.stays in went and e.gone not in added})


def give_up_again(session: Session, before: StoredRevision, tops: list[StoredRevision]) -> None:
    """Write a deletion or join again, with its verdict if it has one, after the present head
    versions."""
    store, model = session.store, ALL_TYPES[before.type]
    change = NewVersion(
        model, before.record, before.values(), reason=before.reason, away=before.away()
    )
    write_over(store, session.part(RecordEditor).write, change, tops)
    verdict = _verdict_with(store, before)
    if verdict is not None:
        counting = counting_verdict(store, verdict[0]["first"], verdict[0]["second"])
        time = utc_stamp() if counting is None else counting.next_time()
        facts = {**verdict[0], "time": time}
        entry = session.part(DeskLog).append(VerdictEntry.name, facts)
        put_verdict(store, facts, session.identity.id, entry.id)
