"""An independent calculation of every figure of a summary, in plain Python, from the output of
`list --format json`.

Written from the specification (records and indicators): dicts and loops, without SQL and without
code of the program. `Recompute` is given the records of the ten types, the reference data and the
cut-off day, and returns what each row of a summary must say.
"""

import csv
import datetime
import json
import unicodedata
from calendar import monthrange
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "resources" / "reference"

EVENT = {
    "patrol": "started_on", "clearing": "started_on", "track": "completed_on",
    "outreach": "held_on", "pledge": "signed_on", "registration": "from_on",
    "programme": "done_on", "coordination": "happened_on", "incident": "happened_on",
}  # fmt: skip
TYPES = (*EVENT, "household")

STOCKS = {
    "collectives_registered", "households_registered", "individuals_registered", "incidents_open",
}  # fmt: skip
REGISTERED = {key for key in STOCKS if key.endswith("_registered")}
RATIOS = {"pledge_coverage", "border_hamlets_reached", "communes_active"}
ONE = datetime.timedelta(days=1)


def read_json(text):
    """Parse JSON with exact decimals."""
    return json.loads(text, parse_float=Decimal)


def table(path):
    """The rows of a CSV of reference data, as dicts."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day_of(text):
    return datetime.date.fromisoformat(text)


def folded(text):
    """Without case, accents and repeated spaces."""
    apart = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.split())


def percent(part, whole):
    """A percentage with one decimal, rounded half away from zero; None without a denominator."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Months:
    """Months that end on the cut-off day: `cuts` is [(from this ISO day on, day d), …]."""

    def __init__(self, cuts=()):
        self.cuts = sorted(cuts)

    def end(self, year, month):
        d = 0
        for valid_from, cut in self.cuts:
            if valid_from <= f"{year:04}-{month:02}-01":
                d = cut
        length = monthrange(year, month)[1]
        return datetime.date(year, month, min(d, length) or length)

    def span(self, year, first_month, last_month):
        before = (year - 1, 12) if first_month == 1 else (year, first_month - 1)
        return self.end(*before) + ONE, self.end(year, last_month)

    def month_end(self, day):
        """The last day of the month that contains a day."""
        end = self.end(day.year, day.month)
        if day <= end:
            return end
        return self.end(*((day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)))

    def year(self, year):
        return self.span(year, 1, 12)

    def year_of(self, day):
        for year in (day.year - 1, day.year, day.year + 1):
            first, last = self.year(year)
            if first <= day <= last:
                return year
        raise AssertionError(day)

    def window(self, text):
        """The first and last day of a period as written on the command line."""
        if ".." in text:
            first, last = text.split("..")
            return day_of(first), day_of(last)
        year, _dash, part = text.partition("-")
        if not part:
            return self.year(int(year))
        if part[0] in "QH":
            length = 3 if part[0] == "Q" else 6
            last = int(part[1]) * length
            return self.span(int(year), last - length + 1, last)
        return self.span(int(year), int(part), int(part))

    def compared(self, text):
        """The same period of the year before."""
        if ".." in text:
            first, last = self.window(text)
            before = a_year_earlier(last)
            if first < last and (last + ONE).month == 3 and last.month == 2:
                # Up to the end of February: then too, on the 29th in a leap year.
                before = datetime.date(before.year, 3, 1) - ONE
            return a_year_earlier(first), before
        return self.window(f"{int(text[:4]) - 1}{text[4:]}")


