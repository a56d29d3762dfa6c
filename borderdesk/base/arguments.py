"""The options of the whole program, `--desk`, `--lang` and `--debug`: read here and nowhere else.

Kept apart from the command line's library, which the window does without; the command line is
given what is left.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.i18n import LANGUAGES

DEBUG = "--debug"
FLAGS = frozenset({DEBUG, "--help"})


class Start(NamedTuple):
    """How the program is to start.

    folder: the desk's, lang: one of LANGUAGES, None each where it is not given; command: the
    rest of the command line, flags first, empty where the window is asked for. What is wrong
    stays in `command`, for the command line to complain of.
    """

    folder: Path | None
    lang: str | None
    command: tuple[str, ...]

    @property
    def debug(self) -> bool:
        """Whether tracebacks are wanted."""
        return DEBUG in self.command


def parse(arguments: Sequence[str]) -> Start:
    """The options that stand before the command, and the command."""
    folder: Path | None = None
    lang: str | None = None
    flags: list[str] = []
    rest = list(arguments)
    while rest:
        if rest[0] in FLAGS:
            flags.append(rest.pop(0))
            continue
        option, value, taken = _valued(rest)
        if option == "--desk":
            folder = Path(value)
        elif option == "--lang" and value in LANGUAGES:
            lang = value
        else:
            break
        del rest[:taken]
    return Start(folder, lang, (*flags, *rest))


def start_of(arguments: Sequence[str]) -> Start | None:
    """How the window is to start; None when the arguments hold a command."""
    start = parse(arguments)
    return None if start.command else start


def _valued(words: Sequence[str]) -> tuple[str, str, int]:
    """The option at the front, its value, and how many words they are; ("", "", 0) without."""
    option, equals, value = words[0].partition("=")
    if equals:
        return option, value, 1
    if len(words) > 1:
        return option, words[1], 2
    return "", "", 0
