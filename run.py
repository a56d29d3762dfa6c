"""Set this machine up, then start BorderDesk, its demonstration, tests, checks or measurements.

    python3 run.py                  set up (once), then open the window
    python3 run.py demo             the same on the demonstration desk
    python3 run.py COMMAND …        any command of main.py: list, report, backup …

For developers:

    python3 run.py test [pytest's arguments]
    python3 run.py check            ruff, mypy --strict, import-linter, deptry
    python3 run.py bench […]        speed against bare programs doing the same work
    python3 run.py soak […]         kills, power cuts, full disks until something is lost
    python3 run.py mutants [MODULE]   how many small changes of the core its tests notice
    python3 run.py new field TYPE KEY KIND | new type KEY      the files of a new field or type
    python3 run.py build windows | deb | update | stick   what a person installs, into dist/
    python3 run.py test-windows     that installed under wine and worked with
    python3 run.py test-deb         that installed in a bare Debian without a network

System packages are named and, at a terminal, asked about first; `--yes` before the command
answers. The work is done by tools/: environment.py builds .venv, system_packages.py asks apt-get.
"""

# Standard library only: nothing else is installed yet when this file runs. It and what it imports
# also have to parse on Python 3.9, to be able to say there that a newer one is needed.
from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tools.environment import PROGRAM, ROOT, VENV_PYTHON, VENV_SCRIPTS, set_up
from tools.launcher import write_launcher
from tools.messages import SetupError, prepare_streams, show
from tools.processes import become, run
from tools.system_packages import (
    CHROOT_PROGRAMS,
    WINE_PROGRAMS,
    prepare_for_tests,
    prepare_for_trial,
    prepare_for_window,
)

MAIN = ROOT / "main.py"
OLDEST_PYTHON = (3, 11)
NOT_SET_UP = 3
INTERRUPTED = 130
YES = "--yes"

CHECKS = (
    "ruff check .",
    "ruff format --check .",
    "mypy --strict main.py run.py borderdesk tools ui tests/bench tests/soak",
    "lint-imports",
    "deptry .",
)

