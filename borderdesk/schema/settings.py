"""The settings of a desk, each with its rules.

A list (addressees, recipients) is one value, its entries on a line each or separated by semicolons.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import peewee as pw

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import is_day
from borderdesk.base.text import FORBIDDEN, fold, without_unseen
from borderdesk.schema.reference.columns import ChoiceColumn, DayColumn, TextColumn
from borderdesk.schema.reference.table import Cells, EditableTable
from borderdesk.schema.unit_history import EARLIEST

ALWAYS = EARLIEST
"""The day a setting holds from where none is given."""


def _day_of_month(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,2}", text) is not None and int(text) <= 28


def _day(text: str) -> bool:
    return is_day(text) and "2000-01-01" <= text <= "2200-12-31"


def _line(text: str) -> bool:
    return 0 < len(text) <= 200 and not FORBIDDEN.search(text)


def entries(value: str) -> list[str]:
    """The entries of a value that is a list."""
    return [part.strip() for part in re.split(r"[;\n]", value) if part.strip()]


def _list(text: str) -> bool:
    return bool(entries(text)) and all(map(_line, entries(text)))


WORKED = "+"
"""Before a day of `DAYS_OFF` that is worked."""


def _days(text: str) -> bool:
    return all(_day(entry.removeprefix(WORKED)) for entry in entries(text))


_TYPED_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\Z")


def _stored_day(typed: str) -> str:
    """31/1/2023 → 2023-01-31; any other text as it is."""
    worked = WORKED if typed.startswith(WORKED) else ""
    day = _TYPED_DAY.match(typed.removeprefix(WORKED).strip())
    return f"{worked}{day[3]}-{day[2]:0>2}-{day[1]:0>2}" if day else typed


def _shown_day(stored: str) -> str:
    worked, day = (WORKED, stored[1:]) if stored.startswith(WORKED) else ("", stored)
    return worked + format_date(datetime.date.fromisoformat(day)) if is_day(day) else stored


TEMPLATES = {
    "government": "government",
    "nha nuoc": "government",
    "party": "party",
    "dang": "party",
}
"""Folded words for the two heads of paper."""

Paper = Literal["A4", "A3"]
PAPERS: Mapping[str, Paper] = {"a4": "A4", "a3": "A3"}
"""{folded word: paper size} of landscape pages; signed pages are always upright on A4."""

YES, NO = frozenset({"1", "co", "yes"}), frozenset({"0", "khong", "no"})
"""Folded words for yes and no."""

MODES = ("TM.", "Q.", "KT.", "TL.", "TUQ.")
"""The signing modes of a person who does not sign for his own office (Nghị định 30/2020, PL I,
II.7.b)."""


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
    """One of MODES, or "" for a signer of his own office."""
    mode = f"{value.strip().rstrip('.').upper()}."
    return mode if mode in MODES else ""


def _mode(text: str) -> bool:
    return bool(mode_of(text)) or fold(text) in NO


def is_folder(text: str) -> bool:
    """Whether a text is the whole path of a folder, on this system."""
    return _line(text) and Path(text).is_absolute()


class SettingRule(NamedTuple):
    """A setting: its label, its rule, and its initial value.

    below: the key of the setting that receives the value on a desk below the province, when that
    applies the province's set-up file; "" for a setting of each desk's own. at_home: it belongs to
    the machine (its printer) and is not exported to set-up files; draws: figures depend on it;
    shipped: the dated values of a new desk; choices: {value: English key} of the choices, any text
    without them; lines: a list, an entry a line; dated: its entries are days; heading: its group
    in the form (English key).
    """

    label: str
    fits: Callable[[str], bool]
    initial: str
    hint: str
    below: str = ""
    at_home: bool = False
    draws: bool = False
    shipped: tuple[tuple[str, str], ...] = ()
    choices: Mapping[str, str] = {}
    lines: bool = False
    dated: bool = False
    heading: str = N_("Head and foot of papers")


PERIODS, SIGNER, MACHINE = N_("Periods"), N_("Signer"), N_("This computer")
YES_OR_NO = {"1": N_("Yes"), "0": N_("No")}


COMPLETE_FROM = "complete_from"
"""The setting with the day from which the records of a desk are complete."""

DAYS_OFF = "days_off"
"""The setting of free and worked days that deviate from the shipped table of holidays."""

WIDE_PAPER = "paper"
"""The setting of the paper size of landscape pages."""

EXCHANGE_FOLDER = "exchange_folder"
"""The setting of the folder that is used in place of a stick."""

SETTINGS: Mapping[str, SettingRule] = {
    "cut_off_day": SettingRule(
        N_("Cut-off day of the month (0: calendar months)"),
        _day_of_month,
        "0",
        N_("a day from 0 to 28"),
        below="cut_off_day",
        draws=True,
        heading=PERIODS,
    ),
    "due_day": SettingRule(
        N_("Day of the next month by which figures are sent"),
        _day_of_month,
        "5",
        N_("a day from 0 to 28"),
        below="due_day",
        heading=PERIODS,
    ),
    COMPLETE_FROM: SettingRule(
        N_("Records complete since (periods before are not compared)"),
        _day,
        "",
        N_("a day like 31/12/2022"),
        draws=True,
        dated=True,
        heading=PERIODS,
    ),
    DAYS_OFF: SettingRule(
        N_("Public holidays besides those known (+ for a day that is worked)"),
        _days,
        "",
        N_("days like 03/09/2027 parted by semicolons, + before one that is worked"),
        below=DAYS_OFF,
        lines=True,
        dated=True,
        heading=PERIODS,
    ),
    "template": SettingRule(
        N_("Head of documents"),
        _template,
        "government",
        N_("“government” or “party”"),
        choices={"government": N_("of the State"), "party": N_("of the Party")},
    ),
    "superior": SettingRule(N_("Superior body on paper"), _line, "", N_("one line of text")),
    "issuer": SettingRule(
        N_("Issuing body on paper"),
        _line,
        "",
        N_("one line of text"),
        below="superior",
        shipped=(
            (ALWAYS, "BỘ CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
            ("2025-07-01", "BAN CHỈ HUY BĐBP TỈNH LẠNG SƠN"),
        ),
    ),
    "symbol": SettingRule(
        N_("Symbol of documents"), _line, "", N_("the letters of the issuing body: ĐBPBS")
    ),
    "place_name": SettingRule(N_("Place name on paper"), _line, "Lạng Sơn", N_("one line of text")),
    "addressees": SettingRule(
        N_("Addressed to (Kính gửi)"), _list, "", N_("names parted by semicolons"), lines=True
    ),
    "signer_mode": SettingRule(
        N_("Signs on behalf"),
        _mode,
        "0",
        N_("TM., Q., KT., TL., TUQ., or 0 for none of them"),
        choices={"0": N_("for the own office"), **{mode: mode for mode in MODES}},
        heading=SIGNER,
    ),
    "signs_for": SettingRule(
        N_("Signs on behalf of whom"),
        _line,
        "",
        N_("the head's office, or the collective"),
        heading=SIGNER,
    ),
    "signer_office": SettingRule(
        N_("Office of the signer"), _line, "", N_("one line of text"), heading=SIGNER
    ),
    "signer_rank": SettingRule(
        N_("Rank of the signer"), _line, "", N_("one line of text"), heading=SIGNER
    ),
    "signer_name": SettingRule(
        N_("Name of the signer"), _line, "", N_("one line of text"), heading=SIGNER
    ),
    "show_rank": SettingRule(
        N_("Rank before the signer's name"),
        _yes_or_no,
        "1",
        N_("1 for yes, 0 for no"),
        choices=YES_OR_NO,
        heading=SIGNER,
    ),
    "recipients": SettingRule(
        N_("Recipients (Nơi nhận)"), _list, "", N_("names parted by semicolons"), lines=True
    ),
    "archive": SettingRule(
        N_("Kept by (Lưu)"),
        _line,
        "VT",
        N_("letters of the office and the drafting unit: VT, VĐQC"),
    ),
    "circulation": SettingRule(
        N_("Box “for internal use” on paper"),
        _yes_or_no,
        "0",
        N_("1 for yes, 0 for no"),
        choices=YES_OR_NO,
    ),
    WIDE_PAPER: SettingRule(
        N_("Paper of registers and tables that lie across"),
        _paper,
        "A4",
        N_("A4 or A3"),
        at_home=True,
        choices={paper: paper for paper in PAPERS.values()},
        heading=MACHINE,
    ),
    EXCHANGE_FOLDER: SettingRule(
        N_("Shared folder instead of a stick (0: none)"),
        lambda text: is_folder(text) or fold(text) in NO,
        "0",
        N_("a whole path such as D:\\Chung, or 0"),
        at_home=True,
        heading=MACHINE,
    ),
}
"""Every setting by its key."""


class SettingTable(EditableTable):
    """A setting's value from a day on (ALWAYS where none is given)."""

    class Meta:
        table_name = "setting"
        primary_key = pw.CompositeKey("key", "valid_from")

    table_key = "settings"
    title = N_("Paper and periods")
    hint = N_("A value holds from its day on; without a day, always.")
    permission = "settings.write"

    key = ChoiceColumn(
        N_("Setting"), {key: rule.label for key, rule in SETTINGS.items()}, required=True
    )
    valid_from = DayColumn(N_("From"), blank=ALWAYS)
    value = TextColumn(N_("Value"), required=True)

    @classmethod
    def as_typed(cls, cells: Cells) -> Cells:
        return {**cells, "value": shown_value(cells["key"], cells["value"])}

    @classmethod
    def as_stored(cls, cells: Cells) -> Cells:
        return {**cells, "value": stored_value(cells["key"], cells["value"])}

    @classmethod
    def check_cells(cls, cells: Mapping[str, str]) -> dict[str, str]:
        if not (cells["key"] and cells["value"]):
            return {}
        try:
            check_setting(cells["key"], cells["value"])
        except UserError as error:
            return {"value": str(error)}
        return {}


