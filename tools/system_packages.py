"""Debian packages of the operating system: which are missing, and their installation."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tools.locks import one_at_a_time
from tools.messages import at_terminal, confirm, show
from tools.processes import succeeds

LOCK = Path(__file__).resolve().parents[1] / ".tools" / "packages.lock"

QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
TEST_PROGRAMS = {
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdfsig": "poppler-utils",
    "strace": "strace",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "dbus-daemon": "dbus",
    "ibus-daemon": "ibus",
    "fcitx5": "fcitx5",
    "age": "age",
    "minisign": "minisign",
    "java": "default-jre-headless",
    "softhsm2-util": "softhsm2",
    "soffice": "libreoffice-writer-nogui",
}
TEST_FILES = {
    "/usr/share/ibus/component/unikey.xml": "ibus-unikey",
    "/usr/share/fcitx5/addon/unikey.conf": "fcitx5-unikey",
    "/usr/share/java/preflight.jar": "libpdfbox2-java",
    "/usr/share/java/javax.activation.jar": "libactivation-java",
    "/usr/share/java/jaxb-api.jar": "libjaxb-api-java",
}
"""Packages that are recognised by a file, as they have no program."""
WINE_PROGRAMS = {
    "wine": "wine",
    "wineserver": "wine64",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "makensis": "nsis",
    "msibuild": "msitools",
    "wixl": "wixl",
}
CHROOT_PROGRAMS = {"debootstrap": "debootstrap"}
"""Additional programs for the trials of installers."""


def loads(soname: str) -> bool:
    """Whether the dynamic loader finds this shared library with its dependencies."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_for_window() -> list[str]:
    """The Debian packages with libraries that Qt lacks here; [] on other systems."""
    if sys.platform != "linux":
        return []
    return [package for soname, package in QT_LIBRARIES.items() if not loads(soname)]


def missing_for_tests() -> list[str]:
    """The Debian packages that the tests lack here, Qt's first; [] on other systems."""
    if sys.platform != "linux":
        return []
    programs = [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
    files = [package for name, package in TEST_FILES.items() if not Path(name).exists()]
    return missing_for_window() + list(dict.fromkeys(programs + files))


def install_line(packages: Iterable[str]) -> str:
    """The command that installs these packages."""
    return " ".join(["sudo apt-get install", *packages])


def administrator_prefix() -> list[str] | None:
    """The prefix that runs a command as root; None if there is none.

    sudo may ask for a password only at a terminal.
    """
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if at_terminal():
        return ["sudo"]
    return ["sudo", "-n"] if succeeds(["sudo", "-n", "true"], quiet=True) else None


def install(packages: Sequence[str], yes: bool) -> None:
    """Name these packages, ask (messages.confirm) and install them; nothing if refused."""
    prefix = administrator_prefix() if packages else None
    if prefix is None:
        return
    show(
        f"Cần cài thư viện hệ thống: {' '.join(packages)}",
        "These system packages have to be installed.",
    )
    if not confirm("Cài ngay bằng apt-get?", "Install them now with apt-get?", yes):
        return
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    with one_at_a_time(LOCK):
        # The package lists may be good enough even if the update fails.
        succeeds([*apt, "update"])
        options = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"]
        succeeds([*apt, *options, *packages])


def prepare_for_window(yes: bool = False) -> bool:
    """Install the system libraries of Qt; False, after a message, if any are still missing."""
    install(missing_for_window(), yes)
    return nothing_missing(missing_for_window())


def prepare_for_tests(yes: bool = False) -> bool:
    """Install the system packages of the tests; False, after a message, if any are still
    missing."""
    install(missing_for_tests(), yes)
    return nothing_missing(missing_for_tests())


def prepare_for_trial(programs: Mapping[str, str], yes: bool = False) -> bool:
    """Install the system packages of the tests and of a trial of installers; False, after a
    message, if any are still missing.

    programs: {program: Debian package}.
    """

    def missing() -> list[str]:
        packages_missing = [package for name, package in programs.items() if not shutil.which(name)]
        return missing_for_tests() + packages_missing

    install(missing(), yes)
    return nothing_missing(missing())


def nothing_missing(packages: Sequence[str]) -> bool:
    """Whether the list is empty; otherwise print how to install its packages."""
    if packages:
        line = install_line(packages)
        show(f"Còn thiếu thư viện hệ thống. Hãy chạy: {line}", f"Packages are missing; run: {line}")
    return not packages
