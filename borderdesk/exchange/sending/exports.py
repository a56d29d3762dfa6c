"""Export of packages: the package of a period, written to a stick, verified, and logged."""

import datetime
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from peewee import fn

from borderdesk import __version__
from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.gc_threshold import raised_gc_threshold
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import FORBIDDEN, nfc, without_pasted_signs, without_unseen
from borderdesk.closing.closing import Closing
from borderdesk.closing.summary import make_summary
from borderdesk.exchange.desks.agreements import PersonalDataAgreements, agreed_reason
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.desks.signed_heads import SignedHeads
from borderdesk.exchange.entries.statements import FigureStatements, statement_of
from borderdesk.exchange.format.package_errors import PackageError
from borderdesk.exchange.format.package_zip import PackageFacts, encrypt, write_zip
from borderdesk.exchange.format.plain_spool import plain_spool
from borderdesk.exchange.format.revision_sum import RevisionSum
from borderdesk.exchange.format.verified_file import digest_of, not_read_back, verified_file
from borderdesk.exchange.merging.desk_names import desk_title
from borderdesk.exchange.merging.request_texts import unit_title
from borderdesk.exchange.reading.packages import read_package
from borderdesk.exchange.sending.package_contents import PackageContents, PackageRequest
from borderdesk.exchange.sending.package_plan import ANYBODY, PackagePlan, Receiver
from borderdesk.exchange.sending.receivers import find_receiver
from borderdesk.figures.record_counts import changed_records
from borderdesk.schema.kinds import json_number
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.audit_kinds import LOCKED_WITH_PASSPHRASE, VALUES
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.database import SCHEMA_VERSION
from borderdesk.store.connection.locks import Lock
from borderdesk.store.models.exchange import PackageOutRow
from borderdesk.store.models.records import RevisionRow
from borderdesk.store.records.package_selection import (
    LogRange,
    count_records,
    select_again,
    select_revisions,
    sent_ids,
)


class ExportOptions(NamedTuple):
    """How a package is encrypted and what it contains.

    cards: only their desks can open it; passphrase: whoever knows it can; neither: anybody. reason:
    why personal and internal fields are included; None when they are not. receiver: the desk or
    unit it is for, which need not be sent again what it acknowledged; "" for anybody. back: the
    receiver gets the logs of its own unit again, to start over with. agreed: a commander agreed for
    the card that personal fields go along, so that anybody's session may send them.
    """

    cards: Sequence[Card] = ()
    passphrase: str | None = None
    reason: str | None = None
    receiver: str = ""
    back: bool = False
    agreed: bool = False


class SentPackage(NamedTuple):
    """A package that was sent: `recipients` desk ids, or `LOCKED_WITH_PASSPHRASE`."""

    number: int
    period: str
    file: str
    digest: str
    records: int
    recipients: str
    reason: str | None
    made: str
    receiver: str = ""


def openers(package: SentPackage, names: Mapping[str, str]) -> str:
    """Who can open a sent package, in words; names: those of desks (`desk_names`)."""
    if package.recipients == LOCKED_WITH_PASSPHRASE:
        return _(VALUES[LOCKED_WITH_PASSPHRASE])
    desks = package.recipients.split()
    return ", ".join(desk_title(names, desk) for desk in desks) or _("anybody")


def sent_to(session: Session, package: SentPackage, names: Mapping[str, str]) -> str:
    """Whom a package was made for, in words: a desk, a unit, or whoever can open it."""
    receiver = package.receiver
    if not receiver:
        return openers(package, names)
    return names.get(receiver) or unit_title(session, receiver)


