"""BorderDesk: opens the window without a command, else runs the command."""

import signal

if __name__ == "__main__":
    # Default handling of Ctrl+C until there is something to clean up; set before the imports,
    # during which it may arrive too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import sys
from typing import TYPE_CHECKING

from borderdesk.base.arguments import NEWEST, start_of
from borderdesk.base.held_files import allow_long_paths
from borderdesk.base.lazy import lazy_module
from borderdesk.base.memory import forbid_core_files
from borderdesk.base.standard_streams import prepare_streams

if TYPE_CHECKING:
    from borderdesk.base import starter
    from borderdesk.cli import app as commands
    from ui.shell import app as window
    from ui.shell import startup
else:
    starter = lazy_module("borderdesk.base.starter")
    commands = lazy_module("borderdesk.cli.app")
    window = lazy_module("ui.shell.app")
    startup = lazy_module("ui.shell.startup")


STANDARD_ERROR = 2
NO_MEMORY = (
    "Máy không đủ bộ nhớ để chạy BorderDesk; hãy đóng bớt chương trình khác.\n"
    "The computer has too little memory to run BorderDesk; close other programs.\n"
).encode()


def main() -> int:
    """Run the program; returns the exit status."""
    try:
        return _run()
    except (MemoryError, SystemError):
        # Too early for the program's own message; imports turn MemoryError into SystemError.
        os.write(STANDARD_ERROR, NO_MEMORY)
        return 1


def _run() -> int:
    if sys.argv[1:2] == [NEWEST]:
        del sys.argv[1]
        status = starter.run_newest(sys.argv[1:])
        if status is not None:
            return status
    forbid_core_files()
    allow_long_paths()
    start = start_of(sys.argv[1:])
    if start is None:
        return _command()
    prepare_streams()
    startup.prepare()
    return window.run(start.folder, start.lang, start.file)


def _command() -> int:
    """Run a command. Ctrl+C raises KeyboardInterrupt while it works; before and after, the system
    ends the process."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "--debug" not in sys.argv:
        # Errors while Python shuts down follow from one already reported.
        sys.unraisablehook = lambda _unraisable: None
    try:
        return commands.run_command(sys.argv[1:])
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    sys.exit(main())
