"""Quarantine: packages that wait until their sender's card is accepted, and files refused whole."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import IO, Any, NamedTuple

from peewee import fn

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.stored_words import words_of_stored
from borderdesk.exchange.merging.request_texts import parse_file_name
from borderdesk.schema.revisions import moment_of, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import SessionPart
from borderdesk.store.connection.database import Store
from borderdesk.store.models.exchange import BatchRow, RefusedPackageRow, WaitingPackageRow
from borderdesk.store.models.logs import StatementRow

MAX_KEPT, MAX_KEPT_ALL = 32 << 20, 256 << 20
"""The limits of bytes stored while a package waits, of a single one and of all; larger ones have to
be supplied again."""
MAX_FILE_NAME = 200
NAMED_DIGITS = 8
"""Digits of a desk's id in the name of a file."""
DAYS_AWAY = 31
"""The number of days in which a dismissed file can be restored."""


class QuarantinedPackage(NamedTuple):
    """A package in quarantine; `kept`: it is stored and will be imported when its card is accepted,
    otherwise the file has to be supplied again. reason: in the language in use; noted: UTC."""

    digest: str
    file: str
    desk: str
    unit: str
    period: str
    number: int
    reason: str
    noted: str
    kept: bool

    @property
    def key(self) -> str:
        """The key by which it is dismissed."""
        return self.digest


class RefusedFile(NamedTuple):
    """A file that was refused whole: its name, why, in the language in use, and when (UTC)."""

    file: str
    reason: str
    noted: str

    @property
    def key(self) -> str:
        """The key by which it is dismissed."""
        return self.file


HeldFile = QuarantinedPackage | RefusedFile


class Quarantine(SessionPart):
    """The packages and files that could not be imported."""

    def waiting(self, *, away: bool = False) -> list[QuarantinedPackage]:
        """The packages in quarantine, in the order of arrival; away: the dismissed ones."""
        row = WaitingPackageRow
        query = row.select(
            row.digest,
            row.file,
            row.desk,
            row.unit,
            row.period,
            row.number,
            row.reason,
            row.noted,
            row.content.is_null(False),
        ).order_by(row.noted, row.digest)
        query = query.where((row.put_away != "") == away)
        return [_waiting_package(columns) for columns in self.store.fetch(query)]

    def is_waiting(self, digest: str) -> bool:
        """Whether a package is in quarantine."""
        row = WaitingPackageRow
        return self.store.first(row.select(row.digest).where(row.digest == digest)) is not None

    def content(self, digest: str) -> bytes:
        """The bytes of a stored package."""
        row = WaitingPackageRow
        return bytes(self.store.scalar(row.select(row.content).where(row.digest == digest)))

    @operation("exchange.write")
    def note_waiting(
        self, name: str, digest: str, facts: Mapping[str, Any], why: str, file: IO[bytes]
    ) -> None:
        """Keep a package until its sender's card is accepted; why: as `stored_words` has it."""
        row = WaitingPackageRow
        size = file.seek(0, 2)
        file.seek(0)
        other_packages = (row.digest != digest) & (row.put_away == "")
        stored_bytes = self.store.scalar(
            row.select(fn.COALESCE(fn.SUM(fn.LENGTH(row.content)), 0)).where(other_packages)
        )
        self.session.audit_notes.note("package.waiting", name[:MAX_FILE_NAME], unit=facts["unit"])
        is_small = size <= MAX_KEPT and int(stored_bytes) + size <= MAX_KEPT_ALL
        self.store.execute(
            row.insert(
                digest=digest,
                file=name[:MAX_FILE_NAME],
                desk=facts["desk"],
                unit=facts["unit"],
                period=facts["period"],
                number=facts["number"],
                reason=why,
                noted=utc_stamp(),
                content=file.read() if is_small else None,
            ).on_conflict(
                conflict_target=[row.digest], preserve=[row.reason, row.content, row.put_away]
            )
        )

    @operation("exchange.write")
    def drop_waiting(self, digest: str) -> None:
        """Delete a package in quarantine."""
        self.store.execute(WaitingPackageRow.delete().where(WaitingPackageRow.digest == digest))

    # ---------------------------------------------------------------- refused files

    def refused_files(self, *, away: bool = False) -> list[RefusedFile]:
        """The files that were refused and that no later import made good, the newest first; away:
        those that were put away."""
        return refused_files(self.store, away=away)

    def refusal_reason(self, file: str) -> str:
        """Why a file of this name was last refused; "" when it was not."""
        return next(
            (refused.reason for refused in self.refused_files() if refused.file == file), ""
        )

    @operation("exchange.write")
    def note_refused(self, file: str, why: str) -> None:
        """Note that a file was refused whole, so that the board can ask for it again; why: as
        `stored_words` has it."""
        row = RefusedPackageRow
        self.session.audit_notes.note("package.refused", file[:MAX_FILE_NAME])
        self.store.execute(
            row.insert(file=file[:MAX_FILE_NAME], reason=why, noted=utc_stamp()).on_conflict(
                conflict_target=[row.file], preserve=[row.reason, row.noted, row.put_away]
            )
        )

    # ---------------------------------------------------------------- putting away

    def named(self, files: Collection[str], *, away: bool = False) -> list[HeldFile]:
        """The files with these names or digests that wait or were refused; away: the dismissed
        ones. Raises UserError for an unknown one."""
        known_files: list[HeldFile] = [*self.waiting(away=away), *self.refused_files(away=away)]
        held_files = [
            known_file
            for known_file in known_files
            if known_file.file in files or known_file.key in files
        ]
        missing = set(files).difference(
            *((held_file.file, held_file.key) for held_file in held_files)
        )
        if missing:
            words = _("No file of this name waits here or was refused: {file}")
            raise UserError(words.format(file=min(missing)[:MAX_FILE_NAME]))
        return held_files

    def files_away(self) -> dict[str, float]:
        """{name of a dismissed file: its time of arrival, in seconds of the clock}."""
        dismissed: list[HeldFile] = [*self.waiting(away=True), *self.refused_files(away=True)]
        return {file.file: moment_of(file.noted).timestamp() for file in dismissed}

    @operation("exchange.write")
    def put_away(self, files: Collection[HeldFile]) -> None:
        """Dismiss waiting or refused files from every list. They can be restored for DAYS_AWAY
        days."""
        now = utc_stamp()
        before = utc_stamp(moment_of(now) - datetime.timedelta(days=DAYS_AWAY))
        for row in (WaitingPackageRow, RefusedPackageRow):
            self.store.execute(row.delete().where((row.put_away != "") & (row.put_away < before)))
        self._mark(files, now)
        for file in files:
            self.session.audit_notes.note("package.put_away", file.file)

    @operation("exchange.write")
    def bring_back(self, files: Collection[HeldFile]) -> None:
        """Restore dismissed files to the lists of waiting and refused ones."""
        self._mark(files, "")
        for file in files:
            self.session.audit_notes.note("package.brought_back", file.file)

    def _mark(self, files: Collection[HeldFile], when: str) -> None:
        waiting, refused = WaitingPackageRow, RefusedPackageRow
        for file in files:
            if isinstance(file, QuarantinedPackage):
                query = waiting.update(put_away=when).where(waiting.digest == file.digest)
            else:
                query = refused.update(put_away=when).where(refused.file == file.file)
            self.store.execute(query)


