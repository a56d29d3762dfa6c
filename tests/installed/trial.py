"""Shared parts of the trials of installers: printed steps, a display, and a simulated person."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.display import bare_display
from tools.packaging.program_folder import build_date, date_files, version

PERIOD = ("--period", "2023-12")
CLEARING = {
    "kind": "sight_line", "started_on": "2023-12-04", "commune": "06202", "participants": 18,
}  # fmt: skip
NEXT = "0.1.999"
"""A newer version of the program."""
PATIENCE = 120
"""Seconds until an awaited window must be there."""
PAUSE, SETTLING = 0.5, 3


class Steps:
    """Named steps that run in a folder, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failed: list[str] = []

    def step(self, what: str, work: Callable[[], object]) -> None:
        """Run a step and print its result; later steps run even if it failed."""
        began = time.monotonic()
        try:
            work()
        except Exception as wrong:
            self.failed.append(what)
            print(f"FAILED {what}\n{type(wrong).__name__}: {wrong}", flush=True)
        else:
            print(f"ok     {what}  {time.monotonic() - began:.1f} s", flush=True)

    def try_all(self) -> None:
        """Run every step in order."""
        raise NotImplementedError

    def end(self) -> int:
        """Run the trial and print where its pictures are; returns the exit status."""
        self.try_all()
        print(f"\n{len(self.failed)} failed. Pictures: {self.folder}")
        return int(bool(self.failed))


def newer_stage(built: Path, stage: Path, program: str = "program") -> Path:
    """A copy of the build in the folder `stage`, with a newer version.

    program: the folder of the program below both.
    """
    shutil.copytree(built, stage)
    package = stage / program / "borderdesk"
    for compiled in package.glob("__pycache__/__init__.*"):
        compiled.unlink()
    about = package / "__init__.py"
    about.write_text(about.read_text(encoding="utf-8").replace(version(), NEXT), encoding="utf-8")
    date_files(stage, build_date())
    return stage


@contextmanager
def screen() -> Iterator[str]:
    """A private display with a window manager; its name."""
    with bare_display() as display:
        manager = subprocess.Popen(
            ["openbox"], env={**os.environ, "DISPLAY": display},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield display
        finally:
            manager.terminate()
            manager.communicate()


class Person:
    """A simulated person at the display, who presses keys and takes pictures."""

    def __init__(self, display: str, pictures: Path) -> None:
        self.environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.pictures = pictures

    def do(self, *words: str) -> str:
        """Run an xdotool command."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environ, capture_output=True, timeout=PATIENCE, check=True
        )
        return done.stdout.decode()

    def until(self, there: Callable[[], object], what: str) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < end, what
            time.sleep(PAUSE)

    def await_window(self, name: str = "BorderDesk") -> None:
        """Wait until a window of the program whose title begins so is visible and focused."""
        self.until(lambda: self.windows(name), f"no window {name}")
        time.sleep(SETTLING)

    def write(self, *lines: str) -> None:
        """Type lines of text, each followed by the key named after its bar: `Nông Văn An|Tab`."""
        for line in lines:
            text, _bar, key = line.rpartition("|")
            if text:
                self.do("type", "--delay", "60", text)
            self.do("key", "--delay", "120", *key.split())
            time.sleep(PAUSE)

    def close_window(self) -> None:
        """Close the window of the program, as a person does."""
        self.do("windowactivate", "--sync", self.windows()[0], "key", "alt+F4")

    def windows(self, name: str = "BorderDesk") -> list[str]:
        """The visible windows of the program with this part in their name."""
        done = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", name],
            env=self.environ, capture_output=True, check=False,
        )  # fmt: skip
        return done.stdout.decode().split()

    def picture(self, name: str) -> Path:
        """Take a picture of the display."""
        target = self.pictures / f"{name}.png"
        code = (
            "import sys; from PySide6.QtGui import QGuiApplication as A; a = A([]);"
            "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
        )
        subprocess.run([sys.executable, "-c", code, str(target)], env=self.environ, check=True)
        return target
