"""A command that another program watches: it tells how far it is, and ends when it is told to.

The window runs its long commands so, in processes of their own. How far the work is goes to
standard error, a line of JSON each; the work ends at its next step, with nothing done, once
standard input has ended: because the watcher wants it, or because the watcher is no more.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable

from borderdesk.base.errors import OperationStopped

TELL_SECONDS = 0.05
"""Steps are told at most so often."""


def told_steps() -> Callable[[int, int], None]:
    """What the work tells its steps to: how many are done, of how many. It raises
    OperationStopped."""
    ended = threading.Event()

    def wait() -> None:
        # Not through sys.stdin: a reader that still waits would hold the end of the program up.
        while os.read(0, 1):
            pass
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    told = 0.0

    def step(done: int, whole: int) -> None:
        nonlocal told
        if ended.is_set():
            raise OperationStopped
        now = time.monotonic()
        if now - told >= TELL_SECONDS:
            told = now
            print(json.dumps([done, whole]), file=sys.stderr, flush=True)

    return step
