"""Where things are: the shipped resources and a desk's folder."""

import datetime
import os
import re
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
MAIN = _PACKAGE.parent / "main.py"
RESOURCES = _PACKAGE.parent / "resources"
if (_PACKAGE / "resources").is_dir():
    # A wheel carries the repository's resources inside the package.
    RESOURCES = _PACKAGE / "resources"
MIGRATIONS = _PACKAGE / "store" / "migrations"

HOUSEKEEPING = re.compile(
    r"\$recycle\.bin|recycle[dr]|\.trash.*|\.trashed-.*|#recycle|lost\+found|lost\.dir|@eadir"
    r"|system volume information|\.spotlight-v100|\.fseventsd|\.temporaryitems|__macosx"
    r"|\.documentrevisions-v100|\.dropbox\.cache|\.stversions|\.stfolder|\.thumbnails"
    r"|\._.*|\.ds_store|\.apdisk|\.volumeicon\.icns|desktop\.ini|thumbs\.db|autorun\.inf"
    r"|found\.[0-9]{3}|\.directory|\.hidden|~\$.*|\..*\.part|.*\.lnk",
    re.IGNORECASE,
)
"""Files and folders that systems and programs put on a stick, recycle bins included."""


def program() -> list[str]:
    """The first words of a command line that runs this program in a child process."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    if MAIN.exists():
        return [sys.executable, str(MAIN)]
    return [sys.executable, "-m", "borderdesk"]


def program_cache(beside: Path) -> Path:
    """The folder for what is compiled once: `beside` the code in a repository, the person's own
    where the program is installed and may belong to somebody else."""
    if MAIN.with_name("run.py").exists():
        return beside
    if sys.platform == "win32":
        return _local_data() / "BorderDesk-cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "borderdesk"


def _local_data() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")


def default_desk() -> Path:
    """The folder of the desk when none is named: BORDERDESK_DIR, else the user's data folder."""
    desk_variable = os.environ.get("BORDERDESK_DIR")
    if desk_variable:
        return Path(desk_variable)
    return own_data() / "BorderDesk"


def own_data() -> Path:
    """The folder in which every program of the person has its own."""
    if sys.platform == "win32":
        return _local_data()
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def own_state() -> Path:
    """The folder in which the program remembers what it has seen on this machine, outside every
    desk."""
    if sys.platform == "win32":
        return _local_data() / "BorderDesk-state"
    try:
        return (
            Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
            / "borderdesk"
        )
    except RuntimeError:
        # A user without a home, as some services run by: nothing is remembered.
        return Path(os.devnull) / "borderdesk"


def real_path(path: Path) -> Path:
    """A path with its links resolved, as far as the system can: some Windows drives cannot report
    the target of a path, and links may form a cycle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def database_file(desk: Path) -> Path:
    """The path of the database in the folder of a desk."""
    return desk / "desk.db"


def desk_lock_file(desk: Path) -> Path:
    """The file that everything which works on a desk locks, see `store.connection.locks`."""
    return desk / "desk.lock"


def window_lock_file(desk: Path) -> Path:
    """The lock that the one window of a desk holds."""
    return desk / "window.lock"


def key_file(desk: Path) -> Path:
    """The path of the key ring in the folder of a desk; the file exists where the desk has a
    password."""
    return desk / "desk.keys"


def next_key_file(desk: Path) -> Path:
    """The key ring that takes the place of `key_file` once the database has it."""
    return desk / "desk.keys.next"


def migration_copies(desk: Path) -> Path:
    """The folder for the copy taken before an upgrade."""
    return backups_folder(desk)


def backups_folder(desk: Path) -> Path:
    """The folder of a desk's backups when no other is named."""
    return desk / "backups"


def is_there(path: Path) -> bool:
    """Whether a path exists; False where Python raises OSError, as on a stick pulled out or for a
    name that no disk can store."""
    try:
        return path.exists()
    except OSError:
        return False


def existing_part(path: Path) -> Path:
    """A path if it exists, else the nearest folder above it that does. Raises OSError."""
    return next(part for part in (path, *path.absolute().parents) if part.exists())


def is_folder_there(path: Path) -> bool:
    """Whether a path leads to a folder that can be reached now."""
    try:
        return path.is_dir()
    except OSError:
        return False


def new_folder(parent: Path, name: str) -> Path:
    """The path of a new folder below `parent`: name, day, and a number if that is taken."""
    stem = f"{name}-{datetime.datetime.now().astimezone():%Y-%m-%d}"
    free = (f"{stem}-{number}" for number in range(2, 10_000))
    folder = parent / stem
    while is_there(folder):
        folder = parent / next(free)
    return folder


PRACTICE = "-practice"
"""The suffix of the folder of a practice desk, beside the folder of the desk."""


def practice_folder(folder: Path) -> Path:
    """The folder of the practice desk beside a desk's."""
    return folder.with_name(f"{folder.name}{PRACTICE}")


def practised_folder(folder: Path) -> Path | None:
    """The folder of the desk that a practice desk lies beside; None where its name does not say."""
    name = folder.name.removesuffix(PRACTICE)
    return folder.with_name(name) if name and name != folder.name else None
