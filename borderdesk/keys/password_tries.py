"""Counts wrong passwords in the desk's folder: after the third each costs a longer wait.

The count is on the disk before a password is tried and is deleted by the right one, so that neither
a restart nor a kill gives a free attempt. It slows guessing at the desk itself; against a copied
file argon2id is the only protection.
"""

import contextlib
import datetime
import json
import math
import os
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.errors import CannotOpen, FullDisk, UserError, reason
from borderdesk.base.files import own_content, own_file, write_atomically
from borderdesk.base.i18n import _

FILE_NAME = "desk.tries"
FREE_TRIES = 3
FIRST_WAIT, LONGEST_WAIT = 5, 900
"""Seconds to wait after the first wrong try that costs a wait, and at most; doubled each time."""
MOST_BYTES = 1 << 20
_UNREADABLE = (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class TooManyTries(CannotOpen):
    """A password was wrong too often; `seconds` until the next one is tried."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            _("Too many wrong passwords. Wait {seconds} seconds, then try again.").format(
                seconds=seconds
            )
        )


class WrongTries(NamedTuple):
    """How often a name's password was wrong in a row, and when last (UTC, ISO); `untold`: how many
    wrong tries the audit log does not have yet."""

    wrong: int
    last: str
    untold: int = 0


def wait_after(wrong: int) -> int:
    """Seconds to wait after so many wrong tries in a row."""
    if wrong <= FREE_TRIES:
        return 0
    return int(min(FIRST_WAIT * 2 ** min(wrong - FREE_TRIES - 1, 20), LONGEST_WAIT))


class PasswordTries:
    """The count of wrong passwords in a desk's folder, by account."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME

    def keep(self) -> None:
        """Create the file in advance: on a disk that is full later no new one could be made."""
        if not self._file.exists():
            self._write({})

    def begin(self, name: str, now: datetime.datetime | None = None) -> None:
        """Count a try before its password is looked at. Raises TooManyTries, counting nothing,
        while the name has to wait; CannotOpen where the folder cannot be written to."""
        now = now or datetime.datetime.now(datetime.UTC)
        counted = self._read()
        before = counted.get(name, WrongTries(0, ""))
        wait = self.seconds_to_wait(name, now)
        if wait:
            raise TooManyTries(wait)
        counted[name] = WrongTries(before.wrong + 1, now.isoformat(), before.untold + 1)
        self._write(counted)

    def seconds_to_wait(self, name: str, now: datetime.datetime | None = None) -> int:
        """Seconds that a name still has to wait; 0 for none."""
        now = now or datetime.datetime.now(datetime.UTC)
        counted = self._read()
        before = counted.get(name)
        if before is None:
            return 0
        passed = (now - datetime.datetime.fromisoformat(before.last)).total_seconds()
        if passed < 0:
            # The clock was set back: the wait starts over, or it would last until that day.
            counted[name], passed = before._replace(last=now.isoformat()), 0
            self._write(counted)
        return max(math.ceil(wait_after(before.wrong) - passed), 0)

    def forget(self, name: str) -> None:
        """The password was right: its wrong tries no longer count."""
        counted = self._read()
        before = counted.get(name)
        if before is not None:
            # The try that was right had been counted too.
            counted[name] = before._replace(wrong=0, untold=max(before.untold - 1, 0))
            self._write(counted)

    def take_unlogged(self) -> dict[str, int]:
        """{account: number of wrong tries} that the audit log does not have yet; resets them."""
        counted = self._read()
        unlogged = {name: tries.untold for name, tries in counted.items() if tries.untold}
        if unlogged:
            self._write({name: tries._replace(untold=0) for name, tries in counted.items()})
        return unlogged

    def _read(self) -> dict[str, WrongTries]:
        with contextlib.suppress(
            OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError
        ):
            fields: Any = json.loads(own_content(self._file, MOST_BYTES))
            return {str(name): _read_tries(tries) for name, tries in fields.items()}
        # Absent or unreadable counts as no tries: the key ring itself stays protected by argon2id.
        return {}

    def _write(self, counted: dict[str, WrongTries]) -> None:
        fields = {n: tries._asdict() for n, tries in counted.items() if tries.wrong or tries.untold}
        content = json.dumps(fields, ensure_ascii=False).encode()
        try:
            write_atomically(self._file, content)
        except FullDisk:
            # To look at the desk is possible on a full disk too, and so is a wrong try.
            if not self._written_over(content):
                raise
        except UserError as error:
            cause = error.__cause__
            if not isinstance(cause, OSError):
                raise
            raise CannotOpen(
                _("The folder {folder} cannot be written to: {error}").format(
                    folder=self._file.parent, error=reason(cause)
                )
            ) from cause

    def _written_over(self, content: bytes) -> bool:
        """Overwrite the existing file, which needs no free space; returns whether that was
        possible."""
        with contextlib.suppress(OSError), own_file(self._file) as file:
            file.write(content.ljust(self._file.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
            return True
        return False


def _read_tries(stored: Any) -> WrongTries:
    last = datetime.datetime.fromisoformat(stored["last"])
    if last.tzinfo is None:
        raise ValueError(stored["last"])
    return WrongTries(int(stored["wrong"]), last.isoformat(), int(stored.get("untold", 0)))
