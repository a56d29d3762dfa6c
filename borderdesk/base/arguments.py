"""How the program is to start: the window, or a command.

Kept apart from the command line, which the window does without.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.i18n import LANGUAGES


class Start(NamedTuple):
    """The window is asked for: on which desk, in which language, None for its own."""

    folder: Path | None
    lang: str | None


def start_of(arguments: Sequence[str]) -> Start | None:
    """How the window is to start, or None when the arguments hold a command."""
    folder: Path | None = None
    lang: str | None = None
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        name, equals, value = option.partition("=")
        if name not in ("--desk", "--lang"):
            return None
        if not equals:
            if not rest:
                return None
            value = rest.pop(0)
        if name == "--desk":
            folder = Path(value)
        elif value in LANGUAGES:
            lang = value
        else:
            return None
    return Start(folder, lang)
