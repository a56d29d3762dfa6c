"""Files of a package that are plain for a moment: in memory while they are small, else nameless in
the desk's own folder, never in the system's, which other people of the computer may read."""

from pathlib import Path
from tempfile import SpooledTemporaryFile

IN_MEMORY = 4 << 20


def plain_spool(folder: Path) -> "SpooledTemporaryFile[bytes]":
    """A file that goes with the process, a killed one too; folder: the desk's."""
    return SpooledTemporaryFile(IN_MEMORY, dir=str(folder))
