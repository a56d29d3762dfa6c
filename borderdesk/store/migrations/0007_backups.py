"""Keep which backups were made, proven by a trial restoration or failed."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Make the table of backups."""
    db.execute_sql(
        "CREATE TABLE backup ("
        " id INTEGER PRIMARY KEY,"
        " file TEXT NOT NULL,"
        " made TEXT NOT NULL,"
        " size INTEGER NOT NULL,"
        " records INTEGER NOT NULL,"
        " revisions INTEGER NOT NULL,"
        " totals_hash TEXT NOT NULL,"
        " last_seq INTEGER NOT NULL,"
        " mark TEXT NOT NULL,"
        " device TEXT NOT NULL,"
        " automatic INTEGER NOT NULL,"
        " failed TEXT NOT NULL)"
    )
