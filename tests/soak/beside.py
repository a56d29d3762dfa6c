"""A window and commands on one desk at once: nothing lost, nothing doubled, and the full check
passes."""

import datetime
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from borderdesk.desk import Desk
from borderdesk.store.lists.listing import Filter
from tests.soak.flatness import Measured
from tests.soak.nursery import ROOT, Job, Nursery
from tests.soak.operations import Desks, clearing

GROUP = 5
"""Lines that a command adds at once."""


class BesideSoak:
    """One desk that a window types into, a stream adds to, and commands read and copy.

    goes_on: called with the number done before each typed record, each group and each command;
    whether to go on.
    """

    def __init__(self, desks: Desks, goes_on: Callable[[int], bool]) -> None:
        self.folder, self.out = desks.copy("desk"), desks.scratch / "beside"
        self.colleague = str(desks.colleague_package)
        self._run, self._accept = desks.run, str(desks.colleague_card)
        self._goes_on = goes_on
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self.held: list[Measured] = []
        self._kept: list[str] = []

    def run(self) -> None:
        """Run all of them, then count."""
        self._run(self.folder, "card", "accept", self._accept)
        workers = [threading.Thread(target=one) for one in (self._type, self._add, self._command)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self._count()

    def _type(self) -> None:
        day = datetime.datetime.now().astimezone().date() - datetime.timedelta(days=2)
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.soak.window", str(self.folder), f"{day:%d/%m/%Y}"],
            cwd=ROOT, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as window:  # fmt: skip
            assert window.stdin is not None
            assert window.stdout is not None
            assert window.stderr is not None
            number = 0
            while self._goes_on(number):
                print(number, file=window.stdin, flush=True)
                line = window.stdout.readline()
                if not line:
                    self._fault(f"the window ended: {window.stderr.read()[-2000:]}")
                    return
                said = json.loads(line)
                self._kept.append(said.pop("saved"))
                self.held.append(said)
                self.done["typed"] += 1
                number += 1
            window.stdin.close()
            if window.wait():
                self._fault(f"the window: {window.stderr.read()[-2000:]}")

    def _add(self) -> None:
        with Nursery() as nursery:
            number = 0
            while self._goes_on(number):
                refs = [f"S {number} {at}" for at in range(GROUP)]
                given = "".join(
                    json.dumps({**clearing(number), "source_ref": ref}) + "\n" for ref in refs
                )
                end = nursery.run(self._job("add", "clearing", "--keep-going", given=given))
                self._require(end.status == 0, f"add: {end}")
                self._kept += refs[: len(end.out.splitlines())]
                self.done["added"] += len(end.out.splitlines())
                number += 1

    def _command(self) -> None:
        with Nursery() as nursery:
            number = 0
            while self._goes_on(number):
                for arguments in self._commands(number):
                    end = nursery.run(self._job(*arguments))
                    self._require(end.status == 0, f"{arguments}: {end}")
                    self.done[arguments[0]] += 1
                    if arguments[0] == "verify":
                        self._require(json.loads(end.out)["ok"], f"verify: {end.out}")
                number += 1

    def _commands(self, number: int) -> Iterator[tuple[str, ...]]:
        yield "import", self.colleague
        yield ("verify",)
        yield "export", "--period", "2023", "--out", str(self.out)
        yield "report", "summary", "--period", "2023-05", "--out", str(self.out / "a.pdf")
        yield "backup", str(self.out)
        yield "list", "clearing", "--format", "json"
        if number % 3 == 2:
            yield ("rebuild",)

    def _job(self, *arguments: str, given: str = "") -> Job:
        return Job(["--desk", str(self.folder), "--lang", "en", *arguments], given)

    def _count(self) -> None:
        """Check that everything acknowledged is there once."""
        with Desk.open(self.folder) as desk:
            problems = desk.maintenance.verify()["problems"]
            listed = desk.lists.stream("clearing", Filter())
            found = Counter(str(one.values.get("source_ref", "")) for one in listed)
        del found[""]
        self._require(not problems, f"the desk: {problems}")
        lost = [ref for ref in self._kept if ref not in found]
        doubled = [ref for ref, times in found.items() if times > 1]
        self._require(not lost, f"lost: {lost}")
        self._require(not doubled, f"doubled: {doubled}")
        colleague = sum(ref.startswith("P ") for ref in found)
        self._require(colleague == GROUP, f"of the colleague's records: {colleague}")
        self.done["kept"] = len(found)

    def _require(self, holds: bool, words: str) -> None:
        if not holds:
            self._fault(words)

    def _fault(self, words: str) -> None:
        self.faults.append(words)
        print("FAULT", words[:2_000], flush=True)


def for_seconds(seconds: float) -> Callable[[int], bool]:
    """A `goes_on` that ends after so many seconds."""
    until = time.monotonic() + seconds
    return lambda _number: time.monotonic() < until


def so_often(times: int) -> Callable[[int], bool]:
    """A `goes_on` that ends after so many times."""
    return lambda number: number < times
