"""The command line: the same core without the window."""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from borderdesk.base.errors import CannotOpen, Invalid, Refused, UserError, reason
from borderdesk.base.i18n import LANGUAGES, _, language, set_language
from borderdesk.base.paths import RESOURCES, database_file, default_desk

if TYPE_CHECKING:
    from borderdesk.desk import Desk

ACKNOWLEDGE_SECONDS = 0.05
BATCH_LINES = 500
LINES_AHEAD = 2_000
LINES_AT_ONCE = 200

T = TypeVar("T")


def run_command(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status. No traceback reaches a person without --debug."""
    if sys.stdout is None:  # closed by whoever started it
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the program runs
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Half a character, which JSON can name and UTF-8 cannot, is told as its JSON escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    speak(arguments)
    # Only now: the library looks some of its words up as it is imported.
    import click

    import borderdesk.cli.commands.backup
    import borderdesk.cli.commands.closing
    import borderdesk.cli.commands.exchange
    import borderdesk.cli.commands.report  # noqa: F401 - all add their commands to the program
    from borderdesk.cli.commands.records import program

    try:
        result = program.main(args=list(arguments), prog_name="main.py", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as usage:
        say(usage.format_message())
        return 2
    except click.ClickException as wrong:
        say(wrong.format_message())
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        return told(error)
    except Exception as error:
        folder = option_given(arguments, "--desk")
        place = Path(folder) if folder else default_desk()
        return unexpected(error, database_file(place), debug="--debug" in arguments)


def speak(arguments: Sequence[str]) -> None:
    """Set the language before the command line is read, so that its own errors are in it."""
    lang = option_given(arguments, "--lang")
    lang = lang if lang in LANGUAGES else "vi"
    set_language(lang)
    # The command-line library asks the process's own catalogue for its few words.
    import gettext

    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain("borderdesk", str(RESOURCES / "locale"))
    gettext.textdomain("borderdesk")


def option_given(arguments: Sequence[str], name: str) -> str | None:
    """The value of an option of the whole program, before or without its being understood."""
    found = None
    for at, argument in enumerate(arguments):
        if argument == name and at + 1 < len(arguments):
            found = arguments[at + 1]
        elif argument.startswith(f"{name}="):
            found = argument.partition("=")[2]
    return found


def say(text: str) -> None:
    """Tell the person something, on standard error."""
    print(text, file=sys.stderr)


def told(error: UserError) -> int:
    """Tell a person what they can mend; the exit status it stands for."""
    if isinstance(error, Invalid):
        for problem in error:
            say(f"{problem.field}: {problem.message}")
    else:
        say(str(error))
    return error.exit_code


def unexpected(error: Exception, database: Path, *, debug: bool) -> int:
    """A bug, unless the desk's file is damaged: said plainly, with the traceback only for those
    who ask."""
    if debug:
        import traceback

        traceback.print_exception(error)
    known = meaning(error, database)
    if known is not None:
        return told(known)
    say(
        _("BorderDesk met an error it did not expect ({name}). Nothing was half-saved.").format(
            name=type(error).__name__
        )
    )
    return 1


def meaning(error: Exception, database: Path) -> UserError | None:
    """What an error that nobody expected means for a person; None for a bug of ours.

    What a damaged file breaks cannot be foreseen, so the file itself is asked.
    """
    from borderdesk.store.database import damaged, explain

    known = explain(error)
    if known is None and isinstance(error, OSError) and error.filename:
        told_of = _("{file} cannot be used: {error}")
        known = UserError(told_of.format(file=error.filename, error=reason(error)))
    if known is None:
        from borderdesk.session.opening import is_damaged

        return damaged() if is_damaged(database) else None
    return known


# ----------------------------------------------------------------------- adding records


def json_text(value: Any) -> str:
    """`value` as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def put(lines: Iterable[str]) -> None:
    """Write data to standard output, line by line, and see it off."""
    lines = iter(lines)
    while some := list(islice(lines, LINES_AT_ONCE)):
        with _seen_off():
            sys.stdout.writelines(some)
    with _seen_off():
        sys.stdout.flush()


@contextmanager
def _seen_off() -> Iterator[None]:
    """What cannot be printed is told; a reader that went away is not."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(
            _("What was to be printed cannot be written: {error}").format(error=reason(error))
        ) from None


def outcome_line(number: int, outcome: Any) -> str:
    """A record's fate as the command prints it."""
    if isinstance(outcome, Invalid):
        return json_text({"line": number, "errors": outcome.problems}) + "\n"
    return json_text({"id": outcome.id, "warnings": outcome.warnings}) + "\n"


def in_groups(lines: Iterator[T]) -> Iterator[list[T]]:
    """The lines in groups to be committed together: what has arrived, but no more than is
    saved within a moment, so that each is acknowledged soon."""
    waiting: queue.Queue[T | _End] = queue.Queue(LINES_AHEAD)

    def read() -> None:
        try:
            for line in lines:
                waiting.put(line)
            waiting.put(_End(None))
        except BaseException as error:
            waiting.put(_End(error))

    threading.Thread(target=read, daemon=True).start()
    end: _End | None = None
    while end is None:
        group, end = _next_group(waiting)
        if group:
            yield group
    if end.error is not None:
        raise end.error


class _End(NamedTuple):
    """The input is over, or cannot be read on."""

    error: BaseException | None


def _next_group(waiting: "queue.Queue[T | _End]") -> tuple[list[T], _End | None]:
    """Wait for a line, then take those that are there already."""
    group: list[T] = []
    until = 0.0
    while len(group) < BATCH_LINES:
        if group and time.monotonic() >= until:
            break
        try:
            line = waiting.get(block=not group)
        except queue.Empty:
            break
        if isinstance(line, _End):
            return group, line
        if not group:
            until = time.monotonic() + ACKNOWLEDGE_SECONDS
        group.append(line)
    return group, None


@contextmanager
def opened_input(path: Path | None) -> Iterator[IO[bytes]]:
    """The file to read, or standard input without one. Raises UserError."""
    if path is None:
        if sys.stdin is None:
            raise UserError(_("There is nothing to read: name a file."))
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {error}").format(file=path, error=reason(error))
        ) from None
    with file:
        yield file


