"""Named operations: every write to a desk has a name, a permission and one transaction.

A part of the desk with writes of its own (drafts, closing, exchange…) is a `SessionPart` whose
methods carry `@operation(permission)`; who holds a permission is declared in `permissions` alone.
"""

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from borderdesk.session.permissions import PERMISSIONS

OPERATIONS: dict[str, str] = {}
"""{Class.operation: the permission it needs}, filled by `operation`."""


class OperationOwner(Protocol):
    """An object whose methods are operations: a session, or a part of one."""

    def require(self, permission: str) -> None:
        """Raise OperationRefused unless the person holds the permission."""

    def writing(self, operation: str = "") -> AbstractContextManager[None]:
        """One transaction, of this operation."""


Op = TypeVar("Op", bound=OperationOwner)
P = ParamSpec("P")
T = TypeVar("T")


def operation(
    permission: str,
) -> Callable[[Callable[Concatenate[Op, P], T]], Callable[Concatenate[Op, P], T]]:
    """Decorate a method as a named operation: it checks the permission, then runs in one
    transaction."""

    def decorate(method: Callable[Concatenate[Op, P], T]) -> Callable[Concatenate[Op, P], T]:
        assert permission in PERMISSIONS
        name = method.__qualname__
        OPERATIONS[name] = permission

        @functools.wraps(method)
        def run(operator: Op, /, *args: P.args, **kwargs: P.kwargs) -> T:
            operator.require(permission)
            with operator.writing(name):
                return method(operator, *args, **kwargs)

        return run

    return decorate
