"""What a window wants done with its desk once it is closed, before it opens anew."""


class Reopening:
    """The wish of the program's one window: a password for its open desk."""

    def __init__(self) -> None:
        self._password: str | None = None

    def ask(self, password: str) -> None:
        """Have the desk encrypted under this password."""
        self._password = password

    def wanted(self) -> bool:
        """Whether something is to be done."""
        return self._password is not None

    def take(self) -> str | None:
        """The password, once."""
        password, self._password = self._password, None
        return password


REOPENING = Reopening()
