"""A short form of `run.py soak`, which is run before a release: every operation is hit at a random
place or two, and nothing may be lost."""

from collections import Counter

import pytest

from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from tests.effort import THOROUGH, tries
from tests.soak.beside import BesideSoak, so_often
from tests.soak.cuts import CutSoak
from tests.soak.faults import MEMORY_STEP, FaultSoak
from tests.soak.flatness import measured
from tests.soak.inputs import DOORS, GROUP, soak_door
from tests.soak.nursery import DISK_FULL, KILL, Nursery
from tests.soak.operations import OPERATIONS, clearing
from tests.soak.power import PowerSoak

DAILY = {
    KILL: "import backup upgrade encrypt password".split(),
    DISK_FULL: "export password".split(),
}
"""A selection of operations for daily runs."""


@pytest.fixture(scope="module")
def soak(tmp_path_factory):
    with Nursery() as nursery:
        yield FaultSoak(tmp_path_factory.mktemp("soak"), nursery)


@pytest.mark.long
@pytest.mark.parametrize("what", DAILY, ids=["killed", "disk full"])
def test_operations_hit_at_some_call_lose_nothing(soak, what):
    for number, name in enumerate(OPERATIONS if THOROUGH else DAILY[what]):
        for step in soak.shares(list(soak.call_steps(name, what)), tries(1, 8), seed=number):
            soak.hit(step)
    assert soak.faults == []


def test_operations_without_memory_lose_nothing(soak):
    for name in ("add", "export")[: tries(1, 2)]:
        for step in soak.memory_steps(name, MEMORY_STEP * tries(32, 2)):
            soak.hit(step)
    assert soak.faults == []
    assert soak.done["ended with 0"] > 0 < soak.done["ended with 1"]


def test_power_cuts_lose_nothing(soak, tmp_path):
    cuts = CutSoak(tmp_path, soak.desks.desk, seed=7)
    cuts.cut(tries(12, 200))
    assert cuts.faults == []
    assert cuts.done["cuts"] == tries(12, 200)
    assert cuts.done["acknowledged"] > 0


def test_power_cuts_in_an_operation_lose_nothing(soak, tmp_path):
    for name in OPERATIONS if THOROUGH else ["import"]:
        PowerSoak(soak, tmp_path, seed=5).cut(name, tries(4, 20))
    assert soak.faults == []
    assert soak.done["power cuts"] >= 4


def test_hostile_inputs_are_refused_in_words(soak):
    done = Counter()
    for name in DOORS if THOROUGH else ["any"]:
        assert soak_door(soak.desks, name, tries(60, 5 * GROUP), 3, done) == []
    assert done["status 1"] > done["status 0"] > 0


def test_a_window_and_commands_lose_and_double_nothing(soak):
    beside = BesideSoak(soak.desks, so_often(tries(2, 20)))
    beside.run()
    assert beside.faults == []
    assert beside.done["typed"] == beside.done["verify"] == tries(2, 20)


def test_saves_and_papers_leave_nothing_open(soak, tmp_path):
    with Desk.open(soak.desks.copy("desk")) as desk:
        held = []
        for number in range(tries(30, 1_000)):
            desk.records.add("clearing", clearing(number))
            if number % 10 == 9:
                write_report(desk, Request("summary", "2023-05"), tmp_path / "a.pdf")
                held.append(measured())
    for key in ("files", "threads"):
        assert held[-1][key] <= held[0][key]
