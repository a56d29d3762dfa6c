"""An installed program and updates of it, built from this tree: updates by stick, with real files
and processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import minisign

from borderdesk.updates.update_file import this_system
from tools.packaging.update import PUBLIC_KEY, pack_update

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("main.py", "borderdesk", "resources", "ui")
LEFT_OUT = shutil.ignore_patterns("pictures", "handbook", "*.po")
DATE = 1_700_000_000
NEWER = "0.9.0"


def lay(folder: Path, key: minisign.SecretKey | None) -> Path:
    """Install the program as an installer does, with the public key built in."""
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copy2 if source.is_file() else shutil.copytree
        folder.mkdir(parents=True, exist_ok=True)
        copy(source, folder / part, **({} if source.is_file() else {"ignore": LEFT_OUT}))
    target = folder / "resources" / PUBLIC_KEY
    target.unlink(missing_ok=True)
    if key is not None:
        target.write_bytes(bytes(key.get_public_key()))
    return folder


def renumber(program: Path, number: str) -> None:
    """Give a program another version."""
    about = program / "borderdesk" / "__init__.py"
    text = about.read_text(encoding="utf-8").split("__version__")[0]
    about.write_text(f'{text}__version__ = "{number}"\n', encoding="utf-8")


class Post:
    """A person's laptop: the installation, the folder of the person's data, and a desk."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder = folder
        self.program = program
        self.data = folder / "data"
        self.desk = self.data / "BorderDesk"
        self.versions = self.data / "BorderDesk-versions"

    def environ(self, **variables: str) -> dict[str, str]:
        """The environment of its processes."""
        ours = {"XDG_DATA_HOME": str(self.data), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return {**os.environ, **ours, "PYTHONDONTWRITEBYTECODE": "", **variables}

    def command(self, *words: str) -> list[str]:
        """A command line of the installed program, as its starter runs it."""
        return [sys.executable, "-E", "-s", str(self.program / "main.py"), "--newest", *words]

    def run(self, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words), env=self.environ(**variables), capture_output=True,
            encoding="utf-8", check=False, timeout=300,
        )  # fmt: skip

    def version(self) -> str:
        """The version that a start selects."""
        return self.run("doctor").stdout.splitlines()[0].split("\t")[1].split(" ")[0]


def make_update(
    stage: Path,
    out: Path,
    key: minisign.SecretKey,
    number: str = NEWER,
    first: str = "0.1.0",
    system: str = "",
) -> Path:
    """Build an update file; `stage` contains the folder program/."""
    stages = {system or this_system(): stage}
    pack_update(stages, out, number, key, DATE, fast=True, first=first)
    return out
