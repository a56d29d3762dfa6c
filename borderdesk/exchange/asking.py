"""Texts ready to be copied: they ask a desk for a package that is missing, broken or skipped."""

import datetime
import re
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_date
from borderdesk.base.i18n import _
from borderdesk.session.session import Session

_NAME = re.compile(
    r"BorderDesk_(?P<unit>[0-9A-Za-z-]{1,20})-(?P<desk>[0-9a-f]{8})"
    r"_(?P<period>[0-9A-Za-z.-]{4,22})_(?P<number>[0-9]{1,9})\.bdx(\.age)?"
)


class Named(NamedTuple):
    """What a package's file name says: `desk` is the first 8 digits of its id."""

    unit: str
    desk: str
    period: str
    number: int


def named(file: str) -> Named | None:
    """What the name of a file says of the package in it; None when it was renamed."""
    found = _NAME.fullmatch(file)
    if found is None:
        return None
    return Named(found["unit"], found["desk"], found["period"], int(found["number"]))


def unit_title(desk: Session, unit: str) -> str:
    """The name of a post, district or the province by the unit of its desk."""
    book = desk.book
    return book.posts[unit].name if unit in book.posts else book.unit_name(unit)


def for_missing(desk: Session, unit: str, period: str, due: datetime.date) -> str:
    """Asks a unit for the package of a period that was due on a day."""
    return _(
        "To {unit}: {desk} has not received the figures of {period}, due on {due}. Please export"
        " the package of this period (Send and receive → Send) and send the file."
    ).format(
        unit=unit_title(desk, unit), desk=desk.title(), period=_period(desk, period),
        due=show_date(due),
    )  # fmt: skip


def for_broken(desk: Session, file: str, why: str) -> str:
    """Asks for a file again that was refused whole, and says why it was."""
    known = named(file)
    if known is None:
        return _(
            "{desk} could not take in the file {file}: {reason} Please export the package again"
            " and send the file as it is, without opening or renaming it."
        ).format(desk=desk.title(), file=file, reason=why)
    return _(
        "To {unit}: {desk} could not take in the file {file}: {reason} Please export {period}"
        " again and send the new file as it is, without opening or renaming it."
    ).format(
        unit=unit_title(desk, known.unit), desk=desk.title(), file=file, reason=why,
        period=_period(desk, known.period),
    )  # fmt: skip


def for_gaps(desk: Session, unit: str, numbers: Sequence[int]) -> str:
    """Asks a unit for packages that never came, by their numbers."""
    return _(
        "To {unit}: {desk} has not received the packages number {numbers}. Please send these"
        " files, or export their periods again."
    ).format(
        unit=unit_title(desk, unit), desk=desk.title(), numbers=", ".join(map(str, numbers))
    )  # fmt: skip


def _period(desk: Session, text: str) -> str:
    try:
        return desk.calendar().parse(text).title
    except UserError:
        return text