def a_year_earlier(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


class Places:
    """Units, posts and hamlets, and their successors on a day."""

    def __init__(self, units=None, posts=None, hamlets=()):
        self.units = {u["id"]: u for u in units or table(REFERENCE / "units.csv")}
        self.posts = {p["code"]: p for p in posts or table(REFERENCE / "posts.csv")}
        self.hamlets = list(hamlets)
        self.on = cache(self.on)
        self.commune = cache(self.commune)

    def valid(self, unit, day):
        known = self.units[unit]
        return known["valid_from"] <= day.isoformat() <= (known["valid_to"] or "9999-12-31")

    def commune(self, code, day):
        """The id of the commune that a code or id means on the record's day."""
        for unit in self.units.values():
            named = unit["kind"] == "commune" and code in (unit["id"], unit["code"])
            if named and self.valid(unit["id"], day):
                return unit["id"]
        raise AssertionError(f"{code} on {day}")

    def on(self, unit, day):
        """The unit as of the day: itself, its only successor, or None."""
        while not self.valid(unit, day) and self.units[unit]["valid_from"] <= day.isoformat():
            after = self.units[unit]["successors"].split()
            if len(after) != 1:
                return None
            (unit,) = after
        return unit

    def parts_on(self, unit, day):
        """All successors of the unit by the day."""
        if self.valid(unit, day) or day.isoformat() < self.units[unit]["valid_from"]:
            return {unit}
        after = self.units[unit]["successors"].split()
        return {part for one in after for part in self.parts_on(one, day)}

    def origins(self, unit):
        """The units before the reform that a part of the unit came from."""
        before = [u["id"] for u in self.units.values() if unit in u["successors"].split()]
        return {first for one in before for first in self.origins(one) or {one}}

    def area(self, post, day):
        """A post's communes, named by their first ids, on the day."""
        found = set()
        for code in self.posts[post]["communes"].split():
            first = min(
                (u for u in self.units.values() if code in (u["id"], u["code"])),
                key=lambda u: u["valid_from"],
            )
            found |= self.parts_on(first["id"], day)
        return found

    def communes(self, day):
        return [
            u for u in self.units.values() if u["kind"] == "commune" and self.valid(u["id"], day)
        ]


CHANGE = datetime.date(2025, 7, 1)
"""The day of the reform: districts ended, and communes were replaced."""


class Scope:
    """Whose figures: `holds(record's post, its units)`; `communes`: those on the last day.

    geography: "new" presents a period before the reform by the communes after it; "old" a period
    after it by districts: the communes all of whose known parts lay in them.
    """

    def __init__(self, text, places, last, geography=None):
        kind, _colon, name = text.partition(":")
        self.kind, self.places = kind, places
        back = geography == "old" and last >= CHANGE
        asked_on = CHANGE - ONE if back else max(last, CHANGE) if geography == "new" else last
        self.last = last if back else asked_on
        self.post = name if kind == "post" else None
        self.parts = set()
        everywhere = {u["id"] for u in places.communes(self.last)}
        if kind == "province":
            self.communes = everywhere
        elif kind == "post":
            self.communes = places.area(name, self.last)
        elif kind == "commune":
            assert not back
            self.communes = {places.commune(name, self.last)}
        else:
            self.parts = self._district(name, asked_on)
            self.communes = self.parts if not back else {
                u for u in everywhere if places.origins(u) and places.origins(u) <= self.parts
            }  # fmt: skip

    def _district(self, name, day):
        """The communes of a district on the day."""
        (district,) = [
            u["id"]
            for u in self.places.units.values()
            if u["kind"] == "district"
            and self.places.valid(u["id"], day)
            and folded(name) in (folded(u["name"]), folded(u["name"]).removeprefix("huyen "))
        ]
        return {u["id"] for u in self.places.communes(day) if u["parent"] == district}

    @property
    def by_unit(self):
        return self.kind in ("commune", "district")

    def within(self, unit):
        """Whether the unit, as of the scope's day, lies in a scope of units."""
        if unit in self.parts:
            return True
        return unit is not None and self.places.on(unit, self.last) in self.communes

    def torn(self, day):
        """Whether a unit that was whole on the day lies only partly in the scope since."""
        return self.by_unit and any(
            len(u["successors"].split()) > 1
            and not self.within(u["id"])
            and (u["valid_to"] or "9999-12-31") >= day.isoformat()
            and self.communes & set(u["successors"].split())
            for u in self.places.units.values()
        )

    def holds(self, record):
        """Whether a record counts in the scope."""
        if self.kind == "province":
            return True
        if self.kind == "post":
            return record["post"] == self.post
        return any(self.within(unit) for unit in record["units"])


class Recompute:
    """records: {type: what `list TYPE --format json` prints}; programmes: codes in use."""

    def __init__(
        self, records, places, months=None, programmes=(), papers=(), targets=(), complete_from=None
    ):
        self.places = places
        self.complete_from = complete_from and day_of(complete_from)
        self.months = months or Months()
        self.programmes = list(programmes)
        self.papers, self.targets = list(papers), list(targets)
        self.households = {h["id"]: h for h in records["household"]}
        self.leaders = self._leaders()
        self.records = {
            kind: [self._placed(kind, record) for record in records[kind]] for kind in EVENT
        }

    def _leaders(self):
        """{household: the smallest id of its group of joined households}."""
        groups = {h: {h} for h in self.households}
        for household in self.households.values():
            other = household["merged_into"]
            if other in groups:
                both = groups[household["id"]] | groups[other]
                for member in both:
                    groups[member] = both
        return {h: min(group) for h, group in groups.items()}

    def _placed(self, kind, record):
        day = day_of(record[EVENT[kind]])
        given = record["communes"] if kind == "patrol" else [record["commune"]]
        units = [self._unit(record, code, day) for code in given if code]
        return {**record, "day": day, "units": units}

    def _unit(self, record, code, day):
        """The unit of a place on the day; a pledge of a household in a unit that did not exist yet,
        or is split by then, belongs to that very unit."""
        household = record.get("household")
        home = self.households[household]["commune"] if household else None
        same = home is not None and self.places.units[home]["code"] == code
        if same and not self.places.valid(home, day):
            became = self.places.parts_on(home, day)
            return next(iter(became)) if len(became) == 1 else home
        return self.places.commune(code, day)

    # ---------------------------------------------------------------- choosing records

    def dated(self, kind, scope, first, last):
        return [r for r in self.records[kind] if first <= r["day"] <= last and scope.holds(r)]

    def attendance(self, record, scope):
        """The part of an outreach's attendance that belongs to the scope."""
        whole = record["attendance"] or 0
        elsewhere = [(p["commune"], p["attendance"]) for p in record["other_places"]]
        if not scope.by_unit:
            return whole if scope.holds(record) else 0
        there = sum(
            n for code, n in elsewhere if scope.within(self.places.commune(code, record["day"]))
        )
        here = whole - sum(n for _code, n in elsewhere)
        return there + (here if scope.holds(record) else 0)

    # ------------------------------------------------------------------------- figures

    def values(self, scope, first, last):
        """{indicator: its figure} over the days from `first` to `last`; stocks as of `last`."""
        figures = defaultdict(lambda: 0)
        for key in ("clearing_length", "marker_tracks_length", "labour_days"):
            figures[key] = Decimal(0)
        self._patrols(figures, scope, first, last)
        self._works(figures, scope, first, last)
        self._outreach(figures, scope, first, last)
        self._incidents(figures, scope, first, last)
        for record in self.dated("coordination", scope, first, last):
            figures[COORDINATION[record["kind"]]] += record["times"]
        self._registered(figures, scope, last)
        for record in self.dated("pledge", scope, first, last):
            figures["pledges_signed"] += record["count"]
            figures["household_pledges_unlisted"] += record["count"] if record["count"] > 1 else 0
        figures["household_pledges"] = (
            len(self.first_signatures(scope, first, last)) + figures["household_pledges_unlisted"]
        )
        figures["households"] = self._there_are(scope, last)
        figures["pledge_coverage"] = self._coverage(scope, last)
        figures["border_hamlets_reached"] = self._hamlets_reached(scope, first, last)
        figures["communes_active"] = self._communes_active(scope, first, last)
        return figures

    def _patrols(self, figures, scope, first, last):
        covered = set()
        for record in self.dated("patrol", scope, first, last):
            figures[f"patrols_{record['kind']}"] += 1
            figures["patrol_participants"] += record["participants"]
            figures["markers_inspected"] += len(record["inspected"])
            covered |= {row["marker"] for row in record["inspected"]}
        figures["markers_covered"] = len(covered)

    def _works(self, figures, scope, first, last):
        for record in self.dated("clearing", scope, first, last):
            figures["clearing_events"] += record["times"]
            figures["clearing_participants"] += record["participants"]
            figures["clearing_length"] += record["length_m"] or 0
        for record in self.dated("track", scope, first, last):
            figures["marker_tracks_built"] += record["count"]
            figures["marker_tracks_length"] += sum(r["length_m"] or 0 for r in record["lines"])
        for record in self.dated("programme", scope, first, last):
            figures[f"programme:{record['programme']}"] += record["quantity"]
        for kind in ("clearing", "track", "programme"):
            for record in self.dated(kind, scope, first, last):
                figures["labour_days"] += record["labour_days"] or 0
                figures["funds"] += record.get("cost_vnd") or 0
                funders = record.get("funders") or []
                figures["contributed"] += sum(r["amount_vnd"] or 0 for r in funders)

    def _outreach(self, figures, scope, first, last):
        for record in self.records["outreach"]:
            if not first <= record["day"] <= last:
                continue
            if record["form"] in ("session", "training"):
                figures["outreach_attendance"] += self.attendance(record, scope)
            if record["form"] == "small_scale":
                figures["outreach_small_scale"] += self.attendance(record, scope)
        for record in self.dated("outreach", scope, first, last):
            if record["form"] in ("session", "training"):
                figures["outreach_sessions"] += record["sessions"]
            if record["form"] == "broadcast":
                figures["outreach_broadcasts"] += record["sessions"]
            figures["leaflets"] += record["leaflets"] or 0
            figures["legal_document_sets"] += record["document_sets"] or 0

    def _incidents(self, figures, scope, first, last):
        for record in self.dated("incident", scope, first, last):
            figures["incidents_new"] += 1
            figures["incident_persons"] += record["persons"] or 0
            figures["incident_tips"] += record["from_tip"] is True
            figures["fines"] += record["fine_vnd"] or 0
        for record in self.records["incident"]:
            closed = day_of(record["closed_on"]) if record["status"] == "closed" else None
            if not scope.holds(record):
                continue
            figures["incidents_closed"] += closed is not None and first <= closed <= last
            figures["incidents_open"] += record["day"] <= last and (closed is None or closed > last)

    def alive(self, scope, subject, day):
        return [
            r
            for r in self.records["registration"]
            if r["subject"] == subject
            and scope.holds(r)
            and r["day"] <= day
            and (r["to_on"] is None or day <= day_of(r["to_on"]))
        ]

    def _registered(self, figures, scope, day):
        figures["collectives_registered"] = len(self.alive(scope, "collective", day))
        figures["individuals_registered"] = len(self.alive(scope, "individual", day))
        households = {self.leaders[r["household"]] for r in self.alive(scope, "household", day)}
        figures["households_registered"] = len(households)

    def first_signatures(self, scope, first, last):
        """(year, household) of each household with its first signature of a year within the
        days."""
        earliest = {}
        for record in self.records["pledge"]:
            if record["household"] and scope.holds(record):
                signer = self.months.year_of(record["day"]), self.leaders[record["household"]]
                earliest[signer] = min(record["day"], earliest.get(signer, record["day"]))
        return {signer for signer, day in earliest.items() if first <= day <= last}

    def _hamlets(self, scope, day):
        for hamlet in self.places.hamlets:
            ends = hamlet["valid_to"] or "9999-12-31"
            if hamlet["valid_from"] <= day.isoformat() <= ends:
                parts = self.places.parts_on(hamlet["commune"], scope.last)
                inside = scope.kind == "post" and parts & scope.communes
                if scope.kind == "province" or inside or scope.within(hamlet["commune"]):
                    yield hamlet

    def _coverage(self, scope, last):
        begin = self.months.year(self.months.year_of(last))[0]
        unlisted = sum(
            r["count"] for r in self.dated("pledge", scope, begin, last) if r["count"] > 1
        )
        signed = len(self.first_signatures(scope, begin, last)) + unlisted
        return percent(signed, self._there_are(scope, last))

    def _there_are(self, scope, last):
        return sum(int(h["households_total"] or 0) for h in self._hamlets(scope, last))

    def _hamlets_reached(self, scope, first, last):
        border = {
            (self.places.on(h["commune"], scope.last), folded(h["name"]))
            for h in self._hamlets(scope, last)
            if h["is_border"] == "1"
        }
        border = {place for place in border if place[0] is not None}
        reached = {
            (self.places.on(r["units"][0], scope.last), folded(r["hamlet"]))
            for r in self.dated("outreach", scope, first, last)
            if r["hamlet"]
        }
        return len(border & reached) if border else None

    def _communes_active(self, scope, first, last):
        border = {u for u in scope.communes if self.places.units[u]["border"] == "1"}
        seen = {
            self.places.on(unit, scope.last)
            for kind in EVENT
            for record in self.dated(kind, scope, first, last)
            for unit in record["units"]
        }
        return len(border & seen) if border else None

    # ------------------------------------------------------------------- what is covered

    def works(self, key):
        """(post, day, record) of the records that show since when work was logged: a registration
        may begin long before, and only shows registrations."""
        for kind, records in self.records.items():
            if kind != "registration" or key in REGISTERED:
                yield from ((record["post"], record["day"], record) for record in records)

    def covers(self, key, scope, days, now, *, taken_over):
        """Whether the scope's records are complete for the days; taken_over: papers cover
        everything before them, so that records count from that month on."""
        first, last = days
        if self.complete_from and self.complete_from <= first:
            return True
        begun = self.months.month_end(first) + ONE if taken_over else first
        works = list(self.works(key))
        if scope.post:
            return any(post == scope.post and day < begun for post, day, _record in works)
        posts = {p for p, day, record in works if now[0] <= day <= now[1] and scope.holds(record)}
        if not posts:
            return any(day < begun for _post, day, _record in works)
        return all(
            any(p == post and day < begun for p, day, _record in works)
            and any(p == post and first <= day <= last for p, day, _record in works)
            for post in posts
        )

    # ------------------------------------------------------------------------- columns

    def rows(self, scope_text, period, geography=None):
        """{key: {column: figure}} of the summary of a period for a scope."""
        first, last = self.months.window(period)
        scope = Scope(scope_text, self.places, last, geography)
        before = self.months.compared(period)
        year = self.months.year_of(last)
        start = self.months.year(year)[0]
        cache = {}

        def records_of(days):
            if days not in cache:
                cache[days] = self.values(scope, *days)
            return cache[days]

        keys = (*KEYS_BEFORE, *(f"programme:{p}" for p in self.programmes), *KEYS_AFTER)
        return {
            key: self._row(key, scope_text, scope, year, (first, last), before, (start, last),
                           records_of)
            for key in keys
        }  # fmt: skip

    def _row(self, key, scope_text, scope, year, now, before, so_far, records_of):
        (value, exact), (to_date, _exact) = (
            self._total(key, scope_text, days, records_of) for days in (now, so_far)
        )
        previous = self._previous(key, scope_text, scope, now, before, records_of)
        change = None if value is None or previous is None or not exact else value - previous
        target = next(
            (Decimal(t["value"]) for t in self.targets
             if (t["indicator"], t["year"], t["scope"]) == (key, year, scope_text)),
            None,
        )  # fmt: skip
        return {
            "value": value, "previous": previous, "change": change,
            "change_pct": percent(change, previous), "year_to_date": to_date, "target": target,
            "target_pct": percent(to_date, target), "late": 0,
        }  # fmt: skip

    def _previous(self, key, scope_text, scope, now, before, records_of):
        """The figure compared with, None if its days are not completely covered."""
        papers = self._papers(key, scope_text)
        for days, paper in papers:
            if days == before:
                return Decimal(paper["value"]) if paper["qualifier"] == "exact" else None
        first, last = before
        for (a, b), _paper in sorted(self._within(key, papers, before), key=lambda one: one[0]):
            if a == first:
                first = b + ONE
        if first <= last:
            taken_over = first > before[0]
            covered = self.covers(key, scope, (first, last), now, taken_over=taken_over)
            if scope.torn(before[0]) or not covered:
                return None
        previous, exact = self._total(key, scope_text, before, records_of)
        return previous if exact else None

    def _papers(self, key, scope_text):
        """[(days, paper)] of an indicator and scope: exact ones first, longer ones before
        shorter."""
        found = [
            (self.months.window(p["period"]), p)
            for p in self.papers
            if (p["indicator"], p["scope"]) == (key, scope_text)
        ]
        found.sort(key=lambda one: (one[1]["qualifier"] != "exact", one[0][0] - one[0][1]))
        return found

    def _within(self, key, papers, days):
        """The papers within some days, without overlaps, for flows only."""
        used = []
        for (a, b), paper in papers if key not in STOCKS | RATIOS else ():
            apart = all(b < c or d < a for (c, d), _paper in used)
            if days[0] <= a and b <= days[1] and apart:
                used.append(((a, b), paper))
        return used

    def is_within(self, key, scope_text, days):
        """Whether papers cover some of the days."""
        return bool(self._within(key, self._papers(key, scope_text), days))

    def _covered(self, scope_text, days, records_of):
        """The share of the households that signed in the year so far, papers included."""
        begin = self.months.year(self.months.year_of(days[1]))[0]
        signed = "household_pledges"
        if records_of(days)["pledge_coverage"] is None:
            return None, True
        if not self.is_within(signed, scope_text, (begin, days[1])):
            return records_of(days)["pledge_coverage"], True
        total, exact = self._total(signed, scope_text, (begin, days[1]), records_of)
        return percent(total, records_of(days)["households"]), exact

    def _total(self, key, scope_text, days, records_of):
        """(sum of papers and records over the days, each day covered once; whether it is exact)."""
        if key == "pledge_coverage":
            return self._covered(scope_text, days, records_of)
        used = self._within(key, self._papers(key, scope_text), days)
        if not used:
            return records_of(days)[key], True
        kinds = {paper["qualifier"] for _days, paper in used}
        bound = "over" if "over" in kinds else "under" if "under" in kinds else None
        total = sum(
            (Decimal(p["value"]) for _days, p in used if p["qualifier"] in ("exact", bound)),
            Decimal(0),
        )
        day = days[0]
        for (a, b), _paper in sorted(used, key=lambda one: one[0]):
            if day < a:
                total += records_of((day, a - ONE))[key]
            day = b + ONE
        if day <= days[1]:
            total += records_of((day, days[1]))[key]
        return total, bound is None


COORDINATION = {
    "exchange": "exchanges", "briefing": "briefings", "talks": "talks",
    "conference": "conferences", "twinning": "twinnings",
}  # fmt: skip
KEYS_BEFORE = (
    "patrols_unilateral patrols_bilateral patrols_combined patrol_participants markers_inspected"
    " markers_covered clearing_events clearing_participants clearing_length marker_tracks_built"
    " marker_tracks_length outreach_sessions outreach_attendance outreach_small_scale"
    " outreach_broadcasts leaflets legal_document_sets collectives_registered"
    " households_registered individuals_registered pledges_signed household_pledges"
    " household_pledges_unlisted"
).split()
KEYS_AFTER = (
    "labour_days funds contributed exchanges briefings talks conferences twinnings incidents_new"
    " incidents_closed incidents_open incident_persons incident_tips fines pledge_coverage"
    " border_hamlets_reached communes_active"
).split()
