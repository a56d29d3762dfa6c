"""The names of the units that desks belong to, and their order."""

from borderdesk.base.text import sort_key
from borderdesk.schema.book import ReferenceBook


def unit_short(book: ReferenceBook, role: str, unit: str) -> str | None:
    """The short name of the post, district or province a desk belongs to; None for one that is
    not known."""
    if role == "post":
        return book.post_short(unit) if unit in book.posts else None
    return book.unit_name(unit) if unit in book.units else None


def unit_order(book: ReferenceBook, role: str, unit: str) -> str:
    """The sort key of units: the Vietnamese order of their names, not that of their codes."""
    return sort_key(unit_short(book, role, unit) or unit)
