"""Finds updates on the sticks that are plugged in and in the shared folder."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.versions import is_installed, is_newer
from borderdesk.updates.update_file import SUFFIX, UpdateFile, read_update, trusted_key
from borderdesk.updates.updating import require_updatable

MOST_LOOKED_AT = 200
"""The limit of entries of a folder to search; an update is at the top of a stick."""


class FoundUpdates(NamedTuple):
    """The newest update that can be installed, and files that are refused: {file: why}."""

    offer: UpdateFile | None
    refused: dict[Path, str]


def takes_updates() -> bool:
    """Whether this program takes updates at all: it was installed, and trusts a key."""
    return is_installed() and trusted_key() is not None


def find_updates(folders: Iterable[Path]) -> FoundUpdates:
    """Look for updates at the top of folders. Older ones and those of other systems are ignored;
    damaged or unsigned ones are reported. May wait for a slow drive."""
    offer: UpdateFile | None = None
    refused: dict[Path, str] = {}
    for path in _files(folders):
        try:
            update = read_update(path)
        except UserError as error:
            refused[path] = str(error)
            continue
        if not _is_of_use(update):
            continue
        if offer is None or is_newer(update.version, offer.version):
            offer = update
    return FoundUpdates(offer, refused)


def _is_of_use(update: UpdateFile) -> bool:
    try:
        require_updatable(update)
    except UserError:
        return False
    return True


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            entries = list(islice(folder.iterdir(), MOST_LOOKED_AT))
        except OSError:
            continue
        for path in sorted(entries):
            if path.suffix.lower() == SUFFIX and not path.name.startswith("._"):
                yield path
