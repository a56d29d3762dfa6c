"""Power cuts in any operation: the folder as the disk may hold it at that moment.

strace logs the calls of a command on files and folders. A cut rebuilds the folder: the contents of
files at their last flush, and of later writes none, all, a prefix, some out of order, or some
sectors; names created and removed in flushed folders, and of other names a prefix. The desk must
then be as before or as after the operation, see `FaultSoak`.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.paths import MAIN
from tests.soak.cuts import MODES, SystemCall, apply, kept, plain
from tests.soak.faults import FaultSoak, Step
from tests.soak.findings import Facts
from tests.soak.nursery import End
from tests.soak.operations import Trial

CALLS = (
    "openat,close,read,write,pwrite64,lseek,fdatasync,fsync,ftruncate,rename,unlink,unlinkat,"
    "mkdir,rmdir"
)
UNFLUSHED = ("desk.db-shm",)
"""Shared memory, which is never flushed: after a cut it is missing."""
_LINE = re.compile(r"\d+\s+(\w+)\((.*)\)\s+= (\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NUMBER = re.compile(r"(\d+)<")
_OPENED = re.compile(r"= \d+<((?:\\x[0-9a-f]{2})*)>")


class PowerCut(NamedTuple):
    """Where the power is cut in an operation: after so many calls; what the disk keeps."""

    name: str
    place: int
    mode: str

    def __str__(self) -> str:
        return f"{self.name}: power cut after call {self.place}, {self.mode}"

    @property
    def room(self) -> None:
        """The disk has space left."""


class Call(NamedTuple):
    """A call of a trace: its name, its arguments as strace prints them, its result, the whole
    line."""

    name: str
    arguments: str
    given: int
    line: str


@dataclass
class Content:
    """The flushed content of a file, and the writes since."""

    flushed: bytearray = field(default_factory=bytearray)
    pending: list[SystemCall] = field(default_factory=list)
    size: int = 0

    def change(self, call: SystemCall) -> None:
        """Write to it, or truncate it."""
        self.pending.append(call)
        end = call.place + len(call.data)
        self.size = call.place if call.name == "ftruncate" else max(self.size, end)

    def flush(self) -> None:
        """Flush it."""
        for call in self.pending:
            apply(self.flushed, call)
        self.pending = []


@dataclass
class NameChange:
    """A name that was created or removed: from, to ("" for none), of what (None: a folder)."""

    before: str
    after: str
    content: Content | None
    durable: bool = False

    def folders(self) -> set[str]:
        """The folders that it changes."""
        return {str(Path(name).parent) for name in (self.before, self.after) if name}


class Disk:
    """A folder, and the effects of a trace on it."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.base: dict[str, Content | None] = {}
        for path in sorted(root.rglob("*")):
            content = None
            if path.is_file():
                held = bytearray(path.read_bytes())
                content = Content(held, [], len(held))
            self.base[str(path)] = content
        self.names = dict(self.base)
        self.namings: list[NameChange] = []
        self.open: dict[int, tuple[str, Content | None]] = {}
        self.places: dict[int, int] = {}
        self.said = b""

    def do(self, call: Call) -> None:
        """Apply a call."""
        getattr(self, f"_{call.name}")(call)

    # ---------------------------------------------------------------------- the calls

    def _openat(self, call: Call) -> None:
        found = _OPENED.search(call.line)
        path = plain(found[1]).decode() if found else ""
        self.open.pop(call.given, None)
        if not path.startswith(f"{self.root}/") and path != self.root:
            return
        if path not in self.names and "O_CREAT" in call.arguments:
            self._name(NameChange("", path, Content()))
        content = self.names.get(path)
        self.open[call.given] = (path, content)
        self.places[call.given] = content.size if content and "O_APPEND" in call.arguments else 0
        if content and "O_TRUNC" in call.arguments:
            content.change(SystemCall("ftruncate", "", 0, b""))

    def _close(self, call: Call) -> None:
        self.open.pop(self._number(call), None)

    def _read(self, call: Call) -> None:
        if (number := self._number(call)) in self.open:
            self.places[number] += call.given

    def _lseek(self, call: Call) -> None:
        if (number := self._number(call)) in self.open:
            self.places[number] = call.given

    def _write(self, call: Call) -> None:
        number, data = self._number(call), _data(call)
        if number in self.open:
            content = self.open[number][1]
            assert content is not None
            content.change(SystemCall("write", "", self.places[number], data))
            self.places[number] += call.given
        elif number == 1:
            self.said += data

    def _pwrite64(self, call: Call) -> None:
        content = self.open.get(self._number(call), ("", None))[1]
        if content is not None:
            place = int(call.arguments.rsplit(", ", 1)[1])
            content.change(SystemCall("pwrite64", "", place, _data(call)))

    def _ftruncate(self, call: Call) -> None:
        content = self.open.get(self._number(call), ("", None))[1]
        if content is not None:
            length = int(call.arguments.rsplit(", ", 1)[1])
            content.change(SystemCall("ftruncate", "", length, b""))

    def _fsync(self, call: Call) -> None:
        path, content = self.open.get(self._number(call), ("", None))
        if content is not None:
            content.flush()
        for naming in self.namings if path and content is None else ():
            naming.durable |= path in naming.folders()

    _fdatasync = _fsync

    def _rename(self, call: Call) -> None:
        before, after = map(str, _paths(call))
        if before in self.names:
            self._name(NameChange(before, after, self.names[before]))

    def _unlink(self, call: Call) -> None:
        found = _NUMBER.match(call.arguments)
        (name,) = _paths(call)
        path = name
        if found is not None and int(found[1]) in self.open:
            path = f"{self.open[int(found[1])][0]}/{name}"
        if path in self.names:
            self._name(NameChange(path, "", None))

    _unlinkat = _rmdir = _unlink

    def _mkdir(self, call: Call) -> None:
        (path,) = _paths(call)
        if path.startswith(f"{self.root}/"):
            self._name(NameChange("", path, None))

    def _number(self, call: Call) -> int:
        found = _NUMBER.match(call.arguments)
        return int(found[1]) if found else -1

    def _name(self, naming: NameChange) -> None:
        self.namings.append(naming)
        rename(self.names, naming)

    # ------------------------------------------------------------------------ the cut

    def after_cut(self, chance: random.Random, mode: str) -> dict[str, bytes | None]:
        """The folder after the cut: {path: content, None for a folder}."""
        pending = [naming for naming in self.namings if not naming.durable]
        most = {"none": 0, "all": len(pending)}.get(mode, chance.randrange(len(pending) + 1))
        lost = {id(naming) for naming in pending[most:]}
        names = dict(self.base)
        for naming in self.namings:
            if id(naming) not in lost:
                rename(names, naming)
        found: dict[str, bytes | None] = {}
        for path, content in names.items():
            if not path.endswith(UNFLUSHED):
                found[path] = None if content is None else _held(content, chance, mode)
        return found


