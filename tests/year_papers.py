"""The papers of a first and a second year of an invented province desk with two posts; its desk id,
clock and codes are fixed, as they would differ between runs."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from borderdesk.base.i18n import set_language
from borderdesk.closing.editions import Signer
from borderdesk.desk import Desk
from borderdesk.figures.targets import set_target
from borderdesk.reports.blocks import Document, PaperSeal
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import make_report

CODE = "BD1|1f3a9c02|2024|province|1|5e884898da28|9f86d081884c|3b1a"
PAPERS: dict[str, Request] = {
    "month-of-first-year": Request("summary", "2024-05", by_commune=False, charts=False),
    "half-of-first-year": Request("summary", "2024-H1", by_commune=False, charts=False),
    "first-year": Request("summary", "2024", by_commune=False, charts=False),
    "half-of-second-year": Request("summary", "2025-H1", by_commune=False, charts=False),
    "second-year": Request("summary", "2025", by_commune=False, charts=False),
    "district": Request("summary", "2024-05", "district:Cao Lộc", by_commune=False, charts=False),
    "review-at-half": Request("review", "2025-H1"),
    "review-of-year": Request("review", "2024"),
    "amendment": Request("amendment", "2024-03"),
}
BEFORE = (
    ("clearing_events", "2024-01", "4", "exact"), ("clearing_events", "2024-02", "3", "exact"),
    ("outreach_sessions", "2024-01", "2", "over"), ("outreach_sessions", "2024-02", "1", "exact"),
)  # fmt: skip
"""Paper figures of the months before the desk began."""
SIGNED = datetime.date(2024, 4, 5)


def _records() -> Iterator[tuple[str, dict[str, object]]]:
    """Works of two posts from March 2024 to April 2025, more of them in the second year."""
    for year, months in ((2024, range(3, 13)), (2025, range(1, 5))):
        for month in months:
            day = f"{year}-{month:02}-09"
            for post, commune in (("BS", "06202"), ("TT", "06172")):
                yield (
                    "clearing",
                    {"post": post, "kind": "sight_line", "started_on": day, "commune": commune,
                     "times": 1 + month % 3 + (year == 2025), "participants": 8 + month,
                     "length_m": 350.5},
                )  # fmt: skip
            yield (
                "outreach",
                {"post": "BS", "form": "session", "held_on": day, "commune": "06202",
                 "sessions": 1, "attendance": 40 + month, "topics": ["bien_phong"], "leaflets": 60},
            )  # fmt: skip


@contextmanager
def year_desk(folder: Path) -> Iterator[Desk]:
    """A desk with the records, targets for both years, and March of the first year amended."""
    set_language("vi")
    with Desk.create(folder, "province", "20", "Người thử") as desk:
        made = [desk.records.add(kind, raw) for kind, raw in _records()]
        for year in (2024, 2025):
            for key, value in (("clearing_events", "50"), ("outreach_sessions", "9")):
                desk.reference.write_targets(
                    lambda store, k=key, y=year, v=value: set_target(store, k, y, "province", v)
                )
        for key, period, value, qualifier in BEFORE:
            desk.baselines.set_paper(key, period, "province", value, "BC 2024", qualifier)
        signer = Signer("Nông Văn Ổn", "Đại tá", "Chỉ huy trưởng", "")
        first = desk.closing.close_period("2024-03", number="12", signed_on=SIGNED, signer=signer)
        desk.closing.note_saved(first.id)
        desk.closing.amend_period("2024-03", None, "Nhập sót số lần")
        desk.records.edit("clearing", made[0].id, {"times": 4})
        desk.closing.close_period(
            "2024-03", number="15", signed_on=SIGNED + datetime.timedelta(days=20), signer=signer,
            reasons={"clearing_events": "Nhập sót 3 lần của ngày 09/3"},
        )  # fmt: skip
        yield desk


def documents(desk: Desk) -> dict[str, Callable[[], Document]]:
    """{name: function that builds its document}."""
    return {name: lambda r=request: _steady(desk, r) for name, request in PAPERS.items()}


def _steady(desk: Desk, request: Request) -> Document:
    made = make_report(desk, request).document()
    seal = PaperSeal(CODE, f"Sổ 1f3a9c02. {CODE}") if made.seal is not None else None
    return replace(made, seal=seal, footer="Không dùng cho thông tin mật.")
