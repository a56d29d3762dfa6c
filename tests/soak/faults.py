"""Operations that are killed, or run out of disk space or memory, at every step."""

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from tests.soak.findings import UNEXPECTED, Facts, broken_files, facts, readable, unfinished
from tests.soak.nursery import KILL, CallFault, End, Nursery
from tests.soak.operations import OPERATIONS, Desks, Trial

CALLS = "pwrite64,write,fdatasync,fsync,rename,unlink,ftruncate,mkdir,rmdir"
"""The calls at which an operation is killed: those that change the disk."""
ROOM_CALLS = "pwrite64,write,fdatasync,fsync,rename,ftruncate,mkdir"
"""The calls that fail on a full disk."""
MEMORY_STEP, MOST_MEMORY = 128 << 10, 96 << 20
PAGE, FINE_ROOM, MOST_ROOM, LARGE = 4096, 400 << 10, 128 << 20, 256 << 20
MOST_READ_ROOM = 32 * PAGE
"""The free space up to which reading operations are tried, which must work with any."""
STREAMED = "desk: clearing"
UNCHANGED = "Nothing was changed"
LEAST_STATUS, MOST_STATUS = 0, 4


class Step(NamedTuple):
    """Where an operation is hit: at a system call, by a memory limit, or by a limit of free disk
    space (bytes)."""

    name: str
    fault: CallFault | None
    memory: int | None = None
    room: int | None = None

    def __str__(self) -> str:
        if self.room is not None:
            return f"{self.name} on {self.room >> 10} KiB of disk"
        if self.fault is None:
            return f"{self.name} with {(self.memory or 0) >> 10} KiB"
        return f"{self.name}: {self.fault.what} at {self.fault.call} {self.fault.place}"


