"""The command line: the same core without the window."""

import gettext
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.arguments import parse
from borderdesk.base.errors import UserError
from borderdesk.base.i18n import LANGUAGES, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES, database_file, default_desk
from borderdesk.base.standard_streams import prepare_streams
from borderdesk.cli.output import print_error, print_message
from borderdesk.session import preferences

if TYPE_CHECKING:
    import click

    from borderdesk.cli import commands, failures
else:
    # The library translates some of its words while it is imported: after the language is set.
    click = lazy_module("click")
    commands = lazy_module("borderdesk.cli.commands")
    failures = lazy_module("borderdesk.cli.failures")


INTERRUPTED = 130
"""The exit status after Ctrl+C."""


def run_command(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status. No traceback reaches a person without --debug."""
    prepare_streams()
    start = parse(arguments)
    folder = start.folder or default_desk()
    use_language(start.lang or _saved_language(folder))
    try:
        result = commands.program.main(
            args=list(start.command),
            prog_name="main.py",
            standalone_mode=False,
            obj=folder,
        )
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        # First: the interrupt may have occurred during the import of the library, before its names
        # are defined.
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as usage:
        print_message(usage.format_message())
        return 2
    except click.ClickException as wrong:
        print_message(wrong.format_message())
        return 2
    except click.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        return print_error(error)
    except Exception as error:
        return failures.print_unexpected(error, database_file(folder), debug=start.debug)


def _saved_language(folder: Path) -> str:
    """The language of a desk's window; Vietnamese for none."""
    return preferences.saved_language(database_file(folder)) or LANGUAGES[0]


def use_language(lang: str) -> None:
    """Set the language before the command line is read, so that its own errors are in it."""
    set_language(lang)
    # The command-line library looks up its few messages in the process's own catalogue.
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain("borderdesk", str(RESOURCES / "locale"))
    gettext.textdomain("borderdesk")
