"""Until when an earlier record of its household counts stands with each pledge and registration,
whatever is entered, corrected, deleted, joined or taken out: figures that go by it are those of
households collected one by one."""

import random
from importlib import import_module

import pytest

from borderdesk.figures.figures import Figures
from borderdesk.figures.quantities import DateRange
from borderdesk.figures.scopes import province
from borderdesk.schema.records.pledge import Pledge
from borderdesk.schema.records.registration import Registration
from borderdesk.store.records.earlier_records import altered_spans
from borderdesk.store.records.writer import Writer
from borderdesk.store.verification.rebuild import rebuild
from tests.effort import tries

HOME = {"commune": "06196", "hamlet": "Pò Mã"}
DAYS = ("2022-12-31", "2023-01-01", "2023-02-03", "2023-02-03", "2023-06-30", "2024-01-01")
ENDS = (None, None, "2023-02-03", "2023-06-29", "2023-06-30", "2024-06-30")
TABLES = {"pledge": "signed_on", "registration": "from_on"}


class CollectedFigures(Figures):
    """Figures that collect the households, as where only some records count."""

    def is_unlimited(self, model):
        return False


def enter_pledge(desk, chance, households):
    desk.records.add("pledge", {"post": "BS", "programme": "phao", "signed_on": chance.choice(DAYS),
                                "household": chance.choice(households)})  # fmt: skip


def enter_registration(desk, chance, households):
    given = {"post": "BS", "subject": "household", "household": chance.choice(households),
             "commune": "06196", "from_on": (day := chance.choice(DAYS))}  # fmt: skip
    end = chance.choice(ENDS)
    desk.records.add("registration", given | ({"to_on": end} if end and end >= day else {}))


def any_record(desk, chance):
    table = chance.choice([*TABLES])
    found = [row[0] for row in desk.store.rows(f"SELECT id FROM {table} ORDER BY id")]
    return (table, chance.choice(found)) if found else None


def correct(desk, chance, households):
    if named := any_record(desk, chance):
        table, record = named
        change = {TABLES[table]: chance.choice(DAYS), "household": chance.choice(households)}
        desk.records.edit(table, record, change | ({"to_on": None} if table != "pledge" else {}))


def delete(desk, chance, _households):
    if named := any_record(desk, chance):
        desk.records.delete(*named, "nhập nhầm")


def join(desk, chance, households):
    one, other = chance.sample(households, 2)
    desk.records.edit("household", max(one, other), {"merged_into": min(one, other)})


STEPS = (enter_pledge, enter_pledge, enter_registration, enter_registration, correct, delete, join)


def fill(desk, chance):
    households = [
        desk.records.add("household", {"head": head, **HOME}).id
        for head in ("Nông A", "Lý B", "Hoàng C", "Vi D")
    ]
    for _step in range(25):
        chance.choice(STEPS)(desk, chance, households)


def every_figure(figures):
    ranges = [("2022-12-15", "2023-01-31"), ("2023-01-01", "2023-12-31"), ("2023-02-03",) * 2,
              ("2023-06-01", "2023-06-30"), ("2024-01-01", "2024-12-31")]  # fmt: skip
    parse = figures.day.fromisoformat
    return [figures.values(DateRange(parse(first), parse(last))) for first, last in ranges]


def assert_right(desk):
    given = desk.store, desk.book, desk.calendar(), province(desk.book), desk.today()
    assert every_figure(Figures(*given)) == every_figure(CollectedFigures(*given))
    for model in (Pledge, Registration):
        assert [*altered_spans(desk.store, model)] == []


@pytest.mark.parametrize("seed", range(tries(4, 40)))
def test_whatever_is_done_the_figures_are_those_of_households_collected(desk, seed):
    fill(desk, random.Random(seed))
    assert_right(desk)
    with desk.writing():
        assert rebuild(desk.store, desk.book) == []
    assert_right(desk)


def spans(desk, table):
    return [row[0] for row in desk.store.rows(f"SELECT earlier_until FROM {table} ORDER BY row")]


def sign(desk, day, head="Nông A"):
    household = {"head": head, **HOME}
    given = {"post": "BS", "programme": "phao", "signed_on": day, "household": household}
    return desk.records.add("pledge", given).id


def test_a_pledge_entered_late_comes_before_those_entered_earlier(desk):
    sign(desk, "2023-05-05")
    sign(desk, "2023-07-07")
    late = sign(desk, "2023-06-06")
    sign(desk, "2023-05-01", "Lý B")
    assert spans(desk, "pledge") == [None, "2023-06-06", "2023-05-05", None]
    desk.records.delete("pledge", late, "nhập nhầm")
    assert spans(desk, "pledge") == [None, "2023-05-05", None]


def test_a_pledge_that_names_another_household_leaves_the_first_one(desk):
    sign(desk, "2023-05-05")
    moved = sign(desk, "2023-06-06")
    sign(desk, "2023-07-07")
    other = desk.records.read("pledge", sign(desk, "2023-04-04", "Lý B"))[0]["household"]
    desk.records.edit("pledge", moved, {"household": other})
    assert spans(desk, "pledge") == [None, "2023-04-04", "2023-05-05", None]


def test_a_registration_in_force_without_end_covers_every_later_one(desk):
    given = {"post": "BS", "subject": "household", "household": {"head": "Nông A", **HOME},
             "commune": "06196"}  # fmt: skip
    first = desk.records.add("registration", {**given, "from_on": "2023-01-01"}).id
    desk.records.add("registration", {**given, "from_on": "2023-02-01", "to_on": "2023-03-01"})
    desk.records.add("registration", {**given, "from_on": "2023-04-01"})
    assert spans(desk, "registration") == [None, "9999-12-31", "9999-12-31"]
    desk.records.edit("registration", first, {"to_on": "2023-03-31"})
    assert spans(desk, "registration") == [None, "2023-03-31", "2023-03-31"]


def test_what_is_taken_out_leaves_the_days_of_what_stays(desk):
    first = sign(desk, "2023-05-05")
    sign(desk, "2023-09-09")
    with desk.writing():
        writer = Writer(desk.store, desk.book)
        writer.clear(Pledge, [first])
        writer.finish()
    assert spans(desk, "pledge") == [None]


def test_an_upgrade_finds_the_days_that_are_kept_today(desk):
    fill(desk, random.Random(7))
    kept = [spans(desk, table) for table in TABLES]
    assert all(any(column) for column in kept)
    for table in TABLES:
        desk.store.run(f"DROP INDEX {table}_summary")
        desk.store.run(f"ALTER TABLE {table} DROP COLUMN earlier_until")
        desk.store.run(f"CREATE INDEX {table}_summary ON {table} (post)")
    import_module("borderdesk.store.migrations.0026_earlier").up(None, desk.store)
    assert [spans(desk, table) for table in TABLES] == kept
    assert desk.maintenance.verify()["ok"]
