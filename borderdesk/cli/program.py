"""The command group of the program, and click's classes with translated help.

A command is a function decorated with `@command(name, help)`; its first argument is the desk's
folder.
"""

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import LANGUAGES, N_, _
from borderdesk.schema.records import ALL_TYPES


class CommandContext(NamedTuple):
    """The options of the whole program."""

    folder: Path


class _TranslatedHelp:
    """Help in the language in use: the English text is the message id."""

    help: str | None

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        english, self.help = self.help, _(self.help or "")
        try:
            help_record: tuple[str, str] | None = super().get_help_record(context)  # type: ignore[misc]
        finally:
            self.help = english
        return help_record


class Option(_TranslatedHelp, click.Option):
    """An option whose help is translated."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _(super().make_metavar(ctx))


class Argument(click.Argument):
    """An argument whose name in help and complaints is translated."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _(super().make_metavar(ctx))


STANDING_FOR = (
    N_("[OPTIONS]"), N_("COMMAND [ARGS]..."), N_("TYPE"), N_("ID"), N_("FILE"), N_("[FILE]"),
    N_("[DIR]"), N_("DESK"), N_("PATH…"), N_("FILE…"), N_("KEY"), N_("VALUE"),
    N_("YEAR"), N_("SCOPE"), N_("PERIOD"), N_("TEXT"), N_("INTEGER"), N_("INTEGER RANGE"),
    N_("PATH"), N_("DIRECTORY"), N_("NAME"), N_("KEY=TEXT"), N_("KEY=VALUE"),
    N_("DESK|read DIGITS…"), N_("NUMBER"), N_("[ID]"),
)  # fmt: skip
"""The message ids of click's placeholders in usage lines."""


class Command(click.Command):
    """A command whose help is translated."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        return _(self.help or "")

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option is not None:
            option.help = _(N_("Show this message."))
        return option


class Group(Command, click.Group):
    """A group of commands whose help is translated."""

    command_class = Command
    group_class = type


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """A translated option."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Callable[[Any], Any]:
    """A translated argument."""
    return click.argument(name, cls=Argument, **settings)


@click.group(cls=Group, help=N_("BorderDesk records a border post's work and reports it."))
@option("--desk", type=click.Path(path_type=Path), help=N_("The folder of the desk."))
@option("--lang", type=click.Choice(LANGUAGES), default="vi", help=N_("Language: vi or en."))
@option("--debug", is_flag=True, help=N_("Show the traceback of an unexpected error."))
@click.pass_context
def program(context: click.Context, /, **_parsed_before: object) -> None:
    """The root command. The context's object is initially the desk's folder.

    base/arguments.py has parsed these options: they are declared for the help, and for errors in
    options it did not accept.
    """
    context.obj = CommandContext(context.obj)


TAKEN: dict[click.Command, str] = {}
"""{command: the permission that it takes}."""


def command(
    name: str, help_text: str, *, within: click.Group = program, takes: str = ""
) -> Callable[[Callable[..., Any]], click.Command]:
    """Register a function as a command; its first argument is the desk's folder.

    takes: the permission that the user must have, checked when the desk is opened: before any other
    error of the command.
    """

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            context: CommandContext = click.get_current_context().obj
            return function(context.folder, *args, **kwargs)

        registered = within.command(name, cls=Command, help=help_text)(run)
        TAKEN[registered] = takes
        return registered

    return decorate


def permission_taken() -> str:
    """The permission that the command which runs takes, "" for none."""
    context = click.get_current_context(silent=True)
    return "" if context is None else TAKEN.get(context.command, "")


class WholeNumber(click.IntRange):
    """A whole number, refused in the language in use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            # No list is longer, and the database knows no larger number.
            number = min(int(value), 2**63 - 1)
        except ValueError:
            self.fail(_("Must be a whole number."), param, ctx)
        return int(super().convert(number, param, ctx))


TYPE = argument("type_name", metavar="TYPE", type=click.Choice(list(ALL_TYPES)))
RECORD = argument(
    "record", metavar="ID", callback=lambda _context, _parameter, typed: typed.lower()
)
FILE_PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER_PATH = click.Path(path_type=Path, file_okay=False)
FILE = argument("file", type=FILE_PATH, metavar="FILE")
INPUT = argument("file", required=False, type=FILE_PATH, metavar="[FILE]")
NEW_FOLDER = option(
    "--into", required=True, type=FOLDER_PATH, help=N_("The new folder of the desk.")
)


def table_format(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option of commands that print a table: how they print it."""
    decorator: Callable[..., Any] = option(
        "--format",
        "shape",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        help=N_("How to print it."),
    )(function)
    return decorator


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
