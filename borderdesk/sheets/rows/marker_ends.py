"""The ends of a patrol by the markers it inspected, in a list without columns of its ends."""

from collections.abc import Callable, Mapping, Sequence

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_
from borderdesk.schema.kinds import ChildrenField
from borderdesk.schema.kinds.doubts import stored_doubt

OF_INSPECTED = N_("The ends were taken from the markers in “{value}”.")

RowsBelow = Callable[[ChildrenField, str], str | Sequence[Mapping[str, str]]]
"""The rows that a cell holds. Raises InvalidRecord."""


def take_ends(
    children: Mapping[str, ChildrenField],
    texts: dict[str, str],
    rows_below: RowsBelow,
    doubts: list[tuple[str, str]],
) -> None:
    """Give a row that names no ends the first and the last of its markers."""
    for key, field in children.items():
        stretch, text = field.stretch, texts.get(key)
        if stretch is None or text is None or not texts.keys().isdisjoint(stretch.ends):
            continue
        try:
            rows = rows_below(field, text)
        except InvalidRecord:
            # The cell is refused with its reason when it is read.
            continue
        markers = [row[stretch.marker] for row in rows if isinstance(row, Mapping)]
        if markers:
            texts |= zip(stretch.ends, (markers[0], markers[-1]), strict=True)
            doubts.append((stretch.ends[0], stored_doubt(OF_INSPECTED, text[:60])))
