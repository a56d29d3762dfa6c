"""run.py: its decisions from files, variables and arguments, and what it passes to main.py."""

from __future__ import annotations

import ast
import io
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
from tests import mutants
from tools import environment, locks, messages, system_packages
from tools.environment import DEVELOPMENT, PROGRAM, ROOT

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
    """A project folder that counts as set up, whose main.py records its arguments."""
    if os.name == "nt":
        pytest.skip("links need a privilege on Windows")
    for name in ("run.py", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "main.py").write_text(DUMMY_MAIN, encoding="utf-8")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    for layer in (PROGRAM, DEVELOPMENT):
        stamp = tmp_path / ".venv" / layer.stamp.name
        stamp.write_text(layer.stamp_text(), encoding="ascii")
    return tmp_path


def run_in(
    project: Path, *arguments: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in screens}
    return subprocess.run(
        [sys.executable, str(project / "run.py"), *arguments],
        cwd=cwd or project,
        env={**environ, "PYTHONUTF8": "1", "XDG_DATA_HOME": str(project / "share")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def calls(project: Path) -> list[list[str]]:
    lines = (project / "calls.txt").read_text(encoding="utf-8").splitlines()
    return [ast.literal_eval(line) for line in lines]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


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


SET_UP = [ROOT / "run.py", *(Path(str(m.__file__)) for m in (environment, locks, messages))]
SET_UP += [Path(str(system_packages.__file__)), ROOT / "tools/processes.py"]


@pytest.mark.parametrize("path", SET_UP, ids=lambda path: path.name)
def test_parses_on_the_python_that_is_only_told_it_is_too_old(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize("path", SET_UP, ids=lambda path: path.name)
def test_the_set_up_needs_the_standard_library_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module)]
        else:
            continue
        assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"tools"}


def test_run_py_can_be_read_in_one_go() -> None:
    assert len((ROOT / "run.py").read_text(encoding="utf-8").splitlines()) < 300


def test_every_command_of_run_py_is_in_its_help() -> None:
    assert [name for name in run.COMMANDS if f"run.py {name}" not in str(run.__doc__)] == []


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
        environment.ready_stamp(lock, python, platform)
        for lock in (b"a==1", b"a==2")
        for python in ((3, 11), (3, 12))
        for platform in ("linux-x86_64", "win32-AMD64")
    }
    assert len(stamps) == 8


def test_a_library_that_is_not_there_does_not_load() -> None:
    assert not system_packages.loads("libborderdesk-no-such-library.so.0")


def test_install_line_names_every_package() -> None:
    assert (
        system_packages.install_line(["libgl1", "libegl1"]) == "sudo apt-get install libgl1 libegl1"
    )


def test_missing_packages_are_said_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_packages.nothing_missing([])
    assert not system_packages.nothing_missing(["libgl1"])
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
    environ = environment.uv_environment(
        {"PIP_CERT": "/ca.pem", "VIRTUAL_ENV": "/other"}, "file:///mirror"
    )
    assert environ["UV_DEFAULT_INDEX"] == "file:///mirror"
    assert environ["SSL_CERT_FILE"] == "/ca.pem"
    assert "VIRTUAL_ENV" not in environ


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uv_keeps_an_index_of_its_own(name: str) -> None:
    environ = environment.uv_environment({name: "file:///own"}, "file:///mirror")
    assert environ[name] == "file:///own"
    assert "file:///mirror" not in environ.values()


def test_uv_is_pinned_by_hash() -> None:
    assert re.fullmatch(
        rf"uv=={re.escape(environment.UV_VERSION)}( --hash=sha256:[0-9a-f]{{64}})+",
        environment.uv_requirement(),
    )


def test_catalogue_is_compiled_again_after_a_change(tmp_path: Path) -> None:
    source = tmp_path / "borderdesk.po"
    compiled = tmp_path / "borderdesk.mo"
    assert environment.catalogue_is_fresh(source)
    source.touch()
    assert not environment.catalogue_is_fresh(source)
    compiled.touch()
    os.utime(source, (1000, 1000))
    assert environment.catalogue_is_fresh(source)
    os.utime(compiled, (999, 999))
    assert not environment.catalogue_is_fresh(source)


def test_lock_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    ask = (
        "import sys\n"
        "from tools import locks\n"
        "with open(sys.argv[1], 'a+b') as held:\n"
        "    print(locks.try_lock(held.fileno()))\n"
    )
    command = [sys.executable, "-c", ask, str(path)]
    with path.open("a+b") as held:
        assert locks.try_lock(held.fileno())
        meanwhile = subprocess.check_output(command, cwd=ROOT, text=True)
    afterwards = subprocess.check_output(command, cwd=ROOT, text=True)
    assert (meanwhile.strip(), afterwards.strip()) == ("False", "True")


def test_every_check_is_started_from_the_environment() -> None:
    for name, (program, *rest) in run.check_commands().items():
        assert Path(program).parent == environment.VENV_SCRIPTS
        assert name == " ".join([Path(program).name, *rest])


LAYERS = pytest.mark.parametrize("layer", [PROGRAM, DEVELOPMENT], ids=["program", "development"])


