"""Posts begin and end, and became others; which set-up file each desk has."""

from typing import Any

STATEMENTS = """
ALTER TABLE post ADD COLUMN valid_from TEXT NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN valid_to TEXT NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN successors TEXT NOT NULL DEFAULT '';
CREATE TABLE desk_setup (
    desk TEXT PRIMARY KEY,
    maker TEXT NOT NULL,
    number INTEGER NOT NULL,
    entry INTEGER NOT NULL
);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the columns and the table."""
    for statement in STATEMENTS.split(";"):
        if statement.strip():
            db.execute_sql(statement)
