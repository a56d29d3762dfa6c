"""Measures that shorten the start of the window, each with its gain where it was measured.

Measured on two cores with Python 3.11 and PySide6 6.11, in processor time of the process. Nothing
here imports Qt at the top: it runs while Qt's libraries are still being loaded.
"""

import _thread
import builtins
import ctypes
import gc
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from borderdesk.base.input_methods import settle_input_method
from ui.shell import enum_maker
from ui.shell.compile_cache import CompileCache, cache_file

STYLE_ARGUMENTS = ("-style", "Fusion")
"""How the application is asked for its style. QApplication.setStyle returns a style, for which
PySide6 makes the classes of all styles: 10 ms where the argument costs 1.5."""

QT_LIBRARIES = ("QtWidgets.abi3.so", "QtGui.abi3.so", "QtCore.abi3.so")
"""What is imported of PySide6; the rest of Qt comes with these."""
PRINT_SERVER = ("CUPS_SERVER", "/run/cups/cups.sock")
"""Where printers are asked for on Linux, unless the person has named another place: left to itself
the printing library also tries the network's port 631."""
SMALL_LIBRARIES = (
    "borderdesk.store.connection.locks",
    "borderdesk.store.connection.database",
    "tempfile",
    "zipfile",
)
"""Modules with small libraries of their own, the last two wanted by PySide6."""


def prepare() -> None:
    """Import Qt and what the window needs of the core; the window itself comes after this.

    The garbage collector is off from here until the window's own collector takes over
    (ui/base/garbage_collector.py): little of what a start makes is garbage, and it would be
    looked through 79 times, 19 ms.

    PySide6 carries 14 modules of Python as text and compiles them at every start, 23 of its
    97 ms: they are kept compiled, as every other module is. So are the regular expressions of
    all that is imported here, 54 of them (16 ms), and the constructors of its named tuples (5 ms).
    Qt's enumerations are made the short way (enum_maker.py): 60 ms become 15.
    """
    gc.disable()
    settle_input_method(os.environ)
    enum_maker.install()
    os.environ.setdefault(*PRINT_SERVER)
    with CompileCache(cache_file("startup")):
        load_qt()
        import_module("borderdesk.desk")
        import_qt()
        import_module("ui.shell.app")


def load_qt() -> None:
    """Load Qt's libraries in a thread while the modules of the core are imported.

    An import holds the interpreter's lock while the system loads a library; dlopen called through
    ctypes does not: 16 ms of loading go to the other core. The system loads one library at a
    time, so that modules with small libraries go first. Elsewhere than on Linux the
    import of Qt does all the work.
    """
    if sys.platform != "linux":
        return
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        return
    for name in SMALL_LIBRARIES:
        import_module(name)
    _thread.start_new_thread(_load, (Path(package.origin).parent,))


def _load(folder: Path) -> None:
    load = ctypes.CDLL(None).dlopen
    for name in QT_LIBRARIES:
        load(os.fsencode(folder / name), os.RTLD_NOW)


def import_qt() -> None:
    """Import Qt, and have what is imported afterwards imported as before.

    PySide6 replaces the builtin import by its own, which reads the source of every module for
    `from __feature__ import …`, not used here: 5 ms of a start.
    """
    import_module("PySide6.QtCore")
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def keep_out_of_garbage_collection() -> None:
    """Never look through what the start has made: it stays as long as the window.

    Called once the start is over; it spares every later collection of the oldest generation.
    """
    gc.freeze()
