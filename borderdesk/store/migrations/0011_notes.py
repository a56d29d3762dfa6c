"""Keep when a note came, which notes a person has settled, and the entry of a verdict."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the columns and the table."""
    db.execute_sql("ALTER TABLE review_note ADD COLUMN noted TEXT")
    db.execute_sql("ALTER TABLE double_verdict ADD COLUMN entry BLOB")
    db.execute_sql(
        "CREATE TABLE note_settled ("
        " record TEXT NOT NULL PRIMARY KEY,"
        " author TEXT NOT NULL,"
        " time TEXT NOT NULL)"
    )
