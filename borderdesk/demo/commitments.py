"""Invented pledges and registrations of households, groups and persons."""

import datetime
import random
from itertools import cycle

from borderdesk.demo.amounts import Amounts
from borderdesk.demo.draws import DAY, DemoRecord, RandomDraws, RawRecord
from borderdesk.demo.places import DemoHouseholds, PostSite
from borderdesk.schema.invented import MARK

PLEDGES = ("khu_vuc_bien_gioi", "xuat_nhap_canh", "buon_lau", "phao", "ma_tuy")


class CommitmentFactory:
    """Makes pledges and registrations; its position in the walk through all households is part of
    its state."""

    def __init__(
        self,
        rng: random.Random,
        draws: RandomDraws,
        amounts: Amounts,
        demo_households: DemoHouseholds,
        signatures_a_quarter: int,
    ) -> None:
        self._draws = draws
        self._amounts = amounts
        self._demo_households = demo_households
        self._second_lag = signatures_a_quarter
        self._lists = cycle(demo_households.signature_lists(rng))
        self._signatures = 0
        self._second_place = -1
        self._registered = 0
        self._residents = _households_by_post(demo_households)
        self._next_resident = dict.fromkeys(draws.sites, 0)

    def new_month(self) -> None:
        """Let one household of every post register first again."""
        self._registered = 0

    def _pledge(self, place: int, further: int, day: datetime.date) -> DemoRecord:
        """The pledge of the household at `place` in the walk through all households."""
        times, household = divmod(place, len(self._demo_households))
        raw = {
            "post": self._demo_households.hamlet_of(household).post,
            "signed_on": day.isoformat(),
            # A second round, or a second paper in the year, is of another programme.
            "programme": PLEDGES[(times + further + household) % len(PLEDGES)],
        }
        return DemoRecord("pledge", raw, day, household)

    def signature(self, day: datetime.date) -> DemoRecord:
        """A household's first signature of the year."""
        self._signatures += 1
        pledge = self._pledge(self._signatures - 1, 0, day)
        if self._draws.happens(15):
            name = self._draws.person()
            pledge.raw["witness"] = f"{name} {MARK}"
        return pledge

    def second_signature(self, day: datetime.date) -> DemoRecord:
        """The pledge of a household that signed a quarter of a year ago, for another programme."""
        newest = self._signatures - 1
        if newest < 0:
            return self.signature(day)
        self._second_place = min(max(self._second_place + 1, newest - self._second_lag), newest)
        return self._pledge(self._second_place, 2, day)

    def signature_list(self, day: datetime.date) -> DemoRecord:
        """Signatures of a hamlet whose names are not typed yet."""
        hamlet, count = next(self._lists)
        raw = {
            "post": hamlet.post,
            "signed_on": day.isoformat(),
            "programme": self._draws.one(PLEDGES),
            "count": count,
            "commune": hamlet.commune,
            "hamlet": hamlet.name,
        }
        return DemoRecord("pledge", raw, day)

    def collective(self, day: datetime.date) -> DemoRecord:
        """A self-management group of a hamlet."""
        site = self._draws.site("collective")
        commune, hamlet = self._draws.place(site)
        raw = self._registration(site, "collective", commune, hamlet, day)
        raw["name"] = f"Tổ tự quản đường biên, cột mốc {hamlet[0].lower()}{hamlet[1:]}"
        raw["members"] = self._draws.between(6, 20)
        self._set_end(raw, day, next(self._amounts.collective_terms))
        return DemoRecord("registration", raw, day)

    def individual(self, day: datetime.date) -> DemoRecord:
        """A person who looks after a marker."""
        site = self._draws.site("individual")
        raw = self._registration(site, "individual", *self._draws.place(site), day)
        raw["name"] = self._draws.person()
        return DemoRecord("registration", raw, day)

    def registered_household(self, day: datetime.date) -> DemoRecord:
        """A household that looks after a stretch: one of every post first in each month, then
        wherever more households are."""
        self._registered += 1
        if self._registered <= len(self._draws.sites):
            post = self._draws.rotations["registered_household"].next()
        else:
            post = self._demo_households.hamlet_of(
                self._draws.between(0, len(self._demo_households) - 1)
            ).post
        residents = self._residents.get(post) or next(iter(self._residents.values()))
        household = residents[self._next_resident[post] % len(residents)]
        self._next_resident[post] += 1
        hamlet = self._demo_households.hamlet_of(household)
        raw = self._registration(
            self._draws.sites[hamlet.post], "household", hamlet.commune, hamlet.name, day
        )
        self._set_end(raw, day, next(self._amounts.household_terms))
        return DemoRecord("registration", raw, day, household)

    def _registration(
        self, site: PostSite, subject: str, commune: str, hamlet: str, day: datetime.date
    ) -> RawRecord:
        raw: RawRecord = {
            "post": site.post,
            "subject": subject,
            "commune": commune,
            "hamlet": hamlet,
            "from_on": day.isoformat(),
            "tags": ["tu_quan"],
        }
        if self._draws.happens(60):
            markers = self._draws.stretch(site, 4)
            raw |= {"from_marker": markers[0], "to_marker": markers[-1]}
            raw["length_km"] = self._draws.between(3, 25) / 10
        return raw

    def _set_end(self, raw: RawRecord, day: datetime.date, term: int) -> None:
        if term:
            raw["to_on"] = (day + DAY * term).isoformat()


def _households_by_post(demo_households: DemoHouseholds) -> dict[str, list[int]]:
    """The households of each post, in the order of their numbers."""
    by_post: dict[str, list[int]] = {}
    for household in range(len(demo_households)):
        by_post.setdefault(demo_households.hamlet_of(household).post, []).append(household)
    return by_post
