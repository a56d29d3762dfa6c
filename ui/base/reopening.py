"""A change of a desk's key, requested by its window and done between closing and reopening it."""

from typing import NamedTuple

from borderdesk.session.account_table import Account

RESTART = "restart"
"""The property of a window after which the program restarts."""


class KeyRequest(NamedTuple):
    """A key for the desk, wanted by an account: its first, under this password, or another in
    place of the one it has."""

    account: Account
    password: str | None


class Reopening:
    """The new key that the program's one window asks for, until the desk is reopened with it."""

    def __init__(self) -> None:
        self._request: KeyRequest | None = None

    def ask(self, account: Account, password: str | None) -> None:
        """Have an open desk encrypted under this password; without one, have the key of an
        encrypted desk changed."""
        self._request = KeyRequest(account, password)

    def wanted(self) -> bool:
        """Whether something is to be done."""
        return self._request is not None

    def take(self) -> KeyRequest | None:
        """What is to be done, once."""
        request, self._request = self._request, None
        return request


REOPENING = Reopening()