class Exports(SessionPart):
    """The packages a desk has sent."""

    def export(
        self,
        period_text: str,
        folder: Path,
        options: ExportOptions,
        progress: Progress = no_progress,
    ) -> Path:
        """Write the package of a period into a folder; its path. Raises UserError."""
        self.require("exchange.write")
        options = self._as_agreed(options)
        reason = self._permitted(options)
        period = self.session.calendar().parse(period_text)
        lock = Lock(self.session.folder / "export.lock")
        if not lock.take(exclusive=True):
            raise OperationRefused(
                _("Another window of this desk is sending. Wait until that is done.")
            )
        try:
            return self._export(period, folder, options, reason, progress)
        finally:
            lock.release()

    def _as_agreed(self, options: ExportOptions) -> ExportOptions:
        """For a desk of this unit with an agreement, personal fields are included and the file is
        encrypted for its card, unless the options state otherwise."""
        locked = options.cards or options.passphrase is not None or options.reason is not None
        if locked or not options.receiver:
            return options
        desk = find_receiver(self.session, options.receiver).name
        card = self.session.part(PersonalDataAgreements).card_of(desk)
        if card is None:
            return options
        return options._replace(cards=[card], reason=agreed_reason(), agreed=True)

    def _export(
        self,
        period: Period,
        folder: Path,
        options: ExportOptions,
        reason: str | None,
        progress: Progress,
    ) -> Path:
        self.session.part(Cards).own()
        receiver = find_receiver(self.session, options.receiver) if options.receiver else ANYBODY
        locked = bool(options.cards) or options.passphrase is not None
        suffix = ".bdx.age" if locked else ".bdx"
        number = self._free_number(folder, period, suffix)
        facts = self._stated(self._facts(period, number, receiver, reason))
        with ExitStack() as ending:
            ending.enter_context(self.store.snapshot())
            newest = RevisionRow.select(fn.COALESCE(fn.MAX(RevisionRow.seq), 0))
            seq = int(self.store.scalar(newest))
            ranges = self.session.part(PackagePlan).ranges(receiver, back=options.back)
            facts = self._counted(facts, period, ranges)
            target = folder / f"{self._name(facts)}{suffix}"
            file = ending.enter_context(verified_file(target))
            contents = PackageRequest(ranges, receiver, facts.with_private)
            if not locked:
                self._write(file, facts, contents, progress)
            else:
                with plain_spool(self.session.folder) as plain_file:
                    self._write(plain_file, facts, contents, progress)
                    plain_file.seek(0)
                    encrypt(
                        plain_file, file, [card.age for card in options.cards], options.passphrase
                    )
            digest = digest_of(file).hex()
        recipients = " ".join(card.desk for card in options.cards)
        package = SentPackage(
            facts.number,
            period.text,
            target.name,
            digest,
            facts.records,
            recipients or (LOCKED_WITH_PASSPHRASE if locked else ""),
            reason,
            facts.made,
            receiver.name,
        )
        try:
            self.note_export(package, seq)
        except BaseException:
            # Nobody must be asked to provide entries that this desk does not know it has sent.
            remove_file(target)
            raise
        return target

    @operation("exchange.write")
    def _stated(self, facts: PackageFacts) -> PackageFacts:
        """State the period in this desk's log, and sign the log's head: the package ends with that
        head, despite saves while it is written."""
        holding = self.session.part(DeskLog).holding()
        units = self.session.part(DeskUnits)
        last = datetime.date.fromisoformat(facts.last)
        # If posts became this one, their records are stated with it.
        counted = self.session.book.counted_with(facts.unit, last)
        desks = {desk for unit in counted for desk in units.desks(unit)}
        numbers_by_desk = {desk: head.number for desk, head in holding.items() if desk in desks}
        statement = statement_of(facts._asdict(), facts.figures, numbers_by_desk)
        self.session.part(FigureStatements).state(statement)
        self.session.part(SignedHeads).sign_own()
        heads = self.session.part(DeskLog).holding()
        return facts._replace(
            holding={log: [head.number, head.chain.hex()] for log, head in heads.items()}
        )

    def _counted(
        self, facts: PackageFacts, period: Period, ranges: Sequence[LogRange]
    ) -> PackageFacts:
        """Select the entries to send, and count them."""
        records = select_revisions(self.store, ranges)
        if facts.with_private:
            select_again(self.store, period, ranges)
            records = count_records(self.store)
        return facts._replace(records=records)

    def _write(
        self, file: IO[bytes], facts: PackageFacts, request: PackageRequest, progress: Progress
    ) -> None:
        """Write the package, then read it back as a receiver would and compare it with the desk."""
        contents = PackageContents(
            self.session, request, progress=lambda done: progress(done, 2 * facts.records)
        )
        name = self._name(facts)
        with raised_gc_threshold():
            write_zip(file, facts, contents.sheets(), self.session.part(Cards).sign, name)
            try:
                revision_sum = self._read_back(file, facts, progress)
            except PackageError:
                raise not_read_back(name) from None
        if not revision_sum.same_as(RevisionSum([*sent_ids(self.store), *contents.waiting_ids()])):
            raise AssertionError(f"{name} does not hold what the desk holds")

    @staticmethod
    def _read_back(file: IO[bytes], facts: PackageFacts, progress: Progress) -> RevisionSum:
        revision_sum = RevisionSum()
        for done, package_record in enumerate(read_package(file).records(judged=False)):
            for version in package_record.versions:
                if version.lacking is not None:
                    raise AssertionError(f"{version.type} {version.record}: {version.lacking}")
                revision_sum.add(version.id)
            if done % 500 == 0:
                progress(facts.records + done, 2 * facts.records)
        return revision_sum

    def _permitted(self, options: ExportOptions) -> str | None:
        """The validated reason for including personal fields. Raises OperationRefused,
        UserError."""
        if self.session.identity.practice:
            raise OperationRefused(_("A practice desk sends nothing to anybody."))
        if options.cards and options.passphrase is not None:
            raise UserError(_("Lock a package either for cards or with a passphrase, not both."))
        if options.passphrase is not None and len(nfc(options.passphrase)) < 8:
            raise UserError(_("A passphrase has at least 8 characters."))
        if options.passphrase and without_pasted_signs(options.passphrase) != options.passphrase:
            raise UserError(
                _("The passphrase has a sign that no key types, such as a line end. Type it anew.")
            )
        if options.reason is None:
            return None
        if not options.agreed:
            self.require("personal.send")
        text = without_unseen(options.reason, lines=True).strip()
        if not text or len(text) > 500 or FORBIDDEN.search(text):
            raise UserError(_("Say in one line why personal fields have to go too."))
        if not options.cards and options.passphrase is None:
            raise OperationRefused(
                _("Personal fields leave only in a locked package: choose whose card.")
            )
        return text

    def _free_number(self, folder: Path, period: Period, suffix: str) -> int:
        """The next number, skipping those of files in the folder: after a restore from a backup the
        log may lack packages that were sent."""
        row = PackageOutRow
        number = int(self.store.scalar(row.select(fn.COALESCE(fn.MAX(row.number), 0)))) + 1
        while (folder / f"{self._named(period.text, number)}{suffix}").exists():
            number += 1
        return number

    def _facts(
        self, period: Period, number: int, receiver: Receiver, reason: str | None
    ) -> PackageFacts:
        summary = make_summary(self.session, period.text)
        identity = self.session.identity
        return PackageFacts(
            identity.id,
            identity.unit,
            identity.role,
            self.session.title(),
            period.text,
            period.first.isoformat(),
            period.last.isoformat(),
            number,
            SCHEMA_VERSION,
            __version__,
            utc_stamp(),
            summary.scope.text,
            {line.key: json_number(line.own_value) for line in summary.lines},
            0,
            reason is not None,
            identity.demo,
            receiver.name,
            {},
        )

    def _name(self, facts: PackageFacts) -> str:
        return self._named(facts.period, facts.number)

    def _named(self, period: str, number: int) -> str:
        identity = self.session.identity
        return f"BorderDesk_{identity.unit}-{identity.id[:8]}_{period}_{number}"

    @operation("exchange.write")
    def note_export(self, package: SentPackage, last_seq: int) -> None:
        """Log a package; last_seq: the place of the newest revision it was made from. A closed
        period that left the unit is final from now on."""
        self.store.execute(PackageOutRow.insert(**package._asdict(), last_seq=last_seq))
        kind = "package.sent" if package.reason is None else "package.sent_personal"
        receiver = package.receiver or package.recipients
        detail = {"for": receiver} if receiver else {}
        self.session.audit_notes.note(kind, package.file, records=package.records, **detail)
        if not self._is_colleague(package.receiver):
            self.session.part(Closing).note_sent(package.period)

    def _is_colleague(self, receiver: str) -> bool:
        """Whether a receiver is a desk of this desk's own unit, or all of them."""
        units = self.session.part(DeskUnits)
        unit = units.of(receiver)
        return units.own().unit in (receiver, unit and unit.unit)

    def sent(self) -> list[SentPackage]:
        """Every package that went out, the newest first."""
        columns = [getattr(PackageOutRow, name) for name in SentPackage._fields]
        query = PackageOutRow.select(*columns).order_by(PackageOutRow.number.desc())
        return [SentPackage(*row) for row in self.store.fetch(query)]

    def sent_before(self, period_text: str) -> SentPackage | None:
        """The newest package that went out for this very period."""
        period = self.session.calendar().parse(period_text).text
        return next((package for package in self.sent() if package.period == period), None)

    def changed_since(self, number: int) -> int:
        """How many records that its figures depend on have changed since package `number` was
        made: what happened after its period is no change of it."""
        row = PackageOutRow
        query = row.select(row.last_seq, row.period).where(row.number == number)
        [(seq, period)] = self.store.fetch(query)
        return changed_records(self.store, seq, self.session.calendar().parse(period).last)
