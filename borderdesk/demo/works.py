"""One invented record after another, as the JSON that `add` takes."""

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple, TypeVar

from borderdesk.demo import wording
from borderdesk.demo.amounts import Amounts
from borderdesk.demo.places import Site, Turns, Village

Raw = dict[str, Any]
T = TypeVar("T")
DAY = datetime.timedelta(days=1)

PLEDGES = ("khu_vuc_bien_gioi", "xuat_nhap_canh", "buon_lau", "phao", "ma_tuy")
TOPICS = (
    ("bien_phong", "bien_gioi"), ("hiep_dinh",), ("xuat_nhap_canh", "buon_lau"), ("ma_tuy",),
    ("mua_ban_nguoi",), ("phao", "buon_lau"), ("thien_tai",), ("chi_thi_01", "bien_gioi"),
)  # fmt: skip
PARTNERS = (
    ("cap_uy_xa",), ("mat_tran", "phu_nu"), ("truong_hoc", "thanh_nien"), ("cong_an", "quan_su"),
    ("cuu_chien_binh",), ("nong_dan",),
)  # fmt: skip
INCIDENTS = (
    "xuat_nhap_canh", "xuat_nhap_canh", "buon_lau", "buon_lau", "gian_lan", "ma_tuy", "phao",
    "quy_che", "quy_che", "thien_tai", "mua_ban_nguoi", "khac",
)  # fmt: skip
FINED = frozenset({"buon_lau", "gian_lan", "phao", "xuat_nhap_canh"})
PROGRAMMES = ("luy_tre", "thap_sang", "hom_thu", "nha_dai_doan_ket")
DOMESTIC = ("cap_uy_xa", "cong_an", "quan_su", "hai_quan", "kiem_lam", "huyen_uy", "mat_tran")
COORDINATION = (
    ("exchange", "china", "letter"), ("exchange", "domestic", "hotline"),
    ("briefing", "domestic", "meeting"), ("exchange", "china", "hotline"),
    ("briefing", "domestic", "meeting"), ("conference", "domestic", "meeting"),
    ("exchange", "domestic", "letter"), ("talks", "china", "meeting"),
    ("briefing", "domestic", "meeting"), ("twinning", "china", "meeting"),
)  # fmt: skip
LONGEST_HANDLING = 40
"""Days until an incident is settled; above 60 its entry would be late."""


class Made(NamedTuple):
    """A record to be entered. `until` is the last day it speaks of; `household` the number of
    the household it names, to be put under its id."""

    type_name: str
    raw: Raw
    until: datetime.date
    household: int | None = None


Maker = Callable[["Works", datetime.date], Made]


