"""What the numeric kinds share: digits grouped by threes, and bounds."""

import datetime
import re

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, in_every_language, language
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.schema.kinds.field import FieldError

COUNT_MOST, MONEY_MOST = 2 * 10**9, 10**12
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+$")


def without_groups(digits: str) -> str:
    """The digits without the marks that group them by threes: 1.200 is 1200."""
    return re.sub("[. ]", "", digits) if _GROUPED.match(digits) else digits


_MIXED = re.compile(r"\d\.\d+ \d|\d \d+\.\d")
_ZERO_DECIMALS = re.compile(r"(-?\d+)\.0{1,2}\Z")
_WORDS_BEHIND = re.compile(r"\s*[^\W\d_]+(?: [^\W\d_]+)*\.?\Z")


def number_text(cell: CellValue, unit: str, wrong: FieldError) -> str:
    """A cell's number as it would be typed: 40.0 is 40, 0.5 is 0,5; the unit behind it goes.

    unit: English key; raises `wrong` for a date and for marks of two kinds.
    """
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        raise FieldError(_("The cell holds a date or a time, not a number."))
    text = cell_text(cell)
    if not isinstance(cell, str):
        return text
    behind = _WORDS_BEHIND.search(text)
    if unit and behind and fold(behind[0]).strip(" .") in map(fold, in_every_language(unit)):
        text = text[: behind.start()]
    if _MIXED.search(text):
        raise wrong
    whole = _ZERO_DECIMALS.match(text)
    if whole:
        return whole[1]
    return text.replace(".", ",", 1) if re.match(r"-?0\.\d+\Z", text) else text


def out_of_range(least: int, most: int) -> FieldError:
    """The error for a number beyond its bounds."""
    return FieldError(
        _("Must be from {least} to {most}.").format(
            least=format_number(least, language()), most=format_number(most, language())
        )
    )
