"""Keep what each spreadsheet brought, so that it can be taken out again as a whole."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Make the table; what was taken in before stays what it is."""
    db.execute_sql(
        "CREATE TABLE sheet_batch ("
        " id TEXT NOT NULL PRIMARY KEY,"
        " type TEXT NOT NULL,"
        " files TEXT NOT NULL,"
        " imported TEXT NOT NULL,"
        " author TEXT NOT NULL,"
        " first INTEGER NOT NULL,"
        " last INTEGER NOT NULL,"
        " counts TEXT NOT NULL,"
        " undone INTEGER NOT NULL"
        ") WITHOUT ROWID"
    )
