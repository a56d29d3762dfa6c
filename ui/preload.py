"""Loading Qt's libraries in a thread of their own while the program's modules are imported.

Importing them would hold every other thread up meanwhile; the system's own call does not, so that
on two cores most of the loading costs nothing.
"""

import _thread
import sys
from importlib.util import find_spec
from pathlib import Path

WITHIN = ("QtWidgets.abi3.so", "QtGui.abi3.so", "QtCore.abi3.so")
"""What is imported of PySide6; the rest of Qt comes with these."""


def begin() -> None:
    """Begin loading and come back at once. Where it cannot be done the import does all the work."""
    if sys.platform != "linux":
        return
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        return
    _thread.start_new_thread(_load, (Path(package.origin).parent,))


def _load(folder: Path) -> None:
    import ctypes
    import os

    load = ctypes.CDLL(None).dlopen
    for name in WITHIN:
        load(os.fsencode(folder / name), os.RTLD_NOW)