class Works:
    """Makes records of every kind. Whose turn it is, and how much there was, is remembered
    from one record to the next."""

    def __init__(
        self,
        rng: random.Random,
        sites: Mapping[str, Site],
        village: Village,
        *,
        last_day: datetime.date,
        signatures_a_quarter: int,
        several_years: bool,
    ) -> None:
        self._rng = rng
        self._sites = sites
        self._village = village
        self._last_day = last_day
        self._lag = signatures_a_quarter
        self._turns = {kind: Turns(rng, list(sites)) for kind in MAKERS}
        self._amounts = Amounts(rng, several_years=several_years)
        self._lists = cycle(village.signature_lists(rng))
        self._signatures = 0
        self._second = -1
        self._registered = 0
        self._residents = _by_post(village)
        self._next_resident = dict.fromkeys(sites, 0)
        self._minutes: dict[str, int] = {}
        self._month = 0

    def make(self, kind: str, day: datetime.date) -> Made:
        """The next record of a kind, of that day."""
        if day.month != self._month:
            self._new_month(day.month)
        made = MAKERS[kind](self, day)
        post = made.raw["post"]
        number = self._minutes[post] = self._minutes.get(post, 0) + 1
        made.raw["source_ref"] = f"BB {number}/{day.month:02} {wording.MARK}"
        return made

    def _new_month(self, month: int) -> None:
        self._month = month
        self._minutes.clear()
        self._registered = 0
        for turns in self._turns.values():
            turns.new_month()

    # ------------------------------------------------------------------- chance

    def _one(self, several: Sequence[T]) -> T:
        return several[int(self._rng.random() * len(several))]

    def _from(self, low: int, high: int) -> int:
        return low + int(self._rng.random() * (high - low + 1))

    def _chance(self, percent: float) -> bool:
        return self._rng.random() * 100 < percent

    def _site(self, kind: str) -> Site:
        return self._sites[self._turns[kind].next()]

    def _stretch(self, site: Site, most: int) -> list[str]:
        length = min(self._from(3, most), len(site.markers))
        start = self._from(0, len(site.markers) - length)
        return site.markers[start : start + length]

    def _place(self, site: Site) -> tuple[str, str]:
        commune = self._one(site.communes)
        return commune, self._one(site.hamlets[commune])

    def _until(self, day: datetime.date, most: int) -> datetime.date:
        return min(day + DAY * self._from(1, most), self._last_day)

    # ------------------------------------------------------------ border and works

    def patrol(self, day: datetime.date) -> Made:
        """A patrol along some markers of the post; now and then something is found."""
        site = self._site("patrol")
        markers = self._stretch(site, 10)
        kind = self._one(("unilateral",) * 7 + ("combined",) * 2 + ("bilateral",))
        result = self._one(("unchanged",) * 30 + ("violation", "damage"))
        people = self._from(5, 14)
        raw: Raw = {
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
            others = self._from(2, people - 2)
            raw |= {"of_whom_guards": people - others, "of_whom_militia": others // 2}
            raw["of_whom_police"] = others - others // 2
        elif kind == "bilateral":
            raw["foreign_participants"] = self._from(4, 8)
        if result == "violation":
            raw["findings"] = self._one(wording.VIOLATIONS)
        elif result == "damage":
            raw["findings"], remark = self._one(wording.DAMAGES)
            self._one(raw["inspected"]).update(condition="damaged", remark=remark)
        until = self._several_days(raw, day, 15)
        self._maybe_joint(raw, site.post)
        return Made("patrol", raw, until)

    def _leader(self) -> str:
        name = wording.person(self._from(0, wording.NAMES - 1))
        return f"{self._one(wording.RANKS)} {name} {wording.MARK}"

    def _several_days(self, raw: Raw, day: datetime.date, percent: int) -> datetime.date:
        """Let some works last a day or two longer; the last day."""
        if not self._chance(percent):
            return day
        until = self._until(day, 2)
        raw["ended_on"] = until.isoformat()
        return until

    def _maybe_joint(self, raw: Raw, post: str) -> None:
        if self._chance(2):
            raw["with_posts"] = [self._one([p for p in self._sites if p != post])]

    def clearing(self, day: datetime.date) -> Made:
        """Clearing of brush or repair of the patrol road."""
        site = self._site("clearing")
        markers = self._stretch(site, 5)
        commune = site.commune_of[markers[0]]
        times, people = next(self._amounts.clearing)
        guards = self._from(1, people - 2)
        militia = self._from(0, people - guards)
        raw: Raw = {
            "post": site.post,
            "started_on": day.isoformat(),
            "kind": self._one(("road_clearing", "road_clearing", "road_repair", "sight_line")),
            "commune": commune,
            "hamlet": self._one(site.hamlets[commune]),
            "from_marker": markers[0],
            "to_marker": markers[-1],
            "times": times,
            "participants": people,
            "of_whom_guards": guards,
            "of_whom_militia": militia,
            "of_whom_residents": people - guards - militia,
            "labour_days": people / 2,
            "length_m": times * self._from(4, 30) * 50,
        }
        return Made("clearing", raw, self._several_days(raw, day, 20))

    def track(self, day: datetime.date) -> Made:
        """One or two tracks up to markers, with those who paid for some of them."""
        site = self._site("track")
        count = next(self._amounts.tracks)
        markers = self._stretch(site, 3)[:count]
        raw: Raw = {
            "post": site.post,
            "completed_on": day.isoformat(),
            "commune": site.commune_of[markers[0]],
            "count": count,
            "lines": [{"marker": m, "length_m": self._from(12, 120) * 5} for m in markers],
            "width_m": self._one((1, 1.2, 1.5, 2)),
            "surface": self._one(("concrete", "concrete", "earth", "stone", "steps")),
            "labour_days": count * self._from(10, 60),
        }
        self._resources(raw, 8, 60)
        return Made("track", raw, day)

    def _resources(self, raw: Raw, low: int, high: int) -> None:
        """A cost in millions of đồng, and for some works who carried part of it."""
        if self._chance(75):
            raw["cost_vnd"] = self._from(low, high) * 1_000_000
        if self._chance(40):
            most = raw.get("cost_vnd", 4_000_000) // 2_000_000
            funder = {"name": self._one(wording.FUNDERS)}
            raw["funders"] = [{**funder, "amount_vnd": self._from(1, max(most, 1)) * 500_000}]
            if self._chance(50):
                kind = {"name": wording.FUNDERS[1], "in_kind": self._one(wording.IN_KIND)}
                raw["funders"].append(kind)

    def programme(self, day: datetime.date) -> Made:
        """A work of one of the movements."""
        site = self._site("programme")
        commune, hamlet = self._place(site)
        code = self._one(PROGRAMMES)
        raw: Raw = {
            "post": site.post,
            "programme": code,
            "done_on": day.isoformat(),
            "commune": commune,
            "hamlet": hamlet,
            "participants": self._from(8, 40),
            "labour_days": self._from(8, 80),
            "tags": ["dan_van_kheo"],
        }
        if code in ("luy_tre", "thap_sang"):
            markers = self._stretch(site, 4)
            raw |= {"from_marker": markers[0], "to_marker": markers[-1]}
            raw["length_km"] = self._from(2, 30) / 10
            raw["quantity"] = self._from(5, 40) * (10 if code == "luy_tre" else 1)
        else:
            raw["quantity"] = 1 if code == "nha_dai_doan_ket" else self._from(1, 4)
        if code == "luy_tre":
            raw["households"] = self._from(4, 16)
        self._resources(raw, 5, 90 if code != "hom_thu" else 6)
        return Made("programme", raw, day)

    # --------------------------------------------------------------------- people

    def _outreach(self, kind: str, form: str, day: datetime.date) -> Raw:
        site = self._site(kind)
        commune, hamlet = self._place(site)
        raw: Raw = {
            "post": site.post,
            "form": form,
            "held_on": day.isoformat(),
            "commune": commune,
            "hamlet": hamlet,
            "topics": list(self._one(TOPICS)),
            "partners": list(self._one(PARTNERS)),
        }
        if kind in ("session", "small_scale", "handout"):
            raw["leaflets"] = next(self._amounts.leaflets) or None
        if kind in ("session", "training", "handout"):
            raw["document_sets"] = next(self._amounts.document_sets) or None
        return raw

    def session(self, day: datetime.date) -> Made:
        """A gathering; people of another hamlet of the post may have come too."""
        raw = self._outreach("session", "session", day)
        raw["sessions"], raw["attendance"] = next(self._amounts.sessions)
        if self._chance(8):
            commune, hamlet = self._place(self._sites[raw["post"]])
            if hamlet != raw["hamlet"]:
                came = raw["attendance"] // 3
                place = {"commune": commune, "hamlet": hamlet, "attendance": came}
                raw["other_places"] = [place]
        self._maybe_joint(raw, raw["post"])
        return Made("outreach", raw, day)

    def training(self, day: datetime.date) -> Made:
        """A training."""
        raw = self._outreach("training", "training", day)
        raw["sessions"], raw["attendance"] = next(self._amounts.sessions)
        raw["tags"] = ["chi_thi_01"]
        return Made("outreach", raw, day)

    def small_scale(self, day: datetime.date) -> Made:
        """Talks from house to house."""
        raw = self._outreach("small_scale", "small_scale", day)
        raw["attendance"] = next(self._amounts.small_scale)
        return Made("outreach", raw, day)

    def broadcast(self, day: datetime.date) -> Made:
        """Broadcasts, or a mobile loudspeaker."""
        raw = self._outreach("broadcast", "broadcast", day)
        raw["sessions"] = self._from(1, 4)
        return Made("outreach", raw, day)

    def handout(self, day: datetime.date) -> Made:
        """Papers handed out at a market or gate."""
        return Made("outreach", self._outreach("handout", "handout", day), day)

    def _signed(self, place: int, further: int, day: datetime.date) -> Made:
        """The signature at `place` in the walk through all households."""
        times, household = divmod(place, len(self._village))
        raw = {
            "post": self._village.hamlet_of(household).post,
            "signed_on": day.isoformat(),
            # A second round, or a second paper in the year, is of another programme.
            "programme": PLEDGES[(times + further + household) % len(PLEDGES)],
        }
        return Made("pledge", raw, day, household)

    def signature(self, day: datetime.date) -> Made:
        """A household's first signature of the year."""
        self._signatures += 1
        made = self._signed(self._signatures - 1, 0, day)
        if self._chance(15):
            name = wording.person(self._from(0, wording.NAMES - 1))
            made.raw["witness"] = f"{name} {wording.MARK}"
        return made

    def second_signature(self, day: datetime.date) -> Made:
        """A household that signed a quarter of a year ago signs another programme."""
        newest = self._signatures - 1
        if newest < 0:
            return self.signature(day)
        self._second = min(max(self._second + 1, newest - self._lag), newest)
        return self._signed(self._second, 2, day)

    def signature_list(self, day: datetime.date) -> Made:
        """Signatures of a hamlet whose names are not typed yet."""
        hamlet, count = next(self._lists)
        raw = {
            "post": hamlet.post,
            "signed_on": day.isoformat(),
            "programme": self._one(PLEDGES),
            "count": count,
            "commune": hamlet.commune,
            "hamlet": hamlet.name,
        }
        return Made("pledge", raw, day)

    def collective(self, day: datetime.date) -> Made:
        """A self-management group of a hamlet."""
        site = self._site("collective")
        commune, hamlet = self._place(site)
        raw = self._registration(site, "collective", commune, hamlet, day)
        raw["name"] = f"Tổ tự quản đường biên, cột mốc {hamlet[0].lower()}{hamlet[1:]}"
        raw["members"] = self._from(6, 20)
        self._ends(raw, day, next(self._amounts.collective_terms))
        return Made("registration", raw, day)

    def individual(self, day: datetime.date) -> Made:
        """A person who looks after a marker."""
        site = self._site("individual")
        raw = self._registration(site, "individual", *self._place(site), day)
        raw["name"] = wording.person(self._from(0, wording.NAMES - 1))
        return Made("registration", raw, day)

    def registered_household(self, day: datetime.date) -> Made:
        """A household that looks after a stretch: one of every post first in each month, then
        wherever more households are."""
        self._registered += 1
        if self._registered <= len(self._sites):
            post = self._turns["registered_household"].next()
        else:
            post = self._village.hamlet_of(self._from(0, len(self._village) - 1)).post
        residents = self._residents.get(post) or next(iter(self._residents.values()))
        household = residents[self._next_resident[post] % len(residents)]
        self._next_resident[post] += 1
        hamlet = self._village.hamlet_of(household)
        raw = self._registration(
            self._sites[hamlet.post], "household", hamlet.commune, hamlet.name, day
        )
        self._ends(raw, day, next(self._amounts.household_terms))
        return Made("registration", raw, day, household)

    def _registration(
        self, site: Site, subject: str, commune: str, hamlet: str, day: datetime.date
    ) -> Raw:
        raw: Raw = {
            "post": site.post,
            "subject": subject,
            "commune": commune,
            "hamlet": hamlet,
            "from_on": day.isoformat(),
            "tags": ["tu_quan"],
        }
        if self._chance(60):
            markers = self._stretch(site, 4)
            raw |= {"from_marker": markers[0], "to_marker": markers[-1]}
            raw["length_km"] = self._from(3, 25) / 10
        return raw

    def _ends(self, raw: Raw, day: datetime.date, term: int) -> None:
        if term:
            raw["to_on"] = (day + DAY * term).isoformat()

    # ------------------------------------------------------------- others, incidents

    def coordination(self, day: datetime.date) -> Made:
        """An exchange, briefing, talks, conference or twinning."""
        site = self._site("coordination")
        kind, counterpart, channel = self._one(COORDINATION)
        china = counterpart == "china"
        raw: Raw = {
            "post": site.post,
            "kind": kind,
            "happened_on": day.isoformat(),
            "channel": channel,
            "counterpart": counterpart,
            "level": "post",
            "partner": "phia_trung_quoc" if china else self._one(DOMESTIC),
            "subject": self._one(wording.SUBJECTS[kind]),
        }
        if kind == "exchange":
            raw["times"] = self._one((1, 1, 1, 2))
        if not china:
            raw["commune"] = self._one(site.communes)
        if self._chance(70):
            raw["outcome"] = self._one(wording.OUTCOMES)
        return Made("coordination", raw, day)

    def incident(self, day: datetime.date) -> Made:
        """An incident, most of them settled within weeks."""
        site = self._site("incident")
        category = self._one(INCIDENTS)
        raw: Raw = {
            "post": site.post,
            "happened_on": day.isoformat(),
            "category": category,
            "commune": self._one(site.communes),
            "from_tip": self._chance(30),
            "status": "open",
            "handling": wording.VERIFYING,
        }
        if category != "thien_tai":
            raw["persons"] = self._from(1, 4)
        settled = day + DAY * self._from(1, LONGEST_HANDLING)
        if settled > self._last_day or self._chance(12):
            return Made("incident", raw, day)
        raw |= {"status": "closed", "closed_on": settled.isoformat()}
        self._handle(raw)
        return Made("incident", raw, settled)

    def _handle(self, raw: Raw) -> None:
        """How an incident of that category is settled."""
        category = raw["category"]
        if category in ("ma_tuy", "mua_ban_nguoi"):
            raw["handling"] = wording.HANDED_OVER
        elif category == "thien_tai":
            raw["handling"] = wording.REPAIRED
        elif category in FINED and self._chance(60):
            raw |= {"handling": wording.FINED, "fine_vnd": self._from(2, 40) * 500_000}
        else:
            raw["handling"] = self._one(wording.WARNED)


def _by_post(village: Village) -> dict[str, list[int]]:
    """The households of each post, in the order of their numbers."""
    found: dict[str, list[int]] = {}
    for household in range(len(village)):
        found.setdefault(village.hamlet_of(household).post, []).append(household)
    return found


MAKERS: dict[str, Maker] = {
    "patrol": Works.patrol,
    "clearing": Works.clearing,
    "track": Works.track,
    "session": Works.session,
    "training": Works.training,
    "small_scale": Works.small_scale,
    "broadcast": Works.broadcast,
    "handout": Works.handout,
    "signature": Works.signature,
    "second_signature": Works.second_signature,
    "signature_list": Works.signature_list,
    "collective": Works.collective,
    "registered_household": Works.registered_household,
    "individual": Works.individual,
    "programme": Works.programme,
    "coordination": Works.coordination,
    "incident": Works.incident,
}
"""Every kind of `amounts.COUNTS`."""
