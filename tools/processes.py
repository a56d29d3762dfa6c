"""Starting other programs, and becoming one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tools.messages import show

ON_WINDOWS = os.name == "nt"


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run a command to its end and return its exit code."""
    return subprocess.run(command, env=environ, check=False).returncode


def output_of(command: Sequence[str]) -> str:
    """What a command prints on standard output, stripped; its errors are dropped."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def succeeds(
    command: Sequence[str], environ: Mapping[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run a step of the set-up, its output on standard error or nowhere; whether it went well."""
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
    """Replace this process by a command; returns (the command's exit code) only on Windows."""
    if not ON_WINDOWS:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], list(command), dict(os.environ if environ is None else environ))
    return run(command, environ)
