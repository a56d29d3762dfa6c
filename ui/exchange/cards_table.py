"""The table of other desks' cards: those to compare on top, then those that are known."""

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
    """Cards of other desks. What is asked about stands here, where the fingerprints of twelve find
    room, and what was left out with why; both until `offer` is called again."""

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

    def show_known(self, known: Sequence[CardEntry], names: Mapping[str, str]) -> None:
        """Show the cards that are known; names: {desk: its name}, of those that vouched."""
        self.known, self._vouched = list(known), names
        self.offer(self.offered)

    def offer(self, found: CardCollection) -> None:
        """Show cards to compare, and what was left out, above those that are known."""
        self.offered = found
        self.show_rows(
            [
                *(self._row(one, _("? compare")) for one in found.cards),
                *((one.label, "", _("✗ left out"), "", "", one.reason) for one in found.left),
                *(self._known_row(one) for one in self.known),
            ],
            keys=[
                *(("offered", one.desk, one.fingerprint) for one in found.cards),
                *(("left", one.label) for one in found.left),
                *(one.card.desk for one in self.known),
            ],
        )

    def _row(self, card: Card, state: str, since: str = "", by: str = "") -> tuple[str, ...]:
        kind = _(ROLE_NAMES[card.role])
        return self.name_of(card), kind, state, card.fingerprint, since, by

    def _known_row(self, one: CardEntry) -> tuple[str, ...]:
        state = _("✓ accepted") if one.accepted else _("✗ revoked")
        since = time_label(one.noted, self._desk.today())
        return self._row(one.card, state, since, self._vouched.get(one.vouched, one.vouched))

    def name_of(self, card: Card) -> str:
        """The short name of the desk of a card, the beginning of its id too where several are of
        that unit."""
        name = unit_short(self._desk.book, card.role, card.unit) or card.unit
        shown = [card, *self.offered.cards, *(one.card for one in self.known)]
        several = len({one.desk for one in shown if one.unit == card.unit}) > 1
        return f"{name} {card.desk[:SHORT_ID]}" if several else name

    def chosen(self) -> CardEntry | None:
        """The card in the current row, None where that is not of one that is known."""
        row = self.row() - len(self.offered.cards) - len(self.offered.left)
        return self.known[row] if 0 <= row < len(self.known) else None