# -------------------------------------------------------------------------- the doctor


class Found(NamedTuple):
    """What the doctor finds: how something is, whether that is well, and the exit status where it
    is not: 0 for advice, 3 where the desk cannot be opened."""

    what: str
    how: str
    well: bool
    status: int = 1


def health(folder: Path | None) -> Iterator[Found]:
    """What the doctor finds."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from borderdesk import __version__
    from borderdesk.reports.faces import faces
    from borderdesk.store.database import SCHEMA_VERSION

    yield Found("BorderDesk", f"{__version__} (schema {SCHEMA_VERSION})", True)
    yield Found(
        "Python", f"{platform.python_version()} {platform.system()} {platform.machine()}", True
    )
    for package in ("peewee", "sqlcipher3", "PySide6_Essentials", "reportlab", "pypdfium2"):
        try:
            yield Found(package, version(package), True)
        except PackageNotFoundError:
            yield Found(package, _("not installed"), False)
    from sqlcipher3 import dbapi2

    yield Found("SQLite", dbapi2.sqlite_version, True)
    try:
        faces()
        yield Found(_("Fonts"), str(RESOURCES / "fonts"), True)
    except Exception as error:
        yield Found(_("Fonts"), str(error), False)
    for library, found in missing_libraries():
        yield Found(library, _("there") if found else _("missing (needed by the window)"), found)
    place = folder or default_desk()
    yield Found(_("Desk's folder"), str(place), True)
    if database_file(place).exists():
        yield from _desk_health(place)
    else:
        yield Found(_("Desk"), _("none there yet"), True)


def missing_libraries() -> Iterator[tuple[str, bool]]:
    """The system libraries that Qt needs on Linux, and whether each is there."""
    if sys.platform != "linux":
        return
    import ctypes

    for name in ("libGL.so.1", "libEGL.so.1", "libfontconfig.so.1", "libxkbcommon.so.0"):
        try:
            ctypes.CDLL(name)
            yield name, True
        except OSError:
            yield name, False


def _desk_health(place: Path) -> Iterator[Found]:
    from borderdesk.desk import Desk

    try:
        with Desk.open(place) as desk:
            yield Found(
                _("Desk"), f"{desk.title()} ({desk.identity.role}, {desk.identity.id[:8]})", True
            )
            damage = desk.store.damage()
            yield Found(
                _("Desk's file"), "; ".join(damage) or _("sound"), not damage, CannotOpen.exit_code
            )
            yield Found(_("Newest proven backup"), *_backup_health(desk), status=0)
            log = desk.store.value("PRAGMA journal_mode"), desk.store.value("PRAGMA synchronous")
            yield Found(
                _("Durability"), f"journal {log[0]}, synchronous {log[1]}", log == ("wal", 2)
            )
    except UserError as error:
        yield Found(_("Desk"), str(error), False, error.exit_code)
    except Exception as error:
        known = meaning(error, database_file(place))
        if known is None:
            raise
        yield Found(_("Desk"), str(known), False, known.exit_code)


def _backup_health(desk: "Desk") -> tuple[str, bool]:
    """The newest proven backup, and whether the desk stands well with its backups; one on which
    nothing counts needs none."""
    import datetime

    from borderdesk.base.formats import show_number

    now = datetime.datetime.now().astimezone()
    standing = desk.backups.standing(now)
    since = _("{count} revisions written since").format(
        count=show_number(standing.written_since, language())
    )
    newest = standing.newest
    if newest is None:
        none = _("none there yet")
        return f"{none}; {since}", desk.identity.practice or standing.written_since == 0
    made = datetime.datetime.fromisoformat(newest.made).astimezone()
    told = f"{made:%d/%m/%Y %H:%M} {newest.file}; {since}"
    failed = _("the last one that was tried failed")
    return f"{told}; {failed}" if standing.state == "failed" else told, standing.state == "good"


# ------------------------------------------------------------------------ small checks


def day_option(text: str | None) -> date | None:
    """A date on the command line, written 2023-12-31. Raises UserError."""
    if text is None:
        return None
    try:
        day: date | None = date.fromisoformat(text)
    except ValueError:
        day = None
    # The standard library also reads 20231231 and 2023-W52-7.
    if day is None or day.isoformat() != text:
        raise UserError(_("A date is written like 2023-12-31."))
    return day


def open_desk_only(no_password: bool) -> None:
    """Refuse a desk with a password until there are accounts to keep it."""
    if not no_password:
        raise Refused(
            _(
                "Passwords are not there yet: make an open desk with --no-password and keep it"
                " on a computer that is locked."
            )
        )
