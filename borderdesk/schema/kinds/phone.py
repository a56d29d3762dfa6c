"""Telephone numbers."""

import re
from collections.abc import Iterable
from typing import Any

from borderdesk.base.i18n import N_
from borderdesk.schema.kinds.context import EntryContext
from borderdesk.schema.kinds.field import NAME_LIMIT
from borderdesk.schema.kinds.text import TextField


class PhoneField(TextField):
    """A telephone number: ten digits from 0, or the same after +84; only the shape is doubted."""

    headings = "Điện thoại; Số điện thoại; Số ĐT; SĐT; ĐT; Di động"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)

    def doubts(self, value: str, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        digits = re.sub(r"[ .\-()]", "", value)
        if not re.fullmatch(r"(?:0|\+?84)[0-9]{9,10}", digits):
            return [(N_("{value} does not look like a telephone number."), value)]
        return ()
