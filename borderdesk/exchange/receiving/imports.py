"""Import of packages: each is verified, previewed or merged as one batch.

A desk is a function of the set of revisions it has received: whatever the order, whatever is
repeated, the same packages leave the same revisions, the same current rows, the same inbox.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from borderdesk.base.errors import reason_key
from borderdesk.base.formats import format_number
from borderdesk.base.gc_threshold import raised_gc_threshold
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.stored_words import words_of_stored
from borderdesk.exchange.decisions.crossed_texts import crossed_text
from borderdesk.exchange.decisions.lost_doubles import lost_pairs, lost_text
from borderdesk.exchange.desks.cards import Cards, signed_before_renewal, signed_by
from borderdesk.exchange.desks.signed_heads import RENEWED, SignedHeads
from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.exchange.format.package_errors import (
    NEW_KEY,
    PackageError,
    former_unit,
)
from borderdesk.exchange.format.verified_file import digest_of
from borderdesk.exchange.merging.batches import Batches
from borderdesk.exchange.merging.described_places import learn_described
from borderdesk.exchange.merging.desk_names import desk_names
from borderdesk.exchange.merging.introductions import is_introduced
from borderdesk.exchange.merging.offered_again import LEFT_OUT_LOGS
from borderdesk.exchange.merging.package_merge import PackageMerge
from borderdesk.exchange.merging.quarantine import Quarantine, QuarantinedPackage
from borderdesk.exchange.merging.revision_merge import (
    ADDED,
    DOUBLE,
    REFUSED_RECORDS,
    SAME,
    STALE,
    UPDATED,
    MergedRecord,
)
from borderdesk.exchange.reading.log_verification import LogVerdict
from borderdesk.exchange.reading.package_files import file_label
from borderdesk.exchange.reading.package_source import opened_package
from borderdesk.exchange.reading.packages import Package, read_descriptor, read_package
from borderdesk.exchange.sending.receipts import ArrivedReceipt, Receipts, read_receipt
from borderdesk.schema.log_entries import desk_of
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.records.record_queries import savepoint

SHOWN_REASONS = 3
"""How many reasons of records left out are named, the commonest first."""
FactsListener = Callable[[dict[str, Any]], object]
"""Called with the facts a package states, as soon as they are read."""
T = TypeVar("T")
IMPORTED, UNCHANGED, QUARANTINED, REFUSED = "imported", "unchanged", "quarantined", "refused"
WOULD_IMPORT = "would_import"
EARLY = "early"
"""The status of a file to be tried again: entries are missing that another file may have."""


class ImportOutcome(NamedTuple):
    """The outcome of importing one file, as a line of the `import` command; the numbers are
    records.

    records: each that was merged; unknown: desks whose entries wait for their card; copied: desks
    with two different entries of one number, because their folder was copied; left_out: desks whose
    entries were not merged, and may be another time; stored: the reason of a refused file, in
    stored form.
    """

    file: str
    status: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    double: int = 0
    refused_rows: int = 0
    batch: str | None = None
    reason: str | None = None
    records: tuple[MergedRecord, ...] = ()
    unknown: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    stored: str = ""

    def as_json(self) -> dict[str, Any]:
        """The line of the command."""
        return {key: value for key, value in self._asdict().items() if key not in _BESIDES}


_BESIDES = ("records", "unknown", "copied", "left_out", "stored")


def _no_listener(_facts: dict[str, Any]) -> None:
    """A listener that does nothing."""


class _PreviewEndedError(Exception):
    """Rolls back an import that was only a preview."""


class EarlyPackageError(PackageError):
    """A package that continues entries which have not arrived yet; nothing of it was merged."""


class TakeOptions(NamedTuple):
    """How a file is imported: as a dry run, or really; patient: a package that continues missing
    entries is postponed."""

    dry_run: bool = False
    patient: bool = False
    progress: Progress = no_progress
    on_facts: FactsListener = _no_listener


def _refused(file: str, error: PackageError) -> ImportOutcome:
    """The outcome of a file that is refused whole."""
    return ImportOutcome(file, REFUSED, reason=str(error), stored=error.stored)


def _would(outcome: "ImportOutcome") -> "ImportOutcome":
    """The outcome of a dry run: its batch does not exist."""
    status = WOULD_IMPORT if outcome.status == IMPORTED else outcome.status
    return outcome._replace(status=status, batch=None)


def take_in_turn(
    paths: Sequence[Path], take: Callable[[Path, bool], T], is_early: Callable[[T], bool]
) -> Iterator[T]:
    """Import files in order and yield their outcomes; packages that continue missing entries are
    tried again after the others.

    take: imports a file; called as patient it changes nothing for an early one.
    """
    waiting = list(paths)
    while len(waiting) > 1:
        early = []
        for path in waiting:
            outcome = take(path, True)
            if is_early(outcome):
                early.append(path)
            else:
                yield outcome
        if len(early) == len(waiting):
            break
        waiting = early
    for path in waiting:
        yield take(path, False)


class Imports(SessionPart):
    """The import of packages."""

    def take(
        self,
        path: Path,
        *,
        dry_run: bool = False,
        patient: bool = False,
        passphrase: str | None = None,
        progress: Progress = no_progress,
        on_facts: FactsListener = _no_listener,
    ) -> ImportOutcome:
        """Import a package; dry_run: only report the outcome; patient: change nothing for a package
        that continues missing entries (`EARLY`).

        passphrase: for a package encrypted with one; progress: in records; on_facts: called with
        the facts the package states. A file that cannot be imported is an outcome, not an error.
        """
        secrets, name = self.session.part(Cards).opening_keys, file_label(path)
        options, folder = TakeOptions(dry_run, patient, progress, on_facts), self.session.folder
        try:
            with opened_package(path, folder, secrets, passphrase) as package:
                return self._take(name, package, options)
        except EarlyPackageError as error:
            return ImportOutcome(name, EARLY, reason=str(error))
        except PackageError as error:
            if not dry_run and not error.mendable:
                self.session.part(Quarantine).note_refused(name, error.stored)
            return _refused(name, error)
        except OSError as error:
            unread = N_("The file cannot be read: {error}")
            return _refused(name, PackageError(unread, error=reason_key(error)))

    def _take(self, name: str, file: IO[bytes], options: TakeOptions) -> ImportOutcome:
        dry_run = options.dry_run
        receipt = read_receipt(file)
        if receipt is not None:
            return self._take_receipt(name, receipt, dry_run=dry_run)
        descriptor, signature, facts = read_descriptor(file)
        options.on_facts(facts)
        self._require_real(facts)
        digest = digest_of(file).hex()
        earlier = self._earlier_outcome(digest)
        if earlier is not None:
            # Whatever was decided on its card since.
            return earlier._replace(file=name)
        doubt = self._signer_doubt(descriptor, signature, facts)
        if doubt is not None and is_introduced(self.session, file, descriptor, signature):
            doubt = None
        if doubt is not None:
            if not dry_run:
                self.session.part(Quarantine).note_waiting(name, digest, facts, doubt, file)
            return ImportOutcome(name, QUARANTINED, reason=words_of_stored(doubt))
        package = read_package(file, descriptor)
        if dry_run and not self.store.in_transaction():
            return self._preview(name, digest, package, options)
        if dry_run:
            with savepoint(self.store, PackageError):
                return _would(self.import_package(name, digest, package, options))
        erasures = self.session.part(Erasures)
        erased = erasures.records()
        outcome = self.import_package(name, digest, package, options)
        if outcome.unknown:
            self._keep_waiting(name, digest, facts, outcome, file)
        if erasures.records() != erased:
            self.session.notify_erasure()
        erasures.wipe()
        return outcome

    def _take_receipt(
        self, name: str, receipt: ArrivedReceipt, *, dry_run: bool
    ) -> "ImportOutcome":
        """Store the holding in a receipt; no records are imported."""
        receipts = self.session.part(Receipts)
        receipts.check(receipt)
        fresh = True if dry_run else receipts.take(receipt)
        status = (WOULD_IMPORT if dry_run else IMPORTED) if fresh else UNCHANGED
        return ImportOutcome(name, status, reason=_("A receipt: it tells what has arrived."))

    def _preview(
        self, name: str, digest: str, package: Package, options: TakeOptions
    ) -> ImportOutcome:
        """The outcome of an import, found by the import itself, rolled back."""
        outcomes: list[ImportOutcome] = []
        with self.trial():
            outcomes.append(self.import_package(name, digest, package, options))
        return _would(outcomes[0])

    @contextmanager
    def trial(self) -> Iterator[None]:
        """One transaction that is rolled back: dry runs in it, one after another, have the outcomes
        of the imports together."""
        self.require("exchange.write")
        with suppress(_PreviewEndedError), self.writing():
            yield
            raise _PreviewEndedError

    def _require_real(self, facts: Mapping[str, Any]) -> None:
        """Raise PackageError for invented records, unless this desk's own are."""
        if facts["invented"] and self.session.identity.in_earnest:
            raise PackageError(
                N_(
                    "The records in it are invented (demonstration). They do not enter a real desk."
                ),
                mendable=True,
            )

    def _keep_waiting(
        self,
        name: str,
        digest: str,
        facts: Mapping[str, Any],
        outcome: ImportOutcome,
        file: IO[bytes],
    ) -> None:
        """Keep a package of which logs wait until their desk's card is accepted."""
        waiting = {**facts, "desk": outcome.unknown[0]}
        why = N_("The card of a desk whose entries it carries is not accepted yet.")
        self.session.part(Quarantine).note_waiting(name, digest, waiting, why, file)

    def _signer_doubt(
        self, descriptor: bytes, signature: bytes, facts: dict[str, Any]
    ) -> str | None:
        """Why the package has to wait, as it is stored; None when its signer is trusted.

        Raises PackageError for a signature that is not that of the desk it names.
        """
        cards, desk = self.session.part(Cards), facts["desk"]
        is_own = desk == self.session.identity.id
        entry = None if is_own else cards.of(desk)
        if entry is None and not is_own:
            return N_("The card of the desk that signed it is not accepted yet.")
        card = cards.own() if entry is None else entry.card
        is_signed = signed_by(card, descriptor, signature) or signed_before_renewal(
            card, cards.retired_keys(desk), descriptor, signature, facts["made"]
        )
        if entry is None:
            if not is_signed:
                raise PackageError(N_("The signature is not that of this desk."))
            return None
        if not is_signed and not cards.has_key(card, signature):
            return NEW_KEY
        if not is_signed or facts["role"] != card.role:
            raise PackageError(N_("The signature is not that of the desk it says it is from."))
        if facts["unit"] != card.unit:
            if cards.was_of(desk, facts["unit"], facts["role"]):
                raise former_unit()
            return N_(
                "By the card accepted here its desk is of another unit. If it was handed over,"
                " accept its new card."
            )
        if not entry.accepted:
            return N_("The card of the desk that signed it was revoked.")
        return None

    def take_waiting(self) -> list[ImportOutcome]:
        """Import every package in quarantine whose card has been accepted; one outcome each."""
        quarantine = self.session.part(Quarantine)
        trusted = {entry.card.desk for entry in self.session.part(Cards).known() if entry.accepted}
        waiting = (
            package for package in quarantine.waiting() if package.desk in trusted and package.kept
        )
        due = [
            package
            for package in waiting
            if self._is_due(package, quarantine.content(package.digest))
        ]
        outcomes = []
        for package in due:
            file = io.BytesIO(quarantine.content(package.digest))
            try:
                outcomes.append(self._take(package.file, file, TakeOptions()))
            except PackageError as error:
                quarantine.drop_waiting(package.digest)
                if not error.mendable:
                    quarantine.note_refused(package.file, error.stored)
                outcomes.append(_refused(package.file, error))
        return outcomes

    def _is_due(self, waiting: QuarantinedPackage, content: bytes) -> bool:
        """Whether the keys that a package waits for have been accepted: that of its signer, or of
        the desk whose entries it contains. A forged package is due too, to be refused."""
        file = io.BytesIO(content)
        try:
            descriptor, signature, facts = read_descriptor(file)
            if self._signer_doubt(descriptor, signature, facts) is not None:
                return False
            logs = read_package(file, descriptor).logs.values()
        except PackageError:
            return True
        heads, of_desk = self.session.part(SignedHeads), waiting.desk
        carried = [log for log in logs if desk_of(log.name) == of_desk]
        return all(heads.judge(log.name, log.head, log.signature) != RENEWED for log in carried)

    # ------------------------------------------------------------------------- merge

    def take_all(
        self, paths: Sequence[Path], *, dry_run: bool = False, passphrase: str | None = None
    ) -> Iterator[ImportOutcome]:
        """Import files in order, yielding an outcome each; early packages after the others."""
        return take_in_turn(
            paths,
            lambda path, patient: self.take(
                path, dry_run=dry_run, patient=patient, passphrase=passphrase
            ),
            lambda outcome: outcome.status == EARLY,
        )

    def preview(
        self, paths: Sequence[Path], *, passphrase: str | None = None
    ) -> list[ImportOutcome]:
        """The outcomes of importing these files in order, without a change."""
        outcomes: list[ImportOutcome] = []
        with self.trial():
            outcomes += self.take_all(paths, dry_run=True, passphrase=passphrase)
        return outcomes

    def _earlier_outcome(self, digest: str) -> ImportOutcome | None:
        """The outcome for a package that was imported already: every record unchanged; None if
        parts of it were left out then, as they may be taken in now."""
        batch = self.session.part(Batches).of_digest(digest)
        if batch is None or self.session.part(Quarantine).is_waiting(digest):
            return None
        counts = dict(batch.counts)
        if counts.get(LEFT_OUT_LOGS):
            return None
        refused = counts.pop(REFUSED_RECORDS, 0)
        same = sum(counts.values())
        return ImportOutcome("", UNCHANGED, unchanged=same, refused_rows=refused, batch=batch.id)

    @operation("exchange.write")
    def import_package(
        self, file: str, digest: str, package: Package, options: TakeOptions
    ) -> ImportOutcome:
        """Merge a verified package as one batch, in one transaction.

        Raises PackageError, and then nothing is changed.
        """
        batches, quarantine = self.session.part(Batches), self.session.part(Quarantine)
        if batches.is_set_aside(digest):
            return ImportOutcome(file, UNCHANGED, reason=_("It was set aside here before."))
        earlier = self._earlier_outcome(digest)
        if earlier is not None:
            return earlier._replace(file=file)
        batch = batches.add_batch(file, digest, package.facts)
        learn_described(self.session, batch, package.places, package.facts["made"])
        lost_before = {*lost_pairs(self.session)}
        merge = PackageMerge(self.session, batch, package, options.progress)
        with raised_gc_threshold():
            merge.run()
        if options.patient and merge.verdict.early:
            raise EarlyPackageError("entries before it are missing", mendable=True)
        left_out = {LEFT_OUT_LOGS: len(merge.verdict.left_out)} if merge.verdict.left_out else {}
        batches.note_counts(batch, {**merge.counts, **left_out})
        quarantine.drop_waiting(digest)
        outcome = _outcome(merge)._replace(file=file, batch=batch)
        merged = outcome.added + outcome.updated
        self.session.audit_notes.note("package.taken", file, records=merged, digest=batch)
        judged = self._judgement(outcome, merge.verdict)
        notices = [crossed_text(self.session, double) for double in merge.crossed]
        lost = [pair for pair in lost_pairs(self.session) if pair not in lost_before]
        notices += [lost_text(self.session, pair) for pair in lost]
        if notices:
            reason = judged.get("reason", outcome.reason)
            judged["reason"] = " ".join(filter(None, (reason, *notices)))
        return outcome._replace(records=tuple(merge.records), **judged)

    def _judgement(self, outcome: ImportOutcome, verdict: LogVerdict) -> dict[str, Any]:
        if not verdict.left_out and not verdict.copied:
            return {}
        return _judgement(outcome, verdict, desk_names(self.session))


