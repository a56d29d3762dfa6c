"""Reads the input of commands: files, pipes, and lines that arrive while earlier ones are saved."""

import os
import queue
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _

ACKNOWLEDGE_SECONDS = 0.05
BATCH_LINES = 500
LINES_AHEAD = 2_000

T = TypeVar("T")


MOST_BYTES = 1 << 30
"""The limit of the size of input files."""


def in_groups(lines: Iterator[T]) -> Iterator[list[T]]:
    """The lines in groups to be committed together: those that have arrived, up to BATCH_LINES, so
    that each is acknowledged soon."""
    waiting: queue.Queue[T | _EndOfInput] = queue.Queue(LINES_AHEAD)

    def read() -> None:
        try:
            for line in lines:
                waiting.put(line)
            waiting.put(_EndOfInput(None))
        except BaseException as error:
            waiting.put(_EndOfInput(error))

    try:
        threading.Thread(target=read, daemon=True).start()
    except RuntimeError:
        # The system gives no stack to a new thread.
        raise MemoryError from None
    end: _EndOfInput | None = None
    while end is None:
        group, end = _next_group(waiting)
        if group:
            yield group
    if end.error is not None:
        raise end.error


class _EndOfInput(NamedTuple):
    """Marks the end of the input in the queue, or the error that ended it."""

    error: BaseException | None


def _next_group(waiting: "queue.Queue[T | _EndOfInput]") -> tuple[list[T], _EndOfInput | None]:
    """Wait for a line, then take those that are already in the queue."""
    group: list[T] = []
    until = 0.0
    while len(group) < BATCH_LINES:
        if group and time.monotonic() >= until:
            break
        try:
            line = waiting.get(block=not group)
        except queue.Empty:
            break
        if isinstance(line, _EndOfInput):
            return group, line
        if not group:
            until = time.monotonic() + ACKNOWLEDGE_SECONDS
        group.append(line)
    return group, None


@contextmanager
def opened_input(path: Path | None) -> Iterator[IO[bytes]]:
    """Open the file to read, or standard input without one. Raises UserError."""
    if path is None:
        if sys.stdin is None:
            raise UserError(_("There is nothing to read: name a file."))
        yield sys.stdin.buffer
        return
    try:
        file = readable_file(path, MOST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        yield file


def is_regular_file(stream: IO[bytes]) -> bool:
    """Whether the stream is a regular file, so that it is complete, unlike a pipe."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False
