"""Files that a person is about to import: their senders, and the outcome of importing them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.errors import OperationStopped
from borderdesk.base.paths import is_there
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.reading.package_files import OtherFile
from borderdesk.exchange.reading.package_source import opens_with_passphrase
from borderdesk.exchange.receiving.imports import (
    EARLY,
    REFUSED,
    ImportOutcome,
    Imports,
    TakeOptions,
    take_in_turn,
)
from borderdesk.schema.book import ReferenceBook
from borderdesk.session.session import Session

NAME_LIMIT = 80
STEPS = 1_000
"""So many steps a file makes of the progress."""
LEFT = "left"
"""The status of a file that is no package."""
AWAY = "away"
"""The status of a file that has disappeared: its stick was pulled, or its folder moved."""


class PackageOrigin(NamedTuple):
    """The origin that a package states: the desk's id and name, the period, the number."""

    desk: str
    name: str
    period: str
    number: int


class IncomingFile(NamedTuple):
    """A file that was previewed or imported: the outcome, and its origin (None where that cannot
    be read); locked: it needs a passphrase, and the right one was not given."""

    path: Path
    outcome: ImportOutcome
    origin: PackageOrigin | None
    locked: bool


def preview_files(
    session: Session,
    paths: Sequence[Path],
    passphrases: Mapping[Path, str],
    progress: Progress = no_progress,
) -> list[IncomingFile]:
    """The outcomes of importing the files in the given order, in the order in which to import them;
    nothing is changed. progress: when it stops the work, the files examined so far are returned."""
    incoming_files: list[IncomingFile] = []

    def take(path: Path, patient: bool) -> IncomingFile:
        def report(part: int, whole: int) -> None:
            step = STEPS * min(part, whole) // max(whole, 1)
            progress(len(incoming_files) * STEPS + step, len(paths) * STEPS)

        report(0, 1)
        return _incoming_file(
            session, path, passphrases.get(path), TakeOptions(True, patient, report)
        )

    with session.part(Imports).trial(), suppress(OperationStopped):
        for incoming in take_in_turn(paths, take, lambda file: file.outcome.status == EARLY):
            incoming_files.append(incoming)  # noqa: PERF402 - `report` counts them meanwhile
    return incoming_files


def import_file(
    session: Session,
    path: Path,
    passphrase: str | None = None,
    progress: Progress = no_progress,
) -> IncomingFile:
    """Import a file; one that is away is not refused, and can be imported once it is back."""
    incoming = _incoming_file(session, path, passphrase, TakeOptions(progress=progress))
    outcome = incoming.outcome
    # A package in a zip is named by a path through that.
    if outcome.status != REFUSED or is_there(path) or path.parent.is_file():
        return incoming
    return incoming._replace(outcome=outcome._replace(status=AWAY))


def left_file(file: OtherFile) -> IncomingFile:
    """A file that is not taken, with why."""
    outcome = ImportOutcome(file.label, LEFT, reason=file.reason)
    return IncomingFile(file.path, outcome, None, False)


def _incoming_file(
    session: Session, path: Path, passphrase: str | None, options: TakeOptions
) -> IncomingFile:
    facts_read: list[dict[str, Any]] = []
    outcome = session.part(Imports).take(
        path,
        dry_run=options.dry_run,
        patient=options.patient,
        passphrase=passphrase,
        progress=options.progress,
        on_facts=facts_read.append,
    )
    origin = _origin(session.book, facts_read[0]) if facts_read else None
    locked = origin is None and opens_with_passphrase(path)
    return IncomingFile(path, outcome, origin, locked)


def _origin(book: ReferenceBook, facts: dict[str, Any]) -> PackageOrigin:
    name = unit_short(book, facts["role"], facts["unit"])
    if name is None:
        name = FORBIDDEN.sub(" ", facts["title"])[:NAME_LIMIT] or facts["unit"][:NAME_LIMIT]
    return PackageOrigin(facts["desk"], name, facts["period"][:NAME_LIMIT], facts["number"])
