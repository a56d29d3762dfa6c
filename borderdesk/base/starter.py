"""The launcher of an installed program: it starts the newest version that the person has.

A new version's window is watched by the launcher until it has opened a desk once. If it fails, or
ends in the middle of its start, the version before is used again, and starts at once.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from borderdesk.base.arguments import start_of
from borderdesk.base.lazy import lazy_module
from borderdesk.base.versions import InstalledVersion, newest_version

if TYPE_CHECKING:
    import subprocess

    from borderdesk.base import version_state
else:
    # Imported late: most starts run the installed version itself, or replace this process.
    subprocess = lazy_module("subprocess")
    version_state = lazy_module("borderdesk.base.version_state")

_ANSWERS = {2, 3, 4, 130}
"""How a window ends that was not to be opened: another has the desk, a wrong password."""


def run_newest(arguments: Sequence[str]) -> int | None:
    """Run the newest version with these arguments; its exit status. None where the calling program
    is to continue itself."""
    newest = newest_version()
    if newest is None:
        return None
    if newest.was_opened() or start_of(arguments) is None:
        return _become(newest.command(arguments))
    return _watched(newest, arguments)


def _become(command: Sequence[str]) -> int | None:
    try:
        if os.name == "posix":
            sys.stdout.flush()
            os.execv(command[0], list(command))  # noqa: S606 - no shell
        return _status(command)
    except OSError:
        return None


def _watched(newest: InstalledVersion, arguments: Sequence[str]) -> int | None:
    version_state.take_failure(newest)
    try:
        status = _status(newest.command(arguments))
    except OSError:
        status = -1
    failed = version_state.take_failure(newest)
    if status == 0:
        version_state.note_opened(newest)
    if newest.was_opened() or (failed is None and status in _ANSWERS):
        return status
    version_state.go_back(newest, failed or "")
    return run_newest(arguments)


def _status(command: Sequence[str]) -> int:
    """Wait for the process to end; Ctrl+C is handled by the child."""
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
