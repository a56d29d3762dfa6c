"""What a person sees of packages that come: from whom they are, and what was left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.text import FORBIDDEN
from borderdesk.exchange.desk_names import unit_short
from borderdesk.exchange.exports import Progress
from borderdesk.exchange.imports import AGE_MARK, ImportOutcome, Imports
from borderdesk.schema.book import Book
from borderdesk.session.session import Session

PASSPHRASE_MARK = b"-> scrypt "


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


class LeftOut(NamedTuple):
    """A record of a batch that was left out, and why."""

    type: str
    record: str
    reason: str


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


def opens_with_passphrase(path: Path) -> bool:
    """Whether a file is encrypted under a passphrase."""
    try:
        with path.open("rb") as file:
            start = file.read(200)
    except OSError:
        return False
    return start.startswith(AGE_MARK) and PASSPHRASE_MARK in start


def refused_records(desk: Session, batch: str) -> Iterator[LeftOut]:
    """The records of a batch that were left out, in the order of its tables."""
    rows = desk.store.rows(
        "SELECT type, record, reason FROM refused_row WHERE batch = ? ORDER BY place", (batch,)
    )
    return (LeftOut(*row) for row in list(rows))


def refusal_reason(desk: Session, file: str) -> str:
    """Why a file of this name was refused, the last time it was; "" when it was not."""
    row = desk.store.one("SELECT reason FROM refused_package WHERE file = ?", (file,))
    return str(row[0]) if row else ""
