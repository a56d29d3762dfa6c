"""Runs commands of the program by the hundred, each with a fault at a chosen system call.

Most of a command's time is spent on imports. The nursery is a process that has imported the program
and forks a child for every command: 20 ms instead of 400. Faults are injected by strace, attached
to the child before it begins: the n-th call of a kind kills it, or fails from then on. Lack of
memory is a resource limit.

    with Nursery() as nursery:
        end = nursery.run(Job(["--desk", …, "verify"]), CallFault("fsync", 3))
"""

import importlib
import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[2]
KILL = "signal=KILL"
DISK_FULL = "error=ENOSPC"
SECONDS = 120
"""Processor seconds after which a child counts as hanging."""
_PR_SET_DUMPABLE, _PR_SET_PTRACER = 4, 0x59616D61


class Job(NamedTuple):
    """A command: the arguments of main.py, its standard input and environment variables."""

    arguments: Sequence[str]
    given: str = ""
    environ: Mapping[str, str] = {}


class CallFault(NamedTuple):
    """The fault at the n-th call of one kind; a failure persists for later calls."""

    call: str
    place: int
    what: str = KILL

    def expression(self) -> str:
        """The fault as strace's --inject expression."""
        more = "" if self.what == KILL else "+"
        return f"inject={self.call}:{self.what}:when={self.place}{more}"


class End(NamedTuple):
    """How a command ended: its exit status (negative: a signal), and its output."""

    status: int
    out: str
    err: str


class Nursery:
    """The nursery process, seen from its parent."""

    def __init__(self) -> None:
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.nursery"], cwd=ROOT, env=environ, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, job: Job, fault: CallFault | None = None, *, memory: int | None = None) -> End:
        """Run a command to its end; memory: the bytes it may allocate beyond its initial use."""
        expressions = [] if fault is None else [fault.expression()]
        spoken = fault is None or fault.what == KILL
        return self._asked(job, expressions, memory=memory, spoken=spoken)

    def calls(self, job: Job, names: str) -> dict[str, int]:
        """The number of calls of each kind (names separated by commas) that a command makes."""
        with tempfile.NamedTemporaryFile(suffix=".calls") as trace:
            self._asked(job, [f"trace={names}"], trace=trace.name)
            lines = Path(trace.name).read_text(errors="replace").splitlines()
        made = [line.split("(")[0] for line in lines if "(" in line]
        return {name: made.count(name) for name in names.split(",") if name in made}

    def _asked(
        self, job: Job, expressions: list[str], *, trace: str = os.devnull, **how: Any
    ) -> End:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"memory": None, "spoken": True, **job._asdict(), **how}
        asked |= {"expressions": expressions, "trace": trace}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return End(*json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


# ------------------------------------------------------------------- within the nursery


def nurse() -> None:
    """Run every job read from standard input, one per line."""
    import borderdesk.cli.commands  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(_nursed(json.loads(line))), flush=True)


def _nursed(asked: dict[str, Any]) -> tuple[int, str, str]:
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(asked["given"].encode("utf-8", "surrogateescape"))
        given.seek(0)
        wait, go = os.pipe()
        heard, told = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            os.close(go)
            heard.close()
            _child(asked, wait, (given, out, err), told)
        os.close(wait)
        told.close()
        tracer = _attached(pid, asked["expressions"], asked["trace"])
        os.close(go)
        with heard, heard.makefile(encoding="utf-8") as lines:
            last = json.loads(lines.read() or "{}")
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if tracer is not None:
            tracer.communicate()
        _import(last.get("modules", []))
        return status, last.get("out") or _said(out), last.get("err") or _said(err)


def _attached(pid: int, expressions: Sequence[str], trace: str) -> subprocess.Popen[str] | None:
    """strace, attached on return to a waiting child."""
    if not expressions:
        return None
    words = [word for expression in expressions for word in ("-e", expression)]
    tracer = subprocess.Popen(
        ["strace", *words, "-o", trace, "-p", str(pid)], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    assert "attached" in said, said
    return tracer


def _child(
    asked: dict[str, Any], wait: int, streams: tuple[IO[bytes], ...], told: socket.socket
) -> None:
    """Run the command in a forked process, which ends with it.

    Where writing is made to fail, output is kept and sent at the end by a call that is not
    affected.
    """
    status, kept = 1, dict[str, io.BytesIO]()
    try:
        _be_traceable()
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        # The inherited ones may have buffered input of the nursery.
        sys.stdin = os.fdopen(0, closefd=False)
        for name, number in (("stdout", 1), ("stderr", 2)):
            if asked["spoken"]:
                setattr(sys, name, os.fdopen(number, "w", closefd=False))
            else:
                kept[name[3:]] = io.BytesIO()
                setattr(sys, name, io.TextIOWrapper(kept[name[3:]], "utf-8"))
        os.environ.update(asked["environ"])
        sys.argv = ["main.py", *asked["arguments"]]
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        main = importlib.import_module("main")
        _limit_memory(asked["memory"])
        os.read(wait, 1)
        status = main.main()
    except BaseException:
        # As Python does for an uncaught exception.
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            _limit_memory(None)
            sys.stdout.flush()
            sys.stderr.flush()
            last = {name: file.getvalue().decode() for name, file in kept.items()}
            told.sendall(json.dumps({"modules": list(sys.modules), **last}).encode())
        os._exit(status)


def _be_traceable() -> None:
    """Let strace attach where the system allows it to parents only."""
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
    prctl(_PR_SET_PTRACER, -1, 0, 0, 0)


def _limit_memory(beyond: int | None) -> None:
    """Allow so many bytes beyond the present use; None: no limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft = hard if beyond is None else pages * resource.getpagesize() + beyond
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _import(names: Sequence[str]) -> None:
    """Import the modules that a child needed, for later children."""
    for name in names:
        if name not in sys.modules:
            with suppress(BaseException):
                importlib.import_module(name)


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


if __name__ == "__main__":
    # Ctrl+C ends the parent, and thereby the nursery.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nurse()
