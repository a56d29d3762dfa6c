"""Border posts: their names, and the communes of their areas through time."""

import datetime
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from borderdesk.base.text import fold
from borderdesk.schema.unit_history import FOREVER, UnitEntry, UnitHistory

POSTS = "posts"
"""The key of the table of posts."""


class PostEntry(NamedTuple):
    """A post: `communes` are the codes as entered, units of 2023 or later; valid_from, valid_to:
    ISO days, the first "" where undeclared; `successors`: the codes of the posts it became."""

    code: str
    name: str
    gate: str
    communes: tuple[str, ...]
    communes_verified: bool
    invented: bool
    valid_from: str = ""
    valid_to: str = FOREVER
    successors: tuple[str, ...] = ()


_KIND = re.compile(
    r"(?:(?:don|bien phong|cua khau|quoc te|d?bp(?:ck)?(?:qt)?|ck(?:qt)?|qt)[ .]+)+(?=\S)"
)
"""The kind of a post, before its own name."""


def bare_post_name(name: str) -> str:
    """The name of a post without its kind, folded: tan thanh, huu nghi; also of names in lists,
    with the kind ĐBP or Đồn BPCK."""
    return _KIND.sub("", fold(name), count=1)


def short_post_name(name: str) -> str:
    """The name of a post without its kind, as it is written: Tân Thanh, Hữu Nghị."""
    for start in ("Đồn Biên phòng ", "cửa khẩu ", "quốc tế "):
        name = name.removeprefix(start)
    return name


class PostAreas:
    """The posts of a reference book, read on first use."""

    def __init__(self, read: Callable[[], Sequence[PostEntry]], units: UnitHistory) -> None:
        self._read = read
        self._units = units

    @cached_property
    def posts(self) -> dict[str, PostEntry]:
        """Every post by code, in Vietnamese order of their names."""
        return {post.code: post for post in self._read()}

    @cached_property
    def _post_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for post in self.posts.values():
            names |= {fold(post.code): post.code, fold(post.name): post.code}
            names[bare_post_name(post.name)] = post.code
        return names

    def post_code(self, text: str) -> str | None:
        """The code of the post that a code or a folded name names."""
        if text in self.posts:
            return text
        return self._post_names.get(fold(text)) or self._post_names.get(bare_post_name(text))

    def post_name(self, code: str) -> str:
        """The name of a post, or its code when it is unknown."""
        post = self.posts.get(code)
        return post.name if post else code

    def post_short(self, code: str) -> str:
        """The post's own name, for a narrow column: Tân Thanh, Hữu Nghị."""
        return short_post_name(self.post_name(code))

    def post_lineage(self, code: str) -> frozenset[str]:
        """The codes of a post and of all posts that became it, directly or through others."""
        lineage, waiting = {code}, [code]
        while waiting:
            successor = waiting.pop()
            before = [p.code for p in self.posts.values() if successor in p.successors]
            waiting += [post for post in before if post not in lineage]
            lineage |= {*before}
        return frozenset(lineage)

    def counted_with(self, code: str, day: datetime.date) -> tuple[str, ...]:
        """The codes of a post and of those that had become it whole by a day, directly or through
        others: their records count as its own from then on. A post that was split is counted with
        none of its parts."""
        iso, codes = day.isoformat(), [code]
        for successor in codes:
            codes += [
                post.code
                for post in self.posts.values()
                if post.successors == (successor,)
                and post.valid_to < iso
                and post.code not in codes
            ]
        return tuple(codes)

    def post_became(self, code: str, day: datetime.date) -> str:
        """The post whose records those of a post count as on a day (see `counted_with`)."""
        iso, passed = day.isoformat(), {code}
        while (post := self.posts.get(code)) and post.valid_to < iso:
            if len(post.successors) != 1 or passed >= {*post.successors}:
                break
            (code,) = post.successors
            passed.add(code)
        return code

    def stands_within(self, code: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether a post existed on any of these days, according to the list of posts."""
        post = self.posts.get(code)
        return post is None or (
            post.valid_from <= last.isoformat() and first.isoformat() <= post.valid_to
        )

    def area_on(self, post: str, day: datetime.date) -> frozenset[str]:
        """The unit ids of the communes of a post, and of those that had become it whole, on `day`,
        following successors."""
        area = self._areas.get((post, day))
        if area is None:
            area = self._areas[post, day] = self._area_of_time(post, day)
        return area

    def _area_of_time(self, post: str, day: datetime.date) -> frozenset[str]:
        """The same, worked out once for all days between which no unit or post changes."""
        ended = bisect_left(self._last_days, day.isoformat())
        key = (post, ended, self._units.time(day))
        area = self._areas_by_time.get(key)
        if area is None:
            area = self._areas_by_time[key] = self._area_on(post, day)
        return area

    @cached_property
    def _last_days(self) -> list[str]:
        """The last days (ISO) of the posts that became other posts."""
        return sorted(post.valid_to for post in self.posts.values() if post.successors)

    @cached_property
    def _areas(self) -> dict[tuple[str, datetime.date], frozenset[str]]:
        return {}

    @cached_property
    def _areas_by_time(self) -> dict[tuple[str, int, int], frozenset[str]]:
        return {}

    def _area_on(self, post: str, day: datetime.date) -> frozenset[str]:
        communes = [
            commune
            for code in self.counted_with(post, day)
            if code in self.posts
            for commune in self.posts[code].communes
        ]
        units = [unit for commune in communes for unit in self._post_units(commune)]
        return frozenset().union(
            *(self._units.successors_on(unit.id, day.isoformat()) for unit in units)
        )

    def _post_units(self, commune: str) -> list[UnitEntry]:
        """The units a post's commune names: an id, or a code in its earliest meaning."""
        if commune in self._units.units:
            return [self._units.units[commune]]
        coded = sorted(self._units.by_code.get(commune, ()), key=lambda unit: unit.valid_from)
        return coded[:1]
