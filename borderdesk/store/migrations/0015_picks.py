"""Keep the last day of an entry of a pick list."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the column; an entry that never ended has none."""
    db.execute_sql("ALTER TABLE pick_entry ADD COLUMN valid_to TEXT NOT NULL DEFAULT ''")
