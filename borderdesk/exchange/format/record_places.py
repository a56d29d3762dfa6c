"""The columns of a record type that name its post, its place and its markers."""

from functools import cache
from typing import NamedTuple

from borderdesk.schema.kinds import (
    MARKER,
    POST,
    UNIT,
)
from borderdesk.schema.record import RevisionedModel, Values


class StretchColumns(NamedTuple):
    """The columns of a type whose work lies along a stretch of the border: its day, its commune
    or communes, and its first and last marker."""

    day: str
    place: str
    first_marker: str
    last_marker: str


@cache
def post_column(model: type[RevisionedModel]) -> str | None:
    """The column with the post a record belongs to; None for a type that belongs to none."""
    return next(iter(model.referring(POST, several=False)), None)


def post_of(model: type[RevisionedModel], values: Values) -> str | None:
    """The code of the post a record belongs to, None where it names none."""
    column = post_column(model)
    post: str | None = None if column is None else values.get(column)
    return post


@cache
def stretch_columns(model: type[RevisionedModel]) -> StretchColumns | None:
    """The columns of a stretch of the border; None for a type that has none."""
    event, markers, places = model.event(), model.referring(MARKER), model.referring(UNIT)
    if len(markers) != 2 or not places or event is None:
        return None
    return StretchColumns(event.name, places[0], *markers)
