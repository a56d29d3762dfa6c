"""Keep the schema that the newest migration arrives at: `python -m tests.keep_schema`.

Run once a release, before its tag; the dumps of released versions are never written again.
"""

from pathlib import Path

from borderdesk.store import schema

DUMPS = Path(__file__).parent / "data" / "schema"


def dump(version: int) -> str:
    """The statements of a schema version, a line each, by name."""
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database, version)
        return "".join(f"{sql};\n" for sql in schema.definition(database).values())


def dump_file(version: int) -> Path:
    """Where the dump of a version is kept."""
    return DUMPS / f"{version:04d}.sql"


if __name__ == "__main__":
    DUMPS.mkdir(exist_ok=True)
    for made in range(1, len(schema.names()) + 1):
        if not dump_file(made).exists():
            dump_file(made).write_text(dump(made), encoding="utf-8")
