"""Several communes, each of which can be asked for."""

from typing import Any

from borderdesk.schema.kinds.commune import CommuneField
from borderdesk.schema.kinds.several import SeveralField


class CommunesField(SeveralField):
    """Several communes; the store also keeps a row for each, so that one can be asked for.

    along: the fields of the two markers whose stretch says which communes a form proposes.
    """

    linked = True
    register_width = 1.2
    headings = CommuneField.headings

    def __init__(self, label: str, *, along: tuple[str, str] | None = None, **rest: Any) -> None:
        super().__init__(CommuneField(label), **rest)
        self.along = along
