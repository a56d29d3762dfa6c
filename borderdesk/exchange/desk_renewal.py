"""A new id for a desk whose folder was copied, or that was restored: it goes on in a log of its
own. The old log ends with the new card, so that whoever trusts the old key trusts the new one."""

import os
from collections.abc import Mapping

from borderdesk.exchange.cards import Card, Cards
from borderdesk.exchange.desk_units import DeskUnits
from borderdesk.exchange.entry_kinds import ArrivedEntry, CardDecision
from borderdesk.exchange.signed_heads import SignedHeads
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Part, Session
from borderdesk.store.logs import copied_desks
from borderdesk.store.meta import write_meta

CONTINUES = "continues"
"""The decision by which a desk goes on under another id."""
DESK_BYTES = 16


class DeskRenewal(Part):
    """Giving this desk a new id."""

    def copied(self) -> list[str]:
        """The desks of which two different entries with one number are here."""
        return copied_desks(self.store)

    @operation("exchange.trust")
    def renew_desk(self) -> Card:
        """Go on under a new id with new keys; the new card. What the desk wrote before stays in its
        old log, which this desk goes on to send."""
        cards, old = self.session.part(Cards), self.session.part(Cards).own()
        self.session.part(SignedHeads).sign_own()
        new = os.urandom(DESK_BYTES).hex()
        card = cards.make_card(new)
        said = {"decision": CONTINUES, **card._asdict(), "time": utc_stamp()}
        self.session.part(DeskLog).append(CardDecision.name, said)
        self.session.part(SignedHeads).sign_own()
        write_meta(self.store, {"desk": new})
        self.session.identity = self.session.identity._replace(id=new)
        cards.note_continued(old, vouched=new)
        return card


class CardDecisionEntry(CardDecision):
    """A decision on a card, as the logs of others bring it."""

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Trust the card of a desk that another one of its unit says it goes on as; other decisions
        are those of their authors."""
        card = continuing_card(session, entry.desk, entry.said)
        if card is not None and card.desk != session.identity.id:
            session.part(Cards).note_continued(card, vouched=entry.desk)


def continuing_card(session: Session, author: str, said: Mapping[str, str]) -> Card | None:
    """The card by which a desk says that it goes on under another id; None where it says not that,
    or speaks for another unit."""
    if said.get("decision") != CONTINUES:
        return None
    card = Card(*(said.get(key, "") for key in Card._fields))
    unit = session.part(DeskUnits).of(author)
    return card if unit is not None and unit == (card.unit, card.role) else None
