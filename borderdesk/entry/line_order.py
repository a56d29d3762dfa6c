"""The order in which the lines of a list are entered."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from borderdesk.base.errors import InvalidRecord
from borderdesk.schema.record import MatchRule
from borderdesk.store.matching.match_index import MatchIndex

ReadLine = tuple[int, Mapping[str, Any]]
Line = tuple[int, Mapping[str, Any] | InvalidRecord]
"""A line of a list: its number, and its record or why it cannot be read."""


def joined_last(rule: MatchRule, lines: Iterable[Line], index: MatchIndex) -> Iterator[Line]:
    """The lines, with records joined to others after these, whatever their order.

    The ids of records that are joined in a cycle are announced to the index beforehand, as none of
    them could be first.
    """
    joined_to = rule.joined_to
    waiting: dict[str, list[ReadLine]] = {}
    joined: list[ReadLine] = []
    for number, raw in lines:
        if isinstance(raw, InvalidRecord) or not raw.get(joined_to):
            yield number, raw
        else:
            joined.append((number, raw))
    joined_ids = {str(raw.get("id")).lower() for _number, raw in joined}
    for number, raw in joined:
        into = str(raw[joined_to]).lower()
        if into in joined_ids:
            waiting.setdefault(into, []).append((number, raw))
        else:
            yield from _and_those_joined_to(number, raw, waiting)
    index.expected |= joined_ids
    for circle in list(waiting.values()):
        yield from circle


def _and_those_joined_to(
    number: int,
    raw: Mapping[str, Any],
    waiting: dict[str, list[ReadLine]],
) -> Iterator[ReadLine]:
    yield number, raw
    for next_number, following in waiting.pop(str(raw.get("id")).lower(), ()):
        yield from _and_those_joined_to(next_number, following, waiting)
