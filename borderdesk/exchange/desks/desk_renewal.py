"""A new id for a desk whose folder was copied, or that was restored: it continues in a log of its
own, which begins with the new card, signed by the old key: desks that trust the old key trust the
new one. No entry is added to the old log, because the machine it was copied from may have continued
it, as may entries that the backup lacks."""

import base64
import os
from collections.abc import Iterable

from borderdesk.exchange.desks.cards import (
    CONTINUES,
    Card,
    Cards,
    Facts,
    continuation_text,
    continuing_card,
)
from borderdesk.exchange.desks.signed_heads import SignedHeads
from borderdesk.exchange.format.entry_kinds import ArrivedEntry, CardDecision
from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.desk_log import DeskLog
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.meta import write_meta
from borderdesk.store.records.logs import copied_desks

DESK_BYTES = 16


class DeskRenewal(SessionPart):
    """Giving this desk a new id."""

    def copied(self) -> list[str]:
        """The desks with two different entries of one number among the stored logs."""
        return copied_desks(self.store)

    @operation("exchange.trust")
    def renew_desk(self) -> Card:
        """Continue under a new id with new keys; returns the new card. Earlier entries stay in the
        old log, which this desk still sends."""
        return self.go_on()

    def go_on(self) -> Card:
        """Renew the desk within the open transaction, without a permission check: a clerk may
        restore a backup."""
        cards, old = self.session.part(Cards), self.session.part(Cards).own()
        self.session.part(SignedHeads).sign_own()
        new = os.urandom(DESK_BYTES).hex()
        card = cards.make_card(new)
        time = utc_stamp()
        facts = {"decision": CONTINUES, **card._asdict(), "instead_of": old.desk, "time": time}
        signature = cards.sign(continuation_text(facts), f"BorderDesk card {new} {time}")
        write_meta(self.store, {"desk": new})
        self.session.identity = self.session.identity._replace(id=new)
        facts["signature"] = base64.b64encode(signature).decode("ascii")
        self.session.part(DeskLog).append(CardDecision.name, facts)
        self.session.part(SignedHeads).sign_own()
        cards.note_continued(old, vouched=new)
        return card


class CardDecisionEntry(CardDecision):
    """A decision on a card in the log of a desk: it concerns its author alone, except that a desk
    continuing under another id concerns every desk that trusts it (see `introduced_cards`), and the
    status of a desk the others of its unit (see `is_in_use`)."""

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Record the unit of a desk that continues under another id."""
        if entry.facts["decision"] == CONTINUES:
            session.part(Cards).follow_unit(entry.desk)

    def readers(self, session: Session, _desk: str, facts: Facts) -> frozenset[str]:
        """All units for a desk that continues under another id; else that of the card."""
        if facts.get("decision") != CONTINUES:
            return frozenset({facts["unit"]} if facts.get("unit") else ())
        return frozenset(entry.card.unit for entry in session.part(Cards).known())


def introduced_cards(session: Session, decisions: Iterable[Facts]) -> list[tuple[Card, str]]:
    """The cards of new ids declared by trusted desks, with the desk that vouches for each; chains
    of several ids are followed."""
    waiting = [facts for facts in decisions if facts.get("decision") == CONTINUES]
    if not waiting:
        return []
    cards = session.part(Cards)
    own_card = cards.own()
    accepted_cards = {entry.card.desk: entry.card for entry in cards.known() if entry.accepted}
    accepted_cards[own_card.desk] = own_card
    introductions: list[tuple[Card, str]] = []
    while True:
        due = [facts for facts in waiting if facts.get("instead_of") in accepted_cards]
        if not due:
            return introductions
        waiting = [facts for facts in waiting if facts not in due]
        for facts in due:
            old = accepted_cards[facts["instead_of"]]
            card = continuing_card(facts, old, cards.retired_keys(old.desk))
            if card is not None and card.desk not in accepted_cards:
                accepted_cards[card.desk] = card
                introductions.append((card, old.desk))
