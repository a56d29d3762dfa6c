"""Table of other desks' cards: cards to compare at the top, then known ones."""

from collections.abc import Mapping, Sequence

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card, CardEntry
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.merging.desk_names import SHORT_ID
from borderdesk.exchange.receiving.card_collection import CardCollection
from borderdesk.session.identity import ROLE_NAMES
from ui.exchange.exchange_labels import time_label
from ui.widgets.tables.rows_table import RowsTable, TableColumn

NO_CARDS = CardCollection([], [])


class CardsTable(RowsTable):
    """Cards of other desks; above them, until the next `offer`, cards to be accepted with their
    fingerprints, and those left out with the reason."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            _("Cards of other desks"),
            [
                TableColumn(_("Desk"), 20),
                TableColumn(_("Kind"), 11),
                TableColumn(_("State"), 13),
                TableColumn(_("Fingerprint"), 26),
                TableColumn(_("Since"), 16),
                TableColumn(_("Vouched by"), 20),
            ],
            _(
                "No card of another desk yet. Files wait until their sender's card is accepted:"
                " apply the province's set-up file, or accept cards one at a time."
            ),
            awaited=True,
        )
        self._desk = desk
        self.known: list[CardEntry] = []
        self.offered = NO_CARDS
        self._vouched: Mapping[str, str] = {}

    def show_known(self, card_entries: Sequence[CardEntry], names: Mapping[str, str]) -> None:
        """Show the known cards; names: {desk id: name} of those that vouched."""
        self.known, self._vouched = list(card_entries), names
        self.offer(self.offered)

    def offer(self, collection: CardCollection) -> None:
        """Show cards to compare, and those left out, above the known ones."""
        self.offered = collection
        self.show_rows(
            [
                *(self._row(entry, _("? compare")) for entry in collection.cards),
                *(
                    (entry.label, "", _("✗ left out"), "", "", entry.reason)
                    for entry in collection.left
                ),
                *(self._known_row(entry) for entry in self.known),
            ],
            keys=[
                *(("offered", entry.desk, entry.fingerprint) for entry in collection.cards),
                *(("left", entry.label) for entry in collection.left),
                *(entry.card.desk for entry in self.known),
            ],
        )

    def _row(self, card: Card, state: str, since: str = "", by: str = "") -> tuple[str, ...]:
        kind = _(ROLE_NAMES[card.role])
        return self.name_of(card), kind, state, card.fingerprint, since, by

    def _known_row(self, entry: CardEntry) -> tuple[str, ...]:
        state = _("✓ accepted") if entry.accepted else _("✗ revoked")
        since = time_label(entry.noted, self._desk.today())
        return self._row(entry.card, state, since, self._vouched.get(entry.vouched, entry.vouched))

    def name_of(self, card: Card) -> str:
        """The short name of a card's desk, with the start of its id if several desks belong to the
        unit."""
        name = unit_short(self._desk.book, card.role, card.unit) or card.unit
        shown = [card, *self.offered.cards, *(entry.card for entry in self.known)]
        several = len({entry.desk for entry in shown if entry.unit == card.unit}) > 1
        return f"{name} {card.desk[:SHORT_ID]}" if several else name

    def chosen(self) -> CardEntry | None:
        """The known card in the current row, None for other rows."""
        row = self.row() - len(self.offered.cards) - len(self.offered.left)
        return self.known[row] if 0 <= row < len(self.known) else None
