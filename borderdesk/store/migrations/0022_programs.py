"""Keep which version of the program wrote each package, so that the board shows who is behind."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the column; of packages that came before it is not known."""
    db.execute_sql("ALTER TABLE batch ADD COLUMN program TEXT NOT NULL DEFAULT ''")
