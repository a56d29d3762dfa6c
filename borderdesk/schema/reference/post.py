"""Border posts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from borderdesk.base.i18n import N_
from borderdesk.base.text import sort_key
from borderdesk.schema.kinds import POST
from borderdesk.schema.post_areas import POSTS, PostEntry, bare_post_name, short_post_name
from borderdesk.schema.reference.columns import (
    DayColumn,
    FlagColumn,
    LastDayColumn,
    LinkColumn,
    TextColumn,
)
from borderdesk.schema.reference.commune_choice import CommuneChoice
from borderdesk.schema.reference.table import HELD, Cells, PackagePlace, ReferenceType
from borderdesk.schema.reference.unit import commune_choices
from borderdesk.schema.unit_history import UNITS

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook


def _commune_codes(book: "ReferenceBook") -> dict[str, str]:
    """The communes by code, which may be that of several, and by permanent id."""
    codes = {u.code: f"{u.name} · {u.code}" for u in book.units.values() if u.kind == "commune"}
    return codes | commune_choices(book)


def _post_codes(book: "ReferenceBook") -> dict[str, str]:
    return {post.code: f"{post.name} · {post.code}" for post in book.posts.values()}


class PostTable(ReferenceType):
    """A border post; `communes` are codes of 2023, later their successors. A renamed, dissolved or
    merged post keeps its row, with its last day and the posts it became."""

    class Meta:
        table_name = "post"

    table_key = POSTS
    title = N_("Posts")
    hint = HELD
    noun = N_("posts")
    shipped = True
    name_column = "name"
    entry = PostEntry
    list_help = N_("List the posts.")
    named_by = POST
    invented_column = "invented"
    demo_only = True
    later_columns = ("valid_from", "valid_to", "successors")
    place = PackagePlace("post", {"code": "code", "name": "name"}, same={"name": "code"})

    code = TextColumn(
        N_("Code"), limit=12, required=True, primary_key=True, pattern=r"[0-9A-Za-z]{1,12}"
    )
    name = TextColumn(N_("Name"), required=True)
    gate = TextColumn(N_("Border gate"))
    communes = LinkColumn(
        N_("Communes"),
        UNITS,
        by=("id", "code"),
        choices=_commune_codes,
        field=CommuneChoice,
        several=True,
    )
    communes_verified = FlagColumn(N_("Communes checked"))
    invented = FlagColumn(N_("Invented"))
    valid_from = DayColumn(N_("First day"))
    valid_to = LastDayColumn(N_("Last day"))
    successors = LinkColumn(N_("Became"), POSTS, by=("code",), choices=_post_codes, several=True)

    @classmethod
    def bare_name(cls, name: str) -> str:
        """The name of a post without its kind: Đồn Biên phòng cửa khẩu Tân Thanh is Tân Thanh."""
        return bare_post_name(name)

    @classmethod
    def stand_in(cls, invented: Mapping[str, str], rows: Sequence[Cells]) -> str:
        """The post that shares a commune with it."""
        communes = set(invented["communes"].split())
        return next((row["code"] for row in rows if communes & set(row["communes"].split())), "")

    @classmethod
    def sorted_entries(cls, entries: Sequence[Any]) -> Sequence[Any]:
        """In Vietnamese order of their short names, which most lists and papers show."""
        return sorted(entries, key=lambda post: sort_key(short_post_name(post.name)))
