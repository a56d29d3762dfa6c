"""Stores the schema of the newest migration, and a desk with it: `python -m tests.keep_schema`.

Run once a release, before its tag; files of released versions are never rewritten.
"""

import lzma
import shutil
import tarfile
import tempfile
from pathlib import Path

from borderdesk.backups.rekeying import encrypt_desk
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.store.connection import schema
from borderdesk.store.connection.database import Store

DATA = Path(__file__).parent / "data"
DUMPS = DATA / "schema"
DESKS = DATA / "desks"
LOCKED = tuple(int(file.name[:4]) for file in sorted(DESKS.glob("*-locked.tar.xz")))
"""The schemas with a stored encrypted desk and key ring, whose single account has PASSWORD: one a
release, created by `keep_locked` before its tag."""
PASSWORD = "mật khẩu của đồn"
FIRST_DESK = 6
"""The oldest schema with a stored desk."""


def dump(version: int) -> str:
    """The statements of a schema version, one per line, sorted by name."""
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database, version)
        return "".join(f"{sql};\n" for sql in schema.definition(database).values())


def dump_file(version: int) -> Path:
    """The file with the dump of a version."""
    return DUMPS / f"{version:04d}.sql"


def desk_file(version: int) -> Path:
    """The file with the desk of a version."""
    return DESKS / f"{version:04d}.db.xz"


def unpack_desk(version: int, target: Path) -> Path:
    """Unpack the stored desk of a version into a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(lzma.decompress(desk_file(version).read_bytes()))
    return target


def keep_desk(version: int) -> None:
    """Store the first desk as migrated to a version."""
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(unpack_desk(FIRST_DESK, Path(scratch) / "desk.db"))
        with store.connection_context():
            schema.migrate(store, version)
            store.run("VACUUM")
            store.empty_log()
        shutil.move(store.path, target := Path(scratch) / "kept.db")
        desk_file(version).write_bytes(lzma.compress(target.read_bytes(), preset=9))


def locked_file(version: int) -> Path:
    """The file with the encrypted desk of a version."""
    return DESKS / f"{version:04d}-locked.tar.xz"


def unpack_locked(version: int, folder: Path) -> Path:
    """Unpack the stored encrypted desk of a version."""
    with tarfile.open(locked_file(version)) as packed:
        packed.extractall(folder, filter="data")
    return folder


def keep_locked(version: int) -> None:
    """Store the first desk as upgraded and encrypted by the program of the newest version."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "desk"
        unpack_desk(FIRST_DESK, database_file(folder))
        Desk.open(folder).close()
        key = encrypt_desk(folder, PASSWORD).key
        Desk.open(folder, key).close()
        with tarfile.open(locked_file(version), "w:xz") as packed:
            for file in (database_file(folder), key_file(folder)):
                packed.add(file, file.name)


def keep_what_lacks() -> None:
    """Store missing dumps, and a desk for each; a desk stored for another schema of that number is
    removed."""
    for made in range(1, len(schema.names()) + 1):
        lacks = not dump_file(made).exists()
        if lacks:
            dump_file(made).write_text(dump(made), encoding="utf-8")
        if made >= FIRST_DESK and (lacks or not desk_file(made).exists()):
            keep_desk(made)


if __name__ == "__main__":
    DUMPS.mkdir(exist_ok=True)
    DESKS.mkdir(exist_ok=True)
    keep_what_lacks()
