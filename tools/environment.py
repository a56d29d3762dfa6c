"""The Python environment `.venv`: installed from the locks, with compiled translations.

Two locks: the program's (`requirements.lock`) and the developers' (`requirements-dev.lock`, a
superset), added to the same environment when first needed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tools.locks import one_at_a_time
from tools.messages import require, show
from tools.processes import ON_WINDOWS, output_of, succeeds
from tools.system_packages import install, install_line

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
UV_HOME = TOOLS / "uv"
CATALOGUE = ROOT / "resources/locale/vi/LC_MESSAGES/borderdesk.po"

VENV_SCRIPTS = VENV / ("Scripts" if ON_WINDOWS else "bin")
VENV_PYTHON = VENV_SCRIPTS / ("python.exe" if ON_WINDOWS else "python")
UV = UV_HOME / "bin" / ("uv.exe" if ON_WINDOWS else "uv")

UV_VERSION = "0.13.9"
# Wheels for the platforms that PySide6 also has wheels for.
UV_HASHES = (
    "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",  # Linux x86_64
    "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",  # Linux aarch64
    "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",  # Windows x86_64
    "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273",  # Windows ARM64
)


class Layer(NamedTuple):
    """A set of packages installed in .venv: its lock, and the stamp file written when complete."""

    lock: Path
    stamp: Path

    def is_ready(self) -> bool:
        """Whether .venv holds the present lock completely; only reads files."""
        # exists() follows the link: false once the Python of the environment is removed.
        if not self.stamp.exists() or not VENV_PYTHON.exists():
            return False
        return self.stamp.read_bytes() == self.stamp_text().encode()

    def stamp_text(self) -> str:
        """The stamp of the present lock on this machine and Python."""
        machine = os.environ.get("PROCESSOR_ARCHITECTURE", "")
        if sys.platform != "win32":
            machine = os.uname().machine
        platform = f"{sys.platform}-{machine}"
        return ready_stamp(self.lock.read_bytes(), sys.version_info[:2], platform)


PROGRAM = Layer(ROOT / "requirements.lock", VENV / ".borderdesk-ready")
DEVELOPMENT = Layer(ROOT / "requirements-dev.lock", VENV / ".borderdesk-development")


def ready_stamp(lock: bytes, python: tuple[int, int], platform: str) -> str:
    """The stamp of an environment for a lock, Python and platform."""
    return f"{hashlib.sha256(lock).hexdigest()} {python[0]}.{python[1]} {platform}\n"


def catalogue_is_fresh(source: Path) -> bool:
    """Whether the .mo beside this .po exists and is not older; True without a .po."""
    compiled = source.with_suffix(".mo")
    if not source.exists():
        return True
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def set_up(yes: bool = False, development: bool = False) -> None:
    """Create .venv from the lock and compile the translations, unless done.

    development: with the tools of tests and checks. Raises SetupError.
    """
    layers = [PROGRAM, DEVELOPMENT] if development else [PROGRAM]
    if all(layer.is_ready() for layer in layers) and catalogue_is_fresh(CATALOGUE):
        return
    with one_at_a_time(TOOLS / "environment.lock"):
        if not PROGRAM.is_ready():
            make_environment(yes)
        if development and not DEVELOPMENT.is_ready():
            add_development(yes)
        if not catalogue_is_fresh(CATALOGUE):
            compile_catalogue(CATALOGUE)


def make_environment(yes: bool) -> None:
    """Create .venv from scratch; the stamp is written last, so an interrupted run starts over."""
    show(
        "Đang chuẩn bị môi trường lần đầu, có thể mất vài phút…",
        "Preparing the environment; the first time may take some minutes.",
    )
    python = python_with_pip(yes)
    install_uv(python)
    make = [str(UV), "--quiet", "venv", "--no-project", "--clear", "--relocatable"]
    require(
        succeeds([*make, "--python", sys.executable, str(VENV)], uv_environment(os.environ, "")),
        "Không tạo được thư mục .venv. Đóng các cửa sổ BorderDesk đang mở rồi chạy lại.",
        "Could not make .venv. Close open BorderDesk windows, then run this again.",
    )
    show("Đang tải và cài các thư viện Python…", "Downloading and installing Python libraries.")
    install_layer(PROGRAM, python)
    source_paths = [str(ROOT / name) for name in ("borderdesk", "ui", "main.py")]
    succeeds([str(VENV_PYTHON), "-m", "compileall", "-q", *source_paths], quiet=True)
    PROGRAM.stamp.write_bytes(PROGRAM.stamp_text().encode())
    show("Môi trường đã sẵn sàng.", "The environment is ready.")


def add_development(yes: bool) -> None:
    """Add the tools of tests, checks and measurements to .venv."""
    show("Đang tải và cài công cụ phát triển…", "Downloading and installing development tools.")
    python = python_with_pip(yes)
    install_uv(python)
    install_layer(DEVELOPMENT, python)
    DEVELOPMENT.stamp.write_bytes(DEVELOPMENT.stamp_text().encode())


def install_layer(layer: Layer, python: str) -> None:
    """Sync .venv to exactly this lock. Raises SetupError."""
    # Compiled now, so that the first start is as fast as later ones.
    sync = [str(UV), "pip", "sync", "--require-hashes", "--no-build", "--compile-bytecode"]
    environ = uv_environment(os.environ, pip_index(python))
    require(
        succeeds([*sync, "--python", str(VENV_PYTHON), str(layer.lock)], environ),
        "Không tải được thư viện. Kiểm tra kết nối mạng và chỗ trống trên đĩa rồi chạy lại.",
        "Could not install the libraries. Check network and disk space, then run this again.",
    )


def install_uv(python: str) -> None:
    """Install the pinned uv into .tools/uv with this Python's pip, atomically."""
    if UV.exists() and (UV_HOME / f"uv-{UV_VERSION}.dist-info").exists():
        return
    show("Đang tải công cụ cài đặt uv…", "Downloading the installer uv.")
    fresh = TOOLS / "uv.new"
    shutil.rmtree(fresh, ignore_errors=True)
    wanted = TOOLS / "uv.txt"
    wanted.write_text(uv_requirement(), encoding="ascii")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    what = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(wanted)]
    # --target also makes Debian's "externally managed" pip work outside an environment.
    where = ["--no-user", "--target", str(fresh)]
    environ = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    require(
        succeeds([*pip, *what, *where], environ),
        "Không tải được uv. Kiểm tra kết nối mạng rồi chạy lại.",
        "Could not download uv. Check the network, then run this again.",
    )
    shutil.rmtree(UV_HOME, ignore_errors=True)
    fresh.rename(UV_HOME)


