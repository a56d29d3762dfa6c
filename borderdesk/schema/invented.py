"""Detects invented data from any source: records by their ids and texts, hamlets by the list of the
demonstration's.

A package declares that its data is invented; JSON, CSV and spreadsheets do not, and a real desk
must refuse invented records from these sources too.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.lazy import lazy_module
from borderdesk.base.names import like_hamlet
from borderdesk.base.paths import RESOURCES

if TYPE_CHECKING:
    import csv
else:
    csv = lazy_module("csv")

WORD = "giả định"
"""The word in every text that marks a record as invented."""
INVENTED = f"Số liệu {WORD}"
MARK = f"({WORD})"
_MINUTES = re.compile(rf"BB [0-9]+/[0-9]{{2}} {re.escape(MARK)}")
INVENTED_FROM = "2000-01-01"
"""The first day of every invented hamlet."""
_PLAIN = 24
"""Characters of an id, from its beginning, that its mark is made of."""


def marked(record: str) -> str:
    """The id of an invented record: its last 48 random bits are a hash of those before them, which
    no other id happens to have."""
    unmarked_part = record[:_PLAIN]
    return unmarked_part + hashlib.sha256(f"invented {unmarked_part}".encode()).hexdigest()[:12]


def is_marked(record: str) -> bool:
    """Whether an id is that of an invented record."""
    return marked(record) == record


def minutes(number: int, month: int) -> str:
    """The reference of an invented record to its minutes."""
    return f"BB {number}/{month:02} {MARK}"


def invented_texts(values: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the texts that mark a demonstration's record as invented."""
    for key, value in values.items():
        if type(value) is not str or WORD not in value:
            continue
        if value == INVENTED or _MINUTES.fullmatch(value):
            yield key


class InventedHamlet(NamedTuple):
    """A hamlet of the demonstration, in a commune (unit id); a single post works in it."""

    post: str
    commune: str
    name: str
    is_border: bool


@cache
def invented_hamlets() -> tuple[InventedHamlet, ...]:
    """The hamlets of the demonstration, by commune."""
    text = (RESOURCES / "demo" / "hamlets.csv").read_text(encoding="utf-8")
    return tuple(
        InventedHamlet(post, commune, name, is_border == "1")
        for post, commune, name, is_border in list(csv.reader(text.splitlines()))[1:]
    )


def is_invented_hamlet(commune: str, name: str, valid_from: str) -> bool:
    """Whether a hamlet is one of the demonstration. A true hamlet of that name in that commune,
    which may exist, has a different first day."""
    return valid_from == INVENTED_FROM and is_invented_name([commune], name)


def is_invented_name(communes: Iterable[str], name: str) -> bool:
    """Whether the demonstration has a hamlet of that name, with whatever word in front, in one of
    these communes (unit ids)."""
    called = like_hamlet(name)
    return any((commune, called) in _hamlet_names() for commune in communes)


@cache
def _hamlet_names() -> frozenset[tuple[str, str]]:
    return frozenset((hamlet.commune, like_hamlet(hamlet.name)) for hamlet in invented_hamlets())
