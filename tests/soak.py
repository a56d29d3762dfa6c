"""Kills and power cuts until something is lost: `run.py soak [--kills N] [--cuts N] [--seed S]`.

Both are done from outside, by strace. A kill ends a command at the n-th call of the system of one
kind, n drawn from those the command makes. A power cut takes the calls that a stream of saves made
and writes the files anew as the disk may have them: everything up to a file's last flush, and of
what came after none, all, a beginning, some, or some sectors. What was acknowledged before has to
be there afterwards, the full check has to find nothing, the next run of the command has to do its
work, and no part of an unfinished file may be left.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.files import is_part_name
from borderdesk.base.paths import MAIN, database_file
from borderdesk.desk import Desk
from borderdesk.store.listing import Filter
from tests.keep_schema import FIRST_DESK, unpack_desk

CALLS = "pwrite64,write,fdatasync,fsync,rename,unlink,ftruncate,mkdir"
"""The calls a command is killed at: those that change what is on the disk."""
SECTOR = 512
NO_PASSWORD = ("--user", "X", "--no-password")
STREAM = 40
PROGRESS = 20
"""Kills between two lines of progress."""
MODES = ("none", "all", "half", "prefix", "torn")
_LINE = re.compile(r"(\d+)\s+(\w+)\((\d+)<([^>]*)>(?:, (.*))?\)\s+= (-?\d+)")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?(?:, (\d+))?(?:, (\d+))?')


class SystemCall(NamedTuple):
    """A call that concerns a file: `place` and `data` of a write, the length of a truncation."""

    name: str
    file: str
    place: int
    data: bytes


class Operation(NamedTuple):
    """A command that is killed: what it works on, its arguments and standard input; `twice`: the
    exit codes its next run may have."""

    begin: str
    arguments: tuple[str, ...]
    given: str = ""
    twice: tuple[int, ...] = (0,)


def record(number: int) -> str:
    """A line that `add clearing` takes."""
    day = f"2023-0{1 + number % 9}-05"
    return json.dumps(
        {
            "kind": "road_repair",
            "started_on": day,
            "commune": ["06196", "06202", "06238"][number % 3],
            "participants": 1 + number,
        }
    )


LINES = "\n".join(record(number) for number in range(STREAM)) + "\n"
PLEDGE = json.dumps(
    {
        "signed_on": "2023-05-06",
        "programme": "phao",
        "household": {"head": "Lý Văn Páo", "commune": "06196", "hamlet": "Pò Mã"},
    }
)
OPERATIONS = {
    "add": Operation("desk", ("add", "clearing", "--keep-going"), LINES),
    "add-whole": Operation("desk", ("add", "clearing"), LINES),
    "pledge": Operation("desk", ("add", "pledge"), PLEDGE),
    "export": Operation("desk", ("export", "--period", "2023", "--out", "{out}")),
    "import": Operation("province", ("import", "{package}"), "", (0,)),
    "backup": Operation("desk", ("backup",)),
    "backup-stick": Operation("desk", ("backup", "{out}")),
    "restore": Operation("desk", ("restore", "{backup}", "--into", "{new}"), "", (0, 4)),
    "upgrade": Operation("old", ("list", "clearing", "--limit", "1")),
    "init": Operation(
        "", ("init", "--role", "post", "--unit", "BS", "--user", "X", "--no-password"), "", (0, 4)
    ),
    "salvage": Operation("desk", ("salvage", "--into", "{new}"), "", (0, 4)),
    "report": Operation(
        "desk", ("report", "summary", "--period", "2023-05", "--out", "{out}/a.pdf")
    ),
}


class Soak:
    """One run: its scratch folder, its chances, and what was found."""

    def __init__(self, scratch: Path, seed: int) -> None:
        self.scratch = scratch
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._calls: dict[str, dict[str, int]] = {}
        self._begin()

    def command(self, desk: Path, *arguments: str) -> list[str]:
        """A command line on a desk."""
        return [sys.executable, str(MAIN), "--desk", str(desk), "--lang", "en", *arguments]

    def run(
        self, desk: Path, *arguments: str, given: str = "", before: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*before, *self.command(desk, *arguments)],
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def _begin(self) -> None:
        """The desks that every trial copies."""
        self.desk = self.scratch / "desk"
        self.run(self.desk, "init", "--role", "post", "--unit", "BS", *NO_PASSWORD)
        self.run(self.desk, "add", "clearing", given=LINES)

    @cached_property
    def old(self) -> Path:
        """A desk of the oldest schema that was kept."""
        folder = self.scratch / "old"
        unpack_desk(FIRST_DESK, database_file(folder))
        return folder

    @cached_property
    def province(self) -> Path:
        """A desk that takes the package in."""
        folder, card = self.scratch / "province", self.scratch / "bs.bdcard"
        self.run(folder, "init", "--role", "province", "--unit", "20", *NO_PASSWORD)
        card.write_text(self.run(self.desk, "card", "show").stdout, encoding="utf-8")
        self.run(folder, "card", "accept", str(card))
        return folder

    @cached_property
    def package(self) -> str:
        """A package of the desk."""
        sent = self.run(self.desk, "export", "--period", "2023", "--out", str(self.scratch))
        return sent.stdout.strip()

    @cached_property
    def backup(self) -> str:
        """A backup of the desk."""
        made = self.run(self.desk, "backup", str(self.scratch / "stick"))
        return str(json.loads(made.stdout)["file"])

    # ------------------------------------------------------------------------ kills

    def kill(self, name: str) -> None:
        """Kill an operation at some call of the system, and look at what is left."""
        operation = OPERATIONS[name]
        at = self.scratch / "trial"
        shutil.rmtree(at, ignore_errors=True)
        desk, out = at / "desk", at / "out"
        out.mkdir(parents=True)
        if operation.begin:
            shutil.copytree(getattr(self, operation.begin), desk)
        named = {"{out}": out, "{new}": at / "new"}
        arguments = [
            str(self.package) if one == "{package}" else self.backup if one == "{backup}" else one
            for one in operation.arguments
        ]
        for mark, path in named.items():
            arguments = [argument.replace(mark, str(path)) for argument in arguments]
        if name not in self._calls:
            self._calls[name] = self._counted(desk, arguments, operation.given, at)
            self.kill(name)
            return
        calls = self._calls[name]
        call = self.chance.choices(list(calls), list(calls.values()))[0]
        place = self.chance.randint(1, calls[call])
        inject = f"inject={call}:signal=KILL:when={place}"
        killed = self.run(
            desk, *arguments, given=operation.given,
            before=("strace", "-f", "-qq", "-o", "/dev/null", "-e", inject),
        )  # fmt: skip
        self.done["kills" if killed.returncode not in operation.twice else "ended before"] += 1
        self._look(f"{name} at {call} {place}", desk, killed.stdout, name)
        again = self.run(desk, *arguments, given=operation.given)
        if again.returncode not in operation.twice:
            self._fault(f"{name} at {call} {place}: the next run: {again.stderr[-200:]}")
        left = [p for p in at.rglob("*") if is_part_name(p.name.split(".part")[0] + ".part")]
        if left:
            self._fault(f"{name} at {call} {place}: left over: {left}")

    def _counted(
        self, desk: Path, arguments: Sequence[str], given: str, at: Path
    ) -> dict[str, int]:
        trace = at / "calls"
        before = ("strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS}")
        self.run(desk, *arguments, given=given, before=before)
        names = re.findall(r"^\d+\s+(\w+)\(", trace.read_text(errors="replace"), re.MULTILINE)
        return dict(Counter(name for name in names if name in CALLS.split(",")))

    def _look(self, what: str, desk: Path, told: str, name: str) -> None:
        """Check a desk whole, and that what was acknowledged is in it."""
        if not database_file(desk).exists():
            if name != "init":
                self._fault(f"{what}: the desk is gone")
            return
        lines = [json.loads(line) for line in told.splitlines() if line.endswith("}")]
        due = {line["id"] for line in lines if name.startswith(("add", "pledge")) and "id" in line}
        self._compare(what, desk, due)

    def _compare(self, what: str, desk: Path, due: set[str]) -> None:
        with Desk.open(desk) as opened:
            problems = opened.maintenance.verify()["problems"]
            here = {
                entry.id
                for kind in ("clearing", "pledge")
                for entry in opened.lists.stream(kind, Filter())
            }
        if problems:
            self._fault(f"{what}: {problems[:3]}")
        if due - here:
            self._fault(f"{what}: {len(due - here)} of {len(due)} acknowledged saves are lost")
        self.done["acknowledged saves due"] += len(due)

    # ------------------------------------------------------------------------- cuts

    def cut(self, times: int) -> None:
        """Record a stream of saves once, and cut the power `times` times in it."""
        desk, trace = self.scratch / "cut", self.scratch / "trace"
        shutil.copytree(self.desk, desk)
        base = {p.name: p.read_bytes() for p in desk.iterdir() if p.is_file()}
        wanted = "trace=pwrite64,write,fdatasync,fsync,ftruncate"
        before = ("strace", "-f", "-qq", "-xx", "-y", "-s", "1048576", "-e", wanted)
        self.run(
            desk, "add", "clearing", "--keep-going", given=LINES, before=(*before, "-o", str(trace))
        )
        calls, told = parsed(trace, desk)
        for number in range(times):
            end = self.chance.randrange(1, len(calls) + 1)
            mode = self.chance.choice(MODES)
            image = self.scratch / "image"
            shutil.rmtree(image, ignore_errors=True)
            image.mkdir()
            for name, content in self._images(base, calls[:end], mode).items():
                (image / name).write_bytes(content)
            due = {line for at, line in told if at < end}
            self.done["cuts"] += 1
            try:
                self._compare(f"cut {number}, {mode}, after call {end}", image, due)
            except Exception as error:
                self._fault(f"cut {number}, {mode}, after call {end}: {error!r}")

    def _images(
        self, base: dict[str, bytes], calls: Sequence[SystemCall], mode: str
    ) -> dict[str, bytes]:
        """What the disk may hold of each file."""
        files = {name: bytearray(content) for name, content in base.items()}
        for name in {call.file for call in calls} - {"desk.db-shm"}:
            mine = [call for call in calls if call.file == name]
            flushed = max((n for n, c in enumerate(mine) if c.name.endswith("sync")), default=-1)
            content = files.setdefault(name, bytearray())
            pending = [c for c in mine[flushed + 1 :] if not c.name.endswith("sync")]
            for call in [*mine[: flushed + 1], *self._kept(pending, mode)]:
                apply(content, call)
        return {name: bytes(content) for name, content in files.items() if name != "desk.db-shm"}

    def _kept(self, pending: list[SystemCall], mode: str) -> list[SystemCall]:
        chance = self.chance
        if mode == "none":
            return []
        if mode == "prefix":
            return pending[: chance.randrange(len(pending) + 1)]
        if mode == "half":
            kept = [call for call in pending if chance.random() < 0.5]
            chance.shuffle(kept)
            return kept
        if mode == "torn":
            return [part for call in pending for part in self._torn(call)]
        return pending

    def _torn(self, call: SystemCall) -> list[SystemCall]:
        """Some sectors of a write."""
        parts = [
            call._replace(place=call.place + at, data=call.data[at : at + SECTOR])
            for at in range(0, len(call.data), SECTOR)
        ]
        return [part for part in parts if self.chance.random() < 0.5]

    def _fault(self, words: str) -> None:
        self.faults.append(words)
        print("FAULT", words, flush=True)


def apply(content: bytearray, call: SystemCall) -> None:
    """Do what a call did to a file."""
    if call.name == "ftruncate":
        del content[call.place :]
        content.extend(bytes(call.place - len(content)))
        return
    end = call.place + len(call.data)
    content.extend(bytes(max(end - len(content), 0)))
    content[call.place : end] = call.data


def parsed(trace: Path, desk: Path) -> tuple[list[SystemCall], list[tuple[int, str]]]:
    """The calls on the database's files, and (how many of them came before, id of the record) of
    each acknowledgement."""
    calls: list[SystemCall] = []
    told: list[tuple[int, str]] = []
    for line in trace.read_text(errors="replace").splitlines():
        found = _LINE.match(line)
        if found is None or int(found[6]) < 0:
            continue
        name, number, path, rest = found[2], found[3], plain(found[4]).decode(), found[5] or ""
        data = _DATA.search(rest)
        if name == "write" and number == "1" and data is not None:
            text = plain(data[1]).decode(errors="replace")
            told += [(len(calls), one) for one in re.findall(r'{"id": "([0-9a-f-]{36})"', text)]
        elif Path(path).parent == desk and Path(path).name.startswith("desk.db"):
            file = Path(path).name
            if name == "ftruncate":
                calls.append(SystemCall(name, file, int(rest), b""))
            elif name == "pwrite64" and data is not None:
                calls.append(SystemCall(name, file, int(data[4]), plain(data[1])))
            elif name.endswith("sync"):
                calls.append(SystemCall(name, file, 0, b""))
    return calls, told


def plain(text: str) -> bytes:
    """A text of strace in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def soak(kills: int, cuts: int, seed: int, scratch: Path) -> Soak:
    """Do so many kills, spread over the operations, and cuts."""
    run = Soak(scratch, seed)
    run.cut(cuts)
    names = list(OPERATIONS)
    for number in range(kills):
        run.kill(names[number % len(names)])
        if number % PROGRESS == PROGRESS - 1:
            print(json.dumps({**run.done, "faults": len(run.faults)}), flush=True)
    return run


def main() -> int:
    """Soak, and say what was found; 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is needed (Debian: apt-get install strace).", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        run = soak(given.kills, given.cuts, given.seed, Path(scratch))
    print(json.dumps({**run.done, "faults": len(run.faults)}))
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main())
