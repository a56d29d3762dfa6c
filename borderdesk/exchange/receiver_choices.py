"""Whom a package can be for, as the window offers it."""

from borderdesk.base.i18n import _
from borderdesk.exchange.cards import Cards
from borderdesk.exchange.desk_names import SHORT_ID
from borderdesk.exchange.desk_units import LEVELS
from borderdesk.exchange.unit_names import unit_short
from borderdesk.session.session import Session

ReceiverChoice = tuple[str, str]
"""The name of a receiver, and what `ExportOptions.receiver` takes."""


def receiver_choices(session: Session) -> list[ReceiverChoice]:
    """The units of which a desk's card is accepted, those above first, then the other laptops of
    this desk's own unit."""
    book, own = session.book, session.identity
    cards = [known.card for known in session.part(Cards).known() if known.accepted]
    units = dict.fromkeys((c.role, c.unit) for c in cards if c.unit != own.unit)
    above = sorted(units, key=lambda one: -LEVELS[one[0]])
    found = [(unit_short(book, role, unit) or unit, unit) for role, unit in above]
    words = _("the other laptop {id}")
    laptops = [card.desk for card in cards if card.unit == own.unit]
    return found + [(words.format(id=desk[:SHORT_ID]), desk) for desk in laptops]
