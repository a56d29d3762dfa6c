"""Quarantine: packages that wait until their sender's card is accepted, and files refused whole."""

from collections.abc import Mapping
from typing import IO, Any, NamedTuple

from peewee import fn

from borderdesk.exchange.request_texts import parse_file_name
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.session import Part
from borderdesk.store.database import Store
from borderdesk.store.models.exchange import BatchRow, RefusedPackageRow, WaitingPackageRow

MAX_KEPT, MAX_KEPT_ALL = 32 << 20, 256 << 20
"""Bytes of one package, and of all, that are kept while they wait; larger ones have to be brought
again."""
MAX_FILE_NAME = 200
NAMED_DIGITS = 8
"""Digits of a desk's id in the name of a file."""


class QuarantinedPackage(NamedTuple):
    """A package in quarantine; `kept`: it is here and will be imported when its card is accepted,
    otherwise the file has to be brought again. noted: UTC."""

    digest: str
    file: str
    desk: str
    unit: str
    period: str
    number: int
    reason: str
    noted: str
    kept: bool


class RefusedFile(NamedTuple):
    """A file that was refused whole: its name, why, and when (UTC)."""

    file: str
    reason: str
    noted: str


class Quarantine(Part):
    """The packages and files that could not be imported."""

    def waiting(self) -> list[QuarantinedPackage]:
        """The packages in quarantine, in the order they came."""
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
        return [
            QuarantinedPackage._make((*columns, bool(kept)))
            for *columns, kept in self.store.fetch(query)
        ]

    def is_waiting(self, digest: str) -> bool:
        """Whether a package is in quarantine."""
        row = WaitingPackageRow
        return self.store.first(row.select(row.digest).where(row.digest == digest)) is not None

    def content(self, digest: str) -> bytes:
        """The bytes of a package that is kept."""
        row = WaitingPackageRow
        return bytes(self.store.scalar(row.select(row.content).where(row.digest == digest)))

    @operation("exchange.write")
    def note_waiting(
        self, name: str, digest: str, facts: Mapping[str, Any], why: str, file: IO[bytes]
    ) -> None:
        """Keep a package until its sender's card is accepted."""
        row = WaitingPackageRow
        size = file.seek(0, 2)
        file.seek(0)
        held = self.store.scalar(
            row.select(fn.COALESCE(fn.SUM(fn.LENGTH(row.content)), 0)).where(row.digest != digest)
        )
        self.session.audit_notes.note("package.waiting", name[:MAX_FILE_NAME], unit=facts["unit"])
        is_small = size <= MAX_KEPT and int(held) + size <= MAX_KEPT_ALL
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
            ).on_conflict(conflict_target=[row.digest], preserve=[row.reason, row.content])
        )

    @operation("exchange.write")
    def drop_waiting(self, digest: str) -> None:
        """Delete a package in quarantine."""
        self.store.execute(WaitingPackageRow.delete().where(WaitingPackageRow.digest == digest))

    # ---------------------------------------------------------------- refused files

    def refused_files(self) -> list[RefusedFile]:
        """The files that were refused and that no later import made good, the newest first."""
        return refused_files(self.store)

    def refusal_reason(self, file: str) -> str:
        """Why a file of this name was last refused; "" when it was not."""
        return next((one.reason for one in self.refused_files() if one.file == file), "")

    @operation("exchange.write")
    def note_refused(self, file: str, why: str) -> None:
        """Note that a file was refused whole, so that the board can ask for it again."""
        row = RefusedPackageRow
        self.session.audit_notes.note("package.refused", file[:MAX_FILE_NAME])
        self.store.execute(
            row.insert(file=file[:MAX_FILE_NAME], reason=why, noted=utc_stamp()).on_conflict(
                conflict_target=[row.file], preserve=[row.reason, row.noted]
            )
        )


def refused_files(store: Store) -> list[RefusedFile]:
    """The files that were refused and not made good since, the newest first.

    A file is made good by one of that name that was imported later, or by any of its desk with its
    number or a higher one, which brings everything that it held; when that import is undone, the
    file is asked for again.
    """
    row = RefusedPackageRow
    query = row.select(row.file, row.reason, row.noted)
    found = [
        RefusedFile(*columns) for columns in store.fetch(query.order_by(row.noted.desc(), row.file))
    ]
    if not found:
        return []
    batch = BatchRow
    taken = batch.select(batch.file, batch.unit, batch.desk, batch.number, batch.imported)
    batches = list(store.fetch(taken.where(batch.undone == 0)))
    named: dict[str, str] = {}
    newest: dict[tuple[str, str], int] = {}
    for file, unit, desk, number, imported in batches:
        named[file] = max(imported, named.get(file, ""))
        sender = (unit, desk[:NAMED_DIGITS])
        newest[sender] = max(number, newest.get(sender, 0))

    def is_healed(one: RefusedFile) -> bool:
        name = parse_file_name(one.file)
        if name is not None and name.number <= newest.get((name.unit, name.desk), 0):
            return True
        return named.get(one.file, "") >= one.noted

    return [one for one in found if not is_healed(one)]


def drop_undone(store: Store, batch: str) -> None:
    """Delete what waits of a package whose batch is undone: a card accepted later must not bring
    it back."""
    row = WaitingPackageRow
    store.execute(row.delete().where(fn.substr(row.digest, 1, len(batch)) == batch))
