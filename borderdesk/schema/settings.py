"""The settings of a desk: which there are, and what each may be.

A list (addressees, recipients) is one value, its entries a line each or parted by semicolons.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.text import FORBIDDEN, fold, nfc

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


def entries(value: str) -> list[str]:
    """The entries of a value that is a list."""
    return [part.strip() for part in re.split(r"[;\n]", value) if part.strip()]


def _list(text: str) -> bool:
    return bool(entries(text)) and all(map(_line, entries(text)))


TEMPLATES = {
    "government": "government",
    "nha nuoc": "government",
    "party": "party",
    "dang": "party",
}
"""Folded words for the two heads of paper."""

Paper = Literal["A4", "A3"]
PAPERS: Mapping[str, Paper] = {"a4": "A4", "a3": "A3"}
"""Folded words for the paper of what lies across; what is signed stands upright on A4."""

AT_HOME = frozenset({"paper"})
"""Settings that go with the machine (its printer), and into no set-up file for others."""
COMMON = frozenset({"cut_off_day", "due_day"})
"""Settings that every desk has from the province; what stands on paper is each desk's own."""

YES, NO = frozenset({"1", "co", "yes"}), frozenset({"0", "khong", "no"})
"""Folded words for yes and no."""

MODES = ("TM.", "Q.", "KT.", "TL.", "TUQ.")
"""How somebody signs who does not sign for his own office (Nghị định 30/2020, PL I, II.7.b)."""


def _yes_or_no(text: str) -> bool:
    return fold(text) in YES | NO


def is_yes(value: str) -> bool:
    """Whether a yes-or-no value is yes."""
    return fold(value) in YES


def _template(text: str) -> bool:
    return fold(text) in TEMPLATES


def _paper(text: str) -> bool:
    return fold(text) in PAPERS


def mode_of(value: str) -> str:
    """One of MODES, or "" for somebody who signs for his own office."""
    mode = f"{value.strip().rstrip('.').upper()}."
    return mode if mode in MODES else ""


def _mode(text: str) -> bool:
    return bool(mode_of(text)) or fold(text) in NO


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
    "template": Known(
        N_("Head of documents"), _template, "government", N_("“government” or “party”"),
    ),
    "superior": Known(N_("Superior body on paper"), _line, "", N_("one line of text")),
    "issuer": Known(N_("Issuing body on paper"), _line, "", N_("one line of text")),
    "symbol": Known(
        N_("Symbol of documents"), _line, "", N_("the letters of the issuing body: ĐBPBS"),
    ),
    "place_name": Known(N_("Place name on paper"), _line, "Lạng Sơn", N_("one line of text")),
    "addressees": Known(
        N_("Addressed to (Kính gửi)"), _list, "", N_("names parted by semicolons"),
    ),
    "signer_mode": Known(
        N_("Signs on behalf"), _mode, "0", N_("TM., Q., KT., TL., TUQ., or 0 for none of them"),
    ),
    "signs_for": Known(
        N_("Signs on behalf of whom"), _line, "", N_("the head's office, or the collective"),
    ),
    "signer_office": Known(N_("Office of the signer"), _line, "", N_("one line of text")),
    "signer_rank": Known(N_("Rank of the signer"), _line, "", N_("one line of text")),
    "signer_name": Known(N_("Name of the signer"), _line, "", N_("one line of text")),
    "show_rank": Known(
        N_("Rank before the signer's name"), _yes_or_no, "1", N_("1 for yes, 0 for no"),
    ),
    "recipients": Known(
        N_("Recipients (Nơi nhận)"), _list, "", N_("names parted by semicolons"),
    ),
    "archive": Known(
        N_("Kept by (Lưu)"), _line, "VT",
        N_("letters of the office and the drafting unit: VT, VĐQC"),
    ),
    "circulation": Known(
        N_("Box “for internal use” on paper"), _yes_or_no, "0", N_("1 for yes, 0 for no"),
    ),
    "paper": Known(
        N_("Paper of registers and tables that lie across"), _paper, "A4", N_("A4 or A3"),
    ),
}  # fmt: skip

_PROVINCE = (
    (ALWAYS, "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
    ("2025-07-01", "BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
)


def shipped(role: str) -> list[tuple[str, str, str]]:
    """Dated issuer lines a new desk starts with: (key, valid from, value).

    The province's body is the superior of the others, and issues by itself; whom it stands
    under has to be set.
    """
    key = "issuer" if role == "province" else "superior"
    return [(key, valid_from, name) for valid_from, name in _PROVINCE]


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


def handed_on(key: str, role: str) -> str | None:
    """What a setting of the province is to a desk of `role` that applies its set-up file, None
    for what is no business of others: the body that issues there is the superior of the rest."""
    if role == "province":
        return key
    return "superior" if key == "issuer" else key if key in COMMON else None
