"""Windows installers, built on Debian: a set-up file for one user, an MSI for a computer.

Both contain borderdesk.exe (commands), borderdeskw.exe (window), CPython's embeddable archive and
the program folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.environment import ROOT
from tools.packaging.installed_files import needed_libraries
from tools.packaging.msi import build_msi
from tools.packaging.program_folder import build_date, date_files, lay_program, size, version
from tools.packaging.setup_stub import speaking_nsis
from tools.packaging.sources import BUILD, EMBED_FOLDER, WINDOWS, wheels, windows_python

PREFIX = "x86_64-w64-mingw32"
PROGRAMS = {
    f"{PREFIX}-gcc": "gcc-mingw-w64-x86-64",
    f"{PREFIX}-objdump": "binutils-mingw-w64-x86-64",
    "makensis": "nsis",
    "msibuild": "msitools",
    "wixl": "wixl",
}
FILES = Path(__file__).resolve().parent / "windows"
ICON = FILES / "borderdesk.ico"
LAUNCHERS = {"borderdesk": ("-municode", "-mconsole"), "borderdeskw": ("-municode", "-mwindows")}
"""{program: linker options} of the start programs."""
STUB = "x86-unicode"
"""32-bit, so that an old Windows can run it and show its message."""
PATHS = "python311.zip\n.\n..\\program\n"
"""The contents of python311._pth: the module path, which excludes everything else on the
computer."""


def build_windows(out: Path, *, fast: bool) -> list[Path]:
    """Build both installers into the folder `out`; returns their paths. Raises SetupError.

    fast: low compression, for trials.
    """
    date, number = build_date(), version()
    stage = lay_stage(BUILD / "windows", date)
    setup = out / f"BorderDesk-{number}-setup.exe"
    msi = out / f"BorderDesk-{number}.msi"
    build_msi(stage, msi, number, date, ICON)
    build_setup(stage, setup, number, date, fast=fast)
    return [setup, msi]


def lay_stage(stage: Path, date: int) -> Path:
    """Assemble the installed files in the new folder `stage`. Raises SetupError."""
    objdump = needed_libraries(f"{PREFIX}-objdump")
    shutil.rmtree(stage, ignore_errors=True)
    lay_program(stage / "program", wheels(WINDOWS), objdump, date)
    lay_python(stage / "python")
    for name in LAUNCHERS:
        build_launcher(name, stage / f"{name}.exe")
    shutil.copyfile(ROOT / "LICENSE", stage / "LICENSE.txt")
    date_files(stage, date)
    return stage


def lay_python(folder: Path) -> None:
    """Unpack CPython and write its path file."""
    folder.mkdir(parents=True)
    with windows_python() as archive:
        for member in archive.infolist():
            if not member.is_dir():
                name = member.filename.removeprefix(EMBED_FOLDER)
                (folder / name).write_bytes(archive.read(member))
    (folder / "python311._pth").write_text(PATHS, encoding="ascii", newline="\r\n")


def build_launcher(name: str, target: Path) -> None:
    """Build a start program with icon and version."""
    resources = target.with_suffix(".res")
    number = version()
    defines = [f'-DVERSION="{number}"', f"-DNUMBERS={_numbers(number).replace('.', ',')}"]
    words = [word.replace('"', '\\"') for word in defines]
    windres = [f"{PREFIX}-windres", "-O", "coff", *words, "launcher.rc", str(resources)]
    subprocess.run(windres, cwd=FILES, check=True)
    windowed = ["-DWINDOWED"] if name.endswith("w") else []
    subprocess.run(
        [
            f"{PREFIX}-gcc", "-Os", "-s", "-Wall", "-Wextra", "-Werror", *windowed,
            *LAUNCHERS[name], "-Wl,--no-insert-timestamp", "-o", str(target),
            "launcher.c", str(resources), "-lshell32",
        ],
        cwd=FILES, check=True,
    )  # fmt: skip
    resources.unlink()


def build_setup(
    stage: Path, out: Path, number: str, date: int, *, fast: bool, target: str = STUB
) -> None:
    """Build the set-up file of the files in `stage`; target: kind of NSIS stub."""
    whole = size([stage])
    defines = {
        "VERSION": number, "NUMBERS": _numbers(number), "STAGE": stage, "OUT": out,
        "TARGET": target, "KILOBYTES": whole // 1024, "MEGABYTES": whole * 2 // 10**6 + 50,
    }  # fmt: skip
    words = [f"-D{name}={value}" for name, value in defines.items()] + ["-DFAST"] * fast
    nsis = speaking_nsis(BUILD / "nsis", target)
    environ = {
        **os.environ, "SOURCE_DATE_EPOCH": str(date), "TZ": "UTC", "NSISDIR": str(nsis),
    }  # fmt: skip
    script = str(FILES / "setup.nsi")
    subprocess.run(["makensis", "-V2", "-INPUTCHARSET", "UTF8", *words, script],
                   env=environ, check=True)  # fmt: skip


def _numbers(number: str) -> str:
    """The version as four numbers, for Windows."""
    return ".".join([*number.split("."), "0", "0", "0"][:4])
