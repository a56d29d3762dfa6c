"""What the numeric kinds share: digits grouped by threes, and bounds."""

import re

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.schema.kinds.field import FieldError

COUNT_MOST, MONEY_MOST = 2 * 10**9, 10**12
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+$")


def without_groups(digits: str) -> str:
    """The digits without the marks that group them by threes: 1.200 is 1200."""
    return re.sub("[. ]", "", digits) if _GROUPED.match(digits) else digits


def out_of_range(least: int, most: int) -> FieldError:
    """The error for a number beyond its bounds."""
    return FieldError(
        _("Must be from {least} to {most}.").format(
            least=format_number(least, language()), most=format_number(most, language())
        )
    )
