"""An X display that only one test, or one trial of an installed program, draws on."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

XVFB = (
    "Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset",
)  # fmt: skip
"""Starts a server, which prints the number of its display. Without -noreset it begins anew whenever
its last client leaves, and refuses whoever connects meanwhile: a window that starts between two
calls of xdotool then finds no display."""


@contextmanager
def bare_display() -> Iterator[str]:
    """A display without a window manager; its name, such as ":1"."""
    server = subprocess.Popen(
        XVFB, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    assert server.stdout is not None
    try:
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.communicate()
