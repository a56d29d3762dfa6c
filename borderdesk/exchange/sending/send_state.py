"""The state of sending: packages sent, records changed since, months missing."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import language, ngettext
from borderdesk.base.periods import Calendar, Period
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.exchange.desks.desk_units import DeskUnits
from borderdesk.exchange.entries.review_notes import ReviewNotes
from borderdesk.exchange.sending.exports import Exports, SentPackage
from borderdesk.figures.figures import first_day
from borderdesk.figures.newest_month import last_whole_month, newest_month
from borderdesk.session.session import Session

MAX_COUNTED = 24
"""For so many of the newest packages the changes since are counted."""


class SentPackageState(NamedTuple):
    """A package that was sent, and how many records changed since; None: not counted."""

    sent: SentPackage
    changed: int | None


class SendState(NamedTuple):
    """The state of sending of a desk.

    period: the proposed next one; first: the first day with records; missing: months since the
    first one sent, up to the last whole one, that are in no package.
    """

    period: Period
    first: datetime.date | None
    went: list[SentPackageState]
    missing: list[Period]
    cards: list[Card]


def send_state(session: Session) -> SendState:
    """The state of sending, queried now."""
    exports, calendar = session.part(Exports), session.calendar()
    packages = exports.sent()
    states = [
        SentPackageState(
            package, exports.changed_since(package.number) if place < MAX_COUNTED else None
        )
        for place, package in enumerate(packages)
    ]
    cards = [card_entry.card for card_entry in session.part(Cards).known() if card_entry.accepted]
    last = last_whole_month(calendar, session.today())
    return SendState(
        proposed_month(session),
        first_day(session.store),
        states,
        missing_months(packages, calendar, last),
        cards,
    )


def proposed_month(session: Session) -> Period:
    """The last whole month; that of the newest record where nothing was logged since."""
    last = last_whole_month(session.calendar(), session.today())
    newest = newest_month(session)
    return newest if newest.first < last.first else last


def missing_months(
    packages: Sequence[SentPackage], calendar: Calendar, last: Period
) -> list[Period]:
    """The months from the first that was sent to `last` that lie in no package's period."""
    spans = [calendar.parse(package.period) for package in packages]
    if not spans:
        return []
    month = calendar.month_of(min(span.first for span in spans))
    missing = []
    while month.first <= last.first:
        if not any(span.first <= month.first and month.last <= span.last for span in spans):
            missing.append(month)
        month = calendar.month_of(month.last + datetime.timedelta(days=1))
    return missing


def open_notes(session: Session, sent: SentPackage) -> str:
    """Which notes whoever has the file of a package can read, in words; "" for none, and for a
    package that was made for a receiver or locked."""
    if sent.receiver or sent.recipients:
        return ""
    own_desks = session.part(DeskUnits).desks(session.identity.unit)
    count = sum(note.desk in own_desks for note in session.part(ReviewNotes).notes())
    if not count:
        return ""
    words = ngettext(
        "{count} note in this file can be read by whoever has it. A file for one receiver carries"
        " only the notes meant for it.",
        "{count} notes in this file can be read by whoever has it. A file for one receiver carries"
        " only the notes meant for it.",
        count,
    )
    return words.format(count=format_number(count, language()))
