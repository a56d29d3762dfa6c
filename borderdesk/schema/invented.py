"""How invented records are known wherever they come from: their ids, and texts in them.

A package says of itself that it is invented; JSON, CSV and lists do not, and invented records must
not enter a desk that works in earnest by these doors either.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

WORD = "giả định"
"""Stands in every text by which a record says that it is invented."""
INVENTED = f"Số liệu {WORD}"
MARK = f"({WORD})"
_MINUTES = re.compile(rf"BB [0-9]+/[0-9]{{2}} {re.escape(MARK)}")
_PLAIN = 24
"""Characters of an id, from its beginning, that its mark is made of."""


def marked(record: str) -> str:
    """The id of an invented record: its last 48 random bits are a hash of those before them, which
    no other id happens to have."""
    plain = record[:_PLAIN]
    return plain + hashlib.sha256(f"invented {plain}".encode()).hexdigest()[:12]


def is_marked(record: str) -> bool:
    """Whether an id is that of an invented record."""
    return marked(record) == record


def minutes(number: int, month: int) -> str:
    """The reference of an invented record to its minutes."""
    return f"BB {number}/{month:02} {MARK}"


def invented_texts(values: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the texts by which a demonstration's record says that it is invented."""
    for key, value in values.items():
        if type(value) is not str or WORD not in value:
            continue
        if value == INVENTED or _MINUTES.fullmatch(value):
            yield key
