"""Generates the diagram and tables of floors in ARCHITECTURE.md: `python -m tools.floors`.

The order is that of the import contracts in pyproject.toml; arrows are imports of the modules
(those inside functions and for types included), without arrows implied by others. Folders within a
floor are in order of their imports.
"""

from __future__ import annotations

import ast
import graphlib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- floors: python -m tools.floors -->", "<!-- end of floors -->"


class Floor(NamedTuple):
    """A floor: a folder (or single module) of a package, with its files."""

    package: str
    name: str
    files: tuple[Path, ...]

    @property
    def module(self) -> str:
        """Its dotted name."""
        return f"{self.package}.{self.name}"

    @property
    def path(self) -> str:
        """Its path from the repository root."""
        first = self.files[0]
        place = first if first.stem == self.name else first.parent
        return place.relative_to(ROOT).as_posix()

    @property
    def purpose(self) -> str:
        """The first sentence of its first file's docstring."""
        text = ast.get_docstring(ast.parse(self.files[0].read_text(encoding="utf-8"))) or ""
        return text.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".:")


def layers() -> Iterator[tuple[str, list[list[str]]]]:
    """Each package with its floors from the top; floors of equal rank in one list."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in table["tool"]["importlinter"]["contracts"]:
        for package in contract.get("containers", ()):
            rows = [[name.strip() for name in row.split("|")] for row in contract["layers"]]
            yield package, rows


def floor(package: str, name: str) -> Floor:
    """The floor of this name."""
    folder = ROOT / package / name
    if folder.is_dir():
        return Floor(package, name, tuple(sorted(folder.rglob("*.py"))))
    return Floor(package, name, (folder.with_suffix(".py"),))


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports anywhere, lazily too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def uses(floors: list[Floor]) -> dict[str, set[str]]:
    """{floor: the other floors that its modules import}."""
    names = {item.module for item in floors}
    graph: dict[str, set[str]] = {}
    for item in floors:
        targets = {".".join(name.split(".")[:2]) for path in item.files for name in imported(path)}
        graph[item.module] = (targets & names) - {item.module}
    return graph


def reduced(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The transitive reduction of an acyclic graph."""
    below = {name: _reached(graph, name) for name in graph}
    return {
        name: {
            near_floor
            for near_floor in nearest
            if not any(near_floor in below[o] for o in nearest - {near_floor})
        }
        for name, nearest in graph.items()
    }


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    nodes: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in nodes:
            nodes.add(name)
            waiting += graph[name]
    return nodes


def inner_folders(package: str, name: str) -> list[Floor]:
    """The folders within a floor from the top: each imports only from those below."""
    start = f"{package}.{name}"
    files = {
        path: path.relative_to(ROOT).with_suffix("").parts for path in floor(package, name).files
    }
    owner = {".".join(parts): ".".join(parts[:3]) for parts in files.values()}
    graph: dict[str, set[str]] = {sibling: set() for sibling in sorted(set(owner.values()))}
    for path, parts in files.items():
        sibling = ".".join(parts[:3])
        for name_in_graph in imported(path):
            target = owner.get(name_in_graph) or owner.get(name_in_graph.rpartition(".")[0])
            if target and target != sibling:
                graph[sibling].add(target)
    lower = {sibling: sorted(others) for sibling, others in graph.items()}
    order = [
        name_in_graph
        for name_in_graph in graphlib.TopologicalSorter(lower).static_order()
        if name_in_graph != start
    ]
    folders = (ROOT / Path(*name_in_graph.split(".")) for name_in_graph in reversed(order))
    folder_names = [path.name for path in folders if (path / "__init__.py").exists()]
    return [floor(f"{package}/{name}", folder) for folder in folder_names]


def drawing() -> str:
    """The Mermaid diagram and the tables between the two marks of ARCHITECTURE.md."""
    packages = list(layers())
    floors = [floor(package, name) for package, rows in packages for row in rows for name in row]
    lines = ["```mermaid", "flowchart TB", "  main[main.py]"]
    for package, _rows in reversed(packages):
        lines.append(f'  subgraph {package}["{package}/"]')
        lines += [f"    {o.module}[{o.name}]" for o in floors if o.package == package]
        lines.append("  end")
    lines += [f"  main --> {package}.{rows[0][0]}" for package, rows in packages]
    for name, nearest in sorted(reduced(uses(floors)).items()):
        lines += [f"  {name} --> {item}" for item in sorted(nearest)]
    lines += ["```", "", "| floor, from the top | what it is for |", "|---|---|"]
    for package, _rows in reversed(packages):
        package_floors = [item for item in floors if item.package == package]
        lines += [f"| `{item.path}` | {item.purpose} |" for item in package_floors]
    lines += ["", "| folder within a floor, from the top | what it is for |", "|---|---|"]
    for package, rows in reversed(packages):
        inner = [item for row in rows for name in row for item in inner_folders(package, name)]
        lines += [f"| `{item.path}` | {item.purpose} |" for item in inner]
    return "\n".join(lines)


def page_with(drawn: str) -> str:
    """The text of ARCHITECTURE.md with this diagram."""
    text = PAGE.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{drawn}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(drawing()), encoding="utf-8")
    sys.exit(0)
