"""Temporary files with unencrypted content of packages: in memory while small, else unnamed in the
desk's own folder, never in the system's temporary folder, which other users may read."""

from pathlib import Path
from tempfile import SpooledTemporaryFile

IN_MEMORY = 4 << 20


def plain_spool(folder: Path) -> "SpooledTemporaryFile[bytes]":
    """A temporary file removed with the process, even a killed one; folder: the desk's."""
    return SpooledTemporaryFile(IN_MEMORY, dir=str(folder))
