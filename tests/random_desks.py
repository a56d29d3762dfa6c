"""Desks with random records, dense enough that every counting rule applies to some of them."""

import datetime
import random
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from borderdesk.base.errors import InvalidRecord
from borderdesk.desk import Desk
from borderdesk.entry import record_output
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.factories import HEADS, PICKS, POSTS, border_codes
from tests.recompute import EVENT, TYPES, Places, read_json, table

HAMLETS = """commune,name,is_border,households_total,valid_from,valid_to
06196-2023,Bản Phạc,1,40,2000-01-01,
06202-2023,Pò Mã,1,25,2000-01-01,
06202-2023,Thôn 1,0,13,2000-01-01,2024-06-30
06004-2023,Khuổi Tát,1,31,2000-01-01,
06559-2023,Thôn 1,1,,2000-01-01,
06622-2023,Bản Phạc,1,17,2000-01-01,
06196-2025,Khuổi Tát,1,52,2025-07-01,
06187-2023,Thôn 1,0,19,2000-01-01,
"""

Y2023 = (datetime.date(2022, 11, 1), datetime.date(2023, 12, 31))
ACROSS = (datetime.date(2024, 6, 15), datetime.date(2025, 12, 31))
PERIODS = {
    Y2023: ["2023-12", "2023-01", "2023-Q1", "2023-Q4", "2023-H1", "2023-H2", "2023",
            "2023-01-15..2023-02-14", "2022-12-10..2023-01-20", "2022-Q4", "2024", "2020-05"],
    ACROSS: ["2025-07", "2025-06", "2025-Q2", "2025-Q3", "2025-H1", "2025-H2", "2025",
             "2025-06-20..2025-07-10", "2024-12-20..2025-01-05", "2024-H2", "2024"],
}  # fmt: skip
DISTRICTS = ["Tràng Định", "Văn Lãng", "Cao Lộc", "Lộc Bình", "Đình Lập"]
SCOPES = {
    Y2023: ["province", *(f"post:{p}" for p in POSTS), *(f"district:{d}" for d in DISTRICTS),
            *(f"commune:{c}" for c in border_codes(Y2023[1]))],
    ACROSS: ["province", *(f"post:{p}" for p in POSTS),
             *(f"commune:{c}" for c in border_codes(ACROSS[1]))],
}  # fmt: skip
OLD_UNITS = {
    *(f"district:{d}" for d in DISTRICTS),
    *(f"commune:{c}" for c in border_codes(Y2023[1])),
}
NEW_UNITS = {f"commune:{c}" for c in border_codes(ACROSS[1])}


def scopes_of(span, last):
    """The scopes on a period's last day: units from before or from after 01/07/2025."""
    new = last >= NEW
    without = OLD_UNITS - NEW_UNITS if new else NEW_UNITS - OLD_UNITS
    everything = [*SCOPES[span], *(OLD_UNITS if span == ACROSS and not new else ())]
    return sorted({scope for scope in everything if scope not in without})


def other_geography(last):
    """The geography other than that of the day, and its scopes."""
    posts = [f"post:{p}" for p in POSTS]
    if last >= NEW:
        return "old", ["province", *posts, *(f"district:{d}" for d in DISTRICTS * 3)]
    return "new", ["province", *posts, *sorted(NEW_UNITS) * 2]


def desk_with_hamlets(template, folder):
    """A closed desk of the province with a list of hamlets, and its places."""
    (folder / "hamlets.csv").write_text(HAMLETS, encoding="utf-8")
    shutil.copytree(template, folder / "desk")
    with Desk.open(folder / "desk") as desk:
        assert desk.reference.load(folder / "hamlets.csv") == ("hamlets", 8, 0)
        assert desk.lists.count("patrol", Filter()) == 0
    return folder / "desk", Places(hamlets=table(folder / "hamlets.csv"))


def listed(desk, kind):
    """The output of `list KIND --format json`."""
    model = ALL_TYPES[kind]
    rows = desk.lists.stream(kind, Filter(), revisions=True)
    return "".join(
        record_output.json_array(record_output.as_json(model, r, desk.book) for r in rows)
    )


def everything(desk):
    return {kind: read_json(listed(desk, kind)) for kind in TYPES}


