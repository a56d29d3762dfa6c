"""Files that wait or were refused can be put away: they stand on no list until they are brought
back."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add when, "" for those that are on the lists."""
    for table in ("waiting_package", "refused_package"):
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN put_away TEXT NOT NULL DEFAULT ''")
