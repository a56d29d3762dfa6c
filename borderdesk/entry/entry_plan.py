"""What the rules of entry ask of a type's fields: its posts, places and references, once a type."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from borderdesk.schema.kinds import HAMLET, POST, UNIT, ColumnField
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES


@cache
def references(model: type[Revisioned]) -> tuple[tuple[str, type[Revisioned]], ...]:
    """The fields that name or describe a record of another type, each with that type."""
    return tuple(
        (key, ALL_TYPES[field.refers_to])
        for key, field in model.columns().items()
        if field.refers_to in ALL_TYPES
    )


class PlaceFields(NamedTuple):
    """The fields that name communes, each with whether it names several; and the hamlets, each
    with the field of its commune."""

    communes: tuple[tuple[str, bool], ...]
    hamlets: tuple[tuple[str, str], ...]


def _place_fields(columns: Mapping[str, ColumnField]) -> PlaceFields:
    units = [(key, field.several) for key, field in columns.items() if field.refers_to == UNIT]
    hamlets = [(key, field.within) for key, field in columns.items() if field.refers_to == HAMLET]
    return PlaceFields(tuple(units), tuple(hamlets))


class EntryPlan(NamedTuple):
    """The roles of a type's fields that the rules ask for, worked out once; `places_below`: those
    of its children that have places."""

    own_post: str
    other_posts: tuple[str, ...]
    references: tuple[tuple[str, type[Revisioned]], ...]
    places: PlaceFields
    places_below: tuple[tuple[str, PlaceFields], ...]


@cache
def plan_of(model: type[Revisioned]) -> EntryPlan:
    """The roles of a type's fields."""
    below = {key: _place_fields(field.child.fields()) for key, field in model.children().items()}
    return EntryPlan(
        model.own_post(),
        model.referring(POST, several=True),
        references(model),
        _place_fields(model.columns()),
        tuple((key, places) for key, places in below.items() if any(places)),
    )
