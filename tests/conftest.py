"""Fixtures: desks, the command line; settings of hypothesis and of the garbage collector."""

import atexit
import fcntl
import gc
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from borderdesk.base.i18n import language, set_language
from borderdesk.cli.app import run_command
from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from tests.effort import tries
from tests.left_desks import remove_left

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "desk",
    deadline=None,
    max_examples=tries(30, 60),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

MEMORY = Path("/dev/shm")  # noqa: S108  folders of random names are made there
ROOM = 4 * 2**30
"""Free bytes needed there: a run takes a tenth; a container may have only 64 MiB."""


def roomy(folder: Path) -> bool:
    """Whether a folder has room for the desks of a run."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM


# Saves wait for the disk (fsync), often 20 times per test. No test loses power for real, tests of
# power cuts simulate them. Workers and commands inherit the variable.
if not {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & os.environ.keys() and roomy(MEMORY):
    remove_left(MEMORY)
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="borderdesk-seen-")
"""The state folder of this run, inherited by its commands."""
atexit.register(shutil.rmtree, os.environ["XDG_STATE_HOME"], ignore_errors=True)

Cli = Callable[..., "subprocess.CompletedProcess[str]"]

# Enabled even if the environment forbids bytecode, as container images do: without it a worker
# takes 20 s instead of 5 to collect, a command 0.4 s instead of 0.14 to start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each worker of a full run collect from a different file on, so that they share the
    compilation of the tests."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(str(path) for path in (ROOT / "tests").rglob("test_*.py"))
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    config.args = files[first:] + files[:first]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests, long ones first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, item.path))


TESTS_OF_A_GENERATION = 50
"""Number of tests between two full collections, which take 0.1 s."""


def pytest_collection_finish() -> None:
    """Exclude imported and collected objects from garbage collection, and collect only between
    tests.

    Python would collect in any allocating thread, and an xdist worker has one that receives
    commands: a widget destroyed there caused one segmentation fault in ten runs.
    """
    gc.freeze()
    gc.disable()


def pytest_runtest_logfinish() -> None:
    """Collect the garbage of the test, and from time to time all of it."""
    gc.collect(2 if gc.get_count()[2] > TESTS_OF_A_GENERATION else 1)


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    """Reset the language to Vietnamese after each test."""
    yield
    if language() != "vi":
        set_language("vi")


def _closed(folder: Path, role: str, unit: str) -> Path:
    Desk.create(folder, role, unit, "Người thử").close()
    return folder


@pytest.fixture(scope="session")
def province_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty province desk: to be copied, not opened."""
    return _closed(tmp_path_factory.mktemp("template") / "province", "province", "20")


@pytest.fixture(scope="session")
def post_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty desk of post BS: to be copied, not opened."""
    return _closed(tmp_path_factory.mktemp("template") / "post", "post", "BS")


PASSWORD = "mật khẩu của đồn"
"""The password of `locked_folder`, whose only account is "Người thử"."""


@pytest.fixture(scope="session")
def locked_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty, encrypted desk of post BS: to be copied, not opened.

    Its key derivation is cheap; a real desk takes 0.1 s.
    """
    folder = tmp_path_factory.mktemp("template") / "locked"
    folder.mkdir()
    key = KeyRing(folder).create("Người thử", PASSWORD, cost=LEAST_COST)
    Desk.create(folder, "post", "BS", "Người thử", key=key).close()
    return folder


@pytest.fixture
def locked_folder(locked_template: Path, tmp_path: Path) -> Path:
    """The folder of an empty, encrypted desk."""
    return Path(shutil.copytree(locked_template, tmp_path / "locked"))


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration's full year: to be copied, not opened.

    It takes seconds to create, so all workers of a run share one.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "demonstration.making"
            make_demo(making)
            making.rename(folder)
    return folder


@pytest.fixture
def desk_folder(province_template: Path, tmp_path: Path) -> Path:
    """The folder of an empty province desk."""
    return Path(shutil.copytree(province_template, tmp_path / "desk"))


@pytest.fixture
def desk(desk_folder: Path) -> Iterator[Desk]:
    """An empty province desk."""
    with Desk.open(desk_folder) as opened:
        yield opened


@pytest.fixture
def post_desk(post_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk of post BS (Ba Sơn)."""
    with Desk.open(Path(shutil.copytree(post_template, tmp_path / "post"))) as opened:
        yield opened


@pytest.fixture
def cli() -> Cli:
    """Run main.py as a subprocess: `cli("--desk", folder, "list", "patrol", stdin="…")`."""

    def run(*arguments: object, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "main.py", *map(str, arguments)],
            cwd=ROOT, input=stdin, capture_output=True, encoding="utf-8", check=False,
            env={**os.environ, **env}, timeout=120,
        )  # fmt: skip

    return run


@pytest.fixture
def cli_inline(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command within this process, which is faster; not for tests of the process itself."""

    def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        capsys.readouterr()
        words = [str(argument) for argument in arguments]
        status = run_command(words)
        output = capsys.readouterr()
        return subprocess.CompletedProcess(words, status, output.out, output.err)

    return run
