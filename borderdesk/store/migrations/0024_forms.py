"""Keep the unit's own Word forms in the desk."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Make the table."""
    db.execute_sql(
        "CREATE TABLE word_form ("
        " name TEXT NOT NULL PRIMARY KEY,"
        " content BLOB NOT NULL,"
        " size INTEGER NOT NULL,"
        " digest TEXT NOT NULL,"
        " author TEXT NOT NULL,"
        " time TEXT NOT NULL,"
        " brought TEXT NOT NULL"
        ")"
    )
