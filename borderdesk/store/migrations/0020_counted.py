"""Keep with an edition that another desk closed what that desk held then: it counts no more."""

import json
from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the column; fill it from the entries by which the editions came."""
    db.execute_sql("ALTER TABLE edition ADD COLUMN holding TEXT")
    known = db.execute_sql(
        "SELECT l.desk, e.number, e.content FROM log_entry e JOIN desk_log l ON l.id = e.log"
        " WHERE e.kind = 'edition' AND e.content IS NOT NULL AND e.refused IS NULL"
        " AND l.desk <> (SELECT COALESCE(MAX(value), '') FROM meta WHERE key = 'desk')"
    ).fetchall()
    for desk, number, content in known:
        said = json.loads(content)["content"]
        if said.get("holding"):
            held = {**json.loads(said["holding"]), desk: number}
            db.execute_sql(
                "UPDATE edition SET holding = ? WHERE id = ?",
                (json.dumps(held), said["edition"]),
            )
