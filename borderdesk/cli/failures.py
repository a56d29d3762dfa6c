"""Errors that end a command: what a person can mend, or a bug said plainly."""

import traceback
from pathlib import Path

from borderdesk.base.errors import UserError, reason
from borderdesk.base.i18n import _
from borderdesk.cli.output import print_error, print_message
from borderdesk.session.opening import fault_of
from borderdesk.store.database import explain


def print_unexpected(error: Exception, database: Path, *, debug: bool) -> int:
    """Print an error that nobody expected; the exit status.

    A bug is said plainly, with the traceback only for those who ask (debug), unless the desk's
    file turns out to be damaged.
    """
    if debug:
        traceback.print_exception(error)
    known = explanation(error, database)
    if known is not None:
        return print_error(known)
    print_message(
        _("BorderDesk met an error it did not expect ({name}). Nothing was half-saved.").format(
            name=type(error).__name__
        )
    )
    return 1


def explanation(error: Exception, database: Path) -> UserError | None:
    """What an error that nobody expected means for a person; None for a bug of ours.

    What a damaged file breaks cannot be foreseen, so the file itself is asked.
    """
    known = explain(error)
    if known is None and isinstance(error, OSError) and error.filename:
        message = _("{file} cannot be used: {error}")
        known = UserError(message.format(file=error.filename, error=reason(error)))
    if known is None:
        return fault_of(database)
    return known
