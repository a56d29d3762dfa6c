"""Builds a demonstration desk, reproducibly from one seed.

The records pass the rules of entry like any other, as if each had been typed in the evening of
its day or a few days later.
"""

import datetime
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from borderdesk.base.files import write_atomically
from borderdesk.base.paths import database_file
from borderdesk.base.progress import Progress
from borderdesk.demo import wording
from borderdesk.demo.amounts import COUNTS, apportion
from borderdesk.demo.draws import DemoRecord
from borderdesk.demo.places import DemoHouseholds, PostSite, make_sites
from borderdesk.demo.records import DemoRecordFactory
from borderdesk.desk import Desk
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.figures import targets
from borderdesk.schema.invented import INVENTED, invented_hamlets
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import SALT_BYTES, RevisionStamp, uuid7
from borderdesk.schema.settings import COMPLETE_FROM
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import NEWEST_TIME, write_meta
from borderdesk.store.records.record_queries import large_cache
from borderdesk.store.records.writer import Writer

LAST_YEAR = 2023
YEARS = 10
RECORDS_PER_HOUSEHOLD = 14
"""The number of records of ten years that name the same household, which signs most years and
registers."""
CHUNK = 2_000
COMMIT = 25_000
"""Records in a transaction: few commits, because each waits for an fsync."""
PAGE_CACHE_KIB = 65_536
HOUSEHOLD_REVIEW = datetime.timedelta(days=3 * 365)
"""After how long a household's personal part is due for review."""
ENTRY_DELAYS = [datetime.timedelta(days=days) for days in (0, 0, 1, 2, 3)]
"""Days from a record's event to its entry; a random choice for each record."""
EVENING, EVENING_LASTS = 10 * 3_600_000, 5 * 3_600_000
"""In milliseconds of the day in UTC: records are typed from 17:00 to 22:00 on the border."""
EPOCH = datetime.date(1970, 1, 1).toordinal()
KINDS_FROM_APRIL = frozenset({"second_signature"})
"""Kinds that begin in April: the first signature was in the quarter before."""

TARGETS = (
    ("clearing_events", "420", "at_least"),
    ("marker_tracks_built", "180", "at_least"),
    ("outreach_sessions", "300", "at_least"),
    ("outreach_attendance", "14000", "at_least"),
    ("household_pledges", "14000", "at_least"),
    ("collectives_registered", "24", "maintain"),
    ("households_registered", "885", "maintain"),
)
"""Invented targets of the demonstration year."""

PAPER = {
    "symbol": "BCH",
    "addressees": "Bộ Tư lệnh Bộ đội Biên phòng; Ủy ban nhân dân tỉnh Lạng Sơn",
    "recipients": "Các huyện biên giới; Các đồn biên phòng",
    "archive": "VT, PCT",
}
"""The letterhead of the demonstration desk's papers, without a signer."""


def make_demo(
    folder: Path,
    *,
    records: int | None = None,
    seed: int = 2023,
    progress: Progress | None = None,
) -> int:
    """Make a new open province desk of invented records in `folder`; returns their number.

    Without `records` it is the year 2023, whose figures add up to the published ones; with
    it, so many records in the same proportions over ten years. Equal seeds make equal desks.
    progress: called with the records done and their total. Raises OperationRefused where a desk
    is already; on any other error the incomplete desk is removed.
    """
    identity = f"{random.Random(f'{seed}:desk').getrandbits(128):032x}"
    desk = Desk.create(folder, "province", "20", wording.PERSON, demo=True, desk_id=identity)
    try:
        with desk, large_cache(desk.store, PAGE_CACHE_KIB):
            return DemoBuilder(desk, records, seed).run(progress or (lambda _done, _all: None))
    except BaseException:
        _remove(folder)
        raise


def _remove(folder: Path) -> None:
    file = database_file(folder)
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


