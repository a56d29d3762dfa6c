"""A count in several columns below one heading: the total (Tổng số), and parts (Nữ, Cán bộ).

Only the column of the total is the count. Without one, the parts are not read: no sum is guessed.
"""

from collections.abc import Iterator, Sequence

from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import heading_words, recognised, says_done
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.shared_columns import is_shared

_SUMS = frozenset({"tong", "tong so", "cong", "tong cong"})
"""Headings, folded, of the column that adds up those beside it."""
MOST_BETWEEN = 2
"""The limit of columns between a sum and its parts: a group without a field of the record may be
between them."""
_WHOLE = frozenset(
    "tong; tong so; cong; tong cong; so luong; sl; chung; tat ca; thuc hien; da thuc hien; ket qua;"
    " ket qua thuc hien; thuc te".split("; ")
)
"""Headings, folded, of the column of all."""


def parted_counts(
    headings: Sequence[str], longer: Sequence[str], columns: Sequence[GridColumn]
) -> Iterator[tuple[str, range]]:
    """(key, positions) of each count whose heading is above several columns.

    longer: the headings with those above them.
    """
    counts = [
        one
        for one in columns
        if one.field.is_count and not is_shared(one.key) and not is_below(one.key)
    ]
    upper = [
        long.removesuffix(short).strip() if short else ""
        for short, long in zip(headings, longer, strict=True)
    ]
    first = 0
    while first < len(upper):
        last = first + 1
        while last < len(upper) and upper[last] == upper[first]:
            last += 1
        key = recognised([upper[first]], counts)[0] if upper[first] and last > first + 1 else None
        if key is not None:
            yield key, range(first, last)
        first = last


def with_wholes(
    headings: Sequence[str],
    longer: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
) -> list[str | None]:
    """The keys with that of a count in several columns at the one of all, and at none of a part."""
    found = list(keys)
    for key, places in parted_counts(headings, longer, columns):
        if any(one == key and place not in places for place, one in enumerate(found)):
            continue
        if any(says_done(headings[place]) for place in places):
            # A heading of the persons who did it (Đã ký) is distinguished from the total by the
            # recogniser itself.
            continue
        wholes = [place for place in places if heading_words(headings[place]) in _WHOLE]
        of_key = [one for one in columns if one.key == key]
        for place in places:
            named = recognised([headings[place]], of_key)[0]
            if found[place] == key and (wholes or not named):
                found[place] = None
        if len(wholes) == 1:
            found[wholes[0]] = key
    return _with_sum_beside(headings, found, columns)


def _with_sum_beside(
    headings: Sequence[str], keys: Sequence[str | None], columns: Sequence[GridColumn]
) -> list[str | None]:
    """The keys, with that of a count at the column with the sum of its parts: BP | DQ | Dân | Cộng,
    without a heading above them."""
    found = list(keys)
    whole_of = {one.key: one.field.part_of for one in columns}
    for key in dict.fromkeys(filter(None, (whole_of.get(one or "") for one in keys))):
        parts = [place for place, one in enumerate(keys) if whole_of.get(one or "") == key]
        sums = [
            place
            for place, heading in enumerate(headings)
            if found[place] is None
            and heading_words(heading) in _SUMS
            and min(abs(place - part) for part in parts) <= MOST_BETWEEN
        ]
        if key not in found and len(sums) == 1:
            found[sums[0]] = key
    return found
