"""mutmut for tests/mutants.py: without mutations of texts, and with the nearest tests first.

Run in the copied tree as `python tests/mutating.py run …`, with mutmut's own arguments; as `python
tests/mutating.py sample COUNT SEED run …` to run a sample of the mutants; or as `python
tests/mutating.py differences MUTANT …` to print many diffs without starting mutmut's `show` for
each. It starts itself as `python tests/mutating.py anew MUTANT` to run a mutant in a process of its
own, with the tests named on standard input.
"""

import functools
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, ClassVar

# This file's folder contains tests, none of which may shadow a library's module.
sys.path.pop(0)

import libcst as cst
import pytest
from mutmut import __main__ as program
from mutmut.mutation import file_mutation
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.utils.file_utils import setup_source_paths
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from mutmut.workers import isolation

OTHER_SECONDS = 60
"""The limit for the other tests of one mutant, by their recorded durations."""

MESSAGE_FUNCTIONS = {"_": 1, "N_": 1, "ngettext": 2}
"""{function that marks or translates a message: how many of its arguments are texts}."""
SQL = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|AND|OR|IN|NOT|NULL|ORDER BY|GROUP BY|UNION|VALUES)\b")


def words_of(node: cst.CSTNode | None) -> int:
    """How many arguments of a call are message texts."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return MESSAGE_FUNCTIONS.get(node.func.value, 0)
    return 0


def is_message(node: cst.CSTNode | None) -> bool:
    """Whether this is a call that marks, translates or formats a message."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value == "format" and words_of(node.func.value) > 0
    return words_of(node) > 0


def changed_argument(original: cst.Call, mutated: cst.Call) -> int:
    """The index of the first argument that was replaced or removed."""
    for index, argument in enumerate(original.args):
        if index == len(mutated.args) or mutated.args[index] is not argument:
            return index
    return -1


def concerns_words(original: cst.CSTNode, mutated: cst.CSTNode) -> bool:
    """Whether the mutation affects only a message, or only the case of SQL, which means the
    same."""
    if isinstance(original, cst.SimpleString) and isinstance(mutated, cst.SimpleString):
        same_but_case = original.value.lower() == mutated.value.lower()
        return same_but_case and SQL.search(original.value) is not None
    if isinstance(original, cst.Assign | cst.AnnAssign):
        return is_message(original.value)
    if not isinstance(original, cst.Call) or not isinstance(mutated, cst.Call):
        return False
    index = changed_argument(original, mutated)
    if index < 0:
        return False
    return is_message(original.args[index].value) or index < words_of(original)


def strictness(node: cst.Call) -> list[cst.Arg]:
    """The `strict` of a zip, an assertion that correct code never violates."""
    if not isinstance(node.func, cst.Name) or node.func.value != "zip":
        return []
    return [arg for arg in node.args if arg.keyword and arg.keyword.value == "strict"]


def concerns_nothing_done(original: cst.CSTNode, mutated: cst.CSTNode) -> bool:
    """Whether the mutation affects only the `strict` of a zip, or the case of an encoding's
    name."""
    if isinstance(original, cst.SimpleString) and isinstance(mutated, cst.SimpleString):
        return original.value.lower() == mutated.value.lower() == '"utf-8"'
    if not isinstance(original, cst.Call) or not isinstance(mutated, cst.Call):
        return False
    index = changed_argument(original, mutated)
    return index >= 0 and original.args[index] in strictness(original)


class BehaviourVisitor(file_mutation.MutationVisitor):
    """Collects the mutations of a file that can change its behaviour."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return node in self._left_alone or super()._skip_node_and_children(node)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._left_alone: set[cst.CSTNode] = set()
        super().__init__(*arguments, **named)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Call):
            self._left_alone.update(node.args[: words_of(node)])
            self._left_alone.update(strictness(node))
        return bool(super().on_visit(node))

    def _create_mutations(self, node: cst.CSTNode) -> None:
        before = len(self.mutations)
        super()._create_mutations(node)
        self.mutations[before:] = [
            change
            for change in self.mutations[before:]
            if not concerns_words(change.original_node, change.mutated_node)
            and not concerns_nothing_done(change.original_node, change.mutated_node)
        ]


class FailedTests:
    """Records which tests fail."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.names.add(report.nodeid)


