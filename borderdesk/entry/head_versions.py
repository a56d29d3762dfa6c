"""The versions of a record that no other follows, and changes that take the place of them all."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import RevisionStamp, current, heads, moment_of, utc_stamp
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.models.records import DoubleVersionRow
from borderdesk.store.records.history import NewVersion, StoredRevision, revisions_of
from borderdesk.store.records.revision_batches import (
    delete_double_versions,
    insert_double_version,
)


def head_versions(versions: Sequence[StoredRevision]) -> list[StoredRevision]:
    """The versions of a record that no other version follows, the current one first."""
    nodes = [version.node() for version in versions]
    tops, first = {node.id for node in heads(nodes)}, current(nodes).id
    top_versions = [version for version in versions if version.id in tops]
    return sorted(top_versions, key=lambda version: version.id != first)


def versions_waiting(store: Store, record: str, head: StoredRevision) -> list[StoredRevision]:
    """The head versions of a record with the current version `head`: that alone, unless several
    wait for a choice."""
    row = DoubleVersionRow
    if store.first(row.select(row.record).where(row.record == record)) is None:
        return [head]
    return head_versions(revisions_of(store, record))


def last_edits(versions: Sequence[StoredRevision]) -> list[StoredRevision]:
    """The versions that the deletion of a record replaced, the current one first; none for a record
    without a version that is not a deletion."""
    edits = [version for version in versions if not version.deleted]
    if not edits:
        return []
    by_id = {version.id: version for version in versions}
    first, waited = current([version.node() for version in edits]).id, set[bytes]()
    reached = [head_versions(versions)[0]]
    for deletion in reached:
        parents = [by_id[parent] for parent in deletion.parents if parent in by_id]
        reached += [parent for parent in parents if parent.deleted and parent not in reached]
        waited |= {parent.id for parent in parents if not parent.deleted}
    if len(waited) < 2 or first not in waited:
        waited = {first}
    waiting = [by_id[version] for version in waited]
    return sorted(waiting, key=lambda version: (version.id != first, version.seq))


def write_over(
    store: Store,
    write: Callable[[list[NewVersion]], list[bytes]],
    change: NewVersion,
    versions: Sequence[StoredRevision],
) -> bytes:
    """Write a change after all head versions of its record, so that none waits any longer on any
    desk; returns its revision.

    write: of a record editor; change: its parents and number are set here.
    """
    head, *others = versions
    if not others:
        return write([change._replace(parents=(head.id,), number=head.number + 1)])[-1]
    written, number = head.id, head.number
    for other in others:
        number = 1 + max(number, other.number)
        written = write([change._replace(parents=(written, other.id), number=number)])[-1]
    delete_double_versions(store, [change.record])
    return written


class VersionEditor(Protocol):
    """A record editor, which writes versions of records."""

    session: Session

    def write(
        self, changes: Iterable[NewVersion], stamps: Iterable[RevisionStamp] | None = None
    ) -> list[bytes]:
        """Write changes; stamps: of each change."""


def write_again(
    editor: VersionEditor,
    versions: Sequence[StoredRevision],
    after: StoredRevision,
    reason: str | None,
) -> bytes:
    """Let versions of a record, the current one first, wait for a choice again: each is written as
    a revision after `after`, so that every desk which received that receives the question. Returns
    the revision of the current one."""
    changes = [
        NewVersion(
            ALL_TYPES[version.type],
            version.record,
            version.values(),
            (after.id,),
            after.number + 1,
            reason,
            None,
            version.away(),
        )
        for version in versions
    ]
    # Of two alike the later counts, and the current version is derived last.
    stamps = _one_after_another(editor.session.stamp(), len(changes))
    written = editor.write(reversed(changes), stamps)
    delete_double_versions(editor.session.store, [after.record])
    insert_double_version(editor.session.store, after.record, after.type)
    return written[-1]


def write_restored(
    editor: VersionEditor, edits: Sequence[StoredRevision], versions: Sequence[StoredRevision]
) -> bytes:
    """Write the versions that a deletion replaced after the present head versions; returns the
    revision of the current version.

    versions: of the record; edits: `last_edits` of them.
    """
    if len(edits) > 1:
        return write_again(editor, edits, head_versions(versions)[0], None)
    (edit,) = edits
    back = NewVersion(
        ALL_TYPES[edit.type], edit.record, edit.values(), doubts=None, away=edit.away()
    )
    return write_over(editor.session.store, editor.write, back, head_versions(versions))


def _one_after_another(stamp: RevisionStamp, count: int) -> Iterator[RevisionStamp]:
    """Stamps a millisecond apart."""
    first, step = moment_of(stamp.time), datetime.timedelta(milliseconds=1)
    return (stamp._replace(time=utc_stamp(first + step * place)) for place in range(count))
