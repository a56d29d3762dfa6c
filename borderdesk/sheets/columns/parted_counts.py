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
        column
        for column in columns
        if column.field.is_count and not is_shared(column.key) and not is_below(column.key)
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
    """The keys of columns; where several columns hold one count, its key is at the column of the
    whole and at none of a part."""
    corrected = list(keys)
    for key, places in parted_counts(headings, longer, columns):
        if any(assigned == key and place not in places for place, assigned in enumerate(corrected)):
            continue
        if any(says_done(headings[place]) for place in places):
            # A heading of the persons who did it (Đã ký) is distinguished from the total by the
            # recogniser itself.
            continue
        wholes = [place for place in places if heading_words(headings[place]) in _WHOLE]
        of_key = [column for column in columns if column.key == key]
        for place in places:
            recognised_key = recognised([headings[place]], of_key)[0]
            if corrected[place] == key and (wholes or not recognised_key):
                corrected[place] = None
        if len(wholes) == 1:
            corrected[wholes[0]] = key
    return _with_sum_beside(headings, corrected, columns)


def _with_sum_beside(
    headings: Sequence[str], keys: Sequence[str | None], columns: Sequence[GridColumn]
) -> list[str | None]:
    """The keys, with that of a count at the column with the sum of its parts: BP | DQ | Dân | Cộng,
    without a heading above them."""
    corrected = list(keys)
    whole_of = {column.key: column.field.part_of for column in columns}
    for key in dict.fromkeys(filter(None, (whole_of.get(part_key or "") for part_key in keys))):
        parts = [
            place for place, part_key in enumerate(keys) if whole_of.get(part_key or "") == key
        ]
        sums = [
            place
            for place, heading in enumerate(headings)
            if corrected[place] is None
            and heading_words(heading) in _SUMS
            and min(abs(place - part) for part in parts) <= MOST_BETWEEN
        ]
        if key not in corrected and len(sums) == 1:
            corrected[sums[0]] = key
    return corrected
