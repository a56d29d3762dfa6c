"""Asserts only inform the type checker and have no effect: `python -O` removes them."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import example

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for part in ("borderdesk", "ui") for path in (ROOT / part).rglob("*.py"))
PURE_CALLS = {"all", "any", "isinstance", "issubclass", "len"}


def has_effect(test):
    """Whether an expression may have an effect: a call, or a property tested for its truth."""
    if any(
        isinstance(node, ast.NamedExpr | ast.Await | ast.Yield)
        or (
            isinstance(node, ast.Call)
            and not (isinstance(node.func, ast.Name) and node.func.id in PURE_CALLS)
        )
        for node in ast.walk(test)
    ):
        return True
    return isinstance(test, ast.Attribute)


def test_no_assert_has_an_effect():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if "assert" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assert) and has_effect(node.test)
    ]
    assert found == []


@pytest.mark.parametrize("text", ["self.form", "ask()", "code.isalnum()", "(a := 1)", "f(x) == 1"])
def test_what_counts_as_an_effect(text):
    assert has_effect(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize("text", ["a is not None", "isinstance(self.a, A)", "all(b for b in c)"])
def test_expressions_without_an_effect_are_allowed(text):
    assert not has_effect(ast.parse(text, mode="eval").body)


def optimised(folder, *words, way, stdin=""):
    flags, env = (["-O"], {}) if way == "-O" else ([], {"PYTHONOPTIMIZE": way})
    # Compiled without asserts beside the regular .pyc files, once for all commands.
    env |= {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, *flags, "main.py", "--desk", str(folder), *words],
        cwd=ROOT, env={**os.environ, **env}, input=stdin, capture_output=True,
        encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("way", ["-O", "2"])
def test_the_commands_do_the_same_without_asserts(tmp_path, way):
    folder = tmp_path / "desk"

    def run(*words, stdin=""):
        return optimised(folder, *words, way=way, stdin=stdin)

    run("init", "--role", "province", "--unit", "20", "--user", "Người thử", "--no-password")
    record = {**example("clearing"), "post": "BS"}
    saved = json.loads(run("add", "clearing", stdin=json.dumps(record, default=str)))
    (shown,) = json.loads(run("list", "clearing", "--format", "json"))
    assert shown["id"] == saved["id"]
    run("report", "summary", "--period", "2023", "--out", str(tmp_path / "report.pdf"))
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    run("verify")
