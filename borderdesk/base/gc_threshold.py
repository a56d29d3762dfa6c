"""The threshold of Python's garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

GC_THRESHOLD = 1_000_000
"""Allocations between two runs of the garbage collector while records pass by the thousand."""


@contextmanager
def raised_gc_threshold() -> Iterator[None]:
    """Raise the GC threshold while records come or go in bulk: they hold no reference cycles, and
    every collection would traverse all that are held so far, a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