def uv_requirement() -> str:
    """The requirements line that allows only this uv."""
    return " ".join([f"uv=={UV_VERSION}", *(f"--hash=sha256:{digest}" for digest in UV_HASHES)])


def python_with_pip(yes: bool) -> str:
    """A Python with pip: this one, or Debian's after installing its pip."""
    if has_pip(sys.executable):
        return sys.executable
    debian_python = "/usr/bin/python3"
    if not has_pip(debian_python):
        install(["python3-pip"], yes)
    require(
        has_pip(debian_python),
        f"Python này không có pip. Hãy chạy: {install_line(['python3-pip'])}",
        f"This Python has no pip; run: {install_line(['python3-pip'])}",
    )
    return debian_python


def has_pip(python: str) -> bool:
    """Whether this interpreter exists and has pip."""
    return Path(python).exists() and succeeds([python, "-m", "pip", "--version"], quiet=True)


def pip_index(python: str) -> str:
    """The package index of this Python's pip configuration; "" for the default."""
    return os.environ.get("PIP_INDEX_URL", "") or output_of(
        [python, "-m", "pip", "config", "get", "global.index-url"]
    )


def uv_environment(environ: Mapping[str, str], index: str) -> dict[str, str]:
    """The environment of uv: these variables, plus pip's index and certificates unless uv has its
    own.

    uv does not read pip's configuration, and a mirror is often the only reachable index.
    """
    adapted = dict(environ)
    adapted.pop("VIRTUAL_ENV", None)
    adapted["UV_PYTHON_DOWNLOADS"] = "never"
    adapted.setdefault("UV_HTTP_TIMEOUT", "180")
    if index and not environ.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL"}:
        adapted["UV_DEFAULT_INDEX"] = index
    if environ.get("PIP_CERT"):
        adapted.setdefault("SSL_CERT_FILE", environ["PIP_CERT"])
    return adapted


def compile_catalogue(source: Path) -> None:
    """Compile this .po to the .mo beside it, atomically. Raises SetupError."""
    script = str(ROOT / "borderdesk" / "base" / "catalogue.py")
    require(
        succeeds([str(VENV_PYTHON), script, str(source), str(source.with_suffix(".mo"))]),
        f"Không biên dịch được bản dịch {source.name}.",
        f"Could not compile the translations in {source.name}.",
    )
