"""Messages of the set-up, in Vietnamese and in English, and the question it may ask."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


class SetupError(Exception):
    """What kept the set-up from finishing, in Vietnamese and in English."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(english)
        self.vietnamese = vietnamese
        self.english = english


def prepare_streams() -> None:
    """Have the standard streams print Vietnamese whatever code page the machine has.

    A program without a console has none: what it would print goes nowhere.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def show(vietnamese: str, english: str, stream: TextIO | None = None) -> None:
    """Print a message; on standard error by default, since main.py's output is data."""
    print(f"{vietnamese}\n  {english}", file=stream or sys.stderr, flush=True)


def require(done: bool, vietnamese: str, english: str) -> None:
    """Raise SetupError with this message unless a step of the set-up was done."""
    if not done:
        raise SetupError(vietnamese, english)


def at_terminal() -> bool:
    """Whether a person can read a question on standard error and type the answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def confirm(vietnamese: str, english: str, yes: bool) -> bool:
    """Ask a question where a person sits at a terminal; "yes" without one, or with `--yes`."""
    if yes or not at_terminal():
        return True
    show(f"{vietnamese} [C/k]", f"{english} [Y/n]")
    answer = sys.stdin.readline().strip().lower()
    return answer[:1] in ("", "c", "y")
