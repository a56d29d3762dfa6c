"""Contents of a stick for the posts: installers, update, handbook, first-day sheet, set-up file of
the province: `run.py build stick [--setup F.bdsetup]`, into dist/stick."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.environment import ROOT, VENV_PYTHON
from tools.messages import require, show
from tools.packaging.program_folder import version

PROGRAMS: dict[str, str] = {}
"""No system program is needed."""
PAPERS = {"Ngay-dau-tien.pdf": ("--sheet",), "So-tay-BorderDesk.pdf": ()}
"""{file name: options of the command `handbook` that writes it}."""


def build_stick(out: Path, *, fast: bool, setup: Path | None = None) -> list[Path]:
    """Fill the folder `stick` in `out`; returns its files. Raises SetupError.

    fast: ignored, common to all kinds; setup: the province's set-up file, or None.
    """
    del fast
    folder = out / "stick"
    built = list(_built(out))
    require(
        any(path.suffix == ".exe" for path in built),
        "Chưa có bộ cài: hãy chạy python3 run.py build windows (và build deb, build update) trước.",
        "There is no installer yet: run build windows (and build deb, build update) first.",
    )
    require(
        setup is None or (setup.is_file() and setup.suffix.lower() == ".bdsetup"),
        f"{setup} không phải tệp thiết lập (.bdsetup).",
        f"{setup} is no set-up file (.bdsetup).",
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in [*built, *([] if setup is None else [setup])]:
        shutil.copyfile(path, folder / path.name)
    for name, options in PAPERS.items():
        words = [str(VENV_PYTHON), str(ROOT / "main.py"), "handbook", *options, str(folder / name)]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    if setup is None:
        show(
            "Chưa có tệp thiết lập của tỉnh: chép thêm vào, hoặc --setup TỆP.",
            "The province's set-up file is not among them: add it, or --setup FILE.",
        )
    return sorted(folder.iterdir())


def _built(out: Path) -> Iterator[Path]:
    """The installers and update built for this version."""
    number = version()
    for name in (
        f"BorderDesk-{number}-setup.exe",
        f"borderdesk_{number}_amd64.deb",
        f"BorderDesk-{number}.bdupdate",
    ):
        if (out / name).is_file():
            yield out / name
