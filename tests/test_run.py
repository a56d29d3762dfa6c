"""run.py: what it decides from files, variables and arguments, and what it hands to main.py."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import run

DUMMY_MAIN = """
import json, os, sys
from pathlib import Path

Path(__file__).with_name("calls.txt").open("a").write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[-1] == "demo":
    Path(".demo").mkdir()
    Path(".demo/desk.db").touch()
if "--out" in sys.argv:
    Path(sys.argv[-1]).write_bytes(b"%PDF-")
sys.exit(7 if sys.argv[-1] == "refused" else 0)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder that counts as set up, whose main.py writes down its arguments."""
    if os.name == "nt":
        pytest.skip("links need a privilege on Windows")
    for name in ("run.py", "requirements.lock"):
        shutil.copy(run.ROOT / name, tmp_path)
    (tmp_path / "main.py").write_text(DUMMY_MAIN, encoding="utf-8")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / ".venv" / run.STAMP.name).write_text(run.stamp_for_here(), encoding="ascii")
    return tmp_path


def run_in(
    project: Path, *arguments: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in screens}
    return subprocess.run(
        [sys.executable, str(project / "run.py"), *arguments],
        cwd=cwd or project,
        env={**environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def calls(project: Path) -> list[list[str]]:
    lines = (project / "calls.txt").read_text(encoding="utf-8").splitlines()
    return [ast.literal_eval(line) for line in lines]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((run.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_arguments_and_exit_code_pass_through(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = run_in(project, "--desk", "a b", "list", "", "refused", cwd=elsewhere)
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")
    assert calls(project) == [["--desk", "a b", "list", "", "refused"]]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_demo_without_display_makes_everything_once(project: Path) -> None:
    first = run_in(project, "demo")
    second = run_in(project, "demo")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "QT_QPA_PLATFORM=vnc" in second.stdout
    assert str(project / run.DEMO_PAPER) in second.stdout
    assert calls(project) == [step for _made, step in run.demo_steps()]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_window_without_display_is_not_a_failure(project: Path) -> None:
    done = run_in(project)
    assert done.returncode == 0
    assert "ssh -X" in done.stdout
    assert not (project / "calls.txt").exists()


def test_parses_on_the_python_that_is_only_told_it_is_too_old() -> None:
    ast.parse((run.ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("python", "too_old"), [((3, 9), True), ((3, 10), True), ((3, 11), False), ((3, 14), False)]
)
def test_python_must_be_new_enough(python: tuple[int, int], too_old: bool) -> None:
    assert run.is_too_old(python) is too_old


def test_needs_the_python_that_the_project_declares() -> None:
    oldest = ".".join(map(str, run.OLDEST_PYTHON))
    assert pyproject()["project"]["requires-python"] == f">={oldest}"


def test_stamp_changes_with_lock_python_and_platform() -> None:
    stamps = {
        run.ready_stamp(lock, python, platform)
        for lock in (b"a==1", b"a==2")
        for python in ((3, 11), (3, 12))
        for platform in ("linux-x86_64", "win32-AMD64")
    }
    assert len(stamps) == 8


def test_a_library_that_is_not_there_does_not_load() -> None:
    assert not run.loads("libborderdesk-no-such-library.so.0")


def test_install_line_names_every_package() -> None:
    assert run.install_line(["libgl1", "libegl1"]) == "sudo apt-get install libgl1 libegl1"


def test_missing_packages_are_said_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.nothing_missing([])
    assert not run.nothing_missing(["libgl1"])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("sudo apt-get install libgl1\n") == 2


@pytest.mark.parametrize(
    ("environ", "platform", "seen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "vnc"}, "linux", True),
        ({}, "win32", True),
    ],
)
def test_display(environ: dict[str, str], platform: str, seen: bool) -> None:
    assert run.has_display(environ, platform) is seen


def test_uv_takes_the_index_and_certificates_of_pip() -> None:
    environ = run.uv_environment({"PIP_CERT": "/ca.pem", "VIRTUAL_ENV": "/other"}, "file:///mirror")
    assert environ["UV_DEFAULT_INDEX"] == "file:///mirror"
    assert environ["SSL_CERT_FILE"] == "/ca.pem"
    assert "VIRTUAL_ENV" not in environ


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uv_keeps_an_index_of_its_own(name: str) -> None:
    environ = run.uv_environment({name: "file:///own"}, "file:///mirror")
    assert environ[name] == "file:///own"
    assert "file:///mirror" not in environ.values()


def test_uv_is_pinned_by_hash() -> None:
    assert re.fullmatch(
        rf"uv=={re.escape(run.UV_VERSION)}( --hash=sha256:[0-9a-f]{{64}})+", run.uv_requirement()
    )


def test_catalogue_is_compiled_again_after_a_change(tmp_path: Path) -> None:
    source = tmp_path / "borderdesk.po"
    compiled = tmp_path / "borderdesk.mo"
    assert run.catalogue_is_fresh(source)
    source.touch()
    assert not run.catalogue_is_fresh(source)
    compiled.touch()
    os.utime(source, (1000, 1000))
    assert run.catalogue_is_fresh(source)
    os.utime(compiled, (999, 999))
    assert not run.catalogue_is_fresh(source)


def test_lock_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    ask = (
        "import sys, run\n"
        "with open(sys.argv[1], 'a+b') as held:\n"
        "    print(run.try_lock(held.fileno()))\n"
    )
    command = [sys.executable, "-c", ask, str(path)]
    with path.open("a+b") as held:
        assert run.try_lock(held.fileno())
        meanwhile = subprocess.check_output(command, cwd=run.ROOT, text=True)
    afterwards = subprocess.check_output(command, cwd=run.ROOT, text=True)
    assert (meanwhile.strip(), afterwards.strip()) == ("False", "True")


def test_every_check_is_started_from_the_environment() -> None:
    for name, (program, *rest) in run.check_commands().items():
        assert Path(program).parent == run.VENV_SCRIPTS
        assert name == " ".join([Path(program).name, *rest])


def test_lock_names_no_index_and_no_machine() -> None:
    text = run.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links|/(home|root|tmp|opt)/", text)


def test_lock_holds_every_dependency_with_hashes() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", run.LOCK.read_text(encoding="utf-8"))
    assert all("--hash=sha256:" in block for block in blocks)
    locked = {block.split("==")[0] for block in blocks}
    table = pyproject()
    declared = [*table["project"]["dependencies"], *table["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=!~ \[]", line)[0].lower() for line in declared}
    assert names <= locked
