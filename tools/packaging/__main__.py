"""`python -m tools.packaging windows|deb|update|stick [--fast]`: build installers into dist/."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.environment import ROOT
from tools.messages import SetupError, require, show
from tools.packaging import deb, stick, update, windows
from tools.system_packages import install, install_line


class Kind(NamedTuple):
    """An installer: {program needed: Debian package}, and its build function."""

    programs: Mapping[str, str]
    build: Callable[..., list[Path]]


KINDS = {
    "deb": Kind(deb.PROGRAMS, deb.build_deb),
    "stick": Kind(stick.PROGRAMS, stick.build_stick),
    "update": Kind(update.PROGRAMS, update.build_update),
    "windows": Kind(windows.PROGRAMS, windows.build_windows),
}


def main(arguments: Sequence[str]) -> int:
    """Build the requested installer and print its hash; returns the exit status."""
    arguments_read = _parser().parse_args(arguments)
    kind, began = KINDS[arguments_read.kind], time.monotonic()
    out = ROOT / "dist"
    try:
        prepare(kind.programs)
        out.mkdir(exist_ok=True)
        extra_options = {
            "update": {"key": arguments_read.key},
            "stick": {"setup": arguments_read.setup},
        }
        options = extra_options.get(arguments_read.kind, {})
        paths = kind.build(out, fast=arguments_read.fast, **options)
    except SetupError as problem:
        show(problem.vietnamese, problem.english)
        return 3
    except (OSError, subprocess.CalledProcessError) as problem:
        show(f"Không đóng gói được: {problem}", "The installer could not be built.")
        return 3
    for path in paths:
        data = path.read_bytes()
        print(f"{path}\t{len(data) / 1e6:.1f} MB\tsha256 {hashlib.sha256(data).hexdigest()}")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0


def prepare(programs: Mapping[str, str]) -> None:
    """Install the programs that an installer needs. Raises SetupError."""
    install(_missing(programs), yes=False)
    missing = _missing(programs)
    require(
        not missing,
        f"Còn thiếu chương trình. Hãy chạy: {install_line(missing)}",
        f"Programs are missing; run: {install_line(missing)}",
    )


def _missing(programs: Mapping[str, str]) -> list[str]:
    return sorted({package for name, package in programs.items() if not shutil.which(name)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py build", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--fast", action="store_true", help="compress little, for trying")
    parser.add_argument("--key", type=Path, help="update: minisign's secret key that signs it")
    parser.add_argument("--setup", type=Path, help="stick: the province's set-up file")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
