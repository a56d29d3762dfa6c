"""Finds the test files of the core that use a module most."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_FILES = 8


def public_names(module: Path) -> Iterator[str]:
    """The public functions, classes and methods of a module."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        for one in (node, *inside):
            named = isinstance(one, ast.FunctionDef | ast.ClassDef)
            if named and not one.name.startswith("_"):
                yield one.name


@cache
def words_of_tests() -> dict[str, frozenset[str]]:
    """The words of each test file of the core."""
    return {
        path.relative_to(ROOT).as_posix(): frozenset(
            re.findall(r"\w+", path.read_text(encoding="utf-8"))
        )
        for path in sorted((ROOT / "tests/core").rglob("test_*.py"))
    }


def related_tests(module: str) -> list[str]:
    """The test files that use most of a module's names; names that few files use weigh more.

    module: a path relative to the root.
    """
    names = {Path(module).stem, *public_names(ROOT / module)}
    files = words_of_tests()
    uses = Counter(name for words in files.values() for name in names & words)
    scores = {
        path: sum(1 / uses[name] for name in names & words)
        for path, words in files.items()
        if names & words
    }
    return sorted(scores, key=lambda path: (-scores[path], path))[:MOST_FILES]
