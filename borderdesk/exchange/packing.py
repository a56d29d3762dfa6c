"""A package as a file: its tables and descriptor zipped, signed, encrypted, written whole."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.errors import UserError, reason
from borderdesk.exchange.contents import Sheet
from borderdesk.exchange.resources import DESCRIPTOR, FORMAT, PACKAGE_SCHEMA, SIGNATURE
from borderdesk.i18n import _

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: when a package was made stands in its descriptor."""


class Facts(NamedTuple):
    """What a package says of itself, beyond its tables.

    figures: {indicator: value as JSON} of the period for the desk's own scope;
    invented: the records are a demonstration's.
    """

    desk: str
    unit: str
    role: str
    title: str
    period: str
    first: str
    last: str
    number: int
    schema: int
    program: str
    made: str
    scope: str
    figures: dict[str, Any]
    records: int
    with_private: bool
    invented: bool


def zipped(
    facts: Facts, sheets: Iterable[Sheet], sign: Callable[[bytes, str], bytes], name: str
) -> bytes:
    """The package's zip: the tables, the descriptor that hashes them, its signature."""
    buffer = io.BytesIO()
    resources = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            content = sheet.content()
            _put(archive, sheet.table.path, content)
            resources.append(_resource(sheet, content))
        descriptor = json.dumps(
            {
                "$schema": PACKAGE_SCHEMA,
                "name": name.lower().replace("_", "-"),
                "created": facts.made,
                "version": str(facts.number),
                "borderdesk": {"format": FORMAT, **facts._asdict()},
                "resources": resources,
            },
            ensure_ascii=False,
            indent=1,
        ).encode()
        _put(archive, DESCRIPTOR, descriptor)
        _put(archive, SIGNATURE, sign(descriptor, name))
    return buffer.getvalue()


def _put(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _resource(sheet: Sheet, content: bytes) -> dict[str, Any]:
    return {
        "name": sheet.table.name.replace("_", "-"),
        "type": "table",
        "path": sheet.table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": sheet.rows,
        "schema": _named(sheet.table.schema()),
    }


def _named(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its references by the names resources go by."""
    for key in schema.get("foreignKeys", ()):
        key["reference"]["resource"] = key["reference"]["resource"].replace("_", "-")
    return schema


def encrypted(content: bytes, recipients: Sequence[str], passphrase: str | None) -> bytes:
    """The content as the age program reads it: for the cards' keys, or under a passphrase."""
    import pyrage

    if passphrase is not None:
        return bytes(pyrage.passphrase.encrypt(content, passphrase))
    keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    return bytes(pyrage.encrypt(content, keys))


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, and read it back.

    Raises UserError with what to do; nothing half-written stays.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if _digest(beside) != hashlib.sha256(content).digest():
            raise UserError(
                _("{file} does not read back as it was written. Use another stick.").format(
                    file=target.name
                )
            )
        beside.replace(target)
    except OSError as error:
        raise UserError(
            _("{file} could not be written: {error}. Nothing was sent.").format(
                file=target.name, error=reason(error)
            )
        ) from None
    finally:
        _remove(beside)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # The stick was pulled: there is nothing left to tidy up.
        return
