"""Thẻ: the desk's own card, accepted cards of other desks, set-up file, handover."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt

from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import is_folder_there
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card, CardEntry, read_card
from borderdesk.exchange.desks.setup_file import SUFFIX
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.format.verified_file import write_verified
from borderdesk.exchange.merging.desk_names import desk_names
from borderdesk.exchange.receiving.card_collection import CardCollection, collect_cards
from borderdesk.exchange.receiving.imports import IMPORTED, UNCHANGED, ImportOutcome
from borderdesk.session.identity import ROLE_NAMES
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.cards_table import NO_CARDS, CardsTable
from ui.exchange.exchange_labels import leave_offer, waited_label
from ui.exchange.handover_section import HandoverSection
from ui.exchange.setup_section import SetupSection
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_files, ask_folder, ask_where
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.parts_column import PartsColumn, column_part
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar, Offer

if TYPE_CHECKING:
    from borderdesk.reports.handouts import card_paper
else:
    card_paper = lazy_module("borderdesk.reports.handouts.card_paper")

CARD_SUFFIX = ".bdcard"


class CardList(NamedTuple):
    """The desk's own card, those of other desks, and {desk id: name}."""

    own: Card
    known: list[CardEntry]
    names: dict[str, str]


class CardsPanel(DeskPanel):
    """The own card, cards of other desks, set-up files, handover to another post."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.own: Card | None = None
        self._return_to: str | None = None
        self.own_label = PlainLabel()
        self.table = CardsTable(desk)
        self.setups = SetupSection(desk, tasks, bar)
        self.handover = HandoverSection(desk, tasks, bar)
        self._lay_out()
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        parts = self._parts = PartsColumn(_("Cards"))
        cards, outer = column_part()
        outer.addWidget(named(PlainLabel(_("This desk's card")), "heading"))
        self.own_label.setWordWrap(True)
        self.own_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        outer.addWidget(self.own_label)
        row = FlowLayout()
        row.add(button(bind(self, "card_save", self.save_card), keys=True))
        row.add(button(bind(self, "card_print", self.print_card), keys=True))
        row.add(button(bind(self, "card_renew", self.ask_renew), flat=True))
        row.add(button(bind(self, "card_new_id", self.ask_new_id), flat=True))
        outer.addLayout(row)
        outer.addWidget(named(PlainLabel(_("Cards of other desks")), "heading"))
        row = FlowLayout()
        row.add(button(bind(self, "card_accept", self.choose_card), keys=True))
        row.add(button(bind(self, "card_folder", self.choose_cards)))
        self._revoke = bind(self, "card_revoke", self.ask_revoke)
        row.add(button(self._revoke))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        parts.add(_("Cards"), cards)
        parts.add(_("Set-up file of the province"), self.setups, 0, headed=True)
        if self.handover.offered:
            parts.add(_("Going over to another post"), self.handover, 0, headed=True)
        else:
            self.handover.setParent(self)
            self.handover.hide()
        scrolled_column(self).addWidget(parts)
        self.handover.gone_over.connect(self.rebuild_wanted)
        self.table.moved.connect(self._enable)
        self.setups.changed.connect(self.refresh)
        self.setups.changed.connect(self.changed)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the cards again."""
        desk = self._desk

        def work() -> CardList:
            cards = desk.exchange.cards
            return CardList(cards.own(), cards.known(), desk_names(desk))

        # A write: the first call of `own` creates the keys.
        self.write(work, self._show)

    def idle(self) -> bool:
        """Whether nothing is being read or written."""
        return super().idle() and self.setups.idle() and self.handover.idle()

    def _show(self, content: CardList) -> None:
        self.own = content.own
        self.setups.own = content.own
        self.own_label.setText(
            _("{title} · fingerprint {fingerprint}").format(
                title=self._desk.title(), fingerprint=content.own.fingerprint
            )
        )
        self.table.show_known(content.known, content.names)
        self._enable(self.table.row())

    def _enable(self, _row: int) -> None:
        card_entry = self.table.chosen()
        self._revoke.setEnabled(card_entry is not None and card_entry.accepted)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Open the dialog for a card (`accept`), returning to the tab `back` afterwards; or read
        cards and set-up files (`paths`)."""
        if intent.get("accept"):
            self._return_to = intent.get("back")
            self.choose_card()
        paths = intent.get("paths", ())
        if len(paths) == 1 and paths[0].suffix.lower() == SUFFIX:
            self.setups.read_setup(paths[0])
        else:
            self.read_cards(paths)

    # -------------------------------------------------------------------- own card

    def save_card(self) -> None:
        """Ask where to save the own card."""
        if self.own is not None:
            ask_where(self, self._file_name(CARD_SUFFIX), CARD_SUFFIX, self.save_card_as)

    def _file_name(self, suffix: str) -> str:
        assert self.own is not None
        return f"BorderDesk_{self.own.unit}-{self.own.desk[:8]}{suffix}"

    def save_card_as(self, target: Path) -> None:
        """Write the own card as a .bdcard file."""
        assert self.own is not None
        content = (self.own.text() + "\n").encode()
        self.write(lambda: write_verified(target, content), lambda _none: self._saved(target))

    def print_card(self) -> None:
        """Ask where to save the own card as a page."""
        if self.own is not None:
            ask_where(self, self._file_name(".pdf"), ".pdf", self.print_card_as)

    def print_card_as(self, target: Path) -> None:
        """Write the own card as a PDF with a QR code."""
        own_card, desk, lang = self.own, self._desk, language()
        assert own_card is not None
        self.write(
            lambda: card_paper.write_card(desk, own_card, target, lang),
            lambda _none: self._saved(target),
        )

    def _saved(self, target: Path) -> None:
        self.bar.notify(_("Saved as {file}").format(file=target.name))

    def ask_renew(self) -> None:
        """Ask for confirmation before creating new keys."""
        words = _(
            "Make new keys, because the old ones were lost or copied? Every other desk then"
            " has to accept the new card before it takes your files again; files locked for"
            " the old card still open here."
        )
        self.bar.ask(words, (_("Make new keys"), self.renew), leave_offer())

    def renew(self) -> None:
        """Create new keys, and thus a new card."""

        def done(_card: Card) -> None:
            self.bar.notify(_("This desk has a new card. Save it and hand it over."))
            self.changed.emit()
            self.refresh()

        self.write(self._desk.exchange.cards.renew_keys, done)

    def ask_new_id(self) -> None:
        """Ask for confirmation before giving the desk a new id."""
        words = _(
            "Give this desk a new id, because its folder was copied and two machines write as one?"
            " Do it on one of the two. Nothing is lost; other desks take the new card with the next"
            " file."
        )
        self.bar.ask(words, (_("Give a new id"), self.take_new_id), leave_offer())

    def take_new_id(self) -> None:
        """Give the desk a new id."""

        def done(card: Card) -> None:
            words = _("This desk goes on as {id}. Send the next file as ever.")
            self.bar.notify(words.format(id=card.desk[:8]))
            self.changed.emit()
            self.refresh()

        self.write(self._desk.exchange.renewal.renew_desk, done)

    # --------------------------------------------------------------- others' cards

    def choose_card(self) -> None:
        """Ask for the file of a card."""
        ask_files(self, _("Cards"), f"*{CARD_SUFFIX}", self.read_cards)

    def choose_cards(self) -> None:
        """Ask for a folder of cards."""
        ask_folder(self, _("Choose a folder"), None, lambda folder: self.read_cards([folder]))

    def read_cards(self, paths: Sequence[Path]) -> None:
        """Read the cards in files, folders and set-up files; ask once whether to accept them."""
        if len(paths) == 1 and not is_folder_there(paths[0]) and paths[0].suffix.lower() != SUFFIX:
            self.read_card(paths[0])
        elif paths:
            self.read(lambda: collect_cards(self._desk, paths), self.ask_accept_all)

    def ask_accept_all(self, collection: CardCollection) -> None:
        """Ask whether to accept several cards, listing their fingerprints."""
        self.table.offer(collection)
        if not collection.cards:
            self.bar.hint(_("There is no new card here."))
            return
        question = ngettext(
            "Accept this {count} card? Compare its fingerprint by telephone.",
            "Accept these {count} cards? Compare each fingerprint by telephone.",
            len(collection.cards),
        ).format(count=len(collection.cards))
        self.bar.ask(
            question, (_("Accept all"), lambda: self.accept_all(collection.cards)), self._leave()
        )

    def _leave(self) -> Offer:
        """The answer that accepts no card."""
        return leave_offer()[0], lambda: self.table.offer(NO_CARDS)

    def accept_all(self, cards: Sequence[Card]) -> None:
        """Accept several cards, then import the packages that waited for them."""
        self._accept(
            lambda: self._desk.exchange.cards.accept_cards(cards),
            ngettext("{count} card is accepted.", "{count} cards are accepted.", len(cards)).format(
                count=len(cards)
            ),
        )

    def read_card(self, path: Path) -> None:
        """Read a card and ask whether to accept it."""
        self.read(lambda: read_card(path), self.ask_accept)

    def ask_accept(self, card: Card) -> None:
        """Ask whether to accept a card, and whether it replaces that of a lost desk."""
        self.table.offer(CardCollection([card], []))
        card_entry = next((k for k in self.table.known if k.card.desk == card.desk), None)
        of_unit = [
            k
            for k in self.table.known
            if k.card.unit == card.unit and k.accepted and k.card.desk != card.desk
        ]
        words = _(
            "Accept the card of {desk} ({kind})? Its fingerprint is {fingerprint}. Have them"
            " read theirs out on the telephone: it must be the same."
        )
        question = words.format(
            desk=self.table.name_of(card),
            kind=_(ROLE_NAMES[card.role]),
            fingerprint=card.fingerprint,
        )
        if card_entry is not None and card_entry.card != card:
            question += " " + _("This desk was known by other keys; those count no more.")
        offers: list[Offer] = [(_("Accept"), lambda: self.accept(card))]
        if of_unit:
            old = of_unit[0].card.desk
            unit = unit_short(self._desk.book, card.role, card.unit) or card.unit
            question += " " + _("Another desk of {desk} is accepted already.").format(desk=unit)
            offers = [
                (_("Accept both"), lambda: self.accept(card)),
                (_("In place of the lost one"), lambda: self.accept(card, instead_of=old)),
            ]
        self.bar.ask(question, *offers, self._leave())

    def accept(self, card: Card, instead_of: str = "") -> None:
        """Accept a card, then import the packages that waited for it.

        instead_of: id of the desk whose card is revoked at the same time; "" for none.
        """
        self._accept(
            lambda: self._desk.exchange.cards.accept_card(card, instead_of=instead_of),
            _("The card of {desk} is accepted.").format(desk=self.table.name_of(card)),
        )

    def _accept(self, decide: Callable[[], object], words: str) -> None:
        """Run `decide` (accept or revoke), import the packages that waited, and report after
        `words`."""
        desk = self._desk

        def work() -> list[ImportOutcome]:
            decide()
            return desk.exchange.imports.take_waiting()

        def done(outcomes: list[ImportOutcome]) -> None:
            message = words
            imported = sum(outcome.status in (IMPORTED, UNCHANGED) for outcome in outcomes)
            if outcomes:
                message += " " + waited_label(imported)
            return_tab, self._return_to = self._return_to, None
            self.table.offer(NO_CARDS)
            self.changed.emit()
            self.refresh()
            if return_tab is not None:
                self.wanted.emit(return_tab, {"again": True})
            self.bar.notify(message)

        self.write(work, done)

    def ask_revoke(self) -> None:
        """Ask for confirmation before revoking the current card."""
        card_entry = self.table.chosen()
        if card_entry is None:
            return
        card = card_entry.card
        words = _(
            "Trust the card of {desk} no longer? Its new files will wait; what came from it"
            " stays. Accepting the card again undoes this."
        )
        self.bar.ask(
            words.format(desk=self.table.name_of(card)),
            (_("Revoke"), lambda: self.revoke(card)),
            leave_offer(),
        )

    def revoke(self, card: Card) -> None:
        """Revoke a card."""
        desk = self._desk

        def done(_none: None) -> None:
            words = _("The card of {desk} is revoked.")
            self.bar.notify(words.format(desk=self.table.name_of(card)))
            self.changed.emit()
            self.refresh()

        self.write(lambda: desk.exchange.cards.revoke_card(card.desk), done)
