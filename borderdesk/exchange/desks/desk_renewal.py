"""A new id for a desk whose folder was copied, or that was restored: it goes on in a log of its
own, which begins with the new card as the old key signed it: whoever trusts the old key trusts the
new one. The old log gets no entry by it, because the machine it was copied from, or what the backup
lacks, may have gone on in it."""

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
        """The desks of which two different entries with one number are here."""
        return copied_desks(self.store)

    @operation("exchange.trust")
    def renew_desk(self) -> Card:
        """Go on under a new id with new keys; the new card. What the desk wrote before stays in its
        old log, which this desk goes on to send."""
        return self.go_on()

    def go_on(self) -> Card:
        """Do so within the open transaction, whoever asks: a backup may be restored by a clerk."""
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
    """A decision on a card, as the logs of others bring it: it is its author's own, but that a desk
    goes on under another id concerns every desk that trusts it (see `introduced_cards`), and
    whether a desk is in use the others of its unit (see `is_in_use`)."""

    def receive(self, session: Session, entry: ArrivedEntry) -> None:
        """Note of which unit a desk is that goes on under another id."""
        if entry.facts["decision"] == CONTINUES:
            session.part(Cards).follow_unit(entry.desk)

    def readers(self, session: Session, _desk: str, facts: Facts) -> frozenset[str]:
        """Every unit, of a desk that goes on under another id; else that of the card."""
        if facts.get("decision") != CONTINUES:
            return frozenset({facts["unit"]} if facts.get("unit") else ())
        return frozenset(entry.card.unit for entry in session.part(Cards).known())


def introduced_cards(session: Session, decisions: Iterable[Facts]) -> list[tuple[Card, str]]:
    """The cards, with the desk that vouches for each, by which desks that are trusted here say
    that they go on under another id; an id of that id after it."""
    waiting = [facts for facts in decisions if facts.get("decision") == CONTINUES]
    if not waiting:
        return []
    cards = session.part(Cards)
    own = cards.own()
    known = {entry.card.desk: entry.card for entry in cards.known() if entry.accepted}
    known[own.desk] = own
    found: list[tuple[Card, str]] = []
    while True:
        due = [facts for facts in waiting if facts.get("instead_of") in known]
        if not due:
            return found
        waiting = [facts for facts in waiting if facts not in due]
        for facts in due:
            old = known[facts["instead_of"]]
            card = continuing_card(facts, old, cards.retired_keys(old.desk))
            if card is not None and card.desk not in known:
                known[card.desk] = card
                found.append((card, old.desk))
