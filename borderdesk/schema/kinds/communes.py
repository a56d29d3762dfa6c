"""Several communes, each of which can be searched for."""

from typing import Any

from borderdesk.schema.kinds.commune import CommuneField
from borderdesk.schema.kinds.several import SeveralField


class CommunesField(SeveralField):
    """Several communes; the store also has an index row for each, for queries by one commune.

    along: the fields of the two markers whose stretch determines the communes that a form proposes.
    """

    linked = True
    register_width = 1.2
    headings = CommuneField.headings

    def __init__(self, label: str, *, along: tuple[str, str] | None = None, **rest: Any) -> None:
        super().__init__(CommuneField(label), **rest)
        self.along = along
