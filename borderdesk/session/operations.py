"""Named operations: every write of a desk has a name, a permission and one transaction.

A part of the desk with writes of its own (drafts, closing, exchange…) is a `Part` whose methods
carry `@operation(permission)`; the permissions themselves stand here and nowhere else.
"""

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from borderdesk.desk import Desk

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "record.write": frozenset({"clerk", "commander", "administrator"}),
    "record.erase": frozenset({"commander", "administrator"}),
    "reference.write": frozenset({"commander", "administrator"}),
    "targets.write": frozenset({"commander", "administrator"}),
    "settings.write": frozenset({"commander", "administrator"}),
    "preference.write": frozenset({"clerk", "commander", "administrator"}),
    "backup.make": frozenset({"clerk", "commander", "administrator"}),
    "period.close": frozenset({"commander", "administrator"}),
    "exchange.write": frozenset({"clerk", "commander", "administrator"}),
    "exchange.trust": frozenset({"commander", "administrator"}),
    "maintain": frozenset({"administrator"}),
}
"""Who may do what. Until accounts exist a desk has one person, who is its administrator."""

OPERATIONS: dict[str, str] = {}
"""{operation: the permission it needs}, filled by `operation`."""


class Doer(Protocol):
    """Whose operations they are: the desk, or a part of it."""

    def require(self, permission: str) -> None:
        """Raise Refused unless the person holds the permission."""

    def writing(self) -> AbstractContextManager[None]:
        """One transaction."""


D = TypeVar("D", bound=Doer)
P = ParamSpec("P")
T = TypeVar("T")


def operation(
    permission: str,
) -> Callable[[Callable[Concatenate[D, P], T]], Callable[Concatenate[D, P], T]]:
    """Make a method a named operation: allowed or refused, then one transaction."""

    def decorate(method: Callable[Concatenate[D, P], T]) -> Callable[Concatenate[D, P], T]:
        OPERATIONS[method.__name__] = permission

        @functools.wraps(method)
        def run(doer: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
            doer.require(permission)
            with doer.writing():
                return method(doer, *args, **kwargs)

        return run

    return decorate


class Part:
    """A part of a desk with operations of its own."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.store = desk.store

    def require(self, permission: str) -> None:
        """Raise Refused unless the person at the desk holds the permission."""
        self.desk.require(permission)

    def writing(self) -> AbstractContextManager[None]:
        """One transaction of the desk."""
        return self.desk.writing()
