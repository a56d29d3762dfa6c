"""The large desk that is measured, created once, and writable copies of it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from borderdesk.base.paths import database_file
from borderdesk.demo import make_demo
from tests.bench.multiplied_desk import multiply

MULTIPLIED = 1_000_000
"""A larger desk is multiplied from one of this size."""


def default_folder(records: int) -> Path:
    """The folder that keeps a desk of that many records for later runs."""
    return Path(tempfile.gettempdir()) / f"borderdesk-bench-{records}"


def ready(folder: Path, records: int) -> Path:
    """The folder with its desk, created if missing."""
    if not database_file(folder).exists():
        making = folder.with_name(f"{folder.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        times, rest = divmod(records, MULTIPLIED)
        if times > 1 and not rest:
            multiply(ready(default_folder(MULTIPLIED), MULTIPLIED), making, times, _progress)
        else:
            make_demo(making, records=records, progress=_progress)
        folder.parent.mkdir(parents=True, exist_ok=True)
        making.rename(folder)
    return folder


def _progress(done: int, total: int) -> None:
    if done % 50_000 == 0:
        print(f"making the desk: {done} of {total}", file=sys.stderr, flush=True)


def copied(folder: Path, target: Path) -> Path:
    """A copy of a closed desk, sharing disk blocks where the file system can."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    source, copy = database_file(folder), database_file(target)
    if shutil.which("cp") and sys.platform == "linux":
        subprocess.run(["cp", "--reflink=auto", str(source), str(copy)], check=True)
    else:
        shutil.copyfile(source, copy)
    return target
