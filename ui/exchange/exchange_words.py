"""How the exchange page writes periods, times and what became of a file."""

import datetime
import re

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_moment
from borderdesk.base.i18n import N_
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.exchange.imports import IMPORTED, QUARANTINED, UNCHANGED

EXPECTED = {
    IMPORTED: N_("✓ to take in"),
    UNCHANGED: N_("= nothing new"),
    QUARANTINED: N_("◔ waits for a card"),
}
TAKEN = {
    IMPORTED: N_("✓ taken in"),
    UNCHANGED: N_("= nothing new"),
    QUARANTINED: N_("◔ waits for a card"),
}
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LOCKED, REFUSED = N_("◈ needs its passphrase"), N_("✗ refused")


def month_text(month: Period) -> str:
    """A month in few letters: 12/2023."""
    return f"{month.number:02d}/{month.year}"


def period_label(desk: Desk, text: str) -> str:
    """A package's period in few letters: 12/2023 for a month, else in words."""
    if _MONTH.fullmatch(text):
        return f"{text[5:]}/{text[:4]}"
    try:
        period = desk.calendar().parse(text)
    except UserError:
        return text
    return period.title


def moment_text(time: str, today: datetime.date) -> str:
    """A time of the store, UTC, as people here say it."""
    return show_moment(datetime.datetime.fromisoformat(time).astimezone(), today)
