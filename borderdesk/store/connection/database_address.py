"""The URI of a database file for SQLite, and the paths of its log files."""

import sys
from pathlib import Path

WITHOUT_LOCKS = "win32-none" if sys.platform == "win32" else "unix-none"
"""The name of SQLite's file system without locks."""
LEAST_SHARED_MEMORY = 32 << 10
"""Bytes of the shared memory file of a log; a smaller one was created on a full disk."""


def has_log(database: Path) -> bool:
    """Whether the log of a database holds something."""
    log = Path(f"{database}-wal")
    return log.exists() and log.stat().st_size > 0


def has_bare_log(database: Path) -> bool:
    """Whether a non-empty log lacks its shared memory file, which SQLite would have to create to
    read it: where there may be no room, or no permission. Reading such a file without it locks
    writers out."""
    memory = Path(f"{database}-shm")
    return has_log(database) and not (
        memory.exists() and memory.stat().st_size >= LEAST_SHARED_MEMORY
    )


def database_address(path: Path) -> str:
    """The URI of a database file, for SQLite."""
    address = path.absolute().as_uri()
    if not address.startswith("file:///"):
        # A shared folder of Windows: SQLite knows no host but this machine.
        address = address.replace("file://", "file:////", 1)
    return address
