"""Keep the pairs of records that may be one and what was said of them; work out anew the keys that
households are compared by."""

from typing import Any

from borderdesk.schema.records.household import Household


def up(_migrator: Any, db: Any) -> None:
    """Make the tables, and write the keys as the program that runs this compares by them."""
    db.execute_sql(
        "CREATE TABLE double_pair ("
        " first TEXT NOT NULL,"
        " second TEXT NOT NULL,"
        " type TEXT NOT NULL,"
        " why TEXT NOT NULL,"
        " near INTEGER NOT NULL,"
        " PRIMARY KEY (first, second))"
    )
    db.execute_sql("CREATE INDEX double_pair_second ON double_pair (second)")
    db.execute_sql("CREATE INDEX double_pair_type ON double_pair (type)")
    db.execute_sql(
        "CREATE TABLE double_verdict ("
        " first TEXT NOT NULL,"
        " second TEXT NOT NULL,"
        " type TEXT NOT NULL,"
        " verdict TEXT NOT NULL,"
        " stays TEXT NOT NULL,"
        " author TEXT NOT NULL,"
        " desk TEXT NOT NULL,"
        " time TEXT NOT NULL,"
        " PRIMARY KEY (first, second))"
    )
    _write_keys(db)


def _write_keys(db: Any) -> None:
    connection = db.connection()
    found = connection.execute("SELECT row, head, hamlet, commune FROM household")
    rows = []
    for row, head, hamlet, commune in found:
        derived = Household.derived({"head": head, "hamlet": hamlet, "commune": commune})
        rows.append((derived["match_key"], derived["like_key"], row))
    connection.executemany("UPDATE household SET match_key = ?, like_key = ? WHERE row = ?", rows)
