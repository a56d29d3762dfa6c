"""Loading Qt's libraries in a thread of their own while the program's modules are imported.

Importing them would hold every other thread up meanwhile; the system's own call does not, so that
on two cores most of the loading costs nothing.
"""

import _thread
import builtins
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

WITHIN = ("QtWidgets.abi3.so", "QtGui.abi3.so", "QtCore.abi3.so")
"""What is imported of PySide6; the rest of Qt comes with these."""
BEFORE = ("ctypes", "borderdesk.store.locks", "borderdesk.store.database", "tempfile", "zipfile")
"""Modules with small libraries of their own, the last two wanted by PySide6.

The system loads one library at a time: whoever wants a small one waits for a large one.
"""


def begin() -> None:
    """Begin loading and come back soon. Where it cannot be done the import does all the work."""
    if sys.platform != "linux":
        return
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        return
    for name in BEFORE:
        import_module(name)
    _thread.start_new_thread(_load, (Path(package.origin).parent,))


def _load(folder: Path) -> None:
    import ctypes
    import os

    load = ctypes.CDLL(None).dlopen
    for name in WITHIN:
        load(os.fsencode(folder / name), os.RTLD_NOW)


def import_qt() -> None:
    """Import Qt, and have what is imported afterwards imported as before.

    PySide6 puts an import of its own in the place of the other. It reads the source of every
    module for leave to write Qt's names in another way, which is not done here: 5 ms of a start.
    """
    import_module("PySide6.QtCore")
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
