"""Keep the schema that the newest migration arrives at, and a desk of it: `python -m
tests.keep_schema`.

Run once a release, before its tag; what is kept of released versions is never written again.
"""

import lzma
import shutil
import tempfile
from pathlib import Path

from borderdesk.store import schema
from borderdesk.store.database import Store

DATA = Path(__file__).parent / "data"
DUMPS = DATA / "schema"
DESKS = DATA / "desks"
FIRST_DESK = 6
"""The oldest schema that a desk was kept of."""


def dump(version: int) -> str:
    """The statements of a schema version, a line each, by name."""
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database, version)
        return "".join(f"{sql};\n" for sql in schema.definition(database).values())


def dump_file(version: int) -> Path:
    """Where the dump of a version is kept."""
    return DUMPS / f"{version:04d}.sql"


def desk_file(version: int) -> Path:
    """Where the desk of a version is kept."""
    return DESKS / f"{version:04d}.db.xz"


def unpack_desk(version: int, target: Path) -> Path:
    """Write the file of the desk that was kept of a version."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(lzma.decompress(desk_file(version).read_bytes()))
    return target


def keep_desk(version: int) -> None:
    """Keep the first desk as the migrations up to a version leave it."""
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(unpack_desk(FIRST_DESK, Path(scratch) / "desk.db"))
        with store.connection_context():
            schema.migrate(store, version)
            store.run("VACUUM")
            store.empty_log()
        shutil.move(store.path, target := Path(scratch) / "kept.db")
        desk_file(version).write_bytes(lzma.compress(target.read_bytes(), preset=9))


if __name__ == "__main__":
    DUMPS.mkdir(exist_ok=True)
    DESKS.mkdir(exist_ok=True)
    for made in range(1, len(schema.names()) + 1):
        if not dump_file(made).exists():
            dump_file(made).write_text(dump(made), encoding="utf-8")
        if made >= FIRST_DESK and not desk_file(made).exists():
            keep_desk(made)
