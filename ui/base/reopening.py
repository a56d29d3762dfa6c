"""What a window wants done with its desk once it is closed, before it opens anew."""

from typing import NamedTuple

from borderdesk.session.people import Account

RESTART = "restart"
"""The property of a window after which the program starts anew."""


class KeyWish(NamedTuple):
    """A key for the desk, wanted by an account: its first, under this password, or another in
    place of the one it has."""

    account: Account
    password: str | None


class Reopening:
    """The wish of the program's one window."""

    def __init__(self) -> None:
        self._wish: KeyWish | None = None

    def ask(self, account: Account, password: str | None) -> None:
        """Have an open desk encrypted under this password; without one, have the key of an
        encrypted desk changed."""
        self._wish = KeyWish(account, password)

    def wanted(self) -> bool:
        """Whether something is to be done."""
        return self._wish is not None

    def take(self) -> KeyWish | None:
        """What is to be done, once."""
        wish, self._wish = self._wish, None
        return wish


REOPENING = Reopening()
