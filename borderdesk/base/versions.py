"""The versions of the program that a person has beside the installed one.

An update never replaces the installed version, which may belong to an administrator: each new
version is in a folder of its own below a folder of the person, and a small file names the version
in use. The installed launcher starts that version (base/starter.py); if its folder is incomplete,
or the installed version is as new, the installed one runs.

    BorderDesk-versions/
        current             the number of the version in use, and of the one before it: 0.2.0
        0.2.0/program/…     main.py and the packages; on Windows python/ and the two .exe beside it
        0.2.0/opened        marks a version whose window has opened a desk, which is then trusted
        returned            the version that failed, so that the installed one is used again
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk import __version__
from borderdesk.base.paths import MAIN, own_data

CURRENT, OPENED, FAILED, RETURNED = "current", "opened", "failed", "returned"
_NUMBERS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")


class InstalledVersion(NamedTuple):
    """A version in a folder of its own."""

    number: str
    folder: Path

    @property
    def main(self) -> Path:
        """The path of the script that Python runs."""
        return self.folder / "program" / "main.py"

    def command(self, arguments: Sequence[str] = ()) -> list[str]:
        """The command line that starts it; in the window's way where this program was."""
        if sys.platform != "win32":
            # As the package for Debian starts it: the user's own site-packages are ignored.
            return [sys.executable, "-E", "-s", str(self.main), *arguments]
        name = "borderdesk" + "w" * Path(sys.executable).stem.lower().endswith("w")
        return [str(self.folder / f"{name}.exe"), *arguments]

    def is_whole(self) -> bool:
        """Whether both the program and its interpreter exist."""
        return self.main.is_file() and Path(self.command()[0]).is_file()

    def was_opened(self) -> bool:
        """Whether its window has opened a desk."""
        return (self.folder / OPENED).is_file()


def version_numbers(text: str) -> tuple[int, ...] | None:
    """A version as numbers that compare; None for what is none. 0.2 and 0.2.0 are the same."""
    if not _NUMBERS.fullmatch(text):
        return None
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def is_newer(number: str, than: str = __version__) -> bool:
    """Whether a version is newer than another; False for a text that is no version."""
    version, other_version = version_numbers(number), version_numbers(than)
    return version is not None and other_version is not None and version > other_version


def wanted_version(version: object) -> str:
    """The version required by a file of a newer program, as far as the file states one."""
    return version if isinstance(version, str) and is_newer(version) else f"> {__version__}"


def is_installed() -> bool:
    """Whether this program was installed, or is an update: neither a working copy nor a wheel."""
    return MAIN.is_file() and not MAIN.with_name("run.py").exists()


def versions_folder() -> Path:
    """The folder of the person's versions."""
    return own_data() / "BorderDesk-versions"


def version_in(number: str) -> InstalledVersion:
    """The version of this number, installed or not."""
    return InstalledVersion(number, versions_folder() / number)


def named_version() -> InstalledVersion | None:
    """The version that is named as used, whole or not."""
    return _named(0)


def version_before() -> InstalledVersion | None:
    """The version that was used before the named one; None if that was the installed program."""
    return _named(1)


def _named(line: int) -> InstalledVersion | None:
    try:
        with (versions_folder() / CURRENT).open(encoding="ascii") as file:
            numbers = file.read(200).split()
    except (OSError, ValueError):
        return None
    number = numbers[line] if len(numbers) > line else ""
    return version_in(number) if version_numbers(number) is not None else None


def newest_version() -> InstalledVersion | None:
    """The version that should run instead of this one; None when this is the newest."""
    current_name = named_version() if is_installed() else None
    if current_name is None or not is_newer(current_name.number) or not current_name.is_whole():
        return None
    return current_name
