"""Columns of husbands and of wives in a list without one of heads: that of husbands is proposed as
the heads, and the other one is told."""

from collections.abc import Container, Sequence

from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import without_unit
from borderdesk.sheets.columns.shared_columns import is_shared
from borderdesk.sheets.values.household_parts import HEAD

_NAMES = ("", "ten ", "ho ten ", "ho va ten ", "ho, ten ", "ho ten nguoi ", "ho va ten nguoi ")
_HUSBANDS = frozenset(f"{words}chong" for words in _NAMES)
_WIVES = frozenset(f"{words}vo" for words in _NAMES)


def with_husbands(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    given_places: Container[int],
) -> list[str | None]:
    """The keys of columns, with husbands as heads; given_places: those that a person decided."""
    couple = _couple(headings, keys, given_places)
    heads = [column.key for column in columns if _is_head(column.key)]
    if couple is None or not heads or any(key is not None and _is_head(key) for key in keys):
        return list(keys)
    husbands, _wives = couple
    return [heads[0] if place == husbands else key for place, key in enumerate(keys)]


def wives_beside(headings: Sequence[str], keys: Sequence[str | None]) -> dict[int, list[int]]:
    """{place of the husbands that are read as heads: that of the wives, which are not}."""
    read = [key if key is None or not _is_head(key) else None for key in keys]
    couple = _couple(headings, read, ())
    if couple is None:
        return {}
    husbands, wives = couple
    return {husbands: [wives]} if keys[husbands] is not None and keys[wives] is None else {}


def _couple(
    headings: Sequence[str], keys: Sequence[str | None], given_places: Container[int]
) -> tuple[int, int] | None:
    """The places of husbands and wives, each the only one."""
    words = [without_unit(heading) for heading in headings]
    free = [place for place, key in enumerate(keys) if key is None and place not in given_places]
    husbands = [place for place in free if words[place] in _HUSBANDS]
    wives = [place for place in free if words[place] in _WIVES]
    return (husbands[0], wives[0]) if len(husbands) == len(wives) == 1 else None


def _is_head(key: str) -> bool:
    return not is_shared(key) and key.rpartition(".")[2] == HEAD
