"""Messages of the set-up in Vietnamese and English, and its question."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


class SetupError(Exception):
    """Why the set-up failed, in Vietnamese and English."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(english)
        self.vietnamese = vietnamese
        self.english = english


def prepare_streams() -> None:
    """Make the standard streams UTF-8 whatever the code page; replace missing ones (no console) by
    the null device."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def show(vietnamese: str, english: str, stream: TextIO | None = None) -> None:
    """Print a message, by default to standard error, as main.py's output is data."""
    print(f"{vietnamese}\n  {english}", file=stream or sys.stderr, flush=True)


def require(done: bool, vietnamese: str, english: str) -> None:
    """Raise SetupError with this message if a step failed."""
    if not done:
        raise SetupError(vietnamese, english)


def at_terminal() -> bool:
    """Whether a person can read standard error and type an answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def confirm(vietnamese: str, english: str, yes: bool) -> bool:
    """Ask a question at a terminal; True without one, or with `--yes`."""
    if yes or not at_terminal():
        return True
    show(f"{vietnamese} [C/k]", f"{english} [Y/n]")
    answer = sys.stdin.readline().strip().lower()
    return answer[:1] in ("", "c", "y")
