"""The validity of posts in time: what is logged after a post's last day belongs to its
successor."""

import datetime
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.schema.unit_history import FOREVER

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook


class PostDays(dict[tuple[str, datetime.date | None], str]):
    """Why nothing new can be logged for a post on a day, "" where it can: {(post, day): reason},
    worked out once for each in a list of records."""

    def __init__(self, book: "ReferenceBook") -> None:
        super().__init__()
        self._book = book
        ends = (post.valid_to for post in book.posts.values())
        self._first_end = datetime.date.fromisoformat(min(ends, default=FOREVER))

    def may_have_ended(self, on: datetime.date | None) -> bool:
        """Whether any post had ended by a day."""
        return on is not None and on > self._first_end

    def __missing__(self, about: tuple[str, datetime.date | None]) -> str:
        self[about] = ended = ended_post(self._book, *about)
        return ended


def ended_post(book: "ReferenceBook", code: str, on: datetime.date | None) -> str:
    """Why nothing new can be logged for a post on a day, and for whom then; "" where it can."""
    post = book.posts.get(code)
    if post is None or on is None or on.isoformat() <= post.valid_to:
        return ""
    last = format_date(datetime.date.fromisoformat(post.valid_to))
    became = ", ".join(map(book.post_name, post.successors))
    if not became:
        return _("{post} was a post until {last}.").format(post=post.name, last=last)
    return _("{post} was a post until {last}; since then it is {became}.").format(
        post=post.name, last=last, became=became
    )
