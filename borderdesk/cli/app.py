"""The command line: the same core without the window."""

import gettext
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import LANGUAGES, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES, database_file, default_desk
from borderdesk.cli.output import print_error, print_message

if TYPE_CHECKING:
    import click

    from borderdesk.cli import commands, failures
else:
    # The library translates some of its words while it is imported: after the language is set.
    click = lazy_module("click")
    commands = lazy_module("borderdesk.cli.commands")
    failures = lazy_module("borderdesk.cli.failures")


def run_command(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status. No traceback reaches a person without --debug."""
    if sys.stdout is None:  # closed by whoever started it
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the program runs
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A lone surrogate, which JSON can name and UTF-8 cannot, becomes its JSON escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    use_language_of(arguments)
    try:
        run = commands.program.main
        result = run(args=list(arguments), prog_name="main.py", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as usage:
        print_message(usage.format_message())
        return 2
    except click.ClickException as wrong:
        print_message(wrong.format_message())
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        return print_error(error)
    except Exception as error:
        folder = option_given(arguments, "--desk")
        place = Path(folder) if folder else default_desk()
        return failures.print_unexpected(error, database_file(place), debug="--debug" in arguments)


def use_language_of(arguments: Sequence[str]) -> None:
    """Set the language before the command line is read, so that its own errors are in it."""
    lang = option_given(arguments, "--lang")
    lang = lang if lang in LANGUAGES else "vi"
    set_language(lang)
    # The command-line library asks the process's own catalogue for its few words.
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
