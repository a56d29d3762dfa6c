"""The identity of a desk: its id, its role, its unit, and the area it may write for."""

import datetime
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.i18n import N_

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

ROLES = ("post", "liaison", "province")

ROLE_NAMES = {
    "post": N_("post"),
    "liaison": N_("district liaison"),
    "province": N_("province"),
}
"""{role: its name, to be translated}."""

_LAST_DAY_OF_DISTRICTS = datetime.date(2025, 6, 30)


class Identity(NamedTuple):
    """The identity of a desk: `id` 32 hex digits, `unit` a post code, district id or the province;
    `demo` for a desk of invented records, `practice` for one whose records do not count."""

    id: str
    role: str
    unit: str
    user: str
    demo: bool
    practice: bool = False

    @property
    def post(self) -> str:
        """The code of the post whose desk it is; "" above a post."""
        return self.unit if self.role == "post" else ""

    @property
    def in_earnest(self) -> bool:
        """Whether the records of this desk count, so that invented data must be refused."""
        return not (self.demo or self.practice)


class WritingArea(NamedTuple):
    """The posts a desk may write for: `own` when it is a post's desk, and all of them."""

    own: str | None
    area: frozenset[str]


def writing_area(identity: Identity, book: "ReferenceBook") -> WritingArea:
    """The posts a desk writes for: its own, those of its district, or all of the province."""
    if identity.role == "post":
        # The records of posts merged into this one are maintained by this one.
        return WritingArea(identity.unit, book.post_lineage(identity.unit))
    if identity.role == "province":
        return WritingArea(None, frozenset(book.posts))
    district = {unit.id for unit in book.units.values() if unit.parent == identity.unit}
    inside = [p for p in book.posts if book.area_on(p, _LAST_DAY_OF_DISTRICTS) & district]
    return WritingArea(None, frozenset(inside))


def deciding_units(identity: Identity, book: "ReferenceBook") -> frozenset[str] | None:
    """The units whose records a desk may decide about besides their own desks: its own, and what
    is below it; None for the province, which may of all."""
    if identity.role == "province":
        return None
    return writing_area(identity, book).area | {identity.unit}
