"""The versions of the program that a person has beside the one that was installed.

An update never replaces what was installed, which may belong to an administrator: it lies in a
folder of the person's own, a version each, and one small file names the one that is used. What the
installers put on the computer starts that one (base/starter.py); where its folder is not whole, or
what was installed is as new, the installed one goes on.

    BorderDesk-versions/
        current             the version that is used, and the one before it: 0.2.0
        0.2.0/program/…     main.py and the packages; on Windows python/ and the two .exe beside it
        0.2.0/opened        its window has opened a desk: it is trusted from then on
    returned            the version that did not, so that what was installed is used again
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
        """What Python runs."""
        return self.folder / "program" / "main.py"

    def command(self, arguments: Sequence[str] = ()) -> list[str]:
        """The command line that starts it; in the window's way where this program was."""
        if sys.platform != "win32":
            # As the package for Debian starts it: the person's own modules are not asked.
            return [sys.executable, "-E", "-s", str(self.main), *arguments]
        name = "borderdesk" + "w" * Path(sys.executable).stem.lower().endswith("w")
        return [str(self.folder / f"{name}.exe"), *arguments]

    def is_whole(self) -> bool:
        """Whether there is something to start."""
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
    """Whether a version is newer than another; what is no version is not."""
    one, other = version_numbers(number), version_numbers(than)
    return one is not None and other is not None and one > other


def wanted_version(said: object) -> str:
    """The version that a file of a newer program asks for, as far as the file says one."""
    return said if isinstance(said, str) and is_newer(said) else f"> {__version__}"


def is_installed() -> bool:
    """Whether this program was installed, or is an update: neither a working copy nor a wheel."""
    return MAIN.is_file() and not MAIN.with_name("run.py").exists()


def versions_folder() -> Path:
    """The folder of the person's versions."""
    return own_data() / "BorderDesk-versions"


def version_in(number: str) -> InstalledVersion:
    """A version, there or not."""
    return InstalledVersion(number, versions_folder() / number)


def named_version() -> InstalledVersion | None:
    """The version that is named as used, whole or not."""
    return _named(0)


def version_before() -> InstalledVersion | None:
    """The version that was used before the one that is named; None for what was installed."""
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
    named = named_version() if is_installed() else None
    if named is None or not is_newer(named.number) or not named.is_whole():
        return None
    return named
