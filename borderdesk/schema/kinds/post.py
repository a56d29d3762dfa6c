"""Border posts."""

import datetime
from collections.abc import Sequence
from typing import Any

import peewee as pw

from borderdesk.base.i18n import _
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.field import POST, ColumnField, FieldError


class PostField(ColumnField, pw.TextField):
    """A border post by its code."""

    refers_to = POST
    order = "rank"
    from_list = True
    # A form shows the post only where it must be chosen.
    must_be_chosen = True
    headings = "Đồn; Đồn Biên phòng; Đơn vị; Tên đồn; Mã đồn"

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        if type(raw) is not str:
            raise self.wrong_type()
        text = raw.strip()
        if not text:
            return None
        code = entry.book.post_code(text)
        if code is None:
            raise FieldError(_("“{value}” is not a known post.").format(value=text[:60]))
        return code

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else book.post_name(value)

    def show_short(self, value: Any, book: ReferenceLookup, between: str = "; ") -> str:
        return "" if value is None else book.post_short(value)

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        return canonical in codes.posts

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        posts, on = book.posts.values(), day.isoformat()
        return [(post.code, post.name) for post in posts if on <= post.valid_to]

    def rank_name(self, place: str) -> str:
        return POST
