"""Digital signatures of PDF files: finding keys, signing, and verifying existing signatures.

pyHanko imports a network library (aiohttp) at once, for time stamps and lists of revoked
certificates. The program has no network and ships none, so pyHanko's two modules that would fetch
are replaced by empty ones before it is imported; and its library of time zones, a table of 600
files on Windows, by the only function in use: the zone of this computer.

A wheel has pyHanko as its extra `signing`, for its metadata would require that network library;
without it, signing and checking signatures raise a message.
"""

import datetime
import logging
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _

_FETCHING = {
    "pyhanko.sign.timestamps.aiohttp_client": "HTTPTimeStamper",
    "pyhanko_certvalidator.fetchers.aiohttp_fetchers": "AIOHttpFetcherBackend",
}
"""{module that fetches: the name that others import of it}."""
_ZONES = "tzlocal"
_LIBRARIES = frozenset({"pyhanko", "pyhanko_certvalidator", "pkcs11"})


class _LackingLibraries:
    """The last finder on sys.meta_path: reports in words which libraries are missing."""

    @staticmethod
    def find_spec(name: str, *_where: object) -> None:
        """Raise UserError for a missing library of signatures; called after all other finders."""
        if name in _LIBRARIES:
            raise UserError(
                _(
                    "Digital signatures need libraries that are not installed here ({name}):"
                    " whoever installed BorderDesk adds them from requirements.lock."
                ).format(name=name)
            )


def _local_zone() -> datetime.tzinfo | None:
    return datetime.datetime.now().astimezone().tzinfo


def _stand_in(module: str, name: str, value: object) -> None:
    """Register a module of this name with a single attribute, unless the real one is loaded."""
    blank = ModuleType(module)
    setattr(blank, name, value)
    sys.modules.setdefault(module, blank)


sys.meta_path.append(_LackingLibraries())
for _module in ("pyhanko", "pyhanko_certvalidator"):
    # Failures are reported as messages; a log must not have names of persons.
    logging.getLogger(_module).setLevel(logging.CRITICAL + 1)
for _module, _name in _FETCHING.items():
    _stand_in(_module, _name, None)
_stand_in(_ZONES, "get_localzone", _local_zone)


def _but_of_tokens(before: Callable[..., object], kind: Callable[..., type]) -> Callable[..., None]:
    """A hook for uncaught errors that suppresses those of a token: a search that was open when the
    token was pulled out raises one later, after the failure was reported."""

    def hook(*raised: Any) -> None:
        if not kind(*raised).__module__.startswith("pkcs11."):
            before(*raised)

    return hook


# The library raises them in both ways.
sys.unraisablehook = _but_of_tokens(sys.unraisablehook, lambda failure: failure.exc_type)
sys.excepthook = _but_of_tokens(sys.excepthook, lambda kind, *_more: kind)
