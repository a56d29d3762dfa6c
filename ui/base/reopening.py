"""Request to encrypt the desk or change its key, carried out between closing and reopening the
window."""

from typing import NamedTuple

from borderdesk.session.account_table import Account

RESTART = "restart"
"""The dynamic property of a window after which the program restarts."""


class KeyRequest(NamedTuple):
    """A new key requested by an account; password: that of the first encryption, None for a change
    of key."""

    account: Account
    password: str | None


class Reopening:
    """Holds the request of the program's only window until the desk is reopened."""

    def __init__(self) -> None:
        self._request: KeyRequest | None = None

    def ask(self, account: Account, password: str | None) -> None:
        """Request encryption under a password; None: a change of key."""
        self._request = KeyRequest(account, password)

    def wanted(self) -> bool:
        """Whether there is a request."""
        return self._request is not None

    def take(self) -> KeyRequest | None:
        """Return and clear the request."""
        request, self._request = self._request, None
        return request


REOPENING = Reopening()
