"""Revisions and records as a package carries them, and the checks of their chains."""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.base.reasons import REASON_LIMIT
from borderdesk.base.spreadsheets import unguarded
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.text_forms import (
    DESK_ID,
    HASH,
    LOG_NAME,
    MAX_AUTHOR,
    TIME,
    UUID,
    is_line,
)
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.record import Values
from borderdesk.schema.revisions import (
    RevisionNode,
    RevisionStamp,
    canonical,
    identified,
)


class PackageRevision(NamedTuple):
    """A revision in a package: `content` the hash of its content ("" for a deletion), `private`
    that of its separate part. If the package contains its text, `body` is the canonical JSON,
    `values` its fields, and `part` salt and text of the separate part, if that was sent too.

    log, entry: the log it is an entry of and its number there; "" and 0 in a package of the first
    format. lacking: why the received content does not match its signature, so that it has to be
    sent again; refused: why a complete revision does not count.
    """

    id: bytes
    type: str
    record: str
    number: int
    parents: tuple[bytes, ...]
    stamp: RevisionStamp
    reason: str | None
    deleted: bool
    content: str
    private: str
    body: str | None = None
    values: Values | None = None
    part: tuple[bytes, str] | None = None
    log: str = ""
    entry: int = 0
    lacking: str | None = None
    refused: str | None = None

    def with_text(
        self,
        body: str,
        values: Values | None,
        part: tuple[bytes, str] | None,
        refused: str | None,
    ) -> "PackageRevision":
        """The revision with its text. It is made of every record, and `_replace` takes four times
        as long."""
        return PackageRevision(*self[:10], body, values, part, self.log, self.entry, None, refused)

    def node(self) -> RevisionNode:
        """The revision as the graph sees it."""
        return RevisionNode(self.id, self.parents, self.number, self.stamp.time, self.deleted)


class PackageRecord(NamedTuple):
    """A record in a package, its revisions by number; `refused`: why it has to be left out whole,
    in a package of the first format."""

    type: str
    record: str
    versions: list[PackageRevision]
    refused: str | None = None

    def reason(self) -> str | None:
        """Why anything of it is left out, None where all of it counts."""
        if self.refused is not None:
            return self.refused
        for version in self.versions:
            if version.lacking is not None or version.refused is not None:
                return version.lacking or version.refused
        return None


class RefusedRecord(NamedTuple):
    """A record that was left out, and why."""

    type: str
    record: str
    reason: str


_BETWEEN = "\x1f"
"""Put between the cells of a row to match it whole; no cell may contain it."""
_FREE = f"[^{_BETWEEN}]*"
_NUMBER = "[0-9]{1,9}"
_REVISION = (HASH.pattern, _FREE, UUID.pattern, _NUMBER)
_PARENTS = f"(?:{HASH.pattern}(?: {HASH.pattern})*)?"
_CONTENT = (_FREE, "(?:true|false)", f"(?:{HASH.pattern})?", f"(?:{HASH.pattern})?")
# One expression for a row takes a third of the time that one for each of its cells takes.
_ROW = re.compile(
    _BETWEEN.join(
        (LOG_NAME.pattern, _NUMBER, _FREE, *_REVISION, _PARENTS, _FREE, TIME.pattern, *_CONTENT)
    )
)
_OLD_ROW = re.compile(
    _BETWEEN.join((*_REVISION, _PARENTS, _FREE, DESK_ID.pattern, TIME.pattern, *_CONTENT))
)


def parse_revision(row: list[str]) -> PackageRevision:
    """The revision in a row of the table of revisions. Raises PackageError."""
    if not _ROW.fullmatch(_BETWEEN.join(row)):
        raise damaged_package()
    (
        log,
        entry,
        _kind,
        revision,
        type_name,
        record,
        number,
        parents,
        author,
        time,
        *content_cells,
    ) = row
    stamp = RevisionStamp(_author(author), log[:32], time)
    return _revision(
        (revision, type_name, record, number, parents), stamp, content_cells, log, int(entry)
    )


