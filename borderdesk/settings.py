"""The settings of a desk: which there are, and what each may be."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from borderdesk.errors import UserError
from borderdesk.i18n import N_, _
from borderdesk.text import FORBIDDEN, nfc

ALWAYS = "0001-01-01"
"""The day a setting holds from when none is said."""


def _day_of_month(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,2}", text) is not None and int(text) <= 28


def is_day(text: str) -> bool:
    """Whether the text is a date written like 2023-12-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _line(text: str) -> bool:
    return 0 < len(text) <= 200 and not FORBIDDEN.search(text)


class Known(NamedTuple):
    """A setting: its words, what it may be, and what it is until somebody sets it."""

    label: str
    fits: Callable[[str], bool]
    initial: str
    hint: str


KNOWN: Mapping[str, Known] = {
    "cut_off_day": Known(
        N_("Cut-off day of the month (0: calendar months)"),
        _day_of_month, "0", N_("a day from 0 to 28"),
    ),
    "due_day": Known(
        N_("Day of the next month by which figures are sent"),
        _day_of_month, "5", N_("a day from 0 to 28"),
    ),
    "superior": Known(N_("Superior body on paper"), _line, "", N_("one line of text")),
    "issuer": Known(N_("Issuing body on paper"), _line, "", N_("one line of text")),
    "symbol": Known(N_("Symbol of documents"), _line, "", N_("one line of text")),
    "place_name": Known(N_("Place name on paper"), _line, "Lạng Sơn", N_("one line of text")),
}  # fmt: skip

SHIPPED: tuple[tuple[str, str, str], ...] = (
    ("superior", ALWAYS, "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
    ("superior", "2025-07-01", "BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
)
"""Dated issuer lines a new desk starts with: (key, valid from, value); see the handbook of
document rules (Nghị định 30/2020) for where they are printed."""


def checked(key: str, value: str) -> str:
    """The value of a setting as it is kept. Raises UserError for a key or value unknown."""
    known = KNOWN.get(key)
    if known is None:
        raise UserError(
            _("There is no setting “{key}”. Known: {known}").format(
                key=key[:40], known=", ".join(KNOWN)
            )
        )
    value = nfc(value).strip()
    if not known.fits(value):
        raise UserError(
            _("“{value}” does not fit the setting {key}: {hint}.").format(
                value=value[:40], key=key, hint=_(known.hint)
            )
        )
    return value
