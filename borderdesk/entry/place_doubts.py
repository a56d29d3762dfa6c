"""Doubts about the places of a record: outside the post's area, or in no list.

No field is named in this module: the types declare which of their fields are communes, hamlets and
markers.
"""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.schema.cleaning import CleaningResult
from borderdesk.schema.kinds import HAMLET, MARKER, UNIT, ColumnField, Doubt
from borderdesk.schema.record import RevisionedModel, Values

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

OUTSIDE = N_("Outside the post's area.")
UNKNOWN_HAMLET = N_("This hamlet is not in the commune's list.")


class _PlaceFields(NamedTuple):
    """The fields that name communes, each with whether it names several; the hamlets, each with
    the field of its commune; the markers; the keys of them all."""

    communes: tuple[tuple[str, bool], ...]
    hamlets: tuple[tuple[str, str], ...]
    markers: tuple[str, ...]
    keys: frozenset[str]


class _Area(NamedTuple):
    """A post, a day, and the communes of the post on it."""

    post: str | None
    on: datetime.date | None
    communes: frozenset[str]


def doubt_places(
    model: type[RevisionedModel],
    cleaned: CleaningResult,
    book: "ReferenceBook",
    post: str | None,
    on: datetime.date | None,
) -> None:
    """Add the doubts of a record's places. post: the one whose area counts, None for none."""
    own_places, below = _places_of(model)
    if not below and own_places.keys.isdisjoint(cleaned.values):
        return
    communes = book.area_on(post, on) if post and on else frozenset()
    home = model.home_place
    if home is not None and home.reference in cleaned.values:
        # Doubts about the hamlet are attached to the household.
        if communes and cleaned.values.get(home.commune, "") not in communes:
            cleaned.doubts.append(Doubt(home.reference, OUTSIDE))
        return
    area = _Area(post, on, communes)
    _doubt(own_places, cleaned.values, area, "", book, cleaned.doubts)
    for key, places in below:
        for place, child in enumerate(cleaned.values.get(key, ())):
            _doubt(places, child, area, f"{key}[{place}].", book, cleaned.doubts)


def _doubt(
    places: _PlaceFields,
    values: Values,
    area: _Area,
    where: str,
    book: "ReferenceBook",
    doubts: list[Doubt],
) -> None:
    if area.communes:
        for key, several in places.communes:
            marker = values.get(key)
            if marker and not area.communes.issuperset(marker if several else (marker,)):
                doubts.append(Doubt(f"{where}{key}", OUTSIDE))
        for key in places.markers:
            marker_entry = book.markers.get(values.get(key, ""))
            if (
                marker_entry is not None
                and marker_entry[0] != area.post
                and _is_outside(marker_entry[1], area, book)
            ):
                doubts.append(Doubt(f"{where}{key}", OUTSIDE))
    for key, within in places.hamlets:
        hamlet, commune = values.get(key), values.get(within)
        if hamlet and commune and book.knows_hamlet(commune, hamlet) is False:
            doubts.append(Doubt(f"{where}{key}", UNKNOWN_HAMLET))


def _is_outside(commune: str, area: _Area, book: "ReferenceBook") -> bool:
    """Whether the commune of a marker that another post keeps is outside the area; a marker in no
    list is doubted by its own field."""
    if area.on is None:
        return False
    return not area.communes & book.successors_on(commune, area.on.isoformat())


@cache
def _places_of(
    model: type[RevisionedModel],
) -> tuple[_PlaceFields, tuple[tuple[str, _PlaceFields], ...]]:
    """The places among the fields of a type, and among those of the rows below it."""
    below = {key: _place_fields(field.child.fields()) for key, field in model.children().items()}
    return _place_fields(model.columns()), tuple((k, p) for k, p in below.items() if p.keys)


def _place_fields(columns: Mapping[str, ColumnField]) -> _PlaceFields:
    units = [(key, field.several) for key, field in columns.items() if field.refers_to == UNIT]
    hamlets = [(key, field.within) for key, field in columns.items() if field.refers_to == HAMLET]
    markers = [key for key, field in columns.items() if field.refers_to == MARKER]
    keys = frozenset((*dict(units), *dict(hamlets), *markers))
    return _PlaceFields(tuple(units), tuple(hamlets), tuple(markers), keys)
