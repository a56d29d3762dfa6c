"""Running other programs, and replacing this process by one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tools.messages import show

ON_WINDOWS = os.name == "nt"


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run a command and return its exit code."""
    return subprocess.run(command, env=environ, check=False).returncode


def output_of(command: Sequence[str]) -> str:
    """The standard output of a command, stripped; its errors are discarded."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def succeeds(
    command: Sequence[str], environ: Mapping[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run a step of the set-up, output to standard error or discarded; whether it succeeded."""
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else sys.stderr.fileno(),
            stderr=subprocess.DEVNULL if quiet else None,
            check=False,
        )
    except OSError as problem:
        show(f"Không chạy được {command[0]}: {problem}", "That program could not be started.")
        return False
    return done.returncode == 0


def become(command: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Replace this process by a command; on Windows run it and return its exit code."""
    if not ON_WINDOWS:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], list(command), dict(os.environ if environ is None else environ))
    return run(command, environ)
