"""Where things are: the shipped resources and a desk's folder."""

import os
import sys
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
MIGRATIONS = Path(__file__).resolve().parent / "db" / "migrations"


def default_desk() -> Path:
    """The folder of the desk when none is named: BORDERDESK_DIR, else the user's data folder."""
    named = os.environ.get("BORDERDESK_DIR")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "BorderDesk"


def database_file(desk: Path) -> Path:
    """The database of the desk kept in the folder `desk`."""
    return desk / "desk.db"


def migration_copies(desk: Path) -> Path:
    """The folder where the copy taken before an upgrade is kept."""
    return backups_folder(desk)


def backups_folder(desk: Path) -> Path:
    """The folder of a desk's backups when no other is named."""
    return desk / "backups"
