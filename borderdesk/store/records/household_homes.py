"""Homes of households on a day, from their revisions.

SQL by hand: it is queried for every record that names a household, by two index lookups.
"""

import datetime
import json
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.revisions import local_date
from borderdesk.store.connection.database import Store

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook


class HouseholdHome(NamedTuple):
    """Commune (the unit it was on the day) and hamlet of a household."""

    commune: str
    hamlet: str | None


def home_on(
    store: Store, book: "ReferenceBook", household: str, day: datetime.date, seq: int | None = None
) -> HouseholdHome | None:
    """The home of a household on a day; None where no version of it is known.

    From the last of its versions made until that day; for one entered later, the last made until
    the revision `seq` (of the record which names it) was. Every desk that has the same versions
    finds the same home, in whatever order they arrived, also of a household that was deleted.
    """
    row = store.one(
        "SELECT h.commune, h.hamlet, (SELECT COUNT(*) FROM revision r WHERE r.record = h.id)"
        " FROM household h WHERE h.id = ?",
        (household,),
    )
    commune, hamlet, revisions = row or (None, None, None)
    if revisions != 1:
        commune, hamlet = _as_it_was(store, household, day, seq) or (commune, hamlet)
    return None if commune is None else HouseholdHome(book.unit_became(commune, day), hamlet)


def _as_it_was(
    store: Store, household: str, day: datetime.date, seq: int | None
) -> tuple[str, str | None] | None:
    rows = store.rows(
        "SELECT time, body FROM revision WHERE record = ? AND body IS NOT NULL"
        " ORDER BY number, time, id",
        (household,),
    )
    versions = [(time, json.loads(body)["fields"]) for time, body in rows]
    named = None if seq is None else store.value("SELECT time FROM revision WHERE seq = ?", (seq,))
    by_day = [fields for time, fields in versions if local_date(time) <= day]
    known = [fields for time, fields in versions if named is None or time <= named]
    chosen = by_day[-1:] or known[-1:] or [fields for _time, fields in versions[:1]]
    if not chosen:
        return None
    return chosen[0][DESCRIBED_BY.commune], chosen[0].get(DESCRIBED_BY.hamlet)


def without_copied_home(model: type[RevisionedModel], values: Values, body: str | None) -> Values:
    """The values of a row without the home that it copies from the household it names: an older
    program did not store that in the version, of which this is the text."""
    home = model.home_place
    if home is None or home.commune in json.loads(body or "{}").get("fields", {}):
        return values
    return {key: value for key, value in values.items() if not home.keeps(key, values)}
