"""The program uses no network: neither the window nor a command opens a non-local socket."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from borderdesk.demo import make_demo
from tests.display import bare_display
from tests.test_structure import FILES, ROOT
from tools.packaging.installed_files import MODULES, PLUGINS, is_root

CLIENTS = frozenset(
    "aiohttp ftplib http httpx httplib2 pycurl requests smtplib socket socketserver ssl"
    " telnetlib urllib urllib3 websockets xmlrpc".split()
)
"""Modules for network connections, including those of the standard library."""
LOCAL = {"AF_UNIX"}
"""Local sockets: the display, the session bus, the printing service."""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="strace watches Linux")


def watched(trace: Path, *words: str, **variables: str) -> str:
    """The output of a Python process whose socket calls strace logs to a file."""
    strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket", "-o", str(trace)]
    done = subprocess.run(
        [*strace, sys.executable, *words], cwd=ROOT, env={**os.environ, **variables},
        stdout=subprocess.PIPE, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def kinds(trace: Path) -> set[str]:
    """The socket families that were requested."""
    return set(re.findall(r"socket\((\w+)", trace.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A display that is only reachable from this computer."""
    with bare_display() as name:
        yield name


@on_linux
@pytest.mark.long
def test_a_window_that_shows_every_page(tmp_path: Path, display: str) -> None:
    """It opens local sockets only, and loads no more of Qt than an installer contains."""
    make_demo(tmp_path / "desk", records=20)
    printed = watched(
        tmp_path / "trace", "-m", "tests.gui.every_page", str(tmp_path / "desk"),
        DISPLAY=display, QT_QPA_PLATFORM="xcb", QT_IM_MODULE="",
        DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path / 'none'}",
    )  # fmt: skip
    assert kinds(tmp_path / "trace") == LOCAL
    loaded = {line.rpartition("/site-packages/")[2] for line in printed.splitlines()}
    plugins = {name for name in loaded if "/plugins/" in name}
    modules = {name for name in loaded if re.fullmatch(r"PySide6/Qt\w+\.abi3\.so", name)}
    assert [name for name in sorted(plugins | modules) if not is_root(name)] == []
    assert {name.split("/")[1].split(".")[0] for name in modules} == set(MODULES)
    # The other plugins are for Windows, for sessions that name an input method, and for the trial
    # of an update, which has no display.
    used = {Path(name).stem.removeprefix("lib") for name in plugins}
    declared = {name for names in PLUGINS.values() for name in names}
    assert declared - used == {"ibusplatforminputcontextplugin", "qminimal", "qwindows"}


@on_linux
def test_every_command(tmp_path: Path) -> None:
    watched(tmp_path / "trace", "-m", "tests.core.cli.every_command", str(tmp_path))
    assert kinds(tmp_path / "trace") <= LOCAL


IMPORT = re.compile(
    r"^ *(?:from|import) ([\w.]+)|(?:lazy|import)_module\(\"([\w.]+)\"\)", re.MULTILINE
)


def test_nothing_is_imported_that_speaks_to_other_computers() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        names = {name.split(".")[0] for found in IMPORT.findall(text) for name in found}
        assert names & CLIENTS == set(), path
        assert "QtNetwork" not in text, path


def test_no_library_of_the_program_speaks_to_other_computers() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = set(re.findall(r"^([\w-]+)==", lock, re.MULTILINE))
    assert names & CLIENTS == set()
