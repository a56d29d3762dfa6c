"""Homes of households on a day, from their revisions.

SQL by hand: it is queried for the records that name a household, by two index lookups.
"""

import datetime
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.schema.kinds import DESCRIBED_BY, HOUSEHOLD
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.revisions import local_date
from borderdesk.store.connection.database import Store

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

MOST_KEPT = 20_000
"""More cached homes of a transaction are cleared after a write, and queried again."""


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
    commune, hamlet, revisions = _newest(store, household) or (None, None, None)
    if revisions != 1:
        commune, hamlet = _as_it_was(store, household, day, seq) or (commune, hamlet)
    return None if commune is None else HouseholdHome(book.unit_became(commune, day), hamlet)


class HomeCache:
    """The homes of households in one transaction that adds records and edits none: a household with
    a single version is queried once, however many rows of a list name it."""

    def __init__(self, store: Store, book: "ReferenceBook") -> None:
        self._store = store
        self._book = book
        self._unmoved: dict[str, HouseholdHome] = {}

    def note_new(self, household: str, commune: str, hamlet: str | None) -> None:
        """Note the home of a household that is prepared and not written yet."""
        self._unmoved[household] = HouseholdHome(commune, hamlet)

    def forget_written(self) -> None:
        """Clear the cache if it is large; all households are in the database now."""
        if len(self._unmoved) > MOST_KEPT:
            self._unmoved.clear()

    def home_on(self, household: str, day: datetime.date) -> HouseholdHome | None:
        """The home of a household on a day; None where no version of it is known."""
        unmoved = self._unmoved.get(household)
        if unmoved is None:
            commune, hamlet, revisions = _newest(self._store, household) or (None, None, None)
            if revisions != 1:
                return home_on(self._store, self._book, household, day)
            unmoved = self._unmoved[household] = HouseholdHome(commune, hamlet)
        commune = self._book.unit_became(unmoved.commune, day)
        return unmoved if commune == unmoved.commune else HouseholdHome(commune, unmoved.hamlet)


def _newest(store: Store, household: str) -> tuple[Any, ...] | None:
    """(commune, hamlet, number of its revisions) of a household, None for an unknown one."""
    return store.one(
        f"SELECT h.{DESCRIBED_BY.commune}, h.{DESCRIBED_BY.hamlet},"
        " (SELECT COUNT(*) FROM revision r WHERE r.record = h.id)"
        f" FROM {HOUSEHOLD} h WHERE h.id = ?",
        (household,),
    )


def _as_it_was(
    store: Store, household: str, day: datetime.date, seq: int | None
) -> tuple[str, str | None] | None:
    rows = store.rows(
        "SELECT time, body FROM revision WHERE record = ? AND body IS NOT NULL"
        " ORDER BY number, time, id",
        (household,),
    )
    versions = [(time, json.loads(body)["fields"]) for time, body in rows]
    naming_time = (
        None if seq is None else store.value("SELECT time FROM revision WHERE seq = ?", (seq,))
    )
    by_day = [fields for time, fields in versions if local_date(time) <= day]
    known_versions = [
        fields for time, fields in versions if naming_time is None or time <= naming_time
    ]
    last_version = by_day[-1:] or known_versions[-1:] or [fields for _time, fields in versions[:1]]
    if not last_version:
        return None
    return last_version[0][DESCRIBED_BY.commune], last_version[0].get(DESCRIBED_BY.hamlet)


def without_copied_home(model: type[RevisionedModel], values: Values, body: str | None) -> Values:
    """The values of a row without the home that it copies from the household it names: an older
    program did not store that in the version, of which this is the text."""
    home = model.home_place
    if home is None or home.commune in json.loads(body or "{}").get("fields", {}):
        return values
    return {key: value for key, value in values.items() if not home.keeps(key, values)}
