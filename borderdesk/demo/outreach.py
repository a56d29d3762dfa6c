"""Invented gatherings, trainings, talks, broadcasts and handouts."""

import datetime

from borderdesk.demo.amounts import Amounts
from borderdesk.demo.draws import DemoRecord, RandomDraws, RawRecord

TOPICS = (
    ("bien_phong", "bien_gioi"), ("hiep_dinh",), ("xuat_nhap_canh", "buon_lau"), ("ma_tuy",),
    ("mua_ban_nguoi",), ("phao", "buon_lau"), ("thien_tai",), ("chi_thi_01", "bien_gioi"),
)  # fmt: skip
PARTNERS = (
    ("cap_uy_xa",), ("mat_tran", "phu_nu"), ("truong_hoc", "thanh_nien"), ("cong_an", "quan_su"),
    ("cuu_chien_binh",), ("nong_dan",),
)  # fmt: skip


class OutreachFactory:
    """Makes the records of every form of outreach."""

    def __init__(self, draws: RandomDraws, amounts: Amounts) -> None:
        self._draws = draws
        self._amounts = amounts

    def _outreach(self, kind: str, form: str, day: datetime.date) -> RawRecord:
        site = self._draws.site(kind)
        commune, hamlet = self._draws.place(site)
        raw: RawRecord = {
            "post": site.post,
            "form": form,
            "held_on": day.isoformat(),
            "commune": commune,
            "hamlet": hamlet,
            "topics": list(self._draws.one(TOPICS)),
            "partners": list(self._draws.one(PARTNERS)),
        }
        if kind in ("session", "small_scale", "handout"):
            raw["leaflets"] = next(self._amounts.leaflets) or None
        if kind in ("session", "training", "handout"):
            raw["document_sets"] = next(self._amounts.document_sets) or None
        return raw

    def session(self, day: datetime.date) -> DemoRecord:
        """A gathering, sometimes with people of another hamlet of the post."""
        raw = self._outreach("session", "session", day)
        raw["sessions"], raw["attendance"] = next(self._amounts.sessions)
        if self._draws.happens(8):
            commune, hamlet = self._draws.place(self._draws.sites[raw["post"]])
            if hamlet != raw["hamlet"]:
                visitors = raw["attendance"] // 3
                place = {"commune": commune, "hamlet": hamlet, "attendance": visitors}
                raw["other_places"] = [place]
        self._draws.maybe_joint(raw, raw["post"])
        return DemoRecord("outreach", raw, day)

    def training(self, day: datetime.date) -> DemoRecord:
        """A training."""
        raw = self._outreach("training", "training", day)
        raw["sessions"], raw["attendance"] = next(self._amounts.sessions)
        raw["tags"] = ["chi_thi_01"]
        return DemoRecord("outreach", raw, day)

    def small_scale(self, day: datetime.date) -> DemoRecord:
        """Talks from house to house."""
        raw = self._outreach("small_scale", "small_scale", day)
        raw["attendance"] = next(self._amounts.small_scale)
        return DemoRecord("outreach", raw, day)

    def broadcast(self, day: datetime.date) -> DemoRecord:
        """Broadcasts, or a mobile loudspeaker."""
        raw = self._outreach("broadcast", "broadcast", day)
        raw["sessions"] = self._draws.between(1, 4)
        return DemoRecord("outreach", raw, day)

    def handout(self, day: datetime.date) -> DemoRecord:
        """Papers handed out at a market or gate."""
        return DemoRecord("outreach", self._outreach("handout", "handout", day), day)
