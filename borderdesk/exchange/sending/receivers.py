"""Whom a package is for: the receivers a window offers, and a desk or unit as a person names it."""

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.exchange.desks.desk_units import LEVELS, DeskUnit
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.merging.desk_names import SHORT_ID
from borderdesk.exchange.sending.package_plan import Receiver
from borderdesk.schema.unit_history import bare_name
from borderdesk.session.opening import PROVINCE
from borderdesk.session.session import Session

FEWEST_DIGITS = 4
"""Hex digits that name a desk."""

ReceiverChoice = tuple[str, str]
"""The name of a receiver, and its value for `ExportOptions.receiver`."""


def find_receiver(session: Session, receiver_text: str) -> Receiver:
    """The receiver that a text names: a desk with an accepted card, by its id or the beginning of
    it; a post by its code or name, a district by its name, the province. Raises UserError."""
    text = receiver_text.strip()
    cards = [card_entry.card for card_entry in session.part(Cards).known() if card_entry.accepted]
    for receiver in (_by_unit(session, text), _by_desk(cards, text)):
        if receiver is not None:
            return receiver
    raise UserError(
        _(
            "“{name}” is no desk whose card is accepted here, and no unit (a post code, a"
            " district, or 20)."
        ).format(name=text[:60])
    )


def _by_desk(cards: list[Card], text: str) -> Receiver | None:
    begin = text.lower()
    matches = [card for card in cards if card.desk.startswith(begin)]
    if len(begin) < FEWEST_DIGITS or len(matches) != 1:
        return None
    return Receiver(matches[0].desk, DeskUnit(matches[0].unit, matches[0].role))


def _by_unit(session: Session, text: str) -> Receiver | None:
    book = session.book
    if text == PROVINCE or bare_name(text) == bare_name(book.unit_name(PROVINCE)):
        return Receiver(PROVINCE, DeskUnit(PROVINCE, "province"))
    post = book.post_code(text)
    if post is not None:
        return Receiver(post, DeskUnit(post, "post"))
    for unit in book.units.values():
        if unit.kind == "district" and bare_name(text) in (bare_name(unit.name), unit.id):
            return Receiver(unit.id, DeskUnit(unit.id, "liaison"))
    return None


def receiver_choices(session: Session) -> list[ReceiverChoice]:
    """The units of which a desk's card is accepted, those above first, then the other laptops of
    this desk's own unit."""
    book, own_identity = session.book, session.identity
    cards = [card_entry.card for card_entry in session.part(Cards).known() if card_entry.accepted]
    units = dict.fromkeys((c.role, c.unit) for c in cards if c.unit != own_identity.unit)
    above = sorted(units, key=lambda pair: -LEVELS[pair[0]])
    choices = [(unit_short(book, role, unit) or unit, unit) for role, unit in above]
    words = _("the other laptop {id}")
    laptops = [card.desk for card in cards if card.unit == own_identity.unit]
    return choices + [(words.format(id=desk[:SHORT_ID]), desk) for desk in laptops]
