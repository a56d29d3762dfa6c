"""Keep with pledges and registrations until when an earlier one of the household counts, so that a
report need not collect the households of a year."""

from typing import Any

SPANS = {
    "pledge": ("signed_on", "signed_on", "signed_on, post, place, household, count, programme"),
    "registration": (
        "from_on",
        "COALESCE(to_on, '9999-12-31')",
        "from_on, to_on, post, subject, commune, household",
    ),
}
"""{table: its day, the last day a record counts, the columns of its index so far}."""


def up(_migrator: Any, db: Any) -> None:
    """Add the columns, fill them and add them to the indexes of the summary."""
    for table, (day, end, indexed) in SPANS.items():
        db.execute_sql(f"DROP INDEX {table}_summary")
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN earlier_until TEXT")
        db.execute_sql(
            f"UPDATE {table} SET earlier_until = e.until FROM (SELECT row, MAX({end}) OVER"
            f" (PARTITION BY household ORDER BY {day}, id ROWS BETWEEN UNBOUNDED PRECEDING"
            f" AND 1 PRECEDING) AS until FROM {table} WHERE household IS NOT NULL) e"
            f" WHERE {table}.row = e.row AND e.until IS NOT NULL"
        )
        db.execute_sql(f"CREATE INDEX {table}_summary ON {table} ({indexed}, earlier_until)")
