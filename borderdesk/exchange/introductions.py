"""A desk that is known here under another id: its package says so, in the log that the old key
signed."""

from typing import IO

from borderdesk.exchange.cards import Card, Cards, signed_by
from borderdesk.exchange.desk_renewal import continuing_card
from borderdesk.exchange.entry_kinds import CardDecision
from borderdesk.exchange.log_verification import LogVerification, VerifiedLog
from borderdesk.exchange.packages import Package, read_package
from borderdesk.schema.log_entries import desk_of
from borderdesk.session.session import Session


def is_introduced(session: Session, file: IO[bytes], descriptor: bytes, signature: bytes) -> bool:
    """Whether the desk that signed a package is another id of one that is trusted. Raises
    PackageError."""
    package = read_package(file, descriptor)
    sender = package.facts["desk"]
    if package.is_old or session.part(Cards).of(sender) is not None:
        return False
    verdict = LogVerification(session, sender).run(package.logs)
    cards = (_card_in(session, package, log, sender) for log in verdict.taken.values())
    return any(card is not None and signed_by(card, descriptor, signature) for card in cards)


def _card_in(session: Session, package: Package, log: VerifiedLog, sender: str) -> Card | None:
    """The card that a log says its desk goes on with as `sender`."""
    author = desk_of(log.name)
    for kind, entry in log.carried.entries.values():
        said = package.said.get(entry) if kind == CardDecision.name else None
        if said is None or said.fault(author, entry) is not None:
            continue
        card = continuing_card(session, author, said.content.said)
        if card is not None and card.desk == sender:
            return card
    return None