def rename(names: dict[str, Content | None], naming: NameChange) -> None:
    """Create or remove a name; a folder's with its whole content."""
    before, after = naming.before, naming.after
    inside = [path for path in names if before and path.startswith(f"{before}/")]
    if before:
        names.pop(before, None)
    if after:
        names[after] = naming.content
    for path in inside:
        content = names.pop(path)
        if after:
            names[after + path.removeprefix(before)] = content


def _held(content: Content, chance: random.Random, mode: str) -> bytes:
    held = bytearray(content.flushed)
    for call in kept(content.pending, mode, chance):
        apply(held, call)
    return bytes(held)


def _data(call: Call) -> bytes:
    found = _TEXT.search(call.arguments)
    return plain(found[1]) if found else b""


def _paths(call: Call) -> list[str]:
    return [plain(found[1]).decode() for found in _TEXT.finditer(call.arguments)]


def calls_in(trace: Path) -> Iterator[Call]:
    """The calls of a trace that succeeded."""
    with trace.open(errors="replace") as lines:
        for line in lines:
            assert "unfinished" not in line or "read(" in line, line[:200]
            found = _LINE.match(line)
            if found is not None:
                yield Call(found[1], found[2], int(found[3]), line)


class PowerSoak:
    """Operations with power cuts, and the findings."""

    def __init__(self, soak: FaultSoak, scratch: Path, seed: int) -> None:
        self.soak, self._trace = soak, scratch / "trace"
        self.chance = random.Random(seed)

    def cut(self, name: str, times: int) -> None:
        """Record an operation once, and cut the power `times` times in it."""
        before, after = self.soak._facts(name)
        trial = self.soak.desks.prepare(name)
        root, calls = trial.folder, self._recorded(name)
        places = sorted(self.chance.randrange(1, len(calls) + 1) for _time in range(times))
        base = self._copied(root)
        disk, done = Disk(root), 0
        for place in places:
            for call in calls[done:place]:
                disk.do(call)
            done = place
            cut = PowerCut(name, place, self.chance.choice(MODES))
            write_folder(root, disk.after_cut(self.chance, cut.mode))
            ended = 0 if place == len(calls) else -9
            self._look(
                cut, End(ended, disk.said.decode(errors="replace"), ""), trial, before, after
            )
            self.soak.done["power cuts"] += 1
        shutil.rmtree(base)

    def _recorded(self, name: str) -> Sequence[Call]:
        trial = self.soak.desks.prepare(name)
        before = self._copied(trial.folder)
        strace = ("strace", "-f", "-qq", "-xx", "-y", "-s", "4194304", "-e", f"trace={CALLS}")
        subprocess.run(
            [*strace, "-o", str(self._trace), sys.executable, str(MAIN), *trial.job.arguments],
            input=trial.job.given.encode(), check=True, capture_output=True,
            env={**os.environ, **trial.job.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        shutil.rmtree(trial.folder)
        before.rename(trial.folder)
        mark = "".join(f"\\x{byte:02x}" for byte in str(trial.folder).encode())
        told = [call for call in calls_in(self._trace) if concerns(call, mark)]
        self._trace.unlink()
        return told

    def _copied(self, folder: Path) -> Path:
        copy = folder.with_name(f"{folder.name}-before")
        shutil.rmtree(copy, ignore_errors=True)
        return Path(shutil.copytree(folder, copy))

    def _look(self, cut: PowerCut, end: End, trial: Trial, before: Facts, after: Facts) -> None:
        step: Step = cut  # type: ignore[assignment]
        self.soak._attempt(step, lambda: self.soak._look(step, end, trial, before, after))
        self.soak._attempt(step, lambda: self.soak._again(step, trial))


def concerns(call: Call, mark: str) -> bool:
    """Whether a call concerns the folder, closes a file, or writes output."""
    return mark in call.line or (call.name == "write" and call.arguments.startswith("1<"))


def write_folder(root: Path, found: dict[str, bytes | None]) -> None:
    """Give a folder exactly this content."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path, content in sorted(found.items()):
        if content is None:
            Path(path).mkdir(0o700, parents=True, exist_ok=True)
        else:
            Path(path).parent.mkdir(0o700, parents=True, exist_ok=True)
            Path(path).write_bytes(content)