def locked(layer: environment.Layer) -> dict[str, str]:
    """{package: its block of the lock, without comments}."""
    text = re.sub(r"\n    #.*", "", layer.lock.read_text(encoding="utf-8"))
    return {block.split("==")[0]: block.strip() for block in re.split(r"\n(?=[a-z0-9])", text)}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[]", line)[0].lower() for line in requirements}


@LAYERS
def test_lock_names_no_index_and_no_machine(layer: environment.Layer) -> None:
    text = layer.lock.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links|/(home|root|tmp|opt)/", text)


@LAYERS
def test_lock_holds_hashes_only(layer: environment.Layer) -> None:
    assert all("--hash=sha256:" in block for block in locked(layer).values())


def test_locks_hold_what_the_project_declares() -> None:
    table = pyproject()
    needed = names(table["project"]["dependencies"])
    assert needed <= locked(PROGRAM).keys()
    assert needed | names(table["dependency-groups"]["dev"]) <= locked(DEVELOPMENT).keys()


def test_a_posts_computer_gets_the_program_only() -> None:
    """Development dependencies reach a post neither directly nor indirectly."""
    development = names(pyproject()["dependency-groups"]["dev"])
    assert locked(PROGRAM).keys() & development == set()
    assert len(locked(PROGRAM)) <= 30


def test_the_developers_environment_holds_the_programs_own_versions() -> None:
    developers = locked(DEVELOPMENT)
    assert {name: developers.get(name) for name in locked(PROGRAM)} == locked(PROGRAM)


# ------------------------------------------------------------------- system packages


@pytest.fixture
def installing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Records the commands to be run as root instead of running them."""
    commands: list[list[str]] = []

    def keep(command: list[str], **_rest: Any) -> bool:
        commands.append(command)
        return True

    monkeypatch.setattr(system_packages, "administrator_prefix", list)
    monkeypatch.setattr(system_packages, "succeeds", keep)
    monkeypatch.setattr(system_packages, "LOCK", tmp_path / "tools" / "packages.lock")
    return commands


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A function that simulates a person at the terminal typing this answer."""
    monkeypatch.setattr(messages, "at_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))


@pytest.mark.parametrize(("text", "done"), [("", True), ("c", True), ("Y", True), ("k", False)])
def test_a_person_is_asked_before_packages_are_installed(
    installing: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    done: bool,
) -> None:
    answer(monkeypatch, text)
    system_packages.install(["libgl1", "libegl1"], False)
    assert bool(installing) is done
    assert "libgl1 libegl1" in capsys.readouterr().err


def test_yes_answers_and_so_does_having_no_terminal(
    installing: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "k")
    system_packages.install(["libgl1"], True)
    assert installing[-1][-1] == "libgl1"
    monkeypatch.setattr(messages, "at_terminal", lambda: False)
    system_packages.install(["libegl1"], False)
    assert installing[-1][-1] == "libegl1"


def test_nothing_is_asked_or_run_where_nothing_is_missing(
    installing: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    system_packages.install([], False)
    assert (installing, capsys.readouterr().err) == ([], "")


def test_a_window_needs_no_package_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "loads", lambda _name: False)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("sys.platform", "linux")
    only_tests = set(system_packages.TEST_PROGRAMS.values())
    assert set(system_packages.missing_for_window()) & only_tests == set()
    assert set(system_packages.missing_for_tests()) >= only_tests


def test_yes_stands_before_the_command(project: Path) -> None:
    run_in(project, "--yes", "list", "--yes")
    assert calls(project) == [["list", "--yes"]]


# ----------------------------------------------------------- set up once, in two layers


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Records the steps of setting up an empty folder instead of doing them."""
    done: list[str] = []
    program = PROGRAM._replace(stamp=tmp_path / "program")
    development = DEVELOPMENT._replace(stamp=tmp_path / "development")
    made = {"program": program, "development": development}

    def finish(name: str) -> Any:
        def step(_yes: bool) -> None:
            done.append(name)
            made[name].stamp.write_text(made[name].stamp_text(), encoding="ascii")

        return step

    monkeypatch.setattr(environment, "PROGRAM", program)
    monkeypatch.setattr(environment, "DEVELOPMENT", development)
    monkeypatch.setattr(environment, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(environment, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(environment, "make_environment", finish("program"))
    monkeypatch.setattr(environment, "add_development", finish("development"))
    monkeypatch.setattr(environment, "CATALOGUE", tmp_path / "none.po")
    return done


def test_each_layer_is_installed_once(steps: list[str]) -> None:
    environment.set_up()
    environment.set_up()
    assert steps == ["program"]
    environment.set_up(development=True)
    environment.set_up(development=True)
    environment.set_up()
    assert steps == ["program", "development"]


def test_the_tests_that_changes_are_tried_against_are_there() -> None:
    files = [file for module in mutants.MODULES for file in mutants.files_of(module)]
    named = [path for file in files for path in mutants.nearest_tests(file)]
    named += [test.partition("::")[0] for test in mutants.SLOW_TESTS]
    assert [path for path in named if not (ROOT / path).exists()] == []
