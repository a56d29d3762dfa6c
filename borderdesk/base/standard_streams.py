"""The standard streams of the process: UTF-8 whatever the machine's code page is, and never
None."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STANDARD_ERROR = 2
"""The number of the stream, which libraries that are not Python write to."""


def prepare_streams() -> None:
    """Make standard output and error print Vietnamese, on Windows' code pages too.

    A process started without a console has neither: its output is written to the null device.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Open as long as the program runs.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            # A lone surrogate, which JSON can name and UTF-8 cannot, becomes its JSON escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def without_standard_error() -> Iterator[None]:
    """Discard writes to standard error during the block: a library in Rust prints its own panics,
    whose cause is reported to the user as a message."""
    try:
        saved = os.dup(STANDARD_ERROR)
    except OSError:
        # A program without a console.
        yield
        return
    null_device = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null_device, STANDARD_ERROR)
        yield
    finally:
        os.close(null_device)
        os.dup2(saved, STANDARD_ERROR)
        os.close(saved)
