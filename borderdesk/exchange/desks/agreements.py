"""The other desks of this unit that get personal fields, by an agreement once for each card: every
file for them includes these, encrypted for that card."""

from collections.abc import Collection

from borderdesk.base.i18n import _
from borderdesk.exchange.desks.cards import Card, Cards
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import SessionPart

AGREED = "folder/agreed"
"""The preference with the ids of these desks."""


class PersonalDataAgreements(SessionPart):
    """The desks of this unit that get personal fields too."""

    def unit_cards(self) -> list[Card]:
        """The accepted cards of the other desks of this unit."""
        own_identity = self.session.identity
        card_entries = self.session.part(Cards).known()
        return [
            entry.card
            for entry in card_entries
            if entry.accepted
            and (entry.card.unit, entry.card.role) == (own_identity.unit, own_identity.role)
        ]

    def agreed(self) -> frozenset[str]:
        """The desks that it was agreed for."""
        return frozenset(self.session.part(Preferences).preferred(AGREED, []))

    def agree(self, desks: Collection[str]) -> None:
        """Replace the set of desks that have an agreement."""
        self.require("exchange.trust")
        self.session.part(Preferences).prefer(AGREED, sorted(desks))

    def card_of(self, desk: str) -> Card | None:
        """The card that a file for a desk is locked for, where that was agreed."""
        if desk not in self.agreed():
            return None
        return next((card for card in self.unit_cards() if card.desk == desk), None)


def agreed_reason() -> str:
    """The reason logged with a file that has personal fields because of an agreement."""
    return _("For a desk of the same unit, agreed for its card.")