def shipped(role: str) -> list[Cells]:
    """The settings a new desk starts with. The province's body is the superior of the others, and
    issues reports itself; its own superior has to be set."""
    return [
        {"key": own_key, "valid_from": valid_from, "value": value}
        for key, rule in SETTINGS.items()
        for own_key in (handed_on(key, role),)
        for valid_from, value in rule.shipped
        if own_key is not None
    ]


def stored_value(key: str, typed: str) -> str:
    """A value as it is stored: days as 2023-01-31."""
    return _each_day(key, typed, _stored_day)


def shown_value(key: str, stored: str) -> str:
    """A stored value as a person reads and types it: days as 31/01/2023."""
    return _each_day(key, stored, _shown_day)


def _each_day(key: str, value: str, turned: Callable[[str], str]) -> str:
    rule = SETTINGS.get(key)
    return "; ".join(map(turned, entries(value))) if rule and rule.dated else value


def check_setting(key: str, value: str) -> str:
    """The value of a setting as it is stored. Raises UserError for a key or value unknown."""
    rule = SETTINGS.get(key)
    if rule is None:
        raise UserError(
            _("There is no setting “{key}”. Known: {known}").format(
                key=key[:40], known=", ".join(SETTINGS)
            )
        )
    value = without_unseen(value, lines=True).strip()
    if not rule.fits(value):
        raise UserError(
            _("“{value}” does not fit the setting {key}: {hint}.").format(
                value=value[:40], key=key, hint=_(rule.hint)
            )
        )
    return value


def draws_figures(key: str) -> bool:
    """Whether figures are worked out by a setting."""
    return key in SETTINGS and SETTINGS[key].draws


def is_at_home(key: str) -> bool:
    """Whether a setting is excluded from set-up files."""
    return key in SETTINGS and SETTINGS[key].at_home


def handed_on(key: str, role: str) -> str | None:
    """The key under which a setting of the province applies to a desk of `role` that applies its
    set-up file, None where it does not apply: the issuing body of the province is the superior of
    the other desks."""
    if role == "province":
        return key
    rule = SETTINGS.get(key)
    return rule.below if rule and rule.below else None
