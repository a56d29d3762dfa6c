"""A private X display for one test, or one trial of an installed program."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

XVFB = (
    "Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset",
)  # fmt: skip
"""Starts a server that prints its display number. Without -noreset it resets when its last client
disconnects and refuses connections meanwhile, so that a window started between two xdotool calls
finds no display."""


@contextmanager
def bare_display() -> Iterator[str]:
    """A display without window manager; yields its name, such as ":1"."""
    server = subprocess.Popen(
        XVFB, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    assert server.stdout is not None
    try:
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.communicate()
