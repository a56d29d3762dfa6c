"""One search over the records of every type, and over the markers."""

import datetime
import re
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import accented, fold, query_words
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import short_value_words
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import ListEntry

OF_A_TYPE, MOST_FOUND = 20, 30
"""The number of the nearest records of a type to consider, and of all results."""
MARKER_SEARCH = re.compile(r"(?:(?:cot )?moc |markers? )?(\d{3,4}(?:/\d?)?)")
"""A number, with the word for a marker before it or without (folded)."""


class FoundMarker(NamedTuple):
    """A marker found by a search, and the name of the post responsible for it."""

    marker: str
    post: str


def find_markers(session: Session, search: str, most: int = 5) -> list[FoundMarker]:
    """The markers whose numbers begin as typed, in order along the line; at a post its own."""
    typed = MARKER_SEARCH.fullmatch(" ".join(fold(search).split()))
    if typed is None:
        return []
    book, home, day = session.book, session.identity.post, session.today()
    posts = book.counted_with(home, day) if home else None
    matches = [
        FoundMarker(marker, book.post_short(book.post_became(post, day)))
        for marker, (post, _commune, _invented) in book.markers.items()
        if marker.startswith(typed[1]) and (posts is None or post in posts)
    ]
    return matches[:most]


class FoundRecord(NamedTuple):
    """A record that a search found: its type and its text in one line; `exact` how many of the
    words stand in it as they were typed, accents and all."""

    type: str
    record: str
    title: str
    text: str
    exact: int
    day: datetime.date | None


def find_records(session: Session, search: str) -> list[FoundRecord]:
    """The first MOST_FOUND records that a search finds: those with the exact words first, then the
    newest."""
    typed = query_words(search)
    if not typed:
        return []
    matches = [
        _found(session, model, listed, typed)
        for model in ALL_TYPES.values()
        for listed in session.part(RecordLists).nearest(model.type_name, search, OF_A_TYPE)
    ]
    # Households have no day: whoever types a name means the household before its records.
    last = datetime.date.max
    matches.sort(key=lambda match: (match.exact, match.day or last), reverse=True)
    return matches[:MOST_FOUND]


def _found(
    session: Session, model: type[RevisionedModel], listed: ListEntry, typed: Sequence[str]
) -> FoundRecord:
    event, book = model.event(), session.book
    day = listed.values.get(event.name) if event is not None else None
    texts = [format_date(day)] if day else []
    texts += [
        short_value_words(model, key, listed.values, book)
        for key in model.listed()
        if key in listed.values and not (event is not None and key == event.name)
    ]
    text = " · ".join(" ".join(piece.split()) for piece in texts if piece)
    words = set(query_words(accented(text)))
    exact = sum(word in words for word in typed)
    return FoundRecord(model.type_name, listed.id, _(model.title), text, exact, day)
