"""Cells of spreadsheets: their values, and texts that would be read as formulas."""

import datetime
import re

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "'")
COMMA, SEMICOLON = ",", ";"
"""The separators of CSV cells; a semicolon where numbers have a decimal comma."""

BOM = "\ufeff"
"""The first sign of a CSV file, by which spreadsheet programs know UTF-8."""

GUARD = "'"
"""Put before a text that a spreadsheet would take for a formula; `unguarded` takes it off."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return GUARD + text if text.startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(FORMULA_SIGNS) else text


CellValue = str | float | bool | datetime.date | datetime.time | datetime.timedelta
"""A cell's cached value: "" for an empty one, every number a float, a date in the file's date
type."""

_UNSEEN = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_SPACES = re.compile("[ \t\x0b\xa0\u2000-\u200a\u202f\u3000]+")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x0c\x85]")
_LARGEST_EXACT = 1e15


def cell_text(cell: CellValue) -> str:
    """The text of a cell: invisible characters dropped, one kind of space and line end; a whole
    number without decimals, others with a decimal comma; a date as 31/12/2023."""
    if isinstance(cell, str):
        # Nothing unseen and no other space is printable.
        if cell.isprintable() and "  " not in cell:
            return cell.strip()
        text = _LINE_ENDS.sub("\n", cell)
        return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        whole = abs(cell) < _LARGEST_EXACT and cell == int(cell)
        return str(int(cell)) if whole else repr(float(cell)).replace(".", ",")
    if isinstance(cell, datetime.date):
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
    return str(cell)
