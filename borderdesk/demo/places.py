"""The places of the demonstration: the posts' stretches of the border, invented hamlets and their
households."""

import csv
import random
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from math import gcd

from borderdesk.demo.amounts import COUNTS, HOUSEHOLDS, PUBLISHED, apportion
from borderdesk.demo.wording import NAMES, person
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.invented import INVENTED_FROM, InventedHamlet
from borderdesk.schema.reference.hamlet import HamletTable


@dataclass
class PostSite:
    """The site of a post: its markers in order along the border, its communes, their hamlets."""

    post: str
    markers: list[str]
    commune_of: dict[str, str]
    hamlets: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def communes(self) -> list[str]:
        """The communes by unit id."""
        return list(self.hamlets)


def make_sites(book: ReferenceBook, hamlets: Sequence[InventedHamlet]) -> dict[str, PostSite]:
    """Every post with its stretch of the border."""
    sites: dict[str, PostSite] = {}
    for hamlet in hamlets:
        site = sites.setdefault(hamlet.post, PostSite(hamlet.post, [], {}))
        site.hamlets[hamlet.commune].append(hamlet.name)
    for marker, (post, commune, _invented) in book.markers.items():
        if post in sites:
            sites[post].markers.append(marker)
            sites[post].commune_of[marker] = commune
    return sites


class DemoHouseholds:
    """All hamlets with their households, as many as the records need.

    Households are numbered so that each hamlet's are spread evenly over the numbers: any run of
    consecutive numbers touches every post.
    """

    def __init__(
        self, rng: random.Random, hamlets: Sequence[InventedHamlet], household_count: int
    ) -> None:
        self.hamlets = hamlets
        weights = [rng.randint(70, 130) for _hamlet in hamlets]
        self._year_totals = apportion(HOUSEHOLDS, weights)
        larger = max(HOUSEHOLDS, HOUSEHOLDS * household_count // COUNTS["signature"])
        self.totals = apportion(larger, weights)
        each = apportion(household_count, self._year_totals)
        self._order = _interleaved(rng, each)
        self._number = array("L", [0]) * household_count
        numbered = [0] * len(hamlets)
        for household, hamlet in enumerate(self._order):
            self._number[household] = numbered[hamlet]
            numbered[hamlet] += 1
        self._names_from = [rng.randrange(NAMES) for _hamlet in hamlets]
        self._stride = _stride(rng)
        self.ids: list[str | None] = [None] * household_count

    def __len__(self) -> int:
        return len(self._order)

    def hamlet_of(self, household: int) -> InventedHamlet:
        """The hamlet of the household of that number."""
        return self.hamlets[self._order[household]]

    def head_of(self, household: int) -> str:
        """The head of that household; no two in a hamlet have the same name."""
        start = self._names_from[self._order[household]]
        return person(start + self._number[household] * self._stride)

    def signature_lists(self, rng: random.Random) -> list[tuple[InventedHamlet, int]]:
        """The year's lists of signatures without names: [(hamlet, number of signatures), …]."""
        due = apportion(PUBLISHED["household_pledges"], self._year_totals)
        signatures_by_year = apportion(COUNTS["signature"], self._year_totals)
        per_hamlet = apportion(COUNTS["signature_list"], [1] * len(self.hamlets))
        lists = [
            (hamlet, count)
            for hamlet, all_signed, signed, pieces in zip(
                self.hamlets, due, signatures_by_year, per_hamlet, strict=True
            )
            for count in apportion(
                all_signed - signed, [rng.randint(60, 140) for _piece in range(pieces)], least=2
            )
        ]
        rng.shuffle(lists)
        return lists

    def csv(self) -> str:
        """The hamlets as a file of reference data."""
        text = StringIO(newline="")
        lines = csv.DictWriter(text, list(HamletTable.columns()))
        lines.writeheader()
        for hamlet, total in zip(self.hamlets, self.totals, strict=True):
            lines.writerow(
                {
                    "commune": hamlet.commune,
                    "name": hamlet.name,
                    "is_border": int(hamlet.is_border),
                    "households_total": total,
                    "valid_from": INVENTED_FROM,
                    "valid_to": "",
                }
            )
        return text.getvalue()


def _interleaved(rng: random.Random, each: list[int]) -> "array[int]":
    """The index of each hamlet once for each of its households, spread evenly."""
    spread = 1 << 40
    slots = []
    for place, count in enumerate(each):
        if count:
            step = spread // count
            start = rng.randrange(step)
            slots += [(start + step * k, place) for k in range(count)]
    slots.sort()
    return array("H", (place for _at, place in slots))


def _stride(rng: random.Random) -> int:
    """A random step that visits all names before it repeats one (coprime with their number)."""
    while True:
        step = rng.randrange(NAMES // 3, NAMES)
        if gcd(step, NAMES) == 1:
            return step


class PostRotation:
    """The posts in turn, each once a round, in a new order every round."""

    def __init__(self, rng: random.Random, posts: list[str]) -> None:
        self._rng = rng
        self._posts = posts
        self._left: list[str] = []
        self._given = 0

    def next(self) -> str:
        """The post whose turn it is."""
        if not self._left:
            self._left = self._rng.sample(self._posts, len(self._posts))
        self._given += 1
        return self._left.pop()

    def new_month(self) -> None:
        """Begin a new round, where a month has turns for every post."""
        if self._given >= len(self._posts):
            self._left.clear()
        self._given = 0
