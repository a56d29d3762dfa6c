"""Modules that are imported at their first use: the one allowed form of a late import.

Importing a PDF or spreadsheet library takes 100–220 ms, which a start must not pay. Such a module
is named at the top of the file that uses it, so that type checker and import contracts see it:

    if TYPE_CHECKING:
        from borderdesk.reports.paper import pdf
    else:
        pdf = lazy_module("borderdesk.reports.paper.pdf")
"""

import importlib
import sys
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """A proxy that imports its module at the first access to an attribute."""

    def __getattr__(self, name: str) -> Any:
        # `sys.modules` first: import_module costs a microsecond, which paper-drawing loops notice.
        module = sys.modules.get(self.__name__)
        if module is None or getattr(module.__spec__, "_initializing", False):
            # Another thread may be importing it, and its half must not be used; this waits.
            module = importlib.import_module(self.__name__)
        return getattr(module, name)


def lazy_module(name: str) -> Any:
    """A proxy of the module `name` (dotted), which is imported at the first access to an attribute.

    ImportError is raised then. Attributes are not cached, so that a test that replaces one is
    effective.
    """
    return LazyModule(name)
