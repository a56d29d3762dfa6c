"""Debian 12 package: the program with its libraries, run by the system's Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.environment import ROOT
from tools.messages import require
from tools.packaging.icu_data import slim_library, strip
from tools.packaging.installed_files import PACKAGES, needed_libraries
from tools.packaging.program_folder import build_date, date_files, lay_program, size, version
from tools.packaging.sources import BUILD, DEBIAN, wheels

PROGRAMS = {"dpkg-deb": "dpkg", "objdump": "binutils"}
FILES = Path(__file__).resolve().parent / "debian"
PROGRAM = "usr/lib/borderdesk"
LIBRARIES = {
    "ld-linux-x86-64.so.2": "libc6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libc.so.6": "libc6",
    "libcups.so.2": "libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdl.so.2": "libc6",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "librt.so.1": "libc6",
    "libstdc++.so.6": "libstdc++6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""The Debian 12 package of each system library."""
OTHERS = ("fonts-dejavu-core", "python3.11")
"""Other dependencies: a font with all Vietnamese letters, and Python."""
CONTROL = """\
Package: borderdesk
Version: {version}
Architecture: amd64
Maintainer: BorderDesk developers <borderdesk@localhost>
Installed-Size: {size}
Depends: {depends}
Recommends: cups, ibus-unikey | fcitx5-unikey
Section: misc
Priority: optional
Description: log and reports of a border post, without a network
 A border post records its daily work, adds up the figures and prints the month's report
 as the regulations lay it out; posts, districts and the province exchange files on USB
 sticks. Desks are kept in the person's own folder and stay when the package is removed.
"""


BEFORE = ("preinst", "prerm")
"""Maintainer scripts that check whether the program is running."""


def build_deb(out: Path, *, fast: bool) -> list[Path]:
    """Build the package into the folder `out`; returns its path. Raises SetupError.

    fast: low compression, for trials.
    """
    date, root = build_date(), BUILD / "deb"
    shutil.rmtree(root, ignore_errors=True)
    system = lay_slim_program(root / PROGRAM, date)
    add_desktop_files(root)
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    text = CONTROL.format(
        version=version(), size=-(-size([root]) // 1024), depends=", ".join(packages(system))
    )
    control.write_text(text, encoding="utf-8")
    scripts = [control.with_name(name) for name in BEFORE]
    for script in scripts:
        shutil.copyfile(FILES / "closed", script)
    date_files(root, date)
    for program in (root / "usr/bin/borderdesk", *scripts):
        program.chmod(0o755)
    package = out / f"borderdesk_{version()}_amd64.deb"
    level = "-z1" if fast else "-z9"
    pack = ["dpkg-deb", "--build", "--root-owner-group", "-Zxz", level, "--threads-max=1"]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(date)}
    subprocess.run([*pack, str(root), str(package)], env=environ, check=True, stdout=2)
    return [package]


def lay_slim_program(program: Path, date: int) -> frozenset[str]:
    """Assemble the program, stripped; returns the system libraries it needs. Raises SetupError."""
    system = lay_program(program, wheels(DEBIAN), needed_libraries("objdump"), date)
    shrink(program)
    date_files(program, date)
    return system


def lay_folder(folder: Path, date: int) -> Path:
    """Assemble what an update unpacks in a new folder. Raises SetupError."""
    shutil.rmtree(folder, ignore_errors=True)
    lay_slim_program(folder / "program", date)
    return folder


def packages(system: Iterable[str]) -> list[str]:
    """The packages of these system libraries, and the other dependencies. Raises SetupError."""
    unknown = sorted(set(system) - LIBRARIES.keys())
    require(
        not unknown,
        f"Không rõ gói Debian của: {' '.join(unknown)}",
        "Name the Debian packages of these libraries in tools/packaging/deb.py.",
    )
    return sorted({LIBRARIES[name] for name in system} | set(OTHERS))


def shrink(program: Path) -> None:
    """Strip debug symbols, and the parts of ICU that Qt does not use."""
    for data in program.rglob("libicudata.so.*"):
        slim_library(data)
    top = [path for path in program.rglob("*.so*") if path.is_file()]
    strip(sorted(p for p in top if p.relative_to(program).parts[0] not in PACKAGES))


def add_desktop_files(root: Path) -> None:
    """Install start script, icons, file types and licence at their standard places."""
    icons = ROOT / "resources" / "icons"
    for source, place in (
        (FILES / "borderdesk", "usr/bin/borderdesk"),
        (FILES / "borderdesk.desktop", "usr/share/applications/borderdesk.desktop"),
        (FILES / "borderdesk.xml", "usr/share/mime/packages/borderdesk.xml"),
        (icons / "borderdesk.svg", "usr/share/icons/hicolor/scalable/apps/borderdesk.svg"),
        (icons / "borderdesk.png", "usr/share/icons/hicolor/256x256/apps/borderdesk.png"),
        (ROOT / "LICENSE", "usr/share/doc/borderdesk/copyright"),
    ):
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
