"""Homes of households on a day, from their revisions.

SQL by hand: it is queried for every record that names a household, by two index lookups.
"""

import datetime
import json
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.revisions import local_date
from borderdesk.store.connection.database import Store

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

NEWEST = 1 << 62


class HouseholdHome(NamedTuple):
    """Commune (the unit it was on the day) and hamlet of a household."""

    commune: str
    hamlet: str | None


def home_on(
    store: Store, book: "ReferenceBook", household: str, day: datetime.date, seq: int = NEWEST
) -> HouseholdHome | None:
    """The home of a household on a day; None for an unknown household.

    From the last of its revisions made until that day; for one entered later, the home as of
    revision `seq` (that of the record which names it).
    """
    row = store.one(
        "SELECT h.commune, h.hamlet, (SELECT COUNT(*) FROM revision r WHERE r.record = h.id)"
        " FROM household h WHERE h.id = ?",
        (household,),
    )
    if row is None:
        return None
    commune, hamlet, revisions = row
    if revisions > 1:
        commune, hamlet = _as_it_was(store, household, day, seq) or (commune, hamlet)
    return HouseholdHome(book.unit_became(commune, day), hamlet)


def _as_it_was(
    store: Store, household: str, day: datetime.date, seq: int
) -> tuple[str, str | None] | None:
    rows = store.rows(
        "SELECT seq, time, body FROM revision WHERE record = ? AND body IS NOT NULL"
        " ORDER BY number, seq",
        (household,),
    )
    versions = [
        (number, local_date(time), json.loads(body)["fields"]) for number, time, body in rows
    ]
    by_day = [fields for _number, saved, fields in versions if saved <= day]
    known = [fields for number, _saved, fields in versions if number <= seq]
    chosen = by_day[-1:] or known[-1:] or [fields for _n, _saved, fields in versions[:1]]
    if not chosen:
        return None
    return chosen[0][DESCRIBED_BY.commune], chosen[0].get(DESCRIBED_BY.hamlet)
