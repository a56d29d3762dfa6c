"""The facts of a type that the rules of entry need: its posts and references, computed once a
type."""

from functools import cache
from typing import NamedTuple

from borderdesk.schema.kinds import POST
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES


@cache
def references(model: type[RevisionedModel]) -> tuple[tuple[str, type[RevisionedModel]], ...]:
    """The fields that name or describe a record of another type, each with that type."""
    return tuple(
        (key, ALL_TYPES[field.refers_to])
        for key, field in model.columns().items()
        if field.refers_to in ALL_TYPES
    )


class EntryPlan(NamedTuple):
    """The roles of a type's fields that the rules ask for, worked out once; event: the key of the
    date that a record counts by, "" for none."""

    own_post: str
    other_posts: tuple[str, ...]
    references: tuple[tuple[str, type[RevisionedModel]], ...]
    event: str


@cache
def plan_of(model: type[RevisionedModel]) -> EntryPlan:
    """The roles of a type's fields."""
    event = model.event()
    return EntryPlan(
        model.own_post(),
        model.referring(POST, several=True),
        references(model),
        event.name if event is not None else "",
    )
