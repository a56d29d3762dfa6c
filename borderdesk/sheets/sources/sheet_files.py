"""The files that are meant by what a person names or drops: files, and folders of spreadsheets."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.i18n import _

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".xlsb"})
MOST_FILES = 500
_DIGITS = re.compile(r"(\d+)")


def sheet_files(paths: Iterable[Path]) -> list[Path]:
    """Every file named, and the spreadsheets right inside each folder named, by name with numbers
    in their order (2 before 10); what a spreadsheet program has open (~$…) and hidden files are
    left out of folders. Raises UserError."""
    files: dict[Path, None] = {}
    for path in paths:
        files |= dict.fromkeys(_inside(path) if path.is_dir() else [path])
    if len(files) > MOST_FILES:
        raise UserError(_("At most {most} files at once.").format(most=MOST_FILES))
    return list(files)


def _inside(folder: Path) -> Sequence[Path]:
    try:
        inside = [
            path
            for path in folder.iterdir()
            if path.suffix.casefold() in SUFFIXES
            and not path.name.startswith(("~$", ".~lock", "."))
            and path.is_file()
        ]
    except OSError as error:
        raise unreadable(folder, error) from None
    if not inside:
        raise UserError(_("There is no spreadsheet in {folder}.").format(folder=folder.name))
    return sorted(inside, key=in_order)


def in_order(path: Path) -> list[tuple[int, str]]:
    """A key that sorts names with numbers in their order: 2 before 10."""
    parts = _DIGITS.split(path.name.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
