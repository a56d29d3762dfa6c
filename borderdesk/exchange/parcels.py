"""What a person sees of packages that come: from whom they are, and what was left out."""

from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.desk_names import unit_short
from borderdesk.exchange.exports import Progress
from borderdesk.exchange.imports import ImportOutcome, Imports
from borderdesk.exchange.package_source import opens_with_passphrase
from borderdesk.schema.book import Book
from borderdesk.session.session import Session

NAME_LIMIT = 80


class PackageOrigin(NamedTuple):
    """Whom a package says it is from: the desk's id, its name, the period and the number."""

    desk: str
    name: str
    period: str
    number: int


class Parcel(NamedTuple):
    """A file that was looked at, or taken: what becomes of it, and whom it is from (None where
    that cannot be read); locked: it opens with a passphrase, and the right one was not given."""

    path: Path
    outcome: ImportOutcome
    origin: PackageOrigin | None
    locked: bool


def preview_file(
    desk: Session,
    path: Path,
    passphrase: str | None = None,
    say: Progress = lambda _done, _all: None,
) -> Parcel:
    """What would become of a file; nothing is changed."""
    return _parcel(desk, path, passphrase, say, dry_run=True)


def import_file(
    desk: Session,
    path: Path,
    passphrase: str | None = None,
    say: Progress = lambda _done, _all: None,
) -> Parcel:
    """Take a file in."""
    return _parcel(desk, path, passphrase, say, dry_run=False)


def _parcel(
    desk: Session, path: Path, passphrase: str | None, say: Progress, *, dry_run: bool
) -> Parcel:
    heard: list[dict[str, Any]] = []
    outcome = desk.part(Imports).take(
        path, dry_run=dry_run, passphrase=passphrase, say=say, told_by=heard.append
    )
    origin = _origin(desk.book, heard[0]) if heard else None
    locked = origin is None and opens_with_passphrase(path)
    return Parcel(path, outcome, origin, locked)


def _origin(book: Book, facts: dict[str, Any]) -> PackageOrigin:
    name = unit_short(book, facts["role"], facts["unit"])
    if name is None:
        name = FORBIDDEN.sub(" ", facts["title"])[:NAME_LIMIT] or facts["unit"][:NAME_LIMIT]
    return PackageOrigin(facts["desk"], name, facts["period"][:NAME_LIMIT], facts["number"])
