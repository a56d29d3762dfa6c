"""Merging the entries of a package that are no revisions, or stubs, into the stored logs; and
applying waiting entries once they are permitted."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from borderdesk.base.chunks import chunks
from borderdesk.exchange.desks.author_rules import (
    AREA,
    ELSEWHERE,
    LATER,
    OWNER,
    SET_ASIDE,
    AuthorRules,
    RecordOwner,
)
from borderdesk.exchange.entries.erasures import Erasures, follow_joins
from borderdesk.exchange.entries.record_derivation import derive_record
from borderdesk.exchange.entries.waiting_revisions import kept_revision
from borderdesk.exchange.format.entry_kinds import ArrivedEntry
from borderdesk.exchange.format.package_revisions import PackageRevision
from borderdesk.exchange.merging.revision_merge import CHUNK_SIZE, MergedLog, revision_row
from borderdesk.exchange.reading.log_verification import VerifiedLog
from borderdesk.exchange.reading.package_entries import EntryContent
from borderdesk.exchange.reading.package_layout import KIND_OF, KINDS
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.log_entries import REVISION, desk_of
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.session import Session
from borderdesk.store.models.logs import LogTextRow
from borderdesk.store.records.history import last_seq
from borderdesk.store.records.logs import (
    StoredEntry,
    add_log,
    copy_entries,
    fill_entries,
    insert_entries,
    log_number,
    note_batch_entries,
    note_head,
    settle_stubs,
    waiting_entries,
)
from borderdesk.store.records.revision_batches import insert_parts, insert_revisions, revision_seqs
from borderdesk.store.records.writer import Writer


def begin_logs(
    session: Session, batch: str, verified: Mapping[str, VerifiedLog]
) -> dict[str, MergedLog]:
    """Create missing logs, store the signed heads, and record the entries of the batch in each."""
    store, merged = session.store, {}
    for name, verified_log in verified.items():
        number = log_number(store, verified_log.name)
        if number is None:
            number = add_log(store, verified_log.name)
            if verified_log.copied is not None:
                copy_entries(store, verified_log.copied, number, verified_log.taken - 1)
        head = verified_log.carried.head
        note_head(store, number, head.number, verified_log.carried.signature)
        if verified_log.taken <= head.number:
            note_batch_entries(store, batch, number, verified_log.taken, head.number)
        merged[name] = MergedLog(verified_log, number, set())
    return merged


class EntryMerge:
    """Merges the entries of one package; its revisions were merged before.

    for_us: whether the package was made for this desk, its unit or anybody, so that its stubs are
    meant for nobody here; counts: {`counted` of a kind: how many took effect}; filled: the stubs
    that got their content.
    """

    def __init__(
        self,
        session: Session,
        batch: str,
        contents: Mapping[bytes, EntryContent],
        *,
        for_us: bool,
    ) -> None:
        self._session = session
        self._store = session.store
        self._batch = batch
        self._contents = contents
        self._for_us = for_us
        self.counts = Counter[str]()
        self.filled: dict[int, set[int]] = {}
        self._arrived: list[ArrivedEntry] = []
        self._rows: list[tuple[Any, ...]] = []
        self._filled: list[tuple[int | None, str | None, str | None, int, int]] = []

    def take(self, logs: Mapping[str, MergedLog]) -> None:
        """Write the entries of the logs, then let them take effect."""
        for merged in logs.values():
            verified, entries = merged.verified, merged.verified.carried.entries
            for number in sorted(entries.keys() - merged.written):
                kind, entry = entries[number]
                if verified.is_new(number) or (number in verified.unread and kind != REVISION):
                    self._take(merged, number, kind, entry)
            if self._for_us:
                stubs = verified.unread & entries.keys()
                settle_stubs(self._store, merged.number, stubs, ELSEWHERE)
        self._link_revisions()
        insert_entries(self._store, self._rows)
        fill_entries(self._store, self._filled)
        for *_content, log, number in self._filled:
            self.filled.setdefault(log, set()).add(number)
        self.counts.update(KIND_OF[arrival.kind].counted for arrival in self._arrived)
        self._arrived.sort(key=lambda arrival: arrival.number)
        for declared in KINDS:
            arrived = [arrival for arrival in self._arrived if arrival.kind == declared.name]
            declared.receive_all(self._session, arrived)

    def _take(self, merged: MergedLog, number: int, kind: str, entry: bytes) -> None:
        """Buffer the row of an entry: with its content if that was sent, else as a stub."""
        desk = desk_of(merged.verified.name)
        content, refused = self._judged(desk, number, kind, entry)
        if not merged.verified.is_new(number):
            if content is not None:
                self._filled.append((None, content, refused, merged.number, number))
            return
        chain = merged.verified.chains[number]
        self._rows.append((merged.number, number, kind, entry, chain, None, content, refused))

    def _judged(
        self, desk: str, number: int, kind: str, entry: bytes
    ) -> tuple[str | None, str | None]:
        """(content, why it waits) of an entry; both None for a stub of a package for this desk."""
        content = self._contents.get(entry)
        if content is None or content.kind.name != kind:
            return None, None if self._for_us else ELSEWHERE
        fault = content.fault(desk, entry)
        if fault is not None:
            return None, fault
        refused = content.refusal()
        arrived = ArrivedEntry(
            desk, number, kind, entry, content.log_content.facts, content.text, self._batch
        )
        if refused is None:
            refused = content.kind.refusal(self._session, arrived)
        if content.text is not None:
            self._keep_text(entry, content.salt, content.text)
        if refused is None:
            self._arrived.append(arrived)
        return content.log_content.text(), refused

    def _keep_text(self, entry: bytes, salt: bytes, text: str) -> None:
        row = LogTextRow
        self._store.execute(
            row.insert(entry=entry, salt=salt, text=text).on_conflict(
                action="NOTHING", conflict_target=[row.entry]
            )
        )

    def _link_revisions(self) -> None:
        """Link stubs to their revisions where these are stored nevertheless."""
        stubs = [row[3] for row in self._rows if row[2] == REVISION]
        seqs = revision_seqs(self._store, stubs)
        self._rows = [
            (*row[:5], seqs[row[3]], row[6], None) if row[2] == REVISION and row[3] in seqs else row
            for row in self._rows
        ]


# ------------------------------------------------------------------------- what waits


WaitingVersions = Mapping[str, Sequence[PackageRevision]]
"""{record: its versions that wait, without those that were set aside}."""


def release_waiting(session: Session, batch: str, records: Container[str] = ()) -> int:
    """Apply waiting entries whose prerequisite has arrived; returns their number. records: records
    changed otherwise, so that all their waiting versions are checked again."""
    released, newly_released = 0, -1
    while newly_released:
        waiting = waiting_entries(session.store)
        versions = _waiting_versions(waiting)
        due = _allowed_since(session, waiting, versions)
        newly_released = sum(
            _released(session, batch, entry, due, records, versions) for entry in waiting
        )
        released += newly_released
    follow_joins(session)
    return released


def _waiting_versions(waiting: Iterable[StoredEntry]) -> WaitingVersions:
    by_record: dict[str, list[PackageRevision]] = {}
    for entry in waiting:
        if entry.kind == REVISION and entry.refused != SET_ASIDE:
            revision = kept_revision(entry.content or "{}")
            by_record.setdefault(revision.record, []).append(revision)
    return by_record


def _allowed_since(
    session: Session, waiting: Iterable[StoredEntry], versions: WaitingVersions
) -> set[bytes]:
    """The ids of the revisions that their author might not write when they arrived, but may now,
    because the list of posts gives another history of its post, or the record was transferred
    since; and of those that another file brought since."""
    barred = {entry.id for entry in waiting if entry.refused in (AREA, OWNER)}
    revisions = [
        revision
        for of_record in versions.values()
        for revision in of_record
        if revision.id in barred
    ]
    rules, owners = AuthorRules(session), dict[str, RecordOwner]()
    for records in chunks(sorted({revision.record for revision in revisions}), CHUNK_SIZE):
        owners |= rules.owners(records)
    judged = [
        rules.judged([revision], owners.get(revision.record), along=versions[revision.record])[0]
        for revision in revisions
    ]
    stored = revision_seqs(session.store, [revision.id for revision in revisions])
    return {revision.id for revision in judged if revision.refused is None} | stored.keys()


def _released(
    session: Session,
    batch: str,
    entry: StoredEntry,
    due: Container[bytes],
    records: Container[str],
    versions: WaitingVersions,
) -> bool:
    """Whether an entry waits no longer."""
    if entry.refused == SET_ASIDE:
        return False
    if entry.kind == REVISION:
        revision = kept_revision(entry.content or "{}")
        is_due = entry.refused == LATER or entry.id in due or revision.record in records
        return is_due and _released_revision(session, entry, revision, versions[revision.record])
    kind, content = KIND_OF[entry.kind], json.loads(entry.content or "{}")
    entry_text = session.part(DeskLog).text_of(entry.id)
    arrived = ArrivedEntry(
        desk_of(entry.log),
        entry.number,
        entry.kind,
        entry.id,
        content["content"],
        None if entry_text is None else entry_text[1],
        batch,
    )
    try:
        kind.check(arrived.facts, arrived.text)
    except FieldError:
        return False
    if kind.refusal(session, arrived) is not None:
        return False
    _fill(session, entry, None, entry.content)
    kind.receive(session, arrived)
    return True


def _released_revision(
    session: Session,
    entry: StoredEntry,
    revision: PackageRevision,
    along: Sequence[PackageRevision],
) -> bool:
    store = session.store
    seq = revision_seqs(store, [revision.id]).get(revision.id)
    if seq is not None:
        _fill(session, entry, seq, None)
        return True
    rules = AuthorRules(session)
    owner = rules.owners([revision.record]).get(revision.record)
    (judged,) = rules.judged([revision], owner, along=along)
    if judged.refused == LATER:
        return False
    if judged.refused is not None:
        _fill(session, entry, None, entry.content, judged.refused)
        return entry.refused == LATER
    seq = last_seq(store) + 1
    insert_revisions(store, [(seq, *revision_row(revision))])
    if revision.part is not None and revision.record not in session.part(Erasures).records():
        insert_parts(store, [(seq, *revision.part)])
    _fill(session, entry, seq, None)
    writer = Writer(store, session.book)
    derive_record(store, writer, revision.record)
    writer.finish()
    return True


def _fill(
    session: Session,
    entry: StoredEntry,
    seq: int | None,
    content: str | None,
    refused: str | None = None,
) -> None:
    log = log_number(session.store, entry.log)
    assert log is not None
    fill_entries(session.store, [(seq, content, refused, log, entry.number)])
