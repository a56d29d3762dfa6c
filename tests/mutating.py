"""mutmut for tests/mutants.py: without changes of mere words, and with quick tests first.

Run in the copied tree as `python tests/mutating.py run …`, with mutmut's own arguments, as
`python tests/mutating.py sample COUNT SEED run …` to try so many of the changes, or as
`python tests/mutating.py differences CHANGE …` to print many of them, for which mutmut's `show`
would start once each.
"""

import random
import re
import sys
from collections.abc import Iterable
from typing import Any

# The folder of this file holds tests, none of which may stand for a module of somebody else.
sys.path.pop(0)

import libcst as cst
from mutmut import __main__ as program
from mutmut.mutation import file_mutation
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
from mutmut.runners.harness import PytestRunner
from mutmut.state import state

MESSAGE_FUNCTIONS = ("_", "N_")
SQL = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|AND|OR|IN|NOT|NULL|ORDER BY|GROUP BY|UNION|VALUES)\b")


def is_message(node: cst.CSTNode | None) -> bool:
    """Whether this is a call that marks or translates a message."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in MESSAGE_FUNCTIONS
    )


def changed_argument(original: cst.Call, mutated: cst.Call) -> int:
    """The index of the first argument that was replaced or left out."""
    for index, argument in enumerate(original.args):
        if index == len(mutated.args) or mutated.args[index] is not argument:
            return index
    return -1


def concerns_words(original: cst.CSTNode, mutated: cst.CSTNode) -> bool:
    """Whether the change touches only a message, or only the case of SQL, which means the same."""
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
    return is_message(original.args[index].value) or (index == 0 and is_message(original))


class BehaviourVisitor(file_mutation.MutationVisitor):
    """Collects the changes of a file that can change what it does."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return node in self._messages or super()._skip_node_and_children(node)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._messages: set[cst.CSTNode] = set()
        super().__init__(*arguments, **named)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if is_message(node) and isinstance(node, cst.Call) and node.args:
            self._messages.add(node.args[0])
        return bool(super().on_visit(node))

    def _create_mutations(self, node: cst.CSTNode) -> None:
        before = len(self.mutations)
        super()._create_mutations(node)
        self.mutations[before:] = [
            change
            for change in self.mutations[before:]
            if not concerns_words(change.original_node, change.mutated_node)
        ]


_arguments_of_run = PytestRunner._pytest_args_regular_run


def quick_first(runner: PytestRunner, tests: Iterable[str]) -> list[str]:
    """The arguments of pytest that run these tests in the order of their measured time."""
    durations = state().duration_by_test
    ordered = sorted(tests, key=lambda test: (durations.get(test, 0), test))
    return list(_arguments_of_run(runner, ordered))


_collect_changes = program.collect_source_file_mutation_data


def try_a_sample(count: int, seed: int) -> None:
    """Have mutmut try only so many changes of all modules, drawn by a seed."""

    def collect(**given: Any) -> Any:
        changes, data = _collect_changes(**given)
        ordered = sorted(changes, key=lambda change: str(change[1]))
        return random.Random(seed).sample(ordered, min(count, len(ordered))), data

    program.collect_source_file_mutation_data = collect


def print_differences(names: Iterable[str]) -> None:
    """Print these changes as differences."""
    for name in names:
        print(f"# {name}\n{get_diff_for_mutant(name, path=find_mutant(name).path)}")


if __name__ == "__main__":
    file_mutation.MutationVisitor = BehaviourVisitor  # type: ignore[misc]
    PytestRunner._pytest_args_regular_run = quick_first  # type: ignore[assignment, method-assign]
    if sys.argv[1] == "differences":
        print_differences(sys.argv[2:])
    else:
        if sys.argv[1] == "sample":
            try_a_sample(*map(int, sys.argv[2:4]))
            del sys.argv[1:4]
        program.cli()
