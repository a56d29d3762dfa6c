"""Merges one verified package as a batch, within the open transaction."""

from collections import Counter
from collections.abc import Iterator

from borderdesk.base.chunks import chunks
from borderdesk.base.i18n import N_
from borderdesk.base.progress import Progress
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.desks.holdings import Holdings
from borderdesk.exchange.entries.erasures import Erasures, apply_erasures, follow_joins
from borderdesk.exchange.entries.review_notes import ReviewNotes
from borderdesk.exchange.format.package_descriptor import sender_holding
from borderdesk.exchange.merging.crossed_doubles import KeptDouble, settle_crossed
from borderdesk.exchange.merging.entry_merge import EntryMerge, begin_logs, release_waiting
from borderdesk.exchange.merging.introductions import note_introduced
from borderdesk.exchange.merging.offered_again import note_filled
from borderdesk.exchange.merging.revision_merge import (
    CHUNK_SIZE,
    MergedLog,
    MergedRecord,
    RevisionMerge,
    local_revisions_of,
)
from borderdesk.exchange.reading.log_verification import LogVerdict, LogVerification
from borderdesk.exchange.reading.package_entries import CarriedLog
from borderdesk.exchange.reading.packages import Package
from borderdesk.schema.log_entries import desk_of
from borderdesk.schema.records.household import Household
from borderdesk.session.session import Session

CarriedLogs = dict[str, CarriedLog]
SEPARATE_PARTS = N_("personal and internal parts of records: {count}")


class PackageMerge:
    """Merges a package: its logs, one line of each desk after the other, or the tables of one of
    the first format.

    counts: {what became of a record: how many}; reasons: why some were left out; records: each
    that was merged; besides: {`counted` of a kind of entry: how many took effect}; verdict: of its
    logs; crossed: the doubles given up for one another, of which one counts again.
    """

    def __init__(self, session: Session, batch: str, package: Package, progress: Progress) -> None:
        self.counts = Counter[str]()
        self.reasons = Counter[str]()
        self.records: list[MergedRecord] = []
        self.besides = Counter[str]()
        self.verdict = LogVerdict({}, [], [], [], [])
        self.crossed: list[KeptDouble] = []
        self._session = session
        self._batch = batch
        self._package = package
        self._progress = progress

    def run(self) -> None:
        """Merge everything. Raises PackageError."""
        if self._package.is_old:
            self._take_old_tables()
            self._merge(None)
            follow_joins(self._session)
        else:
            note_introduced(self._session, self._package)
            for logs in _rounds(self._package.logs):
                self._take(logs)
            self._note_holding()
        self.crossed = settle_crossed(self._session, self._batch)

    def _take(self, carried: CarriedLogs) -> None:
        verdict = LogVerification(self._session, self._package.facts["desk"]).run(carried)
        self.verdict.taken.update(verdict.taken)
        self.verdict.left_out.extend(verdict.left_out)
        self.verdict.unknown.extend(verdict.unknown)
        self.verdict.copied.extend(verdict.copied)
        self.verdict.early.extend(verdict.early)
        logs = begin_logs(self._session, self._batch, verdict.taken)
        if not logs:
            return
        self._merge(logs)
        contents, for_us = self._package.entry_contents, self._is_for_us()
        entries = EntryMerge(self._session, self._batch, contents, for_us=for_us)
        entries.take(logs)
        self.besides += entries.counts
        note_filled(self._session.store, self._batch, entries.filled)
        release_waiting(self._session, self._batch)

    def _is_for_us(self) -> bool:
        """Whether the package was made for this desk, its unit or anybody."""
        name, units = self._package.facts["receiver"], self._session.part(DeskUnits)
        own_unit = units.own()
        return name in ("", own_unit.unit) or units.of(name) == own_unit

    def _merge(self, logs: dict[str, MergedLog] | None) -> None:
        session = self._session
        merge = RevisionMerge(session, self._batch, session.part(Erasures).records(), logs)
        for records in chunks(self._package.records(), CHUNK_SIZE):
            merge.take(records, local_revisions_of(session.store, records))
            self._progress(merge.counts.total(), self._package.facts["records"])
        merge.end()
        self.counts += merge.counts
        self.reasons += merge.reasons
        self.records += merge.merged
        note_filled(session.store, self._batch, merge.filled)
        if merge.parts:
            self.besides[SEPARATE_PARTS] += merge.parts

    def _take_old_tables(self) -> None:
        """Take notes and erasures of a package of the first format, which are entries of no log."""
        session, facts = self._session, self._package.facts
        units, household = session.part(DeskUnits), Household.type_name
        # Nobody signed which desk erased: what goes along is what the sender may erase.
        stated = [
            (erasure[0], erasure[1], facts["desk"], erasure[3])
            for erasure in self._package.erasures
        ]
        entitled = [
            notice
            for notice in stated
            if facts["role"] == "province" or units.owner(household, notice[0]) == facts["unit"]
        ]
        apply_erasures(session, entitled)
        session.part(ReviewNotes).add_received(self._package.notes)

    def _note_holding(self) -> None:
        """Store the holding that the sender states."""
        desk = self._package.facts["desk"]
        if desk != self._session.identity.id:
            self._session.part(Holdings).note(desk, sender_holding(self._package.facts))


def _rounds(logs: CarriedLogs) -> Iterator[CarriedLogs]:
    """The logs in parts with one line of each desk: where a desk was copied, the second line is
    verified against the first."""
    waiting = dict(logs)
    while waiting:
        first: CarriedLogs = {}
        for name, log in waiting.items():
            if desk_of(name) not in {desk_of(other) for other in first}:
                first[name] = log
        yield first
        waiting = {name: log for name, log in waiting.items() if name not in first}
