"""Desks that continue under a new id: their package declares it, signed by the old key."""

from typing import IO

from borderdesk.exchange.desks.cards import Card, Cards, signed_by
from borderdesk.exchange.desks.desk_renewal import introduced_cards
from borderdesk.exchange.format.entry_kinds import CardDecision
from borderdesk.exchange.reading.packages import Package, read_package
from borderdesk.session.session import Session


def is_introduced(session: Session, file: IO[bytes], descriptor: bytes, signature: bytes) -> bool:
    """Whether the desk that signed a package is a new id of a trusted one. Raises PackageError."""
    package = read_package(file, descriptor)
    sender = package.facts["desk"]
    if package.is_old or session.part(Cards).of(sender) is not None:
        return False
    cards = (card for card, _old in _introduced(session, package) if card.desk == sender)
    return any(signed_by(card, descriptor, signature) for card in cards)


def note_introduced(session: Session, package: Package) -> None:
    """Trust the cards of such desks, within the open transaction."""
    for card, old in _introduced(session, package):
        if card.desk != session.identity.id:
            session.part(Cards).note_continued(card, vouched=old)


def _introduced(session: Session, package: Package) -> list[tuple[Card, str]]:
    decisions = (
        content.log_content.facts
        for content in package.entry_contents.values()
        if content.kind.name == CardDecision.name and content.refusal() is None
    )
    return introduced_cards(session, decisions)