class SmallDisk:
    """A tmpfs of a given size, for running out of disk space. Needs root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._mount("-t", "tmpfs", "-o", f"size={LARGE}", "none")

    def leave(self, free: int | None) -> None:
        """Leave so many bytes free; None: no limit."""
        state = os.statvfs(self.folder)
        used = (state.f_blocks - state.f_bfree) * state.f_frsize
        self._mount("-o", f"remount,size={LARGE if free is None else used + free}")

    def _mount(self, *options: str) -> None:
        subprocess.run(["mount", *options, str(self.folder)], check=True, capture_output=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


class FaultSoak:
    """Operations hit at their steps, and the findings."""

    def __init__(self, scratch: Path, nursery: Nursery) -> None:
        self.desks = Desks(scratch, nursery)
        self.nursery = nursery
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._ends: dict[str, tuple[Facts, Facts]] = {}

    # ------------------------------------------------------------------ where to hit

    def call_steps(self, name: str, what: str = KILL) -> Iterator[Step]:
        """One step for every system call of an operation."""
        trial = self.desks.prepare(name)
        made = self.nursery.calls(trial.job, CALLS if what == KILL else ROOM_CALLS)
        for call, times in made.items():
            for place in range(1, times + 1):
                yield Step(name, CallFault(call, place, what))

    def memory_steps(self, name: str, step: int = MEMORY_STEP) -> Iterator[Step]:
        """Memory limits from nothing up to what the operation needs."""
        for memory in range(0, MOST_MEMORY, step):
            yield Step(name, None, memory)
            if self.last.status == 0:
                return

    def room_steps(self, name: str) -> Iterator[Step]:
        """Limits of free space from none up to what the operation needs: page by page at first,
        then in steps of a tenth."""
        room, reads = 0, OPERATIONS[name].reads
        while room < (MOST_READ_ROOM if reads else MOST_ROOM):
            yield Step(name, None, room=room)
            if self.last.status == 0 and not reads:
                return
            room += max(PAGE, room // 10 // PAGE * PAGE if room > FINE_ROOM else PAGE)

    def shares(self, steps: Sequence[Step], most: int, seed: int) -> list[Step]:
        """A random sample of `most` steps, or all if `most` is 0."""
        return random.Random(seed).sample(steps, min(most, len(steps))) if most else list(steps)

    # ------------------------------------------------------------------------- hitting

    def hit(self, step: Step) -> None:
        """Hit an operation, and check what is left."""
        before, after = self._facts(step.name)
        with self._room(step) as disk:
            self._hit(step, disk, before, after)

    @contextmanager
    def _room(self, step: Step) -> Iterator[SmallDisk | None]:
        """The disk of the trial, if it is one with limited space."""
        if step.room is None:
            yield None
            return
        shutil.rmtree(self.desks.trial, ignore_errors=True)
        with SmallDisk(self.desks.trial) as disk:
            yield disk

    def _hit(self, step: Step, disk: SmallDisk | None, before: Facts, after: Facts) -> None:
        trial = self.desks.prepare(step.name)
        if disk is not None and step.room is not None:
            disk.leave(step.room)
        self.last = end = self.nursery.run(trial.job, step.fault, memory=step.memory)
        if disk is not None:
            disk.leave(None)
        killed = end.status < 0
        crashed = killed and step.memory is not None
        self.done["crashes" if crashed else "kills" if killed else f"ended with {end.status}"] += 1
        if not killed:
            self._hear(step, end, trial)
        self._attempt(step, lambda: self._look(step, end, trial, before, after))
        self._attempt(step, lambda: self._again(step, trial))

    def _facts(self, name: str) -> tuple[Facts, Facts]:
        """The content of a desk before an operation, and after it ran undisturbed."""
        if name not in self._ends:
            trial = self.desks.prepare(name)
            before = facts(trial.folder)
            trial = self.desks.prepare(name)
            end = self.nursery.run(trial.job)
            assert end.status == 0, (name, end)
            self._ends[name] = before, facts(trial.folder)
        return self._ends[name]

    def _hear(self, step: Step, end: End, trial: Trial) -> None:
        """Check that a command which was not killed ended with an exit status and an
        explanation."""
        said = end.out + end.err
        if not LEAST_STATUS <= end.status <= MOST_STATUS:
            self._fault(step, f"status {end.status}: {said[-300:]}")
        if end.status and not end.err.strip():
            # A native library may abort the process if an allocation fails.
            if step.memory is not None:
                self.done["ended without a word"] += 1
            else:
                self._fault(step, "not a word")
        if end.status and step.room is not None and OPERATIONS[step.name].reads:
            self._fault(step, f"not read: {said[-300:]}")
        if any(words in said for words in UNEXPECTED):
            self._fault(step, f"unexpected: {said[-300:]}")
        # Where there is no memory there may be none to tidy up with: the next run does it.
        if step.memory is None and (left := unfinished(trial.folder)):
            self._fault(step, f"left over: {left}")

    def _look(self, step: Step, end: End, trial: Trial, before: Facts, after: Facts) -> None:
        """Check that the desk is as before or as after the operation, with everything
        acknowledged."""
        operation = OPERATIONS[step.name]
        found = self._sound(step, trial)
        if end.status < 0 or operation.begin == "old":
            # A file may have its final name before the desk logs it, and stay unlogged.
            before, after, found = (_without_files(one) for one in (before, after, found))
        told = [json.loads(line) for line in end.out.splitlines() if line.endswith("}")]
        if operation.stream:
            self.done["acknowledged"] += len(told)
            first, last, now = (int(str(one[STREAMED])) for one in (before, after, found))
            grown = now - first
            if not len(told) <= grown <= last - first:
                self._fault(step, f"{len(told)} acknowledged, {grown} kept")
            return
        acknowledged = bool(end.out.strip()) or end.status == 0
        self.done["acknowledged"] += acknowledged
        if found == after:
            if before != after and end.status > 0 and UNCHANGED in end.err:
                self._fault(step, f"done, but said: {end.err[-200:]}")
        elif found != before:
            self._fault(step, f"neither before nor after: {_difference(before, after, found)}")
        elif acknowledged:
            self._fault(step, f"acknowledged and lost: {_difference(before, after, found)}")

    def _sound(self, step: Step, trial: Trial) -> Facts:
        """The content of a trial's folder after the full check."""
        found = facts(trial.folder)
        if problems := [found[key] for key in found if key.endswith("problems") and found[key]]:
            self._fault(step, f"not sound: {problems}")
        if broken := broken_files(trial.folder):
            self._fault(step, f"not whole: {broken}")
        for name in ("desk", "new"):
            if found.get(f"{name}: encrypted") and (plain := readable(trial.folder / name)):
                self._fault(step, f"plain: {plain}")
        return found

    def _again(self, step: Step, trial: Trial) -> None:
        """Check that the next run does its work and leaves no temporary files."""
        operation = OPERATIONS[step.name]
        end = self.nursery.run(trial.job)
        if end.status not in operation.twice:
            self._fault(step, f"the next run: {end.status} {end.err[-200:]}")
        if left := unfinished(trial.folder):
            self._fault(step, f"left over by the next run: {left}")
        self._sound(step, trial)

    def _attempt(self, step: Step, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception as error:
            self._fault(step, repr(error))

    def _fault(self, step: Step, words: str) -> None:
        self.faults.append(f"{step}: {words}")
        print("FAULT", self.faults[-1], flush=True)


def _without_files(found: Facts) -> Facts:
    return {key: value for key, value in found.items() if not key.startswith("files")}


def _difference(before: Facts, after: Facts, found: Facts) -> dict[str, tuple[object, ...]]:
    """What differs: before, after, found."""
    keys = {*before, *after, *found}
    return {
        key: (before.get(key), after.get(key), found.get(key))
        for key in keys
        if not before.get(key) == after.get(key) == found.get(key)
    }