def parse_old_revision(row: list[str]) -> PackageRevision:
    """The revision in a row of that table in a package of the first format. Raises PackageError."""
    if not _OLD_ROW.fullmatch(_BETWEEN.join(row)):
        raise damaged_package()
    revision, type_name, record, number, parents, author, desk, time, *content_cells = row
    stamp = RevisionStamp(_author(author), desk, time)
    return _revision((revision, type_name, record, number, parents), stamp, content_cells)


def is_number(text: str) -> bool:
    """Whether a cell is a number of an entry or a version."""
    return text.isascii() and text.isdigit() and 0 < len(text) < 10


def _revision(
    facts: tuple[str, str, str, str, str],
    stamp: RevisionStamp,
    content_cells: list[str],
    log: str = "",
    entry: int = 0,
) -> PackageRevision:
    """The revision in cells whose forms were checked. Raises PackageError."""
    revision, type_name, record, number, parents = facts
    why, deleted, content, private = content_cells
    return PackageRevision(
        bytes.fromhex(revision),
        type_name,
        record,
        int(number),
        tuple([bytes.fromhex(parent) for parent in parents.split()]) if parents else (),
        stamp,
        _line(why, REASON_LIMIT) if why else None,
        deleted == "true",
        content,
        private,
        log=log,
        entry=entry,
    )


@lru_cache(maxsize=1_000)
def _author(cell: str) -> str:
    """An author as he is called; cached: a package has few. Raises PackageError."""
    return _line(cell, MAX_AUTHOR)


def _line(cell: str, most: int) -> str:
    """The line of text in a cell. Raises PackageError for any other content."""
    text = unguarded(cell)
    if not is_line(text, most):
        raise damaged_package()
    return text


def parse_object(text: str) -> dict[str, Any]:
    """An object of canonical JSON. Raises PackageError for any other text."""
    try:
        parsed = json.loads(text)
        if isinstance(parsed, dict) and canonical(parsed) == text:
            return parsed
    except (ValueError, RecursionError):
        pass
    raise damaged_package()


def check_graph(versions: list[PackageRevision]) -> None:
    """Raise FieldError unless the revisions of a record form one sound chain, ancestors and all."""
    if len(versions) == 1:
        return _check_single(versions[0])
    by_id = {version.id: version for version in versions}
    if len(by_id) != len(versions):
        raise FieldError(N_("Its versions do not fit together."))
    for version in versions:
        parent_versions = [by_id[parent] for parent in version.parents if parent in by_id]
        whole = len(parent_versions) == len(version.parents) == len(set(version.parents)) <= 2
        if not whole or version.number != 1 + max((p.number for p in parent_versions), default=0):
            raise FieldError(N_("Its versions do not fit together."))
        _check_identity(version)
    return None


def _check_single(version: PackageRevision) -> None:
    """The same for a record of one revision, as most are."""
    if version.parents or version.number != 1:
        raise FieldError(N_("Its versions do not fit together."))
    _check_identity(version)


def check_alone(version: PackageRevision) -> None:
    """Raise FieldError unless the id of a revision matches its columns."""
    _check_identity(version)


def shape_fault(version: PackageRevision) -> str | None:
    """The fault in the shape of a revision by itself, None for none: whether all its parents are
    stored depends on earlier packages."""
    parents = version.parents
    if parents:
        sound = version.number != 1 and len({*parents}) == len(parents) <= 2
    else:
        sound = version.number == 1
    return None if sound else N_("Its versions do not fit together.")


def _check_identity(version: PackageRevision) -> None:
    if version.deleted == bool(version.content) or _identity(version) != version.id:
        raise FieldError(N_("Its text is not what was signed for."))


def _identity(version: PackageRevision) -> bytes:
    return identified(
        version.type,
        version.record,
        version.number,
        version.parents,
        version.stamp,
        version.reason,
        version.content or None,
    )
