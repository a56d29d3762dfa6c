"""Numbers of identity cards."""

import re
from collections.abc import Iterable
from typing import Any

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, unguarded
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.field import NAME_LIMIT, FieldError
from borderdesk.schema.kinds.sheet_cell import (
    ZERO_RESTORED,
    CellReading,
    digits_of,
    is_none,
    is_shortened,
)
from borderdesk.schema.kinds.text import TextField

_PROVINCES = frozenset(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034"
    " 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068"
    " 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096".split()
)


MASKED = N_("An ID with hidden digits was left out: {value}.")
_HIDDEN = re.compile(r"[0-9]{2,4}[•*]{2,8}[0-9]{2,4}")


_WORD = re.compile(
    r"\A(?:số)?(?:thẻ)?(?:cccd|cmnd|cmtnd|cmt|căncước(?:côngdân)?)(?:số)?:?", re.IGNORECASE
)
"""What some write before the number of a card, without blanks: CMND 081234567."""
_FORM = re.compile(r"[0-9]{12}|[0-9]{9}")

MASK = "•"
"""The character in place of a hidden digit."""


class CitizenIdField(TextField):
    """A citizen ID of 12 digits or an old one of 9; never shown whole in a table."""

    masked = True
    renumbered = True
    headings = (
        "CCCD; CMND; CMND/CCCD; CCCD/CMND; Số CCCD; Số CMND; Số CMND/CCCD; Số CCCD/CMND; Căn "
        "cước; Căn cước công dân; Số căn cước công dân; Số thẻ căn cước; Số CMT; Chứng minh "
        "nhân dân; Số định danh; Số định danh cá nhân; CMTND; Số CMTND; CMTND/CCCD; "
        "CCCD/CMTND; Số CMTND/CCCD; Số CCCD/CMTND; CMT; CMT/CCCD; Số CMT/CCCD; Thẻ CCCD; Số "
        "thẻ CCCD; Số thẻ CMND; Thẻ căn cước; Số ĐDCN; Số ĐDCN/CCCD; Số CCCD/ĐDCN; CCCD/CC; "
        "Số CC; Số CC/CCCD; Số CCCD/CC; Căn cước/CCCD; Số căn cước/CCCD; Số CCCD/Căn cước; Số"
        " giấy tờ; Số giấy tờ tùy thân"
    )
    order = "text"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        text = super().clean(raw, entry)
        if text is not None and not is_citizen_id(text):
            raise FieldError(_("An ID has 12 digits (9 on an old card)."))
        return text

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        if isinstance(cell, str) and is_citizen_id(cell):
            # Nearly every one is whole.
            return cell
        if is_shortened(cell):
            raise FieldError(
                _("The spreadsheet kept only the first digits of this number; type it again.")
            )
        if is_none(cell):
            return ""
        text = _WORD.sub("", digits_of(cell))
        if _HIDDEN.fullmatch(text):
            reading.doubt(MASKED, text)
            return ""
        if not text.isascii() or not text.isdecimal():
            return text
        restored = text.zfill(12 if len(text) > 9 else 9)
        zeros = len(restored) - len(text)
        if text.startswith("0"):
            # A spreadsheet drops all leading zeros: with too many, the missing digit is a different
            # one.
            return text
        # The codes of provinces begin with at most two zeros, an old card with one.
        most = 2 if len(restored) == 12 and restored[:3] in _PROVINCES else 1
        if not 0 < zeros <= most or (len(restored) == 12 and restored[:3] not in _PROVINCES):
            return text
        reading.doubt(ZERO_RESTORED, mask(restored))
        return restored

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else mask(value)

    def telling(self, value: str) -> str:
        return mask(value)

    def from_csv(self, cell: str, reading: CellReading) -> str:
        return self.from_sheet(unguarded(cell), reading)

    def doubts(self, value: str, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        if len(value) != 12:
            return ()
        doubts: list[tuple[str, Any]] = []
        if value[:3] not in _PROVINCES:
            doubts.append((N_("{value} is not the code of a province."), value[:3]))
        born = 1900 + 100 * (int(value[3]) // 2) + int(value[4:6])
        if born > entry.today.year:
            doubts.append((N_("The year of birth in this ID would be {value}."), born))
        return doubts


def is_citizen_id(text: str) -> bool:
    """Whether a text has as many digits as an ID."""
    return _FORM.fullmatch(text) is not None


def mask(digits: str) -> str:
    """An ID for the screen: 020•••••1234."""
    return f"{digits[:3]}{MASK * max(len(digits) - 7, 0)}{digits[-4:]}"
