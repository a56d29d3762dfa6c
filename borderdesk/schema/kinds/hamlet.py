"""Hamlets: free text with suggestions."""

from typing import Any

from borderdesk.schema.kinds.field import HAMLET, NAME_LIMIT
from borderdesk.schema.kinds.text import TextField


class HamletField(TextField):
    """A hamlet: free text, completed from those known in its commune.

    within: the field of the commune.
    """

    refers_to = HAMLET
    remembered = True
    headings = (
        "Thôn; Bản; Khu; Xóm; Tên thôn; Thôn, bản; Thôn, khu; Thôn, khu phố; Thôn, bản, khu; "
        "Thôn, bản, khu phố; Thôn, xóm; Khu phố; Tổ dân phố; Khu dân cư; Thôn, bản, xóm; "
        "Thôn, tổ dân phố; Thôn/TDP; TDP; Thôn, bản, tổ dân phố; Nơi ở thôn; Nơi cư trú thôn"
    )

    def __init__(self, label: str, *, within: str = "commune", **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)
        self.within = within
