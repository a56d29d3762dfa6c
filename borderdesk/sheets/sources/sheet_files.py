"""The files that are meant by what a person names or drops: files, and folders of spreadsheets."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.paths import HOUSEKEEPING

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".xlsb"})
MOST_FILES = 500
_DIGITS = re.compile(r"(\d+)")


class SheetFiles(NamedTuple):
    """Spreadsheets; folders: how many folders inside those named were not looked into."""

    files: Sequence[Path]
    folders: int = 0


def sheet_files(paths: Iterable[Path]) -> SheetFiles:
    """Every file named, and the spreadsheets right inside each folder named. Raises UserError."""
    files: dict[Path, None] = {}
    folders = 0
    for path in paths:
        inside = _inside(path) if path.is_dir() else SheetFiles([path])
        files |= dict.fromkeys(inside.files)
        folders += inside.folders
    if len(files) > MOST_FILES:
        raise UserError(_("At most {most} files at once.").format(most=MOST_FILES))
    return SheetFiles(list(files), folders)


def _inside(folder: Path) -> SheetFiles:
    try:
        inside = files_inside(folder)
    except OSError as error:
        raise unreadable(folder, error) from None
    if not inside.files:
        words = _("There is no spreadsheet in {folder}.").format(folder=folder.name)
        raise UserError(" ".join([words, *folder_words(inside.folders)]))
    return inside


def files_inside(folder: Path) -> SheetFiles:
    """The spreadsheets right inside a folder, by name with numbers in their order (2 before 10);
    what a spreadsheet program has open (~$…), what systems put there and hidden files are left
    out. Raises OSError."""
    files, folders = [], 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or HOUSEKEEPING.fullmatch(entry.name):
                continue
            if entry.is_dir():
                folders += 1
            elif is_sheet_name(entry.name) and entry.is_file():
                files.append(folder / entry.name)
    return SheetFiles(sorted(files, key=_in_order), folders)


def is_sheet_name(name: str) -> bool:
    """Whether a file of this name may be a spreadsheet."""
    return Path(name).suffix.casefold() in SUFFIXES


def folder_words(count: int) -> list[str]:
    """That there are so many folders that were not looked into."""
    text = ngettext(
        "{count} folder inside was not read.", "{count} folders inside were not read.", count
    )
    return [text.format(count=format_number(count, language()))] if count else []


def _in_order(path: Path) -> list[tuple[int, str]]:
    """A key that sorts names with numbers in their order: 2 before 10."""
    parts = _DIGITS.split(path.name.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