def _outcome(merge: PackageMerge) -> ImportOutcome:
    """The outcome of an import, with the reasons of refused records; without any new record, with
    the other content."""
    counts = merge.counts
    added, updated, same, stale, double, left_out = (
        counts.get(key, 0) for key in (ADDED, UPDATED, SAME, STALE, DOUBLE, REFUSED_RECORDS)
    )
    status = IMPORTED if added + updated + double else UNCHANGED
    shown = [f"{why} ({count})" for why, count in merge.reasons.most_common(SHOWN_REASONS)]
    if status == UNCHANGED and merge.besides:
        shown.append(_besides_text(merge.besides))
    return ImportOutcome(
        "", status, added, updated, same, stale, double, left_out, reason=" ".join(shown) or None
    )


def _besides_text(besides: Mapping[str, int]) -> str:
    """The content of a package other than records, in words."""
    lang = language()
    parts = [_(words).format(count=format_number(count, lang)) for words, count in besides.items()]
    return _("No record in it is new; it brings {what}.").format(what=", ".join(parts))


def _judgement(
    outcome: ImportOutcome, verdict: LogVerdict, names: Mapping[str, str]
) -> dict[str, Any]:
    """The changes to an outcome by the verification of the logs. names: of desks."""
    sentences = [outcome.reason or ""]
    for desk, why in verdict.left_out:
        desk_name = names.get(desk) or desk[:8]
        sentences.append(
            _("Entries of {desk} are left out: {reason}").format(desk=desk_name, reason=why)
        )
    if verdict.copied:
        sentences.append(
            _(
                "Two machines write as one desk, because its folder was copied: both are kept. Give"
                " one of them a new id: {desks}"
            ).format(desks=", ".join(desk[:8] for desk in verdict.copied))
        )
    is_held = not verdict.taken and bool(verdict.left_out)
    return {
        "status": QUARANTINED if is_held else outcome.status,
        "reason": " ".join(filter(None, sentences)) or None,
        "unknown": tuple(verdict.unknown),
        "copied": tuple(verdict.copied),
        "left_out": tuple(desk for desk, _why in verdict.left_out),
    }
