"""What the process holds in memory stays there: no core file, and no look into it by others."""

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
    """Have no core file written when the program crashes: passwords and names would be in it."""
    if sys.platform != "win32":
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def hide_memory() -> None:
    """Have nobody else of this user look into the process, and the system keep no dump of it where
    it does so by other ways than a file: it holds the key of a desk."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
