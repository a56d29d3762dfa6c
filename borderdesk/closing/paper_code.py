"""The short text on a paper (also as a QR code) by which it is checked against a desk.

    BD1|1f3a9c02|2023-11|post:BS|1|5e884898da28|9f86d081884c|3b1a

version · first 8 digits of the desk's id · period · scope · edition (0: not closed, a draft) ·
12 digits of the hash of the period's own figures (`values_hash`) · 12 of that of every column
(`figures_hash`) · 4 of the SHA-256 of everything before, against slips of the pen.
"""

import hashlib
import re
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.closing.calculation import Summary
from borderdesk.closing.lines import figures_hash, values_hash

VERSION = "BD1"
DIGITS = 12

_TEXT = re.compile(
    r"BD1\|(?P<desk>[0-9a-f]{8})\|(?P<period>[0-9QH.-]{4,22})\|(?P<scope>[^|\s]{1,80})"
    r"\|(?P<edition>\d{1,4})\|(?P<values>[0-9a-f]{12})\|(?P<figures>[0-9a-f]{12})"
    r"\|(?P<check>[0-9a-f]{4})$"
)


class PaperCode(NamedTuple):
    """The parts of a paper's text; `edition` 0 for a draft."""

    desk: str
    period: str
    scope: str
    edition: int
    values: str
    figures: str


def paper_text(summary: Summary) -> str:
    """The text of a paper with these figures."""
    edition = summary.edition
    parts = "|".join(
        (
            VERSION,
            summary.desk[:8],
            summary.period.text,
            summary.scope.text,
            str(edition.number if edition else 0),
            values_hash(summary.lines)[:DIGITS],
            figures_hash(summary.period, summary.scope, summary.lines)[:DIGITS],
        )
    )
    return f"{parts}|{_check_digits(parts)}"


def _check_digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def read_paper(text: str) -> PaperCode:
    """The parts of a paper's text, spaces and line breaks in it ignored. Raises UserError."""
    joined = "".join(text.split())
    match = _TEXT.match(joined)
    if match is None:
        raise UserError(
            _(
                "“{text}” is not the text of a BorderDesk paper. It begins with BD1| and has eight"
                " parts."
            ).format(text=" ".join(text.split())[:60])
        )
    if match["check"] != _check_digits(joined.rpartition("|")[0]):
        raise UserError(_("The paper's text was not read right: compare it letter by letter."))
    return PaperCode(
        match["desk"],
        match["period"],
        match["scope"],
        int(match["edition"]),
        match["values"],
        match["figures"],
    )
