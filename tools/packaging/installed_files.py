"""The files of Qt and other wheels that go into an installer; most of PySide6 is left out.

Declared are the imported Qt modules and the plugins loaded by a window that showed every page
(tests/test_no_network.py); the libraries they need are read from the binaries.
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
"""Plugins by folder, of both systems; on Windows printing is part of Qt itself."""

_MODULE = re.compile(r"(\w+)(\.abi3\.so|\.pyd)")
_BINARY = re.compile(r".*\.(so|dll|pyd)(\.\d+)*")
_NEEDED = re.compile(r"^\s*(?:NEEDED|DLL Name:)\s+(\S+)$", re.MULTILINE)


class UsedFiles(NamedTuple):
    """kept: the files for an installer, relative to the folder of packages; system: the system
    libraries they need."""

    kept: frozenset[str]
    system: frozenset[str]


def is_root(name: str) -> bool:
    """Whether a file of a wheel is needed by itself, not only as a dependency.

    name: relative to the folder of packages, with slashes.
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
    """The used files of the unpacked wheels in `folder`.

    needed: returns the libraries that a binary names.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    libraries = {_base(name): name for name in reversed(names)}
    kept, system = {name for name in names if is_root(name)}, set()
    waiting = sorted(filter(_is_binary, kept))
    while waiting:
        for library in needed(folder / waiting.pop()):
            dependency = libraries.get(library.lower())
            if dependency is None:
                system.add(library)
            elif dependency not in kept:
                kept.add(dependency)
                waiting.append(dependency)
    return UsedFiles(frozenset(kept), frozenset(system))


def needed_libraries(program: str) -> Callable[[Path], Iterator[str]]:
    """A function that reads the libraries a binary needs with this objdump."""

    def needed(path: Path) -> Iterator[str]:
        listing = subprocess.run(
            [program, "-p", str(path)], capture_output=True, text=True, check=True
        )
        yield from _NEEDED.findall(listing.stdout)

    return needed


def _is_binary(name: str) -> bool:
    return bool(_BINARY.fullmatch(name))


def _base(name: str) -> str:
    """The name a library is loaded by, in lower case, as Windows ignores case."""
    return PurePosixPath(name).name.lower()
