"""Short forms of `run.py soak`, whose long one is run before a release: every operation is hit by
chance at a place or two, and nothing may be lost."""

import pytest

from tests.effort import THOROUGH, tries
from tests.soak.cuts import CutSoak
from tests.soak.faults import MEMORY_STEP, FaultSoak
from tests.soak.nursery import DISK_FULL, KILL, Nursery
from tests.soak.operations import OPERATIONS

DAILY = {
    KILL: (
        "add sheet import undo-batch erase export backup restore upgrade encrypt password".split()
    ),
    DISK_FULL: "add import export encrypt password".split(),
}
"""The operations that stand for the others on every day."""


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
    for name in ("add", "export"):
        for step in soak.memory_steps(name, MEMORY_STEP * tries(16, 2)):
            soak.hit(step)
    assert soak.faults == []
    assert soak.done["ended with 0"] > 0 < soak.done["ended with 1"]


def test_power_cuts_lose_nothing(soak, tmp_path):
    cuts = CutSoak(tmp_path, soak.desks.desk, seed=7)
    cuts.cut(tries(12, 200))
    assert cuts.faults == []
    assert cuts.done["cuts"] == tries(12, 200)
    assert cuts.done["acknowledged"] > 0
