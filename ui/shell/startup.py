"""Measures that shorten the start of the window, with their measured gain.

Measured on two cores with Python 3.11 and PySide6 6.11 as processor time of the process. No import
of Qt at the top: this runs while Qt's libraries are still being loaded.
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
"""Command-line arguments that select the style. QApplication.setStyle returns a style, for which
PySide6 creates the classes of all styles: 10 ms instead of 1.5."""

QT_LIBRARIES = ("QtWidgets.abi3.so", "QtGui.abi3.so", "QtCore.abi3.so")
"""Qt libraries imported through PySide6; they load the rest of Qt."""
PRINT_SERVER = ("CUPS_SERVER", "/run/cups/cups.sock")
"""Where the printing library looks for printers on Linux, unless set by the person; by default it
also tries TCP port 631."""
SMALL_LIBRARIES = (
    "borderdesk.store.connection.locks",
    "borderdesk.store.connection.database",
    "tempfile",
    "zipfile",
)
"""Modules with small native libraries; the last two are needed by PySide6."""


def prepare() -> None:
    """Import Qt and the core modules of the window, then the window's module.

    The garbage collector is off until the window's own takes over (ui/base/garbage_collector.py): a
    start makes little garbage, and 79 collections would take 19 ms.

    PySide6 embeds 14 Python modules as text and compiles them at each start, 23 of its 97 ms: the
    cache keeps them compiled, like the 54 regular expressions (16 ms) and named tuples (5 ms) of
    all modules imported here. Fast creation of Qt's enumerations (enum_maker.py) takes 15 instead
    of 60 ms.
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
    """Load Qt's libraries in a thread while core modules are imported.

    An import holds the GIL while the system loads a library; dlopen through ctypes releases it: 16
    ms of loading move to the other core. The system loads one library at a time, so modules with
    small libraries go first. On other systems the import of Qt loads them.
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
    """Import Qt and restore the builtin import.

    PySide6 replaces `__import__` by a version that reads every module's source for `from
    __feature__ import …`, which is not used here: 5 ms of a start.
    """
    import_module("PySide6.QtCore")
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def keep_out_of_garbage_collection() -> None:
    """Exclude all objects of the start from garbage collection; they live as long as the window.

    Called once after the start; spares every later full collection.
    """
    gc.freeze()