class Maker:
    """Creates one record from a number: drawn from few posts, places, markers and households, so
    that records coincide and every counting rule applies to some."""

    def __init__(self, number, span):
        self.chance = random.Random(number)
        self.span = span

    def day(self):
        first, last = self.span
        edges = [first, last, *EDGES]
        if self.chance.random() < 0.3:
            return min(max(self.chance.choice(edges), first), last)
        return first + datetime.timedelta(days=self.chance.randrange((last - first).days + 1))

    def commune(self, day):
        codes = border_codes(day)
        few = [c for c in ("06196", "06202", "06148", "06622", "06559", "06625") if c in codes]
        return self.chance.choice(few if self.chance.random() < 0.7 else codes)

    def maybe(self, **fields):
        return {key: make() for key, make in fields.items() if self.chance.random() < 0.6}

    def few(self, most=9):
        return self.chance.randint(0, most)

    def tenths(self):
        return self.chance.choice([0, 0.1, 12.5, 300, 1_000_000.9, self.chance.randrange(900) / 10])

    def household(self, day):
        return {
            "head": self.chance.choice(HEADS[:3]),
            "hamlet": self.chance.choice(["Pò Mã", "Thôn 1"]),
            "commune": self.chance.choice(["06196", "06148"]),
        }  # fmt: skip

    def record(self, kind):
        day = self.day()
        post = self.chance.choice(["BS", "BS", "BS", "CL", "NH", "BX", "TT"])
        own = getattr(self, kind)(day)
        return {"post": post, EVENT[kind]: day.isoformat(), **own}

    def patrol(self, day):
        markers = ["1128", "1129", "1129/1", "1130"]
        seen = self.chance.choices(markers, k=self.few(3))
        return {
            "kind": self.chance.choice(["unilateral", "bilateral", "combined"]),
            "from_marker": "1128", "to_marker": "1130", "participants": 1 + self.few(),
            "communes": sorted({self.commune(day) for _ in range(1 + self.few(2))}),
            "result": "unchanged", "foreign_participants": self.few(),
            "inspected": [{"marker": m, "condition": "intact"} for m in seen],
        }  # fmt: skip

    def clearing(self, day):
        return {
            "kind": "road_repair", "commune": self.commune(day), "participants": 1 + self.few(),
            **self.maybe(times=lambda: 1 + self.few(3)),
            **self.maybe(length_m=self.tenths, labour_days=self.tenths),
        }  # fmt: skip

    def funders(self):
        return [
            {"name": "Hội", **self.maybe(amount_vnd=lambda: self.few(10**12))}
            for _ in range(self.few(2))
        ]

    def track(self, day):
        return {
            "commune": self.commune(day),
            "lines": [
                {"marker": "1128", **self.maybe(length_m=self.tenths)} for _ in range(self.few(3))
            ],
            **self.maybe(count=lambda: 1 + self.few(3), labour_days=self.tenths,
                         cost_vnd=lambda: self.few(10**12), funders=self.funders),
        }  # fmt: skip

    def outreach(self, day):
        form = self.chance.choice(["session", "small_scale", "training", "broadcast", "handout"])
        made = {"form": form, "commune": self.commune(day), "topics": ["phao"]}
        made |= self.maybe(
            hamlet=lambda: self.chance.choice(["Bản Phạc", "ban phac", "Pò Mã", "Thôn 1", "Nà Lạ"]),
            leaflets=self.few, document_sets=self.few,
        )  # fmt: skip
        if form in ("session", "training", "broadcast"):
            made |= self.maybe(sessions=lambda: 1 + self.few(3))
        made["attendance"] = 1 + self.few(40)
        made["other_places"] = [
            {"commune": self.commune(day), "attendance": self.few(made["attendance"] // 3),
             "hamlet": "Bản Phạc"}
            for _ in range(self.few(3))
        ]  # fmt: skip
        return made

    def pledge(self, day):
        programme = self.chance.choice(PICKS["pledge_programme"][:2])
        if self.chance.random() < 0.8:
            return {"programme": programme, "household": self.household(day) if day < NEW else {
                **self.household(day), "commune": "06196"}}  # fmt: skip
        return {
            "programme": programme, "count": 2 + self.few(30), "commune": self.commune(day),
            "hamlet": "Pò Mã", "source_ref": "BB 7",
        }  # fmt: skip

    def registration(self, day):
        subject = self.chance.choice(["collective", "household", "household", "individual"])
        until = day + datetime.timedelta(days=self.few(400))
        return {
            "subject": subject, "commune": self.commune(day), "hamlet": "Pò Mã",
            **({"household": {**self.household(day), "commune": "06196"}} if subject == "household"
               else {"name": "Tổ 1"}),
            **self.maybe(to_on=until.isoformat),
        }  # fmt: skip

    def programme(self, day):
        return {
            "programme": self.chance.choice(PICKS["programme"]), "commune": self.commune(day),
            "quantity": self.tenths(),
            **self.maybe(labour_days=self.tenths, cost_vnd=lambda: self.few(10**12),
                         funders=self.funders),
        }  # fmt: skip

    def coordination(self, day):
        return {
            "kind": self.chance.choice(["exchange", "briefing", "talks", "conference", "twinning"]),
            "counterpart": "china", "partner": "cong_an", "subject": "Trao đổi",
            **self.maybe(times=lambda: 1 + self.few(3), commune=lambda: self.commune(day)),
        }  # fmt: skip

    def incident(self, day):
        closed = day + datetime.timedelta(days=self.few(60))
        status = self.chance.choice(["open", "closed"])
        return {
            "commune": self.commune(day), "category": "phao", "status": status,
            **({"closed_on": closed.isoformat()} if status == "closed" else {}),
            **self.maybe(persons=self.few, from_tip=lambda: self.chance.random() < 0.5,
                         fine_vnd=lambda: self.few(10**12)),
        }  # fmt: skip

    # ------------------------------------------------------------- what happens to them

    def deed(self, desk, ids):
        """An edit, a deletion, a joining, or a repeated household."""
        kind, record = self.chance.choice(ids)
        what = self.chance.choice([self.delete, self.change, self.join, self.repeat, self.repeat])
        what(desk, ids, kind, record)

    def delete(self, desk, ids, kind, record):
        desk.records.delete(kind, record, "thử")
        ids.remove((kind, record))

    def change(self, desk, ids, kind, record):
        """An edit of any field except those that depend on the day or household."""
        fresh = self.record(kind)
        desk.records.edit(kind, record, fresh)

    def join(self, desk, ids, kind, record):
        households = [h.id for h in desk.lists.stream("household", Filter())]
        if len(households) > 1:
            one, other = self.chance.sample(households, 2)
            desk.records.edit("household", one, {"merged_into": other})

    def repeat(self, desk, ids, kind, record):
        values = desk.records.read(kind, record)[0]
        if kind == "pledge" and "household" in values:
            again = {"post": values["post"], "signed_on": self.day().isoformat(),
                     "household": values["household"], "programme": "ma_tuy"}  # fmt: skip
            ids.append((kind, desk.records.add(kind, again).id))


NEW = datetime.date(2025, 7, 1)
EDGES = [
    datetime.date(2022, 12, 14), datetime.date(2022, 12, 15), datetime.date(2022, 12, 31),
    datetime.date(2023, 1, 1), datetime.date(2023, 12, 14), datetime.date(2023, 12, 15),
    datetime.date(2024, 7, 1), datetime.date(2025, 6, 30), NEW,
]  # fmt: skip

NUMBERS = st.integers(0, 10**9)
KINDS = st.sampled_from(["pledge", "pledge", "registration", *EVENT])
RECORDS = st.lists(st.tuples(KINDS, NUMBERS), min_size=5, max_size=45)
DEEDS = st.lists(NUMBERS, max_size=12)


def fill(desk, drawn, span, deeds=(), begins=None):
    """Add the drawn records and apply the deeds; {type: ids}. begins: {post: its first day}, before
    which it has none."""
    made = [(kind, Maker(number, span).record(kind)) for kind, number in drawn]
    ids = [
        (kind, desk.records.add(kind, record).id)
        for kind, record in made
        if not begins or record[EVENT[kind]] >= begins[record["post"]].isoformat()
    ]
    for number in deeds:
        # An edit may not fit the rest of its record; no other error is allowed.
        with suppress(InvalidRecord):
            if ids:
                Maker(number, span).deed(desk, ids)
    return ids


@contextmanager
def copied(folder, tmp_path):
    """An open copy of the desk in `folder`, removed afterwards."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    try:
        with Desk.open(copy) as desk:
            yield desk
    finally:
        shutil.rmtree(copy)


QUIET = settings(
    max_examples=tries(4, 15),
    # Shrinking a failing example takes minutes: remove `phases` to enable it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