class DemoBuilder:
    """Plans which record happens on which day, and writes them, for one desk."""

    def __init__(self, desk: Desk, records: int | None, seed: int) -> None:
        self._desk = desk
        self._chances = random.Random(f"{seed}:chances")
        self._bits = random.Random(f"{seed}:ids")
        self._salts = random.Random(f"{seed}:salts")
        several_years = records is not None
        self._total = sum(COUNTS.values()) if records is None else records
        self._first_year = LAST_YEAR - YEARS + 1 if several_years else LAST_YEAR
        self._counts = dict(zip(COUNTS, apportion(self._total, [*COUNTS.values()]), strict=True))
        self._demo_households = self._make_households(
            COUNTS["signature"] if records is None else max(records // RECORDS_PER_HOUSEHOLD, 1)
        )
        self._factory = DemoRecordFactory(
            self._chances,
            self._sites,
            self._demo_households,
            last_day=datetime.date(LAST_YEAR, 12, 31),
            signatures_a_quarter=self._counts["signature"] // (4 * self._years),
            several_years=several_years,
        )
        self._milliseconds = 0
        self._newest = ""
        self._author = desk.account.full_name
        self._entering = EntryRules(
            desk.store,
            desk.book,
            datetime.date(LAST_YEAR, 12, 31),
            desk.writable(),
            ids=self._new_id,
            invented=True,
        )
        self._writer = Writer(desk.store, desk.book, lambda: self._salts.randbytes(SALT_BYTES))

    @property
    def _years(self) -> int:
        return LAST_YEAR - self._first_year + 1

    # ------------------------------------------------------------------ reference data

    def _make_households(self, household_count: int) -> DemoHouseholds:
        """Invent the hamlets with their households, and load them as reference data."""
        hamlets = invented_hamlets()
        demo_households = DemoHouseholds(self._chances, hamlets, household_count)
        file = self._desk.folder / "hamlets.csv"
        try:
            write_atomically(file, demo_households.csv().encode())
            self._desk.reference.load(file)
        finally:
            file.unlink(missing_ok=True)
        self._sites: dict[str, PostSite] = make_sites(self._desk.book, hamlets)
        return demo_households

    def _set_targets(self) -> None:
        def write(store: Store) -> None:
            for key, value, rule in TARGETS:
                targets.set_target(store, key, LAST_YEAR, "province", value, rule)

        self._desk.reference.write_targets(write)

    def _set_paper(self) -> None:
        complete = {COMPLETE_FROM: f"{self._first_year}-01-01"}
        for key, value in {**PAPER, **complete}.items():
            self._desk.reference.set_setting(key, value)

    # ------------------------------------------------------------------------ the plan

    def _months(self) -> Iterator[list[tuple[datetime.date, str]]]:
        """For each month (day, kind of record) in order of the days."""
        calendar = [
            datetime.date(year, month, 1)
            for year in range(self._first_year, LAST_YEAR + 1)
            for month in range(1, 13)
        ]
        each = {
            kind: apportion(
                count, [int(not (kind in KINDS_FROM_APRIL and day.month < 4)) for day in calendar]
            )
            for kind, count in self._counts.items()
        }
        for place, first in enumerate(calendar):
            days = (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - first
            happening = [
                (first + datetime.timedelta(days=self._chances.randrange(days.days)), kind)
                for kind, counts in each.items()
                for _record in range(counts[place])
            ]
            happening.sort()
            yield happening

    # ------------------------------------------------------------------------- writing

    def run(self, progress: Progress) -> int:
        """Write everything; returns the number of records."""
        self._desk.require("record.write")
        self._set_targets()
        self._set_paper()
        plan = (happening for month in self._months() for happening in month)
        done = 0
        while done < self._total:
            with self._desk.writing():
                until = min(done + COMMIT, self._total)
                while done < until:
                    size = min(CHUNK, until - done)
                    for _record in range(size):
                        self._enter(*next(plan))
                    self._writer.flush_records()
                    self._entering.forget_written()
                    done += size
                    progress(done, self._total)
                self._writer.finish()
                write_meta(self._desk.store, {NEWEST_TIME: self._newest})
        return done

    def _enter(self, day: datetime.date, kind: str) -> None:
        record = self._factory.make(kind, day)
        stamp = self._stamp(record)
        if record.household is not None:
            record.raw["household"] = self._household(record.household, stamp)
        model = ALL_TYPES[record.type_name]
        for change in self._entering.prepare(model, record.raw):
            self._writer.write(change, stamp)

    def _stamp(self, record: DemoRecord) -> RevisionStamp:
        """The moment of entry of a record, which sets the clock of ids and rules of entry."""
        chance = self._chances.random
        evening = record.until + ENTRY_DELAYS[int(chance() * len(ENTRY_DELAYS))]
        since_midnight = EVENING + int(chance() * EVENING_LASTS)
        self._milliseconds = (evening.toordinal() - EPOCH) * 86_400_000 + since_midnight
        self._entering.today = evening
        seconds, thousandths = divmod(since_midnight, 1000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        time = f"{evening.isoformat()}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}Z"
        self._newest = max(self._newest, time)
        return RevisionStamp(self._author, self._desk.identity.id, time)

    def _new_id(self) -> str:
        bits = self._bits.getrandbits(74)
        return uuid7(self._milliseconds, bits & 0xFFF, bits >> 12)

    def _household(self, number: int, stamp: RevisionStamp) -> str:
        """The id of a household, which is entered at its first use."""
        household_id = self._demo_households.ids[number]
        if household_id is not None:
            return household_id
        hamlet = self._demo_households.hamlet_of(number)
        raw: dict[str, Any] = {
            "head": self._demo_households.head_of(number),
            "commune": hamlet.commune,
            "hamlet": hamlet.name,
            "note": INVENTED,
            "purpose": wording.PURPOSE,
            "review_on": (self._entering.today + HOUSEHOLD_REVIEW).isoformat(),
        }
        (change,) = self._entering.prepare(Household, raw)
        self._writer.write(change, stamp)
        self._demo_households.ids[number] = change.record
        return change.record
