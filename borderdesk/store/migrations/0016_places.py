"""Keep which batch told what of a place, so that undoing it leaves nothing of that."""

from typing import Any

TABLES = """
CREATE TABLE place_claim (
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    made TEXT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (batch, kind, list, code)
) WITHOUT ROWID;
INSERT INTO place_claim (batch, kind, list, code, made, cells)
    SELECT '', kind, list, code, made, cells FROM provisional_place;
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the table; what was learned before stays."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
