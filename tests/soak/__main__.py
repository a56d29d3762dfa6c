"""Injects system faults until data is lost: `run.py soak [WHAT …] [--each N] [--seed S]`.

WHAT is kills, cuts, power, room, disk, memory, inputs, beside, lasting, hours; all without one.

--each: so many random places per operation instead of all; for other kinds the number of cuts,
inputs per door, seconds of window and commands, saves, or hours of the accelerated clock. --only:
these operations. --door: these doors of inputs. Exit status 1 if anything was lost.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.soak.beside import BesideSoak, for_seconds
from tests.soak.cuts import CutSoak
from tests.soak.faults import MEMORY_STEP, FaultSoak, Step
from tests.soak.flatness import grown, is_flat, lasting
from tests.soak.hours import HOURS, standing
from tests.soak.inputs import DOORS, soak_door
from tests.soak.nursery import DISK_FULL, KILL, Nursery
from tests.soak.operations import OPERATIONS, Desks
from tests.soak.power import PowerSoak

CUTS, POWER_CUTS, INPUTS, BESIDE_SECONDS = 500, 60, 10_000, 600
SAVES, SAVES_A_PREVIEW = 10_000, 20


def fault_steps(soak: FaultSoak, what: str, name: str, each: int, seed: int) -> Iterable[Step]:
    """The steps at which an operation is hit."""
    if what == "memory":
        return soak.memory_steps(name, MEMORY_STEP * (8 if each else 1))
    if what == "disk":
        return soak.room_steps(name)
    fault = KILL if what == "kills" else DISK_FULL
    return soak.shares(list(soak.call_steps(name, fault)), each, seed)


def soak_faults(what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Hit every operation; the faults that were found."""
    with Nursery() as nursery:
        soak = FaultSoak(scratch, nursery)
        for name in given.only or OPERATIONS:
            began = time.monotonic()
            for step in fault_steps(soak, what, name, given.each, given.seed):
                soak.hit(step)
            tell(what, name, soak.done, len(soak.faults), began)
        return soak.faults


def soak_cuts(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Cut the power in a stream of saves; the faults that were found."""
    began = time.monotonic()
    with Nursery() as nursery:
        desk = FaultSoak(scratch, nursery).desks.desk
    soak = CutSoak(scratch, desk, given.seed)
    soak.cut(given.each or CUTS)
    tell("cuts", "add", soak.done, len(soak.faults), began)
    return soak.faults


def soak_power(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Cut the power in every operation; the faults that were found."""
    with Nursery() as nursery:
        soak = FaultSoak(scratch / "power", nursery)
        for number, name in enumerate(given.only or OPERATIONS):
            began = time.monotonic()
            PowerSoak(soak, scratch, given.seed + number).cut(name, given.each or POWER_CUTS)
            tell("power", name, soak.done, len(soak.faults), began)
        return soak.faults


def soak_inputs(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Give every door hostile inputs; the faults that were found."""
    faults: list[str] = []
    with Nursery() as nursery:
        for name in given.door or DOORS:
            began, done = time.monotonic(), Counter[str]()
            desks = Desks(scratch / name, nursery)
            faults += soak_door(desks, name, given.each or INPUTS, given.seed, done)
            tell("inputs", name, done, len(faults), began)
    return faults


def soak_beside(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Run a window and commands on one desk at once; the faults that were found."""
    began = time.monotonic()
    with Nursery() as nursery:
        beside = BesideSoak(Desks(scratch, nursery), for_seconds(given.each or BESIDE_SECONDS))
        beside.run()
    tell("beside", "window and commands", beside.done, len(beside.faults), began)
    print(json.dumps({"grown": grown(beside.held)}))
    return beside.faults


def soak_lasting(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Let a window save and preview for long; the growth of its memory, files and threads."""
    with Nursery() as nursery:
        desk = Desks(scratch, nursery).desk
    held = lasting(desk, given.each or SAVES, (given.each or SAVES) // SAVES_A_PREVIEW)
    print(json.dumps(held))
    return [f"{part}: {grown}" for part, grown in held.items() if not is_flat(grown)]


def soak_hours(_what: str, given: argparse.Namespace, scratch: Path) -> list[str]:
    """Keep a window open for hours of its clock; the growth of its memory, files and threads."""
    with Nursery() as nursery:
        desk = Desks(scratch, nursery).desk
    held = standing(desk, given.each or HOURS)
    print(json.dumps({"hours": given.each or HOURS, "grown": held}))
    return [] if is_flat(held) else [f"hours: {held}"]


SOAKS: dict[str, Callable[[str, argparse.Namespace, Path], list[str]]] = {
    "kills": soak_faults,
    "cuts": soak_cuts,
    "power": soak_power,
    "room": soak_faults,
    "disk": soak_faults,
    "memory": soak_faults,
    "inputs": soak_inputs,
    "beside": soak_beside,
    "lasting": soak_lasting,
    "hours": soak_hours,
}


def tell(what: str, name: str, done: dict[str, int], faults: int, began: float) -> None:
    """Print the progress."""
    seconds = round(time.monotonic() - began)
    said = {"what": what, "after": name, **done, "faults": faults, "seconds": seconds}
    print(json.dumps(said), flush=True)


def main() -> int:
    """Run the chosen soaks and print their findings."""
    parser = argparse.ArgumentParser(
        prog="run.py soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="*", choices=[*SOAKS, []], metavar="WHAT")
    parser.add_argument("--each", type=int, default=0)
    parser.add_argument("--only", action="append", choices=list(OPERATIONS))
    parser.add_argument("--door", action="append", choices=DOORS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is needed (Debian: apt-get install strace).", file=sys.stderr)
        return 2
    faults = 0
    for what in given.what or SOAKS:
        with tempfile.TemporaryDirectory() as scratch:
            # A trial's desk is copied back: a desk must not remember its last entry.
            os.environ["XDG_STATE_HOME"] = f"{os.devnull}/state"
            faults += len(SOAKS[what](what, given, Path(scratch)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
