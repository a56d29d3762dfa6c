"""The wheel: it contains all the program needs, and runs from any folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from borderdesk import __version__
from tools.environment import ROOT

BUILT_FROM = ("borderdesk", "ui", "resources", "tools", "main.py", "pyproject.toml", "LICENSE")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel of this tree, as `pip install --target` leaves it."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "installed"
    source.mkdir()
    for name in BUILT_FROM:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", str(folder)], cwd=source, check=True)
    (wheel,) = folder.glob(f"borderdesk-{__version__}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def installed_program(
    installed: Path, cwd: Path, *arguments: str, text: str = ""
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "borderdesk", *arguments],
        cwd=cwd,
        env=environ,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_wheel_carries_every_resource_and_no_test(installed: Path) -> None:
    inside = installed / "borderdesk" / "resources"
    kept = {path.relative_to(inside) for path in inside.rglob("*") if path.is_file()}
    shipped = {
        path.relative_to(ROOT / "resources").with_suffix(
            ".mo" if path.suffix == ".po" else path.suffix
        )
        for path in (ROOT / "resources").rglob("*")
        if path.is_file()
    }
    assert kept == shipped
    assert {path.name for path in installed.iterdir()} == {
        "borderdesk", "ui", f"borderdesk-{__version__}.dist-info",
    }  # fmt: skip


def test_a_plain_installation_draws_no_network_library(installed: Path) -> None:
    """Every version of pyHanko requires one: it is an extra of the wheel."""
    (metadata,) = installed.glob("*.dist-info/METADATA")
    asked = [line for line in metadata.read_text("utf-8").splitlines() if "Requires-Dist" in line]
    drawing = [line for line in asked if re.search("hanko|aiohttp|requests|pkcs11", line)]
    assert len(drawing) == 3
    assert all(line.endswith("; extra == 'signing'") for line in drawing)


def test_the_wheel_starts_the_program(installed: Path) -> None:
    entries = next(installed.glob("*.dist-info")) / "entry_points.txt"
    assert "borderdesk = borderdesk.__main__:main" in entries.read_text(encoding="utf-8")


def test_an_installed_program_works_from_anywhere(installed: Path, tmp_path: Path) -> None:
    desk = ["--desk", str(tmp_path / "desk")]
    doctor = installed_program(installed, tmp_path, *desk, "doctor")
    assert str(installed / "borderdesk" / "resources" / "fonts") in doctor.stdout
    made = installed_program(
        installed, tmp_path, *desk, "init", "--role", "post", "--unit", "BS", "--user", "Hòa",
        "--no-password",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    record = {
        "kind": "sight_line", "started_on": "2023-12-04", "commune": "06202", "participants": 18,
    }  # fmt: skip
    added = installed_program(
        installed, tmp_path, *desk, "add", "clearing", text=json.dumps(record)
    )
    assert added.returncode == 0, added.stderr
    listed = installed_program(installed, tmp_path, *desk, "list", "clearing", "--format", "json")
    assert [row["participants"] for row in json.loads(listed.stdout)] == [18]


def test_an_installed_program_speaks_vietnamese(installed: Path, tmp_path: Path) -> None:
    told = installed_program(installed, tmp_path, "--help")
    assert "sổ" in told.stdout.lower()


def test_an_installed_program_starts_itself_again(installed: Path, tmp_path: Path) -> None:
    """A child process of the window starts with paths.program()."""
    ask = "from borderdesk.base.paths import program; print(program()[1:])"
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    told = subprocess.check_output(
        [sys.executable, "-c", ask], cwd=tmp_path, env=environ, text=True
    )
    assert told.strip() == "['-m', 'borderdesk']"
