"""The mark of a damaged desk: a file beside the database, which bars all writing to it.

The mark is a small file, since the database itself cannot be trusted to store it. It has the time
of the finding and the number of faults, and no data of the desk; a full check without faults
removes it.
"""

import contextlib
import datetime
import json
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import DamagedFile, UserError
from borderdesk.base.files import own_content, write_atomically
from borderdesk.base.formats import format_date
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.schema.revisions import local_date, utc_stamp

MARK = "damaged.json"
MOST_BYTES = 4_096


class DamageNote(NamedTuple):
    """When a desk was found damaged (UTC), and how many faults were found."""

    found: str
    faults: int


class DamagedDesk(DamagedFile):
    """The desk is damaged: read-only for everybody."""

    def __init__(self, damage: DamageNote) -> None:
        self.damage = damage
        try:
            day = local_date(damage.found)
        except ValueError:
            day = datetime.datetime.now().astimezone().date()
        super().__init__(
            _(
                "The desk's file is damaged (found on {day}, faults: {count}). It is only read from"
                " now on; nothing is written to it. Restore the newest proven backup into a new"
                " folder, or save with “salvage” what can still be read."
            ).format(day=format_date(day), count=damage.faults)
        )


def noted_damage(folder: Path) -> DamageNote | None:
    """The damage that a desk is marked with."""
    try:
        content = own_content(folder / MARK, MOST_BYTES)
    except OSError:
        return None
    try:
        stored = json.loads(content)
        return DamageNote(str(stored["found"]), int(stored["faults"]))
    except (ValueError, TypeError, KeyError):
        # An unreadable mark still shows that the desk was found damaged.
        return DamageNote("", 1)


def is_damaged(folder: Path) -> bool:
    """Whether a desk is marked as damaged."""
    return noted_damage(folder) is not None


def note_damage(folder: Path, faults: int) -> DamageNote:
    """Mark a desk as damaged, with the first findings."""
    noted_damage_text = noted_damage(folder)
    if noted_damage_text is not None:
        return noted_damage_text
    damage = DamageNote(utc_stamp(), max(faults, 1))
    # If the mark cannot be written, other processes cannot write to this disk either.
    with contextlib.suppress(UserError):
        write_atomically(folder / MARK, json.dumps(damage._asdict()).encode())
    return damage


def clear_damage(folder: Path) -> None:
    """Take the mark away: the full check found nothing."""
    with contextlib.suppress(OSError):
        remove_file(folder / MARK)
