"""Let lists of pledges sort by what their index holds, and by the head of the household."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Widen the index of pledges, and add one of household ids with the key of their heads."""
    db.execute_sql("DROP INDEX pledge_summary")
    db.execute_sql(
        "CREATE INDEX pledge_summary"
        " ON pledge (signed_on, post, place, household, count, programme)"
    )
    db.execute_sql("CREATE INDEX household_by_id ON household (id, head_key)")
