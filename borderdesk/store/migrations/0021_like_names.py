"""Work out anew the key that households are likened by: more words in front of a name say nothing
(Làng, KP, T.; Anh, Chị, Cụ)."""

from typing import Any

from borderdesk.schema.records.household import Household


def up(_migrator: Any, db: Any) -> None:
    """Write the keys as the program that runs this likens by them."""
    connection = db.connection()
    found = connection.execute("SELECT row, head, hamlet, commune FROM household")
    rows = [
        (Household.derived({"head": head, "hamlet": hamlet, "commune": commune})["like_key"], row)
        for row, head, hamlet, commune in found
    ]
    connection.executemany("UPDATE household SET like_key = ? WHERE row = ?", rows)
