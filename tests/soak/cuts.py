"""Power cuts while records are saved: the files as the disk may hold them at that moment.

strace logs the system calls of a stream of saves and its acknowledgements. A cut rebuilds the
files: everything up to a file's last flush, and of later writes none, all, a prefix, some out of
order, or some sectors. Everything acknowledged must be there.
"""

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.paths import MAIN
from borderdesk.desk import Desk
from borderdesk.store.lists.listing import Filter
from tests.soak.operations import clearing

SECTOR = 512
STREAM = 40
MODES = ("none", "all", "half", "prefix", "torn")
_LINE = re.compile(r"(\d+)\s+(\w+)\((\d+)<([^>]*)>(?:, (.*))?\)\s+= (-?\d+)")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?(?:, (\d+))?(?:, (\d+))?')
GIVEN = "".join(json.dumps(clearing(number)) + "\n" for number in range(STREAM))


class SystemCall(NamedTuple):
    """A system call on a file: `place` and `data` of a write, or the length of a truncation."""

    name: str
    file: str
    place: int
    data: bytes


class CutSoak:
    """A stream of saves with power cuts, and what was found.

    desk: the open desk whose copy is written to; scratch: a folder.
    """

    def __init__(self, scratch: Path, desk: Path, seed: int) -> None:
        self.scratch, self.desk = scratch, desk
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []

    def cut(self, times: int) -> None:
        """Record a stream of saves once, and cut the power at `times` places of it."""
        desk, trace = self.scratch / "cut", self.scratch / "trace"
        shutil.copytree(self.desk, desk)
        base = {p.name: p.read_bytes() for p in desk.iterdir() if p.is_file()}
        wanted = "trace=pwrite64,write,fdatasync,fsync,ftruncate"
        before = ("strace", "-f", "-qq", "-xx", "-y", "-s", "1048576", "-e", wanted)
        command = ["--desk", str(desk), "add", "clearing", "--keep-going"]
        subprocess.run(
            [*before, "-o", str(trace), sys.executable, str(MAIN), *command],
            input=GIVEN.encode(), check=True, capture_output=True,
        )  # fmt: skip
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
        """The possible contents of each file on the disk."""
        files = {name: bytearray(content) for name, content in base.items()}
        for name in {call.file for call in calls} - {"desk.db-shm"}:
            mine = [call for call in calls if call.file == name]
            flushed = max((n for n, c in enumerate(mine) if c.name.endswith("sync")), default=-1)
            content = files.setdefault(name, bytearray())
            pending = [c for c in mine[flushed + 1 :] if not c.name.endswith("sync")]
            for call in [*mine[: flushed + 1], *kept(pending, mode, self.chance)]:
                apply(content, call)
        return {name: bytes(content) for name, content in files.items() if name != "desk.db-shm"}

    def _compare(self, what: str, desk: Path, due: set[str]) -> None:
        with Desk.open(desk) as opened:
            problems = opened.maintenance.verify()["problems"]
            here = {entry.id for entry in opened.lists.stream("clearing", Filter())}
        if problems:
            self._fault(f"{what}: {problems[:3]}")
        if due - here:
            self._fault(f"{what}: {len(due - here)} of {len(due)} acknowledged saves are lost")
        self.done["acknowledged"] += len(due)

    def _fault(self, words: str) -> None:
        self.faults.append(words)
        print("FAULT", words, flush=True)


def kept(pending: list[SystemCall], mode: str, chance: random.Random) -> list[SystemCall]:
    """The bytes that the disk keeps of unflushed writes."""
    if mode == "none":
        return []
    if mode == "prefix":
        return pending[: chance.randrange(len(pending) + 1)]
    if mode == "half":
        some = [call for call in pending if chance.random() < 0.5]
        chance.shuffle(some)
        return some
    if mode == "torn":
        return [part for call in pending for part in _torn(call, chance)]
    return pending


def _torn(call: SystemCall, chance: random.Random) -> list[SystemCall]:
    """Some sectors of a write."""
    parts = [
        call._replace(place=call.place + at, data=call.data[at : at + SECTOR])
        for at in range(0, len(call.data), SECTOR)
    ]
    return [part for part in parts if chance.random() < 0.5]


def apply(content: bytearray, call: SystemCall) -> None:
    """Apply a call to the content of a file."""
    if call.name == "ftruncate":
        del content[call.place :]
        content.extend(bytes(call.place - len(content)))
        return
    end = call.place + len(call.data)
    content.extend(bytes(max(end - len(content), 0)))
    content[call.place : end] = call.data


def parsed(trace: Path, desk: Path) -> tuple[list[SystemCall], list[tuple[int, str]]]:
    """The calls on the database's files, and (number of calls before it, record id) of each
    acknowledgement."""
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
    """The bytes of a strace string in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()
