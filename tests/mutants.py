"""Mutation tests of the core: `run.py mutants [MODULE …]`.

    run.py mutants                                    figures, closing and schema
    run.py mutants borderdesk/figures/targets.py --survivors survivors.diff
    run.py mutants borderdesk/schema --tests tests/core/schema/test_fields.py
    run.py mutants --sample 300 --seed 7             300 of the mutants, drawn by a seed

MODULE is a file or folder of the core. mutmut works on a copy of the tree, mutates function bodies,
one mutation at a time, and runs the core tests that were seen to call the function until one fails:
first those of the folder's fast tests (FAST_TESTS), then those of the files that use most of the
module's names, then the others for a minute (tests/mutating.py). `--fast` omits these others, and
`--tests` names the files to run instead: quicker, but the score is then a lower bound.

Every mutant is run in a fork of a process that has imported everything and run no test. A mutant of
a function that is called during imports is also run in a process of its own that imports it, with
all the nearest tests.

Mutations without an effect on behaviour are not generated (tests/mutating.py): the words of a
message (the texts of `_`, `N_` and `ngettext`, and replacing such a call or its `format`),
docstrings, the case of SQL and of an encoding's name, and the `strict` of a zip.

Printed is a table of modules: mutants, killed, percent, and those not run because of `--sample` or
`--minutes`, which do not count. `--survivors FILE` receives a diff of each survivor. Exit status 1
if fewer than 90 % of the mutants were killed.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.related_tests import related_tests

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("borderdesk", "main.py", "resources", "run.py", "tests", "tools", "ui")
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOTICED_PERCENT = 90
MINUTES = 600
TESTS = "tests/core"
NEAREST = "nearest_tests.json"

MODULES = ("borderdesk/figures", "borderdesk/closing", "borderdesk/schema")
FAST_TESTS = {
    "borderdesk/figures": (
        "test_boundaries", "test_shares", "test_indicators", "test_new_indicators", "test_scopes",
        "test_places_reached", "test_coverage", "test_ledgers", "test_regulations", "test_targets",
        "reports/test_paper_figures", "test_paper_spans", "test_scope_names",
        "test_selection",
    ),
    "borderdesk/closing": (
        "test_boundaries", "test_comparison", "test_late_checks", "test_shares", "test_closing",
        "test_paper_check", "test_paper_verdicts", "test_narratives", "test_word_forms",
        "test_edition_log", "test_attachments", "entry/test_differences",
        "reports/test_signed_paper", "test_signed_rows", "test_summary_facts",
    ),
    "borderdesk/schema": (
        "test_boundaries", "schema/test_fields", "schema/test_book",
        "schema/test_reference_types", "schema/test_reference_files",
        "schema/test_invented_kind", "schema/test_sheet_cells",
        "schema/test_numbers", "schema/test_written_as", "schema/test_retired_picks",
        "schema/test_authorities", "schema/test_cleaning", "schema/test_declarations",
        "schema/test_reference_rows", "schema/test_type_rules", "schema/test_unit_history",
        "schema/test_soundness", "schema/test_showing", "schema/test_settings",
        "sheets/test_other_programs", "store/test_revisions",
    ),
}  # fmt: skip
# Seconds each, spent on every survivor.
SLOW_TESTS = (
    "tests/core/test_indicators.py::test_every_row_and_column",
    "tests/core/test_indicators.py::test_ids_lead_to_the_records_of_the_figure",
    "tests/core/test_indicators.py::test_paper_figures_and_targets",
    "tests/core/store/test_revisions.py::test_a_desk_at_work_stays_what_its_revisions_say",
    "tests/core/store/test_revisions.py::test_whatever_changes_the_id_changes",
)

SETTINGS = """
[tool.mutmut]
source_paths = ["borderdesk"]
only_mutate = {changed}
also_copy = {copied}
pytest_add_cli_args = {arguments}
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 8  # times 15: a busy machine takes seconds to make the first desk of a test
"""
DESELECTED = [word for test in SLOW_TESTS for word in ("--deselect", test)]
ARGUMENTS = ["-p", "no:cacheprovider", "-p", "no:xdist", *DESELECTED]

NOTICED = ("killed", "timeout", "segfault", "caught by type check")
SURVIVED = ("survived", "no tests")


def files_of(module: str) -> list[str]:
    """The files of a folder of the core, or the single file."""
    found = [module] if module.endswith(".py") else (ROOT / module).rglob("*.py")
    return sorted(str(path.relative_to(ROOT)) if isinstance(path, Path) else path for path in found)


def nearest_tests(file: str) -> list[str]:
    """The test files that are run first for a file of the core."""
    fast = next((FAST_TESTS[one] for one in FAST_TESTS if file.startswith(f"{one}/")), ())
    return list(dict.fromkeys([*(f"{TESTS}/{name}.py" for name in fast), *related_tests(file)]))


def lay_out(folder: Path, modules: Iterable[str], tests: Iterable[str]) -> None:
    """Copy the tree to `folder`, with mutmut configured for these modules."""
    for name in (*COPIED, *LOCKS):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)
    settings = SETTINGS.format(
        changed=json.dumps([name if name.endswith(".py") else f"{name}/*" for name in modules]),
        copied=json.dumps([name for name in (*COPIED, *LOCKS) if name != "borderdesk"]),
        arguments=json.dumps(ARGUMENTS),
        tests=json.dumps(list(tests)),
    )
    nearest = {
        file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): nearest_tests(file)
        for module in modules
        for file in files_of(module)
    }
    (folder / NEAREST).write_text(json.dumps(nearest), encoding="utf-8")
    table = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(table + settings, encoding="utf-8")


class MutationRun:
    """mutmut in a folder prepared by `lay_out`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._command = [sys.executable, "tests/mutating.py"]
        self._environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}

    def run(self, workers: int, minutes: float, sample: Sequence[int] = ()) -> None:
        """Run every mutant, the quick ones first, until the minutes are over.

        sample: the number of mutants to run instead, and the seed that draws them.
        """
        drawn = ["sample", *map(str, sample)] if sample else []
        command = [*self._command, *drawn, "run", "--max-children", str(workers)]
        with subprocess.Popen(command, cwd=self._folder, env=self._environ) as process:
            try:
                code = process.wait(minutes * 60)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                process.wait()
                return
        if code:
            raise SystemExit(f"mutmut failed ({code}), see above")

    def _output(self, *arguments: str) -> str:
        return subprocess.check_output(
            [*self._command, *arguments], cwd=self._folder, env=self._environ, encoding="utf-8"
        )

    def states(self) -> dict[str, str]:
        """{mutant: its state}."""
        lines = self._output("results", "--all", "true").splitlines()
        pairs = (line.strip().rsplit(": ", 1) for line in lines if ": " in line)
        return dict(pairs)

    def differences(self, names: Iterable[str]) -> str:
        """These mutants as diffs."""
        return self._output("differences", *names)


