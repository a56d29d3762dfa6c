"""Keep what the newest set-up file of each desk brought, so that the next one can take it away."""

from typing import Any

TABLES = """
CREATE TABLE setup_row (
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (desk, kind, key)
) WITHOUT ROWID;
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the table."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
