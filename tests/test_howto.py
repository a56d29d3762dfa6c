"""docs/howto: each patch applies to the tree, and the tests named by its page pass with it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.environment import ROOT

FOLDER = ROOT / "docs" / "howto"
PATCHES = sorted(FOLDER.glob("*.patch"))
COPIED = (
    "LICENSE", "borderdesk", "docs", "main.py", "pyproject.toml", "requirements-dev.lock",
    "requirements.lock", "resources", "run.py", "tests", "tools", "ui",
)  # fmt: skip
COMMAND = re.compile(r"^python3 run\.py test (.+)$", re.M)
NEW = re.compile(r"^python3 run\.py new (.+)$", re.M)

by_name = pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)


def without_pictures(folder: str, _names: list[str]) -> set[str]:
    """Ignore the large reference pictures of papers, which no how-to uses."""
    return {"pages"} if Path(folder) == ROOT / "tests" / "data" else set()


def copy_of_the_tree(folder: Path) -> Path:
    """The repository in a folder of its own, including compiled modules."""
    for name in COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=without_pictures)
        else:
            shutil.copy(path, folder)
    return folder


def run_in(folder: Path, *command: str) -> str:
    """Run a command in a folder; its output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def files_of(tree: Path) -> set[str]:
    return {
        path.relative_to(tree).as_posix()
        for path in tree.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def page_of(patch: Path) -> str:
    return patch.with_suffix(".md").read_text(encoding="utf-8")


def test_every_page_is_listed_and_has_its_patch() -> None:
    pages = [path for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md"]
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in pages if f"({page.name})" not in listed] == []
    assert [page.stem for page in pages] == [patch.stem for patch in PATCHES]


@pytest.mark.long
@by_name
def test_what_a_how_to_says_works(patch: Path, tmp_path: Path) -> None:
    """The generator if the page names it, then the patch, then the tests."""
    tree = copy_of_the_tree(tmp_path)
    page = page_of(patch)
    for arguments in NEW.findall(page):
        before = files_of(tree)
        told = run_in(tree, sys.executable, "-m", "tools.scaffold", *arguments.split())
        assert [name for name in files_of(tree) - before if name not in told] == []
    run_in(tree, "git", "apply", str(patch))
    for tests in COMMAND.findall(page):
        pytest_run = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
        run_in(tree, *pytest_run, "-p", "no:xdist", *shlex.split(tests))
    run_in(tree, sys.executable, "-m", "ruff", "check", "--no-cache", "borderdesk", "tests", "ui")
