"""The checks of a file that SQLite has itself (PRAGMA), made at one moment.

A connection holds the directory of a full-text table from when it last read that table. A check
does not renew it: pages that another connection wrote since look damaged, though they are not.
"""

from contextlib import suppress
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher


def search_tables(connection: Any) -> list[str]:
    """The names of the full-text tables."""
    sql = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
    return [str(name) for (name,) in connection.execute(sql).fetchall()]


def check_findings(connection: Any, check: str) -> list[str]:
    """What a check finds, "ok" where nothing."""
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")
    try:
        # What cannot be read is told by the check.
        with suppress(sqlcipher.Error):
            for table in search_tables(connection):
                connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        return [str(text) for (text,) in connection.execute(check).fetchall()]
    finally:
        if begun and connection.in_transaction:
            connection.execute("COMMIT")  # nothing was written