class ChosenTests:
    """Selects some of the collected tests, in their order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._places]
        items.sort(key=lambda item: self._places[item.nodeid])


def caches() -> Iterator[Any]:
    """The cached functions of the core."""
    for module in [one for name, one in sys.modules.items() if name.startswith("borderdesk.")]:
        names = vars(module).values()
        classes = [vars(one).values() for one in names if isinstance(one, type)]
        for value in chain(names, *classes):
            function = getattr(value, "__func__", value)
            if isinstance(function, functools._lru_cache_wrapper):
                yield function


class EmptyCaches:
    """Clears all caches before every test: a value cached by another test would hide calls below
    it."""

    _caches: Sequence[Any] = ()
    _modules = 0

    def pytest_runtest_setup(self) -> None:
        if self._modules != len(sys.modules):
            self._modules, self._caches = len(sys.modules), [*caches()]
        for function in self._caches:
            function.cache_clear()


class NearestFirst(PytestRunner):
    """Runs for a mutant the tests that call its function until one fails: those of the nearest
    files, then the others, the quick ones of each first."""

    nearest: ClassVar[dict[str, list[str]]] = {}
    called_by_imports: ClassVar[set[str]] = set()
    _failed: FailedTests | None = None
    _chosen: ChosenTests | None = None

    def run_stats(self, *, tests: Iterable[str]) -> int:
        """Record which tests call which functions. A test that fails on the unchanged copy of the
        tree (because it needs a file that is not copied, say) is left out."""
        self._failed = FailedTests()
        code = super().run_stats(tests=tests)
        failed, self._failed = self._failed.names, None
        for name in failed:
            state().duration_by_test.pop(name, None)
        for known in state().tests_by_mangled_function_name.values():
            known -= failed
        print(f"left out: {', '.join(sorted(failed))}", file=sys.__stderr__)
        return 0 if code == pytest.ExitCode.TESTS_FAILED else code

    def execute_pytest(self, params: list[str], **named: Any) -> int:
        if self._failed is not None:
            params = [word for word in params if word != "-x"]
            named["plugins"].append(EmptyCaches())
        added = [one for one in (self._failed, self._chosen) if one is not None]
        named["plugins"] = [*named.get("plugins", ()), *added]
        return super().execute_pytest(params, **named)

    def _pytest_args_regular_run(self, tests: Iterable[str]) -> list[str]:
        """The test files instead of single tests: not every test id can be passed to pytest, and an
        unknown one would look like a killed mutant."""
        names = list(tests)
        self._chosen = ChosenTests(names) if names else None
        files = dict.fromkeys(name.partition("::")[0] for name in names)
        return list(super()._pytest_args_regular_run(files))

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        """The exit status of the first group of tests that fails, 0 if none does."""
        chosen = list(tests)
        if mutant_name is None:
            return super().run_tests(mutant_name=None, tests=chosen)
        anew = mangled_name_from_mutant_name(mutant_name) in self.called_by_imports
        for part in in_parts(chosen, self.nearest.get(module_of(mutant_name), ())):
            code = super().run_tests(mutant_name=mutant_name, tests=part)
            if code or (anew and fails_anew(mutant_name, part)):
                return code or 1
        return 0

    def list_all_tests(self) -> Any:
        """Import every test, recording the functions called meanwhile."""
        set_mutant_under_test("stats")
        found = super().list_all_tests()
        self.called_by_imports.update(state()._stats)
        state()._stats.clear()
        return found


def fails_anew(change: str, tests: Sequence[str]) -> bool:
    """Whether a test fails in a process that imports everything with the mutation."""
    command = [sys.executable, "tests/mutating.py", "anew", change]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, input=json.dumps(tests), text=True, **quiet).returncode != 0


def try_anew(change: str, tests: Sequence[str]) -> int:
    """The exit status of the tests in this process, which has not imported the core yet."""
    setup_source_paths()
    set_mutant_under_test(change)
    return int(PytestRunner.run_tests(NearestFirst(), mutant_name=change, tests=tests) != 0)


class OwnProcessRunner(isolation.ForkRunner):
    """Runs each mutant in a fork of a process that has imported everything and run no test."""

    def collect_stats(self, tests: Iterable[str] | None) -> int:
        apart = isolation.ForkServerRunner(1, NearestFirst, {})
        return int(apart.collect_stats(tests))

    def run_clean_tests(self, tests: Iterable[str]) -> int:
        """Import everything; that every test passes on the unchanged copy was checked while
        recording calls. Functions called during imports are tested by all the nearest tests, as
        tests only see their results."""
        self.list_all_tests()
        set_mutant_under_test("")
        known = state().duration_by_test
        for name in NearestFirst.called_by_imports:
            files = NearestFirst.nearest.get(module_of(name), ())
            near = {test for test in known if test.partition("::")[0] in files}
            state().tests_by_mangled_function_name[name] |= near
        return int(fails_anew("", [min(known, key=lambda test: known[test])]))


def module_of(change: str) -> str:
    """The module of a mutant, from its name."""
    return change.rpartition(".")[0]


def in_parts(tests: Iterable[str], nearest: Sequence[str]) -> Iterator[list[str]]:
    """The tests of the nearest files, and as many of the others as take OTHER_SECONDS."""
    durations = state().duration_by_test
    ordered = sorted(tests, key=lambda test: (durations.get(test, 0), test))
    near = [test for test in ordered if test.partition("::")[0] in nearest]
    known = set(near)
    others = [test for test in ordered if test not in known]
    times = accumulate(durations.get(test, 0) for test in others)
    within = [test for test, time in zip(others, times, strict=True) if time <= OTHER_SECONDS]
    yield from (part for part in (near, within) if part)


_collect_changes = program.collect_source_file_mutation_data


def try_a_sample(count: int, seed: int) -> None:
    """Let mutmut run only so many mutants of all modules, drawn by a seed."""

    def collect(**given: Any) -> Any:
        changes, data = _collect_changes(**given)
        ordered = sorted(changes, key=lambda change: str(change[1]))
        return random.Random(seed).sample(ordered, min(count, len(ordered))), data

    program.collect_source_file_mutation_data = collect


def print_differences(names: Iterable[str]) -> None:
    """Print these mutants as diffs."""
    for name in names:
        print(f"# {name}\n{get_diff_for_mutant(name, path=find_mutant(name).path)}")


if __name__ == "__main__":
    file_mutation.MutationVisitor = BehaviourVisitor  # type: ignore[misc]
    isolation.PytestRunner = NearestFirst  # type: ignore[misc]
    isolation.ForkRunner = OwnProcessRunner  # type: ignore[misc]
    NearestFirst.nearest = json.loads(Path("nearest_tests.json").read_text(encoding="utf-8"))
    if sys.argv[1] == "differences":
        print_differences(sys.argv[2:])
    elif sys.argv[1] == "anew":
        sys.exit(try_anew(sys.argv[2], json.load(sys.stdin)))
    else:
        if sys.argv[1] == "sample":
            try_a_sample(*map(int, sys.argv[2:4]))
            del sys.argv[1:4]
        program.cli()
