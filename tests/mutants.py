"""How many small changes of a module its tests notice: `run.py mutants MODULE [TEST …]`.

    run.py mutants borderdesk/figures/targets.py
    run.py mutants borderdesk/schema tests/core/schema/test_fields.py

MODULE is a file or folder of the core. Without a TEST (a file of tests/), those of tests/core that
name the module are run. mutmut works on a copy of the tree, changes the bodies of functions, one
change at a time, and runs the tests that call them; what survived is printed as a difference.
Exit status 1 where fewer than 90 % of the changes were noticed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("borderdesk", "main.py", "resources", "run.py", "tests", "tools", "ui")
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOTICED_PERCENT = 90

SETTINGS = """
[tool.mutmut]
source_paths = ["borderdesk"]
only_mutate = {changed}
also_copy = {copied}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = {tests}
"""


def tests_of(module: str) -> list[str]:
    """The tests of the core that import the module or package with this path."""
    dotted = module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    parent, _dot, name = dotted.rpartition(".")
    found = []
    for path in sorted((ROOT / "tests/core").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if dotted in text or f"from {parent} import {name}" in text:
            found.append(path.relative_to(ROOT).as_posix())
    return found


def lay_out(folder: Path, module: str, tests: Sequence[str]) -> None:
    """Copy the tree to `folder`, with mutmut set up for one module."""
    for name in (*COPIED, *LOCKS):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)
    changed = [module] if module.endswith(".py") else [f"{module}/*"]
    settings = SETTINGS.format(
        changed=json.dumps(changed),
        copied=json.dumps([name for name in (*COPIED, *LOCKS) if name != "borderdesk"]),
        tests=json.dumps(list(tests)),
    )
    table = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(table + settings, encoding="utf-8")


def measure(folder: Path, workers: int) -> tuple[int, int, list[str]]:
    """How many changes were noticed, how many there were, and the names of those that survived."""
    mutmut = [sys.executable, "-m", "mutmut"]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = [*mutmut, "run", "--max-children", str(workers)]
    subprocess.run(run, cwd=folder, env=environ, check=True)
    subprocess.run([*mutmut, "export-cicd-stats"], cwd=folder, env=environ, check=True)
    stats = json.loads((folder / "mutants/mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    results = subprocess.check_output(
        [*mutmut, "results"], cwd=folder, env=environ, encoding="utf-8"
    )
    pairs = [line.strip().rsplit(": ", 1) for line in results.splitlines() if ": " in line]
    survived = [name for name, state in pairs if state in ("survived", "no tests")]
    return stats["total"] - len(survived), stats["total"], survived


def print_survivors(folder: Path, survived: Sequence[str]) -> None:
    """Print each change that no test noticed."""
    for name in survived:
        subprocess.run([sys.executable, "-m", "mutmut", "show", name], cwd=folder, check=False)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="run.py mutants")
    parser.add_argument("module", help="a file or folder below borderdesk/")
    parser.add_argument("tests", nargs="*", help="test files; those that name the module")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    module = given.module.rstrip("/")
    if not module.startswith("borderdesk/") or not (ROOT / module).exists():
        parser.error(f"{module} is not a file or folder below borderdesk/")
    tests = given.tests or tests_of(module)
    if not tests:
        parser.error(f"no test of tests/core names {module}: name one")
    print(f"{module}: {', '.join(tests)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="borderdesk-mutants-") as scratch:
        folder = Path(scratch)
        lay_out(folder, module, tests)
        noticed, total, survived = measure(folder, given.workers)
        print_survivors(folder, survived)
    percent = 100 * noticed / total if total else 100
    print(f"{module}: {noticed} of {total} changes noticed ({percent:.1f} %)")
    return int(percent < NOTICED_PERCENT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
