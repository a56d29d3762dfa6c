"""Errors that the user can correct; everything else is a bug.

Each class carries the exit status a command ends with (0 and 2 belong to the command
line itself): 1 some input refused, 3 the desk cannot be opened, 4 refused for safety.
"""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext


class UserError(Exception):
    """An error that the user can correct; its text states the cause and the remedy."""

    exit_code = 1
    shown = False
    """Whether the person has seen it already."""


def user_error(error: Exception) -> UserError:
    """The error, where a user can correct it; any other is a bug, and is raised."""
    if isinstance(error, UserError):
        return error
    raise error


class CannotOpen(UserError):
    """The desk cannot be opened: in use for a restore, damaged, or made by a newer program."""

    exit_code = 3


class TooLittleMemory(UserError):
    """The computer had too little memory for the operation; it was not applied in part."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The computer has too little memory free. Nothing was half-saved; close other"
                " programs and try again."
            )
        )


class FullDisk(UserError):
    """No room is left on the disk; nothing is half-done."""


class DamagedFile(CannotOpen):
    """The desk's file cannot be read completely, or its content was altered."""


class UnreadFile(CannotOpen):
    """Reading or writing the desk's file failed: the disk is faulty or was disconnected. Whether
    the file is damaged is unknown."""

    def __init__(self) -> None:
        super().__init__(_("The disk cannot be read or written. Check the disk, then try again."))


class SchemaMismatch(CannotOpen):
    """The file is sound, but its schema is not one that this program works with."""


class NewerSchema(SchemaMismatch):
    """The file was written by a newer program.

    schema: the file's version and the newest that this program knows; program: the version of the
    program that wrote it, and this one's.
    """

    def __init__(self, schema: tuple[int, int], program: tuple[str, str]) -> None:
        self.schema, self.program = schema, program
        super().__init__(
            _(
                "This desk was written by a newer BorderDesk: {wanted} (schema {schema}). This one"
                " is {program} (schema {known}). Nothing was changed; install BorderDesk {wanted}"
                " or newer to open it."
            ).format(wanted=program[0], schema=schema[0], program=program[1], known=schema[1])
        )


class UnsupportedSchema(SchemaMismatch):
    """The file was written by a program so old that no migration leads on from it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This desk was written by an older BorderDesk, which this version cannot bring up"
                " to date. Nothing was changed; open it with a version in between first."
            )
        )


class IncompleteSchema(SchemaMismatch):
    """The file lacks tables or columns that its version has; `lacking` names them."""

    def __init__(self, lacking: Sequence[str]) -> None:
        self.lacking = tuple(lacking)
        super().__init__(
            _(
                "The desk's file lacks what its version has to have: {lacking}. Nothing was"
                " changed; restore the newest backup into a new folder."
            ).format(lacking=", ".join(lacking))
        )


class OperationRefused(UserError):
    """The operation is forbidden on this desk, for safety or for lack of permission."""

    exit_code = 4


class OperationStopped(UserError):
    """The user cancelled the operation; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Stopped. Nothing was changed."))


class ForeignRecord(OperationRefused):
    """The record belongs to another desk; a review note can be written to it."""


class RecordChanged(OperationRefused):
    """The record was changed by another person since it was read."""


class RecordGone(UserError):
    """There is no such record, or no longer."""


class Problem(NamedTuple):
    """An error in one field: `field` is its key, for a child a path such as
    `inspected[0].marker`."""

    field: str
    message: str


MOST_PROBLEMS = 100
"""The limit of problems that are named; the number of the others is told."""
OTHERS = "…"
"""In place of a field's key, where the others are counted."""


class InvalidRecord(UserError):
    """Input that was refused, with the problems found: {field key: message}; count: of them all,
    those that are not named included."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.count = len(problems)
        self.problems = dict(islice(problems.items(), MOST_PROBLEMS))
        if self.count > MOST_PROBLEMS:
            self.problems[OTHERS] = more_problems(self.count - MOST_PROBLEMS)
        super().__init__("; ".join(f"{key}: {text}" for key, text in self.problems.items()))

    def __iter__(self) -> Iterator[Problem]:
        return (Problem(key, text) for key, text in self.problems.items())


def more_problems(count: int) -> str:
    """That there are so many problems besides those that are named."""
    return ngettext("{count} more problem.", "{count} more problems.", count).format(
        count=format_number(count, language())
    )


class UnconfirmedDoubts(UserError):
    """Input that may be right but looks wrong: [(field, doubt), …], for the person to confirm or to
    correct. Nothing was saved."""

    def __init__(self, doubts: Iterable[tuple[str, str]]) -> None:
        self.doubts = list(doubts)
        super().__init__(_("Nothing was saved yet: some values look doubtful."))


_REASONS = {
    errno.ENOENT: N_("it is not there"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.EROFS: N_("it cannot be written to"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of its path is not a folder"),
    errno.EEXIST: N_("it is there already"),
    errno.ENOMEM: N_("the computer has too little memory free"),
    errno.EIO: N_("the disk cannot be read or written"),
    errno.EFBIG: N_("the file is too large for that disk"),
    errno.ENAMETOOLONG: N_("its name is too long"),
    errno.ENXIO: N_("it is no ordinary file but a pipe or a device"),
    errno.EOVERFLOW: N_("it is far too large"),
    errno.ELOOP: N_("it is a link that leads nowhere"),
    errno.ENODEV: N_("the disk is not there any more"),
}


def reason_key(error: OSError) -> str:
    """The reason of an OS error as an English key, or the system's own text."""
    return _REASONS.get(error.errno or 0) or str(error.strerror or error)


def reason(error: OSError) -> str:
    """The reason of an OS error in the language in use, or the system's own text."""
    return _(reason_key(error))


def unreadable(file: object, error: OSError, kind: type[UserError] = UserError) -> UserError:
    """The error of a file that the system does not give."""
    return kind(_("{file} cannot be read: {error}").format(file=file, error=reason(error)))
