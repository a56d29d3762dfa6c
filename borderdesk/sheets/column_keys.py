"""What the columns of a table are read as, once its headings are found."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from borderdesk.entry.grid import GridColumn
from borderdesk.sheets.cells import SheetRow
from borderdesk.sheets.choice_columns import by_cells
from borderdesk.sheets.shared_columns import with_numbers_of_before
from borderdesk.sheets.unheaded_columns import unheaded, with_unheaded


class ColumnKeys(NamedTuple):
    """The key that each column is read as, None for none; by_cells: the places of those that are
    read as what their cells hold; unheaded: those of columns without a heading that hold words and
    are not read."""

    keys: list[str | None]
    by_cells: list[int]
    unheaded: list[int]


def column_keys(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    below: Sequence[SheetRow],
    given: Collection[int],
) -> ColumnKeys:
    """What columns are read as by their headings, and then by the first rows below these.

    keys: what the headings alone say; given: the places that a person decided.
    """
    by_headings = with_numbers_of_before(headings, keys, columns, given)
    found = by_cells(headings, by_headings, columns, below, given)
    found = with_unheaded(headings, found, columns, below, given)
    both = enumerate(zip(found, by_headings, strict=True))
    changed = [place for place, (one, other) in both if one != other]
    return ColumnKeys(found, changed, unheaded(headings, found, below))
