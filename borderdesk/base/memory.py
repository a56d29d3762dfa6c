"""Keeps the memory of the process private: no core file, no access by other processes."""

import sys
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import ctypes
else:
    ctypes = lazy_module("ctypes")

if sys.platform != "win32":
    import resource

_PR_SET_DUMPABLE = 4


def forbid_core_files() -> None:
    """Disable core files: passwords and names would be in them."""
    if sys.platform != "win32":
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def hide_memory() -> None:
    """Keep other processes of this user from reading the memory, and the system from dumping it by
    other means than a core file: the key of a desk is in it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
