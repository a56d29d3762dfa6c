"""Guesses the record type of a list by its headings, its titles and its name."""

from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import in_every_language
from borderdesk.base.text import fold
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.sheets.columns.shared_columns import parts_of
from borderdesk.sheets.columns.sheet_columns import sheet_columns
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.sources.decoding import SheetText
from borderdesk.sheets.sources.workbook_source import open_head, open_sheet

NAMED, CLEAR = 2, 1
"""A title that names the type counts as so many headings; so many more than any other are clear."""
MOST_OFFERED = 5


class LikelyType(NamedTuple):
    """A record type and how many headings speak for it."""

    type_name: str
    known: int


def likely_types(session: Session, path: Path) -> list[LikelyType]:
    """The types that the list in a file may be of, the likeliest first. Raises UserError for a file
    that cannot be read, or where no type knows its headings."""
    text = SheetText(open_head(path) or open_sheet(path))
    candidates: list[LikelyType] = []
    failed: UserError | None = None
    for name in ALL_TYPES:
        try:
            table = SheetTable(text, sheet_columns(session, name))
        except UserError as error:
            failed = failed or error
            continue
        known_parts = {
            part for column in table.columns if column.key for part in parts_of(column.key)
        }
        titles = fold(" ".join([*table.titles(), path.stem]))
        is_in_title = any(fold(label) in titles for label in _names_of(name))
        candidates.append(LikelyType(name, len(known_parts) + NAMED * is_in_title))
    if not candidates and failed is not None:
        raise failed
    return sorted(candidates, key=lambda candidate: -candidate.known)[:MOST_OFFERED]


def clear_type(candidates: list[LikelyType]) -> str | None:
    """The one type that a list fits; None if a person must choose."""
    if not candidates or (
        len(candidates) > 1 and candidates[0].known < candidates[1].known + CLEAR
    ):
        return None
    return candidates[0].type_name


def likelier_type(session: Session, path: Path, type_name: str) -> str | None:
    """The other type that a list is of, where that is clear; None for a file that cannot be read,
    too."""
    try:
        clear = clear_type(likely_types(session, path))
    except UserError:
        return None
    return clear if clear != type_name else None


def _names_of(type_name: str) -> list[str]:
    """The names of a type, split into parts: Phát quang, tu sửa."""
    titles = in_every_language(ALL_TYPES[type_name].title)
    return [part.strip() for title in titles for part in title.split(",")]
