"""A window that stays open for hours, under a clock accelerated by libfaketime."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.installed.trial import screen
from tests.soak.flatness import Measured, grown
from tests.soak.nursery import ROOT

HOURS, FASTER = 8, 60
"""Hours of the window's clock, and the factor by which it runs faster."""
LOOKS = 60
"""The number of samples."""
LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
"""Debian's faketime, for programs of several threads."""
PROGRAM = (sys.executable, str(ROOT / "main.py"))
"""The program; BORDERDESK_SOAKED names an installed one, such as /usr/bin/borderdesk."""


def held_by(process: int) -> Measured:
    """Memory in use (bytes), open files, and threads of a process."""
    folder = Path("/proc") / str(process)
    lines = (folder / "status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    return {
        "memory": int(status["VmRSS"].split()[0]) << 10,
        "files": sum(1 for _file in (folder / "fd").iterdir()),
        "threads": int(status["Threads"]),
    }


def stand(
    desk: Path, hours: float, environ: Mapping[str, str], program: Sequence[str] = PROGRAM
) -> list[Measured]:
    """Samples of a window's memory, files and threads over so many hours of its clock."""
    assert LIBRARY.exists(), "Debian: apt-get install faketime"
    faster = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"+0 x{FASTER}", "FAKETIME_XRESET": "1"}
    command, found = [*program, "--desk", str(desk)], []
    with subprocess.Popen(command, env={**os.environ, **environ, **faster}, cwd=ROOT) as window:
        try:
            for _look in range(LOOKS):
                time.sleep(hours * 3_600 / FASTER / LOOKS)
                assert window.poll() is None, "the window ended by itself"
                found.append(held_by(window.pid))
        finally:
            window.terminate()
    return found


def standing(desk: Path, hours: float) -> Measured:
    """The growth of a window that stays open for hours."""
    installed = os.environ.get("BORDERDESK_SOAKED")
    if not installed:
        return grown(stand(desk, hours, {"QT_QPA_PLATFORM": "offscreen"}))
    # An installed program needs a display.
    with screen() as display:
        environ = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        return grown(stand(desk, hours, environ, (installed,)))
