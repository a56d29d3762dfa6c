"""Texts to copy into a message: requests for a package that is missing, damaged or skipped."""

import datetime
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.exchange.merging.id_clashes import IdClash
from borderdesk.schema.log_entries import ranges_text
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session

_FILE_NAME = re.compile(
    r"BorderDesk_(?P<unit>[0-9A-Za-z-]{1,20})-(?P<desk>[0-9a-f]{8})"
    r"_(?P<period>[0-9A-Za-z.-]{4,22})_(?P<number>[0-9]{1,9})"
    r"[^_]{0,30}\.bdx(\.age)?[^_]{0,30}",
    re.IGNORECASE,
)
"""Systems and messengers put “(1)” or “ - Copy” before the ending and “.zip” behind it, and some
turn it all into capitals."""


class PackageFileName(NamedTuple):
    """The parts of a package's file name: `desk` is the first 8 digits of the desk's id."""

    unit: str
    desk: str
    period: str
    number: int


def parse_file_name(file: str) -> PackageFileName | None:
    """The parts of a file's name; None when it was renamed."""
    match = _FILE_NAME.fullmatch(file)
    if match is None:
        return None
    return PackageFileName(
        match["unit"], match["desk"].lower(), match["period"], int(match["number"])
    )


def unit_title(session: Session, unit: str) -> str:
    """The name of a post, district or the province by the unit of its desk."""
    book = session.book
    return book.posts[unit].name if unit in book.posts else book.unit_name(unit)


def missing_request(session: Session, unit: str, period: str, due: datetime.date) -> str:
    """A request to a unit for the package of a period that was due on a day."""
    return _(
        "To {unit}: {desk} has not received the figures of {period}, due on {due}. Please export"
        " the package of this period (Send and receive → Send) and send the file."
    ).format(
        unit=unit_title(session, unit),
        desk=session.title(),
        period=_period_title(session, period),
        due=format_date(due),
    )


def broken_request(session: Session, file: str, why: str) -> str:
    """A request to send a file again that was refused whole, with the reason."""
    package_name = parse_file_name(file)
    if package_name is None:
        return _(
            "{desk} could not take in the file {file}: {reason} Please export the package again"
            " and send the file as it is, without opening or renaming it."
        ).format(desk=session.title(), file=file, reason=why)
    return _(
        "To {unit}: {desk} could not take in the file {file}: {reason} Please export {period}"
        " again and send the new file as it is, without opening or renaming it."
    ).format(
        unit=unit_title(session, package_name.unit),
        desk=session.title(),
        file=file,
        reason=why,
        period=_period_title(session, package_name.period),
    )


def gaps_request(session: Session, unit: str, gaps: Mapping[str, tuple[int, int]]) -> str:
    """A request to a unit for entries of its desks' logs that are missing: {desk: first, last}."""
    return _(
        "To {unit}: {desk} lacks {entries}. Please write a new file for us, of any month (Send and"
        " receive → Send), and send it: what is missing comes along by itself."
    ).format(unit=unit_title(session, unit), desk=session.title(), entries=gaps_label(gaps))


def gaps_label(gaps: Mapping[str, tuple[int, int]]) -> str:
    """The entries that are missing, by number: 13–15 of the laptop 0a1b2c3d."""
    words = _("entries {numbers} of the laptop {desk}")
    return ", ".join(
        words.format(numbers=ranges_text([between]), desk=desk[:8])
        for desk, between in sorted(gaps.items())
    )


def clashes_request(session: Session, unit: str, clashes: Sequence[IdClash]) -> str:
    """A request to a unit to enter records again whose ids other posts' records have."""
    return _(
        "To {unit}: {desk} cannot count {records}: another post's record has the same id, as"
        " happens when a list with ids is taken over from it. Please delete them, enter them again"
        " (a list without the column id), and send a new file."
    ).format(unit=unit_title(session, unit), desk=session.title(), records=clashes_label(clashes))


def clashes_label(clashes: Sequence[IdClash]) -> str:
    """The records with clashing ids, by type: Clearing 018f4d5e-…-aa, 018f4d5e-…-bb."""
    return "; ".join(
        f"{_(ALL_TYPES[name].title)} {', '.join(clash.record for clash in group)}"
        for name, group in groupby(clashes, key=lambda clash: clash.type)
    )


def _period_title(session: Session, text: str) -> str:
    try:
        return session.calendar().parse(text).title
    except UserError:
        return text
