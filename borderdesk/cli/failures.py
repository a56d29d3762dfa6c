"""Prints unexpected errors that end a command: a user error if the cause is known, else a bug."""

import traceback
from pathlib import Path

from borderdesk.base.errors import UserError, reason
from borderdesk.base.i18n import _
from borderdesk.base.text import marked_signs
from borderdesk.cli.output import print_error, print_message
from borderdesk.session.opening import fault_of
from borderdesk.store.connection.database import explain


def print_unexpected(error: Exception, database: Path, *, debug: bool) -> int:
    """Print an unexpected error; returns the exit status.

    debug: print the traceback too. The error is reported as a bug unless `explanation` finds its
    cause.
    """
    if debug:
        traceback.print_exception(error)
    user_error = explanation(error, database)
    if user_error is not None:
        return print_error(user_error)
    print_message(
        _("BorderDesk met an error it did not expect ({name}). Nothing was half-saved.").format(
            name=type(error).__name__
        )
    )
    return 1


def explanation(error: Exception, database: Path) -> UserError | None:
    """The user error behind an unexpected one; None for a bug.

    A damaged file can raise anything, so the database is checked as a last resort.
    """
    user_error = explain(error)
    if user_error is None and isinstance(error, OSError) and error.filename:
        message = _("{file} cannot be used: {error}")
        user_error = UserError(message.format(file=error.filename, error=reason(error)))
    if user_error is None and isinstance(error, UnicodeEncodeError):
        # Of an argument: a terminal passes on bytes that are no UTF-8.
        typed = marked_signs(error.object[max(error.start - 20, 0) : error.start + 20])
        words = _("“{text}” is no text in Unicode. Type it again.")
        user_error = UserError(words.format(text=typed))
    if user_error is None:
        return fault_of(database)
    return user_error
