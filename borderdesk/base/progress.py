"""The progress of long jobs, and how a command reports it to the program that runs it.

The window runs long commands in child processes. Such a command writes its progress to standard
error as lines of JSON, [done, total], and cancels at its next step once standard input has ended,
because the parent closed it or died.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable

from borderdesk.base.errors import OperationStopped

Progress = Callable[[int, int], None]
"""A callback (done, total) of a long job; it may raise OperationStopped to cancel the job."""

REPORT_INTERVAL = 0.05
"""Least seconds between two reports."""


def no_progress(_done: int, _total: int) -> None:
    """The callback of a job without progress display."""


def watcher_progress() -> Progress:
    """A callback that reports to the parent process, and raises OperationStopped when that has
    closed standard input."""
    ended = threading.Event()

    def wait() -> None:
        # Not through sys.stdin, whose lock a blocked reader would hold at interpreter exit.
        while os.read(0, 1):
            pass
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    reported = 0.0

    def report(done: int, total: int) -> None:
        nonlocal reported
        if ended.is_set():
            raise OperationStopped
        now = time.monotonic()
        if now - reported >= REPORT_INTERVAL:
            reported = now
            print(json.dumps([done, total]), file=sys.stderr, flush=True)

    return report
