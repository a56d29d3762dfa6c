"""Faults of the system until something is lost: `run.py soak [WHAT …] [--each N] [--seed S]`.

WHAT is kills, cuts, room, disk, memory; all of them without one. --each: so many places of each
operation, by chance, instead of every one; cuts: so many in all. 1 where anything was lost.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.soak.cuts import CutSoak
from tests.soak.faults import MEMORY_STEP, FaultSoak, Step
from tests.soak.nursery import DISK_FULL, KILL, Nursery
from tests.soak.operations import OPERATIONS

CUTS = 500


def fault_steps(soak: FaultSoak, what: str, name: str, each: int, seed: int) -> Iterable[Step]:
    """Where an operation is to be hit."""
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


SOAKS: dict[str, Callable[[str, argparse.Namespace, Path], list[str]]] = {
    "kills": soak_faults,
    "cuts": soak_cuts,
    "room": soak_faults,
    "disk": soak_faults,
    "memory": soak_faults,
}


def tell(what: str, name: str, done: dict[str, int], faults: int, began: float) -> None:
    """Print how far it is."""
    seconds = round(time.monotonic() - began)
    said = {"what": what, "after": name, **done, "faults": faults, "seconds": seconds}
    print(json.dumps(said), flush=True)


def main() -> int:
    """Soak, and say what was found."""
    parser = argparse.ArgumentParser(
        prog="run.py soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="*", choices=[*SOAKS, []], metavar="WHAT")
    parser.add_argument("--each", type=int, default=0)
    parser.add_argument("--only", action="append", choices=list(OPERATIONS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is needed (Debian: apt-get install strace).", file=sys.stderr)
        return 2
    faults = 0
    for what in given.what or SOAKS:
        with tempfile.TemporaryDirectory() as scratch:
            faults += len(SOAKS[what](what, given, Path(scratch)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
