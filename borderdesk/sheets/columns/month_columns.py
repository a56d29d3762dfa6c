"""Lists with a column for each month: their figures have no day, and are no records."""

import re
from collections.abc import Iterable

from borderdesk.base.i18n import N_
from borderdesk.base.text import fold

_MONTH = re.compile(
    r"(?:thang|thg\.?|th\.?|t\.?)\s*(0?[1-9]|1[0-2])(?:\s*(?:[/.\-]|nam)\s*(?:20)?\d\d)?\Z"
)
_SUNDAY = frozenset({"cn", "chu nhat"})
"""Beside it T2 is a Monday."""
FEWEST_MONTHS = 3
MONTHS_ACROSS = N_(
    "The list has a column for each month ({names}, …), and a record has a day. Write each piece of"
    " work in a row of its own, with its day."
)


def months_across(texts: Iterable[str]) -> list[str]:
    """Those texts of a row that head a column of one month each; none where they are too few."""
    folded = {text: fold(text).strip() for text in texts if text and len(text) < 30}
    months = {text: match[1] for text, words in folded.items() if (match := _MONTH.match(words))}
    if len(set(months.values())) < FEWEST_MONTHS or not _SUNDAY.isdisjoint(folded.values()):
        return []
    return list(months)
