"""The quick check of a database: the structure of pages and tables, not the content of rows."""

from borderdesk.store.connection.database import (
    DATABASE_ERRORS,
    Store,
    has_corrupt_code,
    is_damage,
    page_faults,
)

SMALL_BYTES = 16 << 20
"""The size of a file that is checked in 90 ms; larger ones are checked in the background alone."""


def is_small(store: Store) -> bool:
    """Whether the check costs little enough for every opening."""
    try:
        return store.path.stat().st_size <= SMALL_BYTES
    except OSError:
        return False


def hangs_together(store: Store) -> bool:
    """Whether the quick check finds no fault. Raises the error of a disk or a lock, which leaves
    the result unknown."""
    try:
        return not any(page_faults(store, "PRAGMA quick_check(1)"))
    except DATABASE_ERRORS as error:
        if has_corrupt_code(error) or is_damage(error):
            return False
        raise
