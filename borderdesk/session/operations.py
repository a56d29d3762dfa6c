"""Named operations: every write of a desk has a name, a permission and one transaction.

A part of the desk with writes of its own (drafts, closing, exchange…) is a `Part` whose methods
carry `@operation(permission)`; the permissions themselves stand here and nowhere else.
"""

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _

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
"""{permission: the account roles that hold it}."""

OPERATIONS: dict[str, str] = {}
"""{Class.operation: the permission it needs}, filled by `operation`."""


def require_permission(permission: str, account: str) -> None:
    """Raise OperationRefused unless an account of this role (clerk, commander…) holds the
    permission."""
    if account not in PERMISSIONS[permission]:
        raise OperationRefused(_("You are not allowed to do this here."))


class Operator(Protocol):
    """An object whose methods are operations: a session, or a part of one."""

    def require(self, permission: str) -> None:
        """Raise OperationRefused unless the person holds the permission."""

    def writing(self) -> AbstractContextManager[None]:
        """One transaction."""


Op = TypeVar("Op", bound=Operator)
P = ParamSpec("P")
T = TypeVar("T")


def operation(
    permission: str,
) -> Callable[[Callable[Concatenate[Op, P], T]], Callable[Concatenate[Op, P], T]]:
    """Decorate a method as a named operation: it checks the permission, then runs in one
    transaction."""

    def decorate(method: Callable[Concatenate[Op, P], T]) -> Callable[Concatenate[Op, P], T]:
        OPERATIONS[method.__qualname__] = permission

        @functools.wraps(method)
        def run(operator: Op, /, *args: P.args, **kwargs: P.kwargs) -> T:
            operator.require(permission)
            with operator.writing():
                return method(operator, *args, **kwargs)

        return run

    return decorate
