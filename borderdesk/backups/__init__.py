"""Backups of a desk, each proven by restoring it.

`desk.backups` (`backups.Backups`):
  make(folder=None, *, automatic=False, progress=None) -> Backup   in the desk's folder without one
  all() -> every backup tried, newest first; newest() -> the newest proven one that is there
  standing(now) -> Standing(state, newest, written_since)           for the light
  due(now) -> whether one is to be made now by itself
  Backup(file, made, size, records, revisions, totals_hash, automatic, failed), .there()
`restore(file, into, progress=None, *, key=None) -> Restored`: a desk in a new folder from a file.
progress is told (done, of how many) and may raise `Stopped`; nothing is left behind then.
Preferences: `AUTOMATIC` ("1" unless it was switched off), `LAST_FOLDER`.

A backup is a whole copy of the desk's SQLite file, encrypted where the desk is, and a line behind
it (`seal`) by which a single altered byte is noticed; any SQLite program opens it.
"""

from borderdesk.backups.backups import (
    AUTOMATIC,
    LAST_FOLDER,
    Backup,
    Backups,
    Standing,
    restore,
)
from borderdesk.backups.restoring import Restored

__all__ = ["AUTOMATIC", "LAST_FOLDER", "Backup", "Backups", "Restored", "Standing", "restore"]
