"""The standard streams of the process: UTF-8 whatever the machine's code page is, and there."""

import os
import sys
from pathlib import Path


def prepare_streams() -> None:
    """Have standard output and error print Vietnamese, on Windows' code pages too.

    A process started without a console has none: what it would print goes nowhere.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Open as long as the program runs.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            # A lone surrogate, which JSON can name and UTF-8 cannot, becomes its JSON escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