def _waiting_package(columns: Sequence[Any]) -> QuarantinedPackage:
    package = QuarantinedPackage._make(columns)
    return package._replace(reason=words_of_stored(package.reason), kept=bool(package.kept))


def refused_files(store: Store, *, away: bool = False) -> list[RefusedFile]:
    """The refused files that were not superseded since, the newest first; away: the dismissed ones.

    A file is superseded by a file of the same name imported later, or by any file of its desk with
    its number or a higher one, which has all its content; and by the desk's statement of that
    number, through whichever desk it arrived. When that import is undone, the file is requested
    again.
    """
    row = RefusedPackageRow
    query = row.select(row.file, row.reason, row.noted).where((row.put_away != "") == away)
    files = [
        RefusedFile(file, words_of_stored(why), noted)
        for file, why, noted in store.fetch(query.order_by(row.noted.desc(), row.file))
    ]
    if not files:
        return []
    batch = BatchRow
    columns = batch.select(batch.file, batch.unit, batch.desk, batch.number, batch.imported)
    batches = list(store.fetch(columns.where(batch.undone == 0)))
    names_by_digest: dict[str, str] = {}
    newest: dict[tuple[str, str], int] = {}
    for file, unit, desk, number, imported in batches:
        names_by_digest[file] = max(imported, names_by_digest.get(file, ""))
        sender = (unit, desk[:NAMED_DIGITS])
        newest[sender] = max(number, newest.get(sender, 0))
    for desk, scope, number in _stated_numbers(store):
        sender = (scope.partition(":")[2], desk[:NAMED_DIGITS])
        newest[sender] = max(number, newest.get(sender, 0))

    def is_healed(refused_file: RefusedFile) -> bool:
        name = parse_file_name(refused_file.file)
        if name is not None and name.number <= newest.get((name.unit, name.desk), 0):
            return True
        return names_by_digest.get(refused_file.file, "") >= refused_file.noted

    return [refused_file for refused_file in files if not is_healed(refused_file)]


def _stated_numbers(store: Store) -> list[tuple[str, str, int]]:
    """(desk, scope, the number of the newest package that a statement of it was made for)."""
    row = StatementRow
    query = row.select(row.desk, row.scope, fn.MAX(row.number)).group_by(row.desk, row.scope)
    return list(store.fetch(query))


def drop_undone(store: Store, batch: str) -> None:
    """Delete the waiting package of an undone batch: a card accepted later must not restore it."""
    row = WaitingPackageRow
    store.execute(row.delete().where(fn.substr(row.digest, 1, len(batch)) == batch))
