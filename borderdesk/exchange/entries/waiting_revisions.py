"""Revisions that wait: stored whole in their entry of the log until they count, or for ever."""

import json
from typing import Any

from borderdesk.exchange.format.package_revisions import PackageRevision
from borderdesk.schema.log_entries import REVISION
from borderdesk.schema.revisions import RevisionStamp, canonical, content_hash
from borderdesk.store.connection.database import Store
from borderdesk.store.records.history import StoredRevision
from borderdesk.store.records.logs import fill_entries, log_number, waiting_entries


def kept_text(revision: PackageRevision) -> str:
    """A revision as the content of an entry that waits: canonical JSON."""
    salt, part = revision.part or (b"", "")
    fields: dict[str, Any] = {
        "id": revision.id.hex(),
        "type": revision.type,
        "record": revision.record,
        "version": revision.number,
        "parents": [parent.hex() for parent in revision.parents],
        "author": revision.stamp.author,
        "desk": revision.stamp.desk,
        "time": revision.stamp.time,
        "reason": revision.reason or "",
        "deleted": revision.deleted,
        "content": revision.content,
        "private": revision.private,
        "body": revision.body or "",
        "salt": salt.hex(),
        "part": part,
    }
    return canonical({key: value for key, value in fields.items() if value})


def stored_text(version: StoredRevision) -> str:
    """A revision that counted before, as the content of a waiting entry."""
    part = None
    if version.salt is not None and version.part is not None:
        part = (version.salt, version.part)
    content = content_hash(version.body) if version.body else version.content or ""
    revision = PackageRevision(
        version.id,
        version.type,
        version.record,
        version.number,
        version.parents,
        version.stamp,
        version.reason,
        version.deleted,
        content,
        version.private_hash() or "",
        body=version.body,
        part=part,
    )
    return kept_text(revision)


def kept_revision(text: str) -> PackageRevision:
    """The revision in the content of an entry that waits; its values are not judged."""
    fields = json.loads(text)
    salt = fields.get("salt")
    return PackageRevision(
        bytes.fromhex(fields["id"]),
        fields["type"],
        fields["record"],
        fields["version"],
        tuple(bytes.fromhex(parent) for parent in fields.get("parents", ())),
        RevisionStamp(fields["author"], fields["desk"], fields["time"]),
        fields.get("reason"),
        fields.get("deleted", False),
        fields.get("content", ""),
        fields.get("private", ""),
        body=fields.get("body"),
        part=None if salt is None else (bytes.fromhex(salt), fields["part"]),
    )


def drop_waiting_parts(store: Store, record: str) -> int:
    """Delete the personal and internal parts of a record's waiting versions; returns their
    number."""
    rows = []
    for entry in waiting_entries(store):
        fields = json.loads(entry.content or "{}") if entry.kind == REVISION else {}
        log = log_number(store, entry.log)
        if fields.get("record") == record and "salt" in fields and log is not None:
            public = {key: value for key, value in fields.items() if key not in ("salt", "part")}
            rows.append((None, canonical(public), entry.refused, log, entry.number))
    fill_entries(store, rows)
    return len(rows)


def waiting_makers(store: Store, record: str) -> set[str]:
    """The desks that wrote first versions of a record that wait; anybody can write a later one."""
    waiting = (json.loads(e.content or "{}") for e in waiting_entries(store) if e.kind == REVISION)
    own_entries = (
        revision
        for revision in waiting
        if revision.get("record") == record and not revision.get("parents")
    )
    return {revision["desk"] for revision in own_entries}


def as_stored(revision: PackageRevision) -> StoredRevision:
    """A revision that waits in the shape of those that count; `seq` 0."""
    salt, part = revision.part or (None, None)
    content = revision.content if revision.body is None and not revision.deleted else None
    if revision.body is not None and content_hash(revision.body) != revision.content:
        raise AssertionError("a text that was taken in is not that of its revision")
    return StoredRevision(
        0,
        revision.id,
        revision.type,
        revision.record,
        revision.number,
        revision.parents,
        revision.stamp,
        revision.reason,
        revision.deleted,
        revision.body,
        salt,
        part,
        content,
    )
