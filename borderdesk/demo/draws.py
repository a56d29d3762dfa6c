"""The random choices of the demonstration: values, posts in turn, markers, places and days."""

import datetime
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from borderdesk.demo import wording
from borderdesk.demo.places import PostRotation, PostSite

RawRecord = dict[str, Any]
"""A record as the JSON that `add` takes."""

T = TypeVar("T")
DAY = datetime.timedelta(days=1)


class DemoRecord(NamedTuple):
    """A record to be entered.

    until: the last day it speaks of; household: the number of the household it names, whose id
    is filled in when it is entered.
    """

    type_name: str
    raw: RawRecord
    until: datetime.date
    household: int | None = None


class RandomDraws:
    """Draws from one random generator, so that equal seeds make equal demonstrations."""

    def __init__(
        self,
        rng: random.Random,
        sites: Mapping[str, PostSite],
        kinds: Iterable[str],
        last_day: datetime.date,
    ) -> None:
        self.sites = sites
        self.last_day = last_day
        self._rng = rng
        self.rotations = {kind: PostRotation(rng, list(sites)) for kind in kinds}

    def new_month(self) -> None:
        """Start the rotation of posts again where a month has turns for every post."""
        for rotation in self.rotations.values():
            rotation.new_month()

    def one(self, several: Sequence[T]) -> T:
        """A random element, each with the same probability."""
        return several[int(self._rng.random() * len(several))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._rng.random() * (high - low + 1))

    def happens(self, percent: float) -> bool:
        """Whether something that happens in so many percent of the cases happens now."""
        return self._rng.random() * 100 < percent

    def site(self, kind: str) -> PostSite:
        """The site of the post whose turn it is for a kind of record."""
        return self.sites[self.rotations[kind].next()]

    def stretch(self, site: PostSite, most: int) -> list[str]:
        """From 3 to `most` neighbouring markers of a site, in order along the line."""
        length = min(self.between(3, most), len(site.markers))
        start = self.between(0, len(site.markers) - length)
        return site.markers[start : start + length]

    def place(self, site: PostSite) -> tuple[str, str]:
        """A commune of a site and one of its hamlets."""
        commune = self.one(site.communes)
        return commune, self.one(site.hamlets[commune])

    def until(self, day: datetime.date, most: int) -> datetime.date:
        """A day from one to `most` days after `day`, within the demonstration."""
        return min(day + DAY * self.between(1, most), self.last_day)

    def person(self) -> str:
        """The name of an invented person."""
        return wording.person(self.between(0, wording.NAMES - 1))

    def maybe_joint(self, raw: RawRecord, post: str) -> None:
        """Add another post as a participant to 2 % of the records."""
        if self.happens(2):
            raw["with_posts"] = [self.one([p for p in self.sites if p != post])]
