"""Keep unfinished forms, and how a person arranged the window."""

from typing import Any

TABLES = """
CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    parked INTEGER NOT NULL,
    texts TEXT NOT NULL,
    started TEXT NOT NULL,
    touched TEXT NOT NULL
);
CREATE UNIQUE INDEX draft_open ON draft (form) WHERE parked = 0;
CREATE TABLE preference (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make both tables."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
