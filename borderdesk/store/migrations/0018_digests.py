"""Keep a digest of every table that no chain of hashes covers (connection/table_digests.py)."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Make the table; what opens the file fills it once every migration is through."""
    db.execute_sql(
        "CREATE TABLE table_digest (name TEXT PRIMARY KEY, rows INTEGER NOT NULL,"
        " digest INTEGER NOT NULL) WITHOUT ROWID"
    )