def module_of(change: str) -> str:
    """The module of a mutant, from its name."""
    return change.rpartition(".")[0]


def print_table(states: Mapping[str, str]) -> float:
    """Print how many mutants of each module were killed; returns the percentage of all that were
    run."""
    total, noticed, left = Counter[str](), Counter[str](), Counter[str]()
    for name, state in states.items():
        for key in (module_of(name), "all"):
            total[key] += state in NOTICED + SURVIVED
            noticed[key] += state in NOTICED
            left[key] += state not in NOTICED + SURVIVED
    print(f"{'module':44} {'changes':>8} {'noticed':>8} {'percent':>8} {'not run':>8}")
    for key in [*sorted(total.keys() - {"all"}), "all"]:
        share = f"{100 * noticed[key] / total[key]:.1f}" if total[key] else "-"
        print(f"{key:44} {total[key]:8} {noticed[key]:8} {share:>8} {left[key]:8}")
    return 100 * noticed["all"] / max(1, total["all"])


def main(arguments: Sequence[str]) -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py mutants")
    parser.add_argument("modules", nargs="*", help="files or folders below borderdesk/")
    parser.add_argument("--tests", nargs="+", help="test files; those of the core")
    parser.add_argument("--survivors", type=Path, help="file for the changes that survived")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="stop after these")
    parser.add_argument("--fast", action="store_true", help="a lower bound, by the nearest tests")
    parser.add_argument("--sample", type=int, help="try so many of the changes, drawn by chance")
    parser.add_argument("--seed", type=int, default=0, help="what the chance begins with")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    modules = [name.rstrip("/") for name in given.modules] or list(MODULES)
    for module in modules:
        if not module.startswith("borderdesk/") or not (ROOT / module).exists():
            parser.error(f"{module} is not a file or folder below borderdesk/")
    files = [file for module in modules for file in files_of(module)]
    fast = sorted({test for file in files for test in nearest_tests(file)}) if given.fast else []
    tests = given.tests or fast or [TESTS]
    print(f"{', '.join(modules)}: {', '.join(tests)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="borderdesk-mutants-") as scratch:
        lay_out(Path(scratch), modules, tests)
        run = MutationRun(Path(scratch))
        sample = (given.sample, given.seed) if given.sample else ()
        run.run(given.workers, given.minutes, sample)
        states = run.states()
        if given.survivors:
            survived = [name for name, state in states.items() if state in SURVIVED]
            given.survivors.write_text(run.differences(survived), encoding="utf-8")
    return int(print_table(states) < NOTICED_PERCENT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
