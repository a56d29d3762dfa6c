"""What the program uses of Qt and of what else wheels carry: most of PySide6 stays out.

Declared are the modules of Qt that are imported and the plugins that it loads, as a window that
shows every page was seen to load them (tests/test_no_network.py); the libraries that these
need are found in the files themselves.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

PACKAGES = ("PySide6", "shiboken6")
MODULES = ("QtCore", "QtGui", "QtPrintSupport", "QtWidgets")
PLUGINS = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qsvg",),
    "platforminputcontexts": (
        "composeplatforminputcontextplugin", "ibusplatforminputcontextplugin",
    ),
    "platforms": ("qminimal", "qwindows", "qxcb"),
    "printsupport": ("cupsprintersupport",),
}  # fmt: skip
"""Plugins by their folder, those of both systems; on Windows printing is a part of Qt itself."""

_MODULE = re.compile(r"(\w+)(\.abi3\.so|\.pyd)")
_BINARY = re.compile(r".*\.(so|dll|pyd)(\.\d+)*")
_NEEDED = re.compile(r"^\s*(?:NEEDED|DLL Name:)\s+(\S+)$", re.MULTILINE)


class UsedFiles(NamedTuple):
    """kept: the files that go into an installer, relative to the folder of the packages;
    system: the libraries that these need and the system has to have."""

    kept: frozenset[str]
    system: frozenset[str]


def is_root(name: str) -> bool:
    """Whether a file of a wheel is wanted for itself, and not only where another needs it.

    name: with slashes, from the folder of the packages.
    """
    path = PurePosixPath(name)
    if path.parts[0].endswith(".libs"):
        return False
    if path.parts[0] not in PACKAGES:
        return True
    if path.suffix == ".py":
        return len(path.parts) == 2
    module = _MODULE.fullmatch(path.name)
    if module and len(path.parts) == 2:
        return module[1] in (*MODULES, "Shiboken")
    return path.stem.removeprefix("lib") in PLUGINS.get(path.parts[-2], ())


def used_files(folder: Path, needed: Callable[[Path], Iterable[str]]) -> UsedFiles:
    """What is used of the unpacked wheels in `folder`.

    needed: the libraries that a binary file names, by objdump or as a test will have it.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    libraries = {_base(name): name for name in reversed(names)}
    kept, system = {name for name in names if is_root(name)}, set()
    waiting = sorted(filter(_is_binary, kept))
    while waiting:
        for library in needed(folder / waiting.pop()):
            found = libraries.get(library.lower())
            if found is None:
                system.add(library)
            elif found not in kept:
                kept.add(found)
                waiting.append(found)
    return UsedFiles(frozenset(kept), frozenset(system))


def needed_libraries(program: str) -> Callable[[Path], Iterator[str]]:
    """What names the libraries that a file needs, by binutils' objdump of this name."""

    def needed(path: Path) -> Iterator[str]:
        found = subprocess.run(
            [program, "-p", str(path)], capture_output=True, text=True, check=True
        )
        yield from _NEEDED.findall(found.stdout)

    return needed


def _is_binary(name: str) -> bool:
    return bool(_BINARY.fullmatch(name))


def _base(name: str) -> str:
    """The name a library is asked for by; the letters' case means nothing on Windows."""
    return PurePosixPath(name).name.lower()
