"""Invented patrols, clearing works, marker tracks and works of the movements."""

import datetime

from borderdesk.demo import wording
from borderdesk.demo.amounts import Amounts
from borderdesk.demo.draws import DemoRecord, RandomDraws, RawRecord
from borderdesk.schema.invented import MARK

PROGRAMMES = ("luy_tre", "thap_sang", "hom_thu", "nha_dai_doan_ket")


class BorderWorkFactory:
    """Makes the records of work at the border line and in the movements."""

    def __init__(self, draws: RandomDraws, amounts: Amounts) -> None:
        self._draws = draws
        self._amounts = amounts

    def patrol(self, day: datetime.date) -> DemoRecord:
        """A patrol along some markers of the post; now and then something is found."""
        site = self._draws.site("patrol")
        markers = self._draws.stretch(site, 10)
        kind = self._draws.one(("unilateral",) * 7 + ("combined",) * 2 + ("bilateral",))
        result = self._draws.one(("unchanged",) * 30 + ("violation", "damage"))
        people = self._draws.between(5, 14)
        raw: RawRecord = {
            "post": site.post,
            "kind": kind,
            "started_on": day.isoformat(),
            "from_marker": markers[0],
            "to_marker": markers[-1],
            "communes": list(dict.fromkeys(site.commune_of[m] for m in markers)),
            "participants": people,
            "of_whom_guards": people,
            "result": result,
            "inspected": [{"marker": m, "condition": "intact"} for m in markers],
            "leader": self._leader(),
        }
        if kind == "combined":
            partners = self._draws.between(2, people - 2)
            raw |= {"of_whom_guards": people - partners, "of_whom_militia": partners // 2}
            raw["of_whom_police"] = partners - partners // 2
        elif kind == "bilateral":
            raw["foreign_participants"] = self._draws.between(4, 8)
        if result == "violation":
            raw["findings"] = self._draws.one(wording.VIOLATIONS)
        elif result == "damage":
            raw["findings"], remark = self._draws.one(wording.DAMAGES)
            self._draws.one(raw["inspected"]).update(condition="damaged", remark=remark)
        until = self._several_days(raw, day, 15)
        self._draws.maybe_joint(raw, site.post)
        return DemoRecord("patrol", raw, until)

    def _leader(self) -> str:
        name = self._draws.person()
        return f"{self._draws.one(wording.RANKS)} {name} {MARK}"

    def _several_days(self, raw: RawRecord, day: datetime.date, percent: int) -> datetime.date:
        """Make some works last a day or two longer; returns the last day."""
        if not self._draws.happens(percent):
            return day
        until = self._draws.until(day, 2)
        raw["ended_on"] = until.isoformat()
        return until

    def clearing(self, day: datetime.date) -> DemoRecord:
        """Clearing of brush or repair of the patrol road."""
        site = self._draws.site("clearing")
        markers = self._draws.stretch(site, 5)
        commune = site.commune_of[markers[0]]
        times, people = next(self._amounts.clearing)
        guards = self._draws.between(1, people - 2)
        militia = self._draws.between(0, people - guards)
        raw: RawRecord = {
            "post": site.post,
            "started_on": day.isoformat(),
            "kind": self._draws.one(
                ("road_clearing", "road_clearing", "road_repair", "sight_line")
            ),
            "commune": commune,
            "hamlet": self._draws.one(site.hamlets[commune]),
            "from_marker": markers[0],
            "to_marker": markers[-1],
            "times": times,
            "participants": people,
            "of_whom_guards": guards,
            "of_whom_militia": militia,
            "of_whom_residents": people - guards - militia,
            "labour_days": people / 2,
            "length_m": times * self._draws.between(4, 30) * 50,
        }
        return DemoRecord("clearing", raw, self._several_days(raw, day, 20))

    def track(self, day: datetime.date) -> DemoRecord:
        """One or two tracks up to markers, with those who paid for some of them."""
        site = self._draws.site("track")
        count = next(self._amounts.tracks)
        markers = self._draws.stretch(site, 3)[:count]
        raw: RawRecord = {
            "post": site.post,
            "completed_on": day.isoformat(),
            "commune": site.commune_of[markers[0]],
            "count": count,
            "lines": [{"marker": m, "length_m": self._draws.between(12, 120) * 5} for m in markers],
            "width_m": self._draws.one((1, 1.2, 1.5, 2)),
            "surface": self._draws.one(("concrete", "concrete", "earth", "stone", "steps")),
            "labour_days": count * self._draws.between(10, 60),
        }
        self._resources(raw, 8, 60)
        return DemoRecord("track", raw, day)

    def _resources(self, raw: RawRecord, low: int, high: int) -> None:
        """A cost in millions of đồng, and for some works who carried part of it."""
        if self._draws.happens(75):
            raw["cost_vnd"] = self._draws.between(low, high) * 1_000_000
        if self._draws.happens(40):
            most = raw.get("cost_vnd", 4_000_000) // 2_000_000
            funder = {"name": self._draws.one(wording.FUNDERS)}
            raw["funders"] = [
                {**funder, "amount_vnd": self._draws.between(1, max(most, 1)) * 500_000}
            ]
            if self._draws.happens(50):
                kind = {"name": wording.FUNDERS[1], "in_kind": self._draws.one(wording.IN_KIND)}
                raw["funders"].append(kind)

    def programme(self, day: datetime.date) -> DemoRecord:
        """A work of one of the movements."""
        site = self._draws.site("programme")
        commune, hamlet = self._draws.place(site)
        code = self._draws.one(PROGRAMMES)
        raw: RawRecord = {
            "post": site.post,
            "programme": code,
            "done_on": day.isoformat(),
            "commune": commune,
            "hamlet": hamlet,
            "participants": self._draws.between(8, 40),
            "labour_days": self._draws.between(8, 80),
            "tags": ["dan_van_kheo"],
        }
        if code in ("luy_tre", "thap_sang"):
            markers = self._draws.stretch(site, 4)
            raw |= {"from_marker": markers[0], "to_marker": markers[-1]}
            raw["length_km"] = self._draws.between(2, 30) / 10
            raw["quantity"] = self._draws.between(5, 40) * (10 if code == "luy_tre" else 1)
        else:
            raw["quantity"] = 1 if code == "nha_dai_doan_ket" else self._draws.between(1, 4)
        if code == "luy_tre":
            raw["households"] = self._draws.between(4, 16)
        self._resources(raw, 5, 90 if code != "hom_thu" else 6)
        return DemoRecord("programme", raw, day)
