"""Invented contacts with other authorities, and incidents."""

import datetime

from borderdesk.demo import wording
from borderdesk.demo.draws import DAY, DemoRecord, RandomDraws, RawRecord

INCIDENTS = (
    "xuat_nhap_canh", "xuat_nhap_canh", "buon_lau", "buon_lau", "gian_lan", "ma_tuy", "phao",
    "quy_che", "quy_che", "thien_tai", "mua_ban_nguoi", "khac",
)  # fmt: skip
FINED = frozenset({"buon_lau", "gian_lan", "phao", "xuat_nhap_canh"})
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


class EventFactory:
    """Makes the records of coordination and of incidents."""

    def __init__(self, draws: RandomDraws) -> None:
        self._draws = draws

    def coordination(self, day: datetime.date) -> DemoRecord:
        """An exchange, briefing, talks, conference or twinning."""
        site = self._draws.site("coordination")
        kind, counterpart, channel = self._draws.one(COORDINATION)
        china = counterpart == "china"
        raw: RawRecord = {
            "post": site.post,
            "kind": kind,
            "happened_on": day.isoformat(),
            "channel": channel,
            "counterpart": counterpart,
            "level": "post",
            "partner": "phia_trung_quoc" if china else self._draws.one(DOMESTIC),
            "subject": self._draws.one(wording.SUBJECTS[kind]),
        }
        if kind == "exchange":
            raw["times"] = self._draws.one((1, 1, 1, 2))
        if not china:
            raw["commune"] = self._draws.one(site.communes)
        if self._draws.happens(70):
            raw["outcome"] = self._draws.one(wording.OUTCOMES)
        return DemoRecord("coordination", raw, day)

    def incident(self, day: datetime.date) -> DemoRecord:
        """An incident, most of them settled within weeks."""
        site = self._draws.site("incident")
        category = self._draws.one(INCIDENTS)
        raw: RawRecord = {
            "post": site.post,
            "happened_on": day.isoformat(),
            "category": category,
            "commune": self._draws.one(site.communes),
            "from_tip": self._draws.happens(30),
            "status": "open",
            "handling": wording.VERIFYING,
        }
        if category != "thien_tai":
            raw["persons"] = self._draws.between(1, 4)
        settled = day + DAY * self._draws.between(1, LONGEST_HANDLING)
        if settled > self._draws.last_day or self._draws.happens(12):
            return DemoRecord("incident", raw, day)
        raw |= {"status": "closed", "closed_on": settled.isoformat()}
        self._handle(raw)
        return DemoRecord("incident", raw, settled)

    def _handle(self, raw: RawRecord) -> None:
        """How an incident of that category is settled."""
        category = raw["category"]
        if category in ("ma_tuy", "mua_ban_nguoi"):
            raw["handling"] = wording.HANDED_OVER
        elif category == "thien_tai":
            raw["handling"] = wording.REPAIRED
        elif category in FINED and self._draws.happens(60):
            raw |= {"handling": wording.FINED, "fine_vnd": self._draws.between(2, 40) * 500_000}
        else:
            raw["handling"] = self._draws.one(wording.WARNED)
