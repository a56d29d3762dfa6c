"""Files that a person is about to import: from whom they are, and what their import does."""

from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.desk_names import unit_short
from borderdesk.exchange.imports import ImportOutcome, Imports
from borderdesk.exchange.package_files import OtherFile
from borderdesk.exchange.package_source import opens_with_passphrase
from borderdesk.schema.book import Book
from borderdesk.session.session import Session

NAME_LIMIT = 80
LEFT = "left"
"""The status of a file that is no package."""


class PackageOrigin(NamedTuple):
    """The origin that a package states: the desk's id and name, the period, the number."""

    desk: str
    name: str
    period: str
    number: int


class Parcel(NamedTuple):
    """A file that was previewed or imported: the outcome, and its origin (None where that cannot
    be read); locked: it needs a passphrase, and the right one was not given."""

    path: Path
    outcome: ImportOutcome
    origin: PackageOrigin | None
    locked: bool


def preview_file(
    session: Session,
    path: Path,
    passphrase: str | None = None,
    progress: Progress = no_progress,
) -> Parcel:
    """The outcome that importing a file would have; nothing is changed."""
    return _parcel(session, path, passphrase, progress, dry_run=True)


def import_file(
    session: Session,
    path: Path,
    passphrase: str | None = None,
    progress: Progress = no_progress,
) -> Parcel:
    """Import a file."""
    return _parcel(session, path, passphrase, progress, dry_run=False)


def left_parcel(other: OtherFile) -> Parcel:
    """A file that is not taken, with why."""
    outcome = ImportOutcome(other.label, LEFT, reason=other.reason)
    return Parcel(other.path, outcome, None, False)


def _parcel(
    session: Session, path: Path, passphrase: str | None, progress: Progress, *, dry_run: bool
) -> Parcel:
    facts_read: list[dict[str, Any]] = []
    outcome = session.part(Imports).take(
        path, dry_run=dry_run, passphrase=passphrase, progress=progress, on_facts=facts_read.append
    )
    origin = _origin(session.book, facts_read[0]) if facts_read else None
    locked = origin is None and opens_with_passphrase(path)
    return Parcel(path, outcome, origin, locked)


def _origin(book: Book, facts: dict[str, Any]) -> PackageOrigin:
    name = unit_short(book, facts["role"], facts["unit"])
    if name is None:
        name = FORBIDDEN.sub(" ", facts["title"])[:NAME_LIMIT] or facts["unit"][:NAME_LIMIT]
    return PackageOrigin(facts["desk"], name, facts["period"][:NAME_LIMIT], facts["number"])
