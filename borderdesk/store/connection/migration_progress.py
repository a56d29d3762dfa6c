"""The progress of an upgrade: long migrations report their share to a listener."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from borderdesk.base.progress import Progress, no_progress

STEPS = 1_000
"""So many steps a migration is of the whole."""
_LISTENER: ContextVar[Progress] = ContextVar("migration progress", default=no_progress)


def report(done: int, total: int) -> None:
    """Report how far the migration that runs is."""
    _LISTENER.get()(done, total)


@contextmanager
def listening(progress: Progress, place: int, count: int) -> Iterator[None]:
    """Pass on what the migration at a place, from 0, of so many reports, as a share of all."""

    def share(done: int, total: int) -> None:
        progress(place * STEPS + STEPS * done // max(total, 1), count * STEPS)

    token = _LISTENER.set(share)
    try:
        share(0, 1)
        yield
    finally:
        _LISTENER.reset(token)