SPREAD = ("-n", str((os.cpu_count() or 1) * 3 // 2 or 1), "--dist", "worksteal")
"""1.5 processes per core, as tests wait for clocks and child processes a third of the time; work
stealing, as some tests take a minute."""

DEMO_DESK = ".demo"
DEMO_PERIOD = "2023-12"
DEMO_PAPER = f"{DEMO_DESK}/BaoCao_{DEMO_PERIOD}.pdf"


# ---- The window


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be shown: on Linux the session has to name a display."""
    if platform != "linux":
        return True
    return any(environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def explain_missing_display(command: str) -> None:
    """Print that there is no display, and the ways to see the window anyway."""
    show(
        "Mọi thứ đã sẵn sàng, nhưng phiên này không có màn hình để mở cửa sổ. Có thể:",
        "All is ready, but this session has no display for the window. You can:",
        sys.stdout,
    )
    show(
        f"- chạy {command} trong phiên làm việc có màn hình, hoặc kết nối bằng ssh -X;",
        "run it in a desktop session, or connect with ssh -X;",
        sys.stdout,
    )
    show(
        f"- hoặc: QT_QPA_PLATFORM=vnc {command}, rồi mở 127.0.0.1:5900 bằng phần mềm xem VNC.",
        "or run it with QT_QPA_PLATFORM=vnc and open 127.0.0.1:5900 in a VNC viewer.",
        sys.stdout,
    )


def open_window(arguments: Sequence[str], command: str, yes: bool) -> int:
    """Open the window with these arguments of main.py, or explain the missing display."""
    can_draw = prepare_for_window(yes)
    write_launcher(ROOT)
    if not has_display(os.environ, sys.platform):
        explain_missing_display(command)
        return 0
    if not can_draw:
        return NOT_SET_UP
    return become([str(VENV_PYTHON), str(MAIN), *arguments])


def window(yes: bool) -> int:
    """Set up, then open the window on the person's own desk."""
    set_up(yes)
    return open_window([], "python3 run.py", yes)


def passed_on(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then pass the arguments to main.py unchanged."""
    if not PROGRAM.is_ready():
        # Not needed by this command, but the first run is when installing is expected.
        prepare_for_window(yes)
    set_up(yes)
    return become([str(VENV_PYTHON), str(MAIN), *arguments])


def demo(_arguments: Sequence[str], yes: bool) -> int:
    """Create the demonstration desk and its monthly report once, then open the window on it."""
    set_up(yes)
    for result, step in demo_steps():
        failed = 0 if Path(result).exists() else run([str(VENV_PYTHON), str(MAIN), *step])
        if failed:
            return failed
    paper = Path(DEMO_PAPER).absolute()
    show(f"Báo cáo tháng mẫu: {paper}", f"The sample monthly report: {paper}", sys.stdout)
    return open_window(["--desk", DEMO_DESK], "python3 run.py demo", yes)


def demo_steps() -> list[tuple[str, list[str]]]:
    """The steps of the demonstration: (file that proves the step is done, arguments of main.py)."""
    desk = ["--desk", DEMO_DESK]
    report = ["report", "summary", "--period", DEMO_PERIOD, "--scope", "province"]
    return [
        (f"{DEMO_DESK}/desk.db", [*desk, "demo"]),
        (DEMO_PAPER, [*desk, *report, "--out", DEMO_PAPER]),
    ]


# ---- For developers


def test(arguments: Sequence[str], yes: bool) -> int:
    """Set up the test environment, then run pytest on all cores without a display."""
    if not prepare_for_tests(yes):
        return NOT_SET_UP
    set_up(yes, development=True)
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # Defaults first: pytest takes the last -n, so a person's own wins.
    return become([str(VENV_PYTHON), "-m", "pytest", *SPREAD, *arguments], environ)


def check(_arguments: Sequence[str], yes: bool) -> int:
    """Set up, then run every static check and print which failed."""
    set_up(yes, development=True)
    results = {name: run(command) for name, command in announced(check_commands())}
    print("\n== check")
    for name, code in results.items():
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
    return int(any(results.values()))


def check_commands() -> dict[str, list[str]]:
    """The static checks by command line."""
    return {name: [str(VENV_SCRIPTS / name.split()[0]), *name.split()[1:]] for name in CHECKS}


def announced(commands: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """These commands, each printed right before it is run."""
    for name, command in commands.items():
        print(f"\n== {name}", flush=True)
        yield name, command


def bench(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then measure with the arguments given."""
    prepare_for_window(yes)
    return module("tests.bench", arguments, yes)


def soak(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then inject system faults until data is lost."""
    prepare_for_tests(yes)
    return module("tests.soak", arguments, yes)


def mutants(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then run mutation tests."""
    return module("tests.mutants", arguments, yes)


def new(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then write the files of a new field or record type."""
    return module("tools.scaffold", arguments, yes)


def build(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then build an installer; downloads are cached in build/."""
    set_up(yes)
    return become([str(VENV_PYTHON), "-m", "tools.packaging", *arguments])


def test_windows(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then install the Windows build under wine and use it."""
    prepare_for_trial(WINE_PROGRAMS, yes)
    return module("tests.installed.windows", arguments, yes)


def test_deb(arguments: Sequence[str], yes: bool) -> int:
    """Set up, then install the package in a bare Debian without network and use it."""
    prepare_for_trial(CHROOT_PROGRAMS, yes)
    return module("tests.installed.debian", arguments, yes)


def module(name: str, arguments: Sequence[str], yes: bool) -> int:
    """Run a module of the repository in the development environment; replaces this process."""
    set_up(yes, development=True)
    return become([str(VENV_PYTHON), "-m", name, *arguments])


# ---- Start


Command = Callable[[Sequence[str], bool], int]

COMMANDS: dict[str, Command] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "mutants": mutants,
    "soak": soak,
    "new": new,
    "build": build,
    "test-windows": test_windows,
    "test-deb": test_deb,
}


def start(arguments: Sequence[str]) -> int:
    """Run the command in the arguments; returns the exit code."""
    yes = arguments[:1] == [YES]
    rest = list(arguments[1:] if yes else arguments)
    if not rest:
        return window(yes)
    command = COMMANDS.get(rest[0])
    if command is None:
        return passed_on(rest, yes)
    # Their paths are relative to the project; those of main.py to the person's folder.
    os.chdir(ROOT)
    return command(rest[1:], yes)


def is_too_old(python: tuple[int, int]) -> bool:
    """Whether this version of Python is too old for BorderDesk."""
    return python < OLDEST_PYTHON


def main(arguments: Sequence[str]) -> int:
    """Run, turning errors into a message and an exit code."""
    prepare_streams()
    if is_too_old(sys.version_info[:2]):
        show("BorderDesk cần Python 3.11 trở lên.", "BorderDesk needs Python 3.11 or newer.")
        return NOT_SET_UP
    try:
        return start(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SetupError as problem:
        show(problem.vietnamese, problem.english)
    except OSError as problem:
        show(f"Không cài đặt được: {problem}", "The set-up could not go on.")
    return NOT_SET_UP


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
