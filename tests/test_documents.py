"""The documents of the repository: present, short, and with valid references."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import floors
from tools.environment import ROOT

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = [
    path
    for part in ("borderdesk", "ui", "tools", "tests")
    for path in (ROOT / part).rglob("*.py")
    if path.name != "__init__.py"
]
PACKAGES = ("borderdesk", "ui")
CODE = [path for part in PACKAGES for path in (ROOT / part).rglob("*.py")]
MODULE = re.compile(r"`([a-z]\w*(?:\.[A-Za-z]\w*)+)`")
DEFINED = re.compile(r"^ *(?:def |class )?(\w+)(?=\(|:| =)", re.M)
NAMED = re.compile(r"\b(?:[a-z0-9_]+/)+[a-z0-9_]+\.(?:py|md|toml)\b")
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_points_to_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in found if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_files_that_a_page_names_are_there(page: Path) -> None:
    """Paths in code marks, relative to the root of the repository, without patterns and
    placeholders."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    named = re.findall(r"`((?:borderdesk|ui|tests|tools|docs|resources)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_files_that_the_head_of_a_module_names_are_there() -> None:
    """Relative to the root, or to a folder that contains the module."""
    named = (
        (module, path)
        for module in MODULES
        for path in NAMED.findall(module.read_text(encoding="utf-8").split('"""')[1])
    )
    assert [
        (module.name, path)
        for module, path in named
        if not any((folder / path).exists() for folder in module.parents)
    ] == []


def test_the_modules_named_in_code_marks_are_there() -> None:
    """As `store.connection.seal` relative to a package, or as a name in a module of that name."""
    defined = {
        f"{path.stem}.{name}"
        for path in CODE
        for name in DEFINED.findall(path.read_text(encoding="utf-8"))
    }
    floors_named = {path.name for part in PACKAGES for path in (ROOT / part).iterdir()}
    named = (
        (path.name, name)
        for path in CODE
        for name in MODULE.findall(path.read_text(encoding="utf-8"))
        if name.partition(".")[0] in floors_named
    )
    assert [
        (module, name)
        for module, name in named
        if ".".join(name.split(".")[:2]) not in defined
        and not any(
            (ROOT / part / name.replace(".", "/")).with_suffix(ending).exists()
            for part in PACKAGES
            for ending in ("", ".py")
        )
    ] == []


def test_the_classes_that_the_head_of_a_package_gives_are_there() -> None:
    heads = {
        path: path.read_text(encoding="utf-8").split('"""')[1]
        for part in PACKAGES
        for path in (ROOT / part).rglob("__init__.py")
    }
    known = {
        name
        for path in CODE
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    given = {name for head in heads.values() for name in re.findall(r"-> ([A-Z]\w+)", head)}
    assert "ClosingState" in given
    assert given - known == {"None"} & given


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_packages_that_are_counted_are_those_of_the_locks() -> None:
    posts, developers = (
        len(re.findall(r"^\S+==", (ROOT / lock).read_text(encoding="utf-8"), re.M))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"gets {posts} Python packages instead of {developers}" in changes
    decision = (ROOT / "docs" / "adr" / "0008-set-up.md").read_text(encoding="utf-8")
    assert f"gets {posts} packages, a developer's {developers}" in decision


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in folder.glob("0*.md") if f"({p.name})" not in listed] == []


def test_the_picture_of_the_floors_is_up_to_date() -> None:
    """Otherwise: python -m tools.floors"""
    page = floors.PAGE.read_text(encoding="utf-8")
    assert floors.page_with(floors.drawing()) == page


def test_every_folder_of_both_packages_is_a_floor() -> None:
    for package, rows in floors.layers():
        there = {
            path.stem for path in (ROOT / package).iterdir()
            if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem[0] != "_")
        }  # fmt: skip
        assert {name for row in rows for name in row} == there
