"""The parser of the options of the whole program: `--desk`, `--lang` and `--debug`.

It is separate from the command-line library, which the window does not load; the command line gets
the remaining arguments.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.i18n import LANGUAGES

DEBUG, DESK, LANG = "--debug", "--desk", "--lang"
FLAGS = frozenset({DEBUG, "--help"})
NEWEST = "--newest"
"""The flag that the launchers of an installed program insert before the user's arguments
(main.py)."""
OPENED = (".bdx", ".bdcard", ".bdsetup", ".bdupdate")
"""How the names of files end that the desktop has the window open."""


class StartOptions(NamedTuple):
    """The options of a start of the program.

    folder: the desk's, lang: one of LANGUAGES, None each if not given; command: the rest of the
    command line, flags first, empty for the window. Invalid options stay in `command`, for the
    command line to report. file: the file that the window opens, if a path is the only argument.
    """

    folder: Path | None
    lang: str | None
    command: tuple[str, ...]
    file: Path | None = None

    @property
    def debug(self) -> bool:
        """Whether tracebacks are wanted."""
        return DEBUG in self.command


def parse(arguments: Sequence[str]) -> StartOptions:
    """Split the arguments into the options of the program and the command.

    `--lang` and `--debug` are accepted in any position, as their meaning never changes; the other
    options must precede the command. Arguments after `--` belong to the command.
    """
    folder: Path | None = None
    lang: str | None = None
    front: list[str] = []
    command: list[str] = []
    words = list(arguments)
    while words and words[0] != "--":
        option, value, count = _valued(words)
        if words[0] == DEBUG or (words[0] in FLAGS and not command):
            front.append(words.pop(0))
        elif option == LANG and value in LANGUAGES:
            lang = value
            del words[:count]
        elif option == LANG and count:
            # Before the command, where the command-line library reports it.
            front += words[:count]
            del words[:count]
        elif option == DESK and not command:
            folder = Path(value)
            del words[:count]
        else:
            command.append(words.pop(0))
    if not front and not words and len(command) == 1 and command[0].lower().endswith(OPENED):
        return StartOptions(folder, lang, (), Path(command[0]).absolute())
    return StartOptions(folder, lang, (*front, *command, *words))


def start_of(arguments: Sequence[str]) -> StartOptions | None:
    """How the window is to start; None when the arguments hold a command."""
    start = parse(arguments)
    return None if start.command else start


def _valued(words: Sequence[str]) -> tuple[str, str, int]:
    """The leading option, its value, and how many words both take; ("", "", 0) without one."""
    option, equals, value = words[0].partition("=")
    if equals:
        return option, value, 1
    if len(words) > 1:
        return option, words[1], 2
    return "", "", 0
