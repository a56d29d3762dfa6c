"""Keep which files of an edition were signed digitally, and the authorities that are trusted."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Files that were kept before are scans; no authority is known before a person names one."""
    db.execute_sql("ALTER TABLE attachment ADD COLUMN signed INTEGER NOT NULL DEFAULT 0")
    db.execute_sql(
        "CREATE TABLE authority ("
        " fingerprint TEXT NOT NULL PRIMARY KEY,"
        " name TEXT NOT NULL,"
        " valid_from TEXT NOT NULL,"
        " valid_to TEXT NOT NULL,"
        " certificate TEXT NOT NULL"
        ")"
    )
