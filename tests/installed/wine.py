"""A Windows environment for installers: Debian's wine, with a prefix of its own and a drive D:."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

STAND_INS = ("bcryptprimitives", "icuuc")
"""Libraries of Windows 10 that wine 8 lacks."""
NOT_STARTED = "ShellExecuteEx failed"
"""Messages of wine itself on a busy machine, now and then, instead of starting a program."""
LONGEST = 600
"""Seconds after which a program counts as hanging."""


class Wine:
    """A wine prefix."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drive = folder / "drive_c"
        self.environ = {
            **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
            "WINEPREFIX": str(folder), "WINEARCH": "win64", "WINEDEBUG": "-all",
            # It would ask for a download, and write into the menu of the tester.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
        }  # fmt: skip

    def make(self) -> None:
        """Create the prefix anew, as Windows 10 and with a drive D:."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.run("wineboot", "-i")
        self.run("winecfg", "-v", "win10")
        for name in STAND_INS:
            source = Path(__file__).with_name(f"{name}.c")
            library = self.drive / "windows" / "system32" / f"{name}.dll"
            build = ["x86_64-w64-mingw32-gcc", "-shared", "-w", "-O2", "-o", str(library)]
            subprocess.run([*build, str(source), "-ladvapi32"], check=True)
        self.plug_in("d")

    def plug_in(self, letter: str) -> Path:
        """The folder of a stick with this letter from now on. All programs in it are ended, as wine
        looks for drives when it starts."""
        self.end()
        stick = self.folder / "stick"
        stick.mkdir(exist_ok=True)
        for old in self.folder.joinpath("dosdevices").iterdir():
            if old.name not in ("c:", "z:") and old.resolve() == stick:
                old.unlink()
        (self.folder / "dosdevices" / f"{letter}:").symlink_to(stick)
        return stick

    def run(
        self, *words: str, text: str | bytes = b"", status: int | None = 0
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end with `text` as its input. Raises AssertionError unless it exits
        with `status`."""
        given = text.encode() if isinstance(text, str) else text
        done, told = self._tried(words, given)
        if NOT_STARTED in told:
            done, told = self._tried(words, given)
        assert status is None or done.returncode == status, f"{words}: {done.returncode}\n{told}"
        return done

    def _tried(
        self, words: Sequence[str], given: bytes
    ) -> tuple["subprocess.CompletedProcess[bytes]", str]:
        """Run a program once; its exit status and all output."""
        # Through pipes: wine 8 does not pass Linux files to Python as streams.
        done = subprocess.run(
            ["wine", *words], env=self.environ, capture_output=True, check=False, timeout=LONGEST,
            input=given,
        )  # fmt: skip
        return done, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def start(self, *words: str, variables: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a program in the background."""
        return subprocess.Popen(
            ["wine", *words], env={**self.environ, **variables}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def end(self) -> None:
        """End all programs running in it."""
        subprocess.run(["wineserver", "-k"], env=self.environ, check=False)
        subprocess.run(["wineserver", "-w"], env=self.environ, check=False, timeout=LONGEST)
