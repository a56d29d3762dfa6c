"""Validates the tables of a package that are read whole: review notes, erasures, places."""

from borderdesk.base.periods import is_day
from borderdesk.base.reasons import REASON_LIMIT
from borderdesk.base.spreadsheets import unguarded
from borderdesk.exchange.entries.review_notes import is_sound_note
from borderdesk.exchange.format.package_cells import ReferenceCodes
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.text_forms import (
    DESK_ID,
    MAX_AUTHOR,
    PICK_CODE,
    TIME,
    UNIT_CODE,
    is_line,
    is_short,
)
from borderdesk.schema.kinds import is_uuid
from borderdesk.schema.records import ALL_TYPES

_UNIT_KINDS = ("commune", "district", "province")
_BORDER = ("", "true", "false")


def checked_note(cells: list[str]) -> tuple[str, ...]:
    """The row of a review note, its typed texts unguarded. Raises PackageError."""
    note, type_name, record, text, author, desk, time, reply_to = cells
    text, author = unguarded(text), unguarded(author)
    identified = is_uuid(note) and is_uuid(record) and (not reply_to or is_uuid(reply_to))
    signed = DESK_ID.fullmatch(desk) and TIME.fullmatch(time) and is_line(author, MAX_AUTHOR)
    if not identified or type_name not in ALL_TYPES or not signed or not is_sound_note(text):
        raise damaged_package()
    return note, type_name, record, text, author, desk, time, reply_to


def checked_erasure(cells: list[str]) -> tuple[str, str, str, str]:
    """The row of an erasure: record, reason, desk, time. Raises PackageError."""
    record, why, desk, time = cells
    why = unguarded(why)
    signed = DESK_ID.fullmatch(desk) and TIME.fullmatch(time)
    if not is_uuid(record) or not signed or not is_line(why, REASON_LIMIT):
        raise damaged_package()
    return record, why, desk, time


def checked_places(rows: list[tuple[str, ...]]) -> ReferenceCodes:
    """The codes that records of a package may name, from its places. Raises PackageError."""
    units, posts, picks = set(), set(), set()
    for kind, group, code, name, unit_code, parent, border, first, last in rows:
        texts = (name, unit_code, parent)
        dated = (not first or is_day(first)) and (not last or is_day(last))
        if not all(is_short(text) for text in texts) or not dated or border not in _BORDER:
            raise damaged_package()
        if kind == "unit" and UNIT_CODE.fullmatch(code) and group in ("", *_UNIT_KINDS):
            units.add(code)
        elif kind == "post" and UNIT_CODE.fullmatch(code) and not group:
            posts.add(code)
        elif kind == "pick" and PICK_CODE.fullmatch(code) and PICK_CODE.fullmatch(group):
            picks.add((group, code))
        else:
            raise damaged_package()
    return ReferenceCodes(units, posts, picks, {})
