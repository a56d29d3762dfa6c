"""Households that a row names by their ID, with another hamlet than they have here."""

from collections.abc import Mapping
from typing import Any

from borderdesk.base.i18n import N_
from borderdesk.base.names import like_hamlet
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import stored_doubt
from borderdesk.schema.record import HomePlace
from borderdesk.sheets.values.household_parts import COMMUNE, HAMLET_KEY

OTHER_HOME = N_(
    "By its ID this household is one of another hamlet here, and counts there: {value}."
)


def doubt_home(
    home: HomePlace | None, book: ReferenceBook, raw: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The doubt about a record whose place is that of the household it names, where the row says
    another one; none where both are the same or were before communes were merged."""
    described = raw.get(home.reference) if home is not None else None
    if home is None or not isinstance(described, Mapping):
        return []
    commune, hamlet = values.get(home.commune, ""), values.get(home.hamlet, "")
    said = (described.get(COMMUNE, ""), described.get(HAMLET_KEY, ""))
    if said == (commune, hamlet) or not {said[0], commune} <= book.units.keys():
        return []
    related = not book.lineage(said[0]).isdisjoint(book.lineage(commune))
    if related and like_hamlet(said[1]) == like_hamlet(hamlet):
        return []
    place = ", ".join(filter(None, (hamlet, book.unit_name(commune))))
    return [(home.reference, stored_doubt(OTHER_HOME, place[:60]))]
