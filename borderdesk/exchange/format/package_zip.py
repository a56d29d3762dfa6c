"""A package as a zip: its tables and descriptor, signed and encrypted."""

import errno
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import nfc
from borderdesk.exchange.format.package_tables import DESCRIPTOR, FORMAT, PACKAGE_SCHEMA, SIGNATURE
from borderdesk.exchange.format.table_writer import TableWriter

if TYPE_CHECKING:
    import pyrage
else:
    pyrage = lazy_module("pyrage")


FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the time when a package was made is in its descriptor."""


class PackageFacts(NamedTuple):
    """The facts that the descriptor of a package states.

    figures: {indicator: value as JSON} of the period for the desk's own scope;
    invented: the records are a demonstration's; receiver: the desk or unit it is for, "" for
    anybody; holding: {log: [number, chain in hex]}, what the sender holds.
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
    receiver: str
    holding: dict[str, list[Any]]


def write_zip(
    file: IO[bytes],
    facts: PackageFacts,
    sheets: Iterable[TableWriter],
    sign: Callable[[bytes, str], bytes],
    name: str,
) -> None:
    """Write the package's zip: the tables, the descriptor that hashes them, its signature."""
    resources = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            digest, size = hashlib.sha256(), 0
            with archive.open(_entry(sheet.table.path), "w") as entry:
                for part in sheet.parts():
                    entry.write(part)
                    digest.update(part)
                    size += len(part)
            resources.append(_resource(sheet, size, digest.hexdigest()))
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
        archive.writestr(_entry(DESCRIPTOR), descriptor)
        archive.writestr(_entry(SIGNATURE), sign(descriptor, name))


def signed_zip(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of a text and its signature (name, content); the same ones give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(_entry(name), content)
    return buffer.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _resource(sheet: TableWriter, size: int, digest: str) -> dict[str, Any]:
    return {
        "name": sheet.table.name.replace("_", "-"),
        "type": "table",
        "path": sheet.table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "rows": sheet.rows,
        "schema": _resource_names(sheet.table.schema()),
    }


def _resource_names(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its references by the names resources go by."""
    for key in schema.get("foreignKeys", ()):
        key["reference"]["resource"] = key["reference"]["resource"].replace("_", "-")
    return schema


def encrypt(
    plain_file: IO[bytes], target: IO[bytes], recipients: Sequence[str], passphrase: str | None
) -> None:
    """Write the content of `plain_file` as the age program reads it: for the cards' keys, or under
    a passphrase, in NFC: keyboards write one letter in two ways."""
    if passphrase is not None:
        target.write(pyrage.passphrase.encrypt(plain_file.read(), nfc(passphrase)))
        return
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    try:
        pyrage.encrypt_io(plain_file, target, keys)
    except pyrage.EncryptError as error:
        # pyrage hides the OSError of the target: provoke it again, for a message with the cause.
        target.flush()
        raise OSError(errno.EIO, str(error)) from error
