"""Thẻ: this desk's card, the cards it trusts, and the province's set-up file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from borderdesk.base.formats import show_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.desk import Desk
from borderdesk.exchange.cards import Card, CardEntry, read_card
from borderdesk.exchange.desk_names import desk_names, unit_short
from borderdesk.exchange.imports import IMPORTED, UNCHANGED, ImportOutcome
from borderdesk.exchange.setup_file import SUFFIX, SetupFile, read_setup
from borderdesk.exchange.setups import OLDER, SAME, SetupOutcome
from borderdesk.session.identity import ROLE_NAMES
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.exchange_words import moment_text
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.file_choosers import ask_files
from ui.widgets.files import ask_where
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar, Offer
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column

CARD_SUFFIX = ".bdcard"
COUNTED = {
    "units": N_("administrative units"), "posts": N_("posts"), "markers": N_("markers"),
    "hamlets": N_("hamlets"), "picks": N_("entries of pick lists"), "settings": N_("settings"),
    "regulations": N_("regulations"), "cards": N_("cards"),
}  # fmt: skip


class Found(NamedTuple):
    """What the panel shows."""

    own: Card
    known: list[CardEntry]
    names: dict[str, str]


class CardsPanel(DeskPanel):
    """The own card above, then the others', then set-up files."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.own: Card | None = None
        self.known: list[CardEntry] = []
        self._setup: SetupFile | None = None
        self._came_from: str | None = None
        self.told = QLabel()
        self.table = RowsTable(
            _("Cards of other desks"),
            [
                TableColumn(_("Desk"), 18),
                TableColumn(_("Kind"), 8),
                TableColumn(_("State"), 13),
                TableColumn(_("Fingerprint"), 26),
                TableColumn(_("Since"), 17),
                TableColumn(_("Vouched by"), 20),
            ],
            _(
                "No card of another desk yet. Files wait until their sender's card is accepted:"
                " apply the province's set-up file, or accept cards one at a time."
            ),
        )
        self.asked = QLabel()
        self.fingerprint = QLineEdit()
        self._lay_out()
        self._ask_setup(None)
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        outer.addWidget(named(QLabel(_("This desk's card")), "heading"))
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        outer.addWidget(self.told)
        row = FlowLayout()
        row.add(button(bind(self, "card_save", self.save_card), keys=True))
        row.add(button(bind(self, "card_print", self.print_card), keys=True))
        row.add(button(bind(self, "card_renew", self.ask_renew), flat=True))
        outer.addLayout(row)
        outer.addWidget(named(QLabel(_("Cards of other desks")), "heading"))
        row = FlowLayout()
        row.add(button(bind(self, "card_accept", self.choose_card), keys=True))
        self._revoke = bind(self, "card_revoke", self.ask_revoke)
        row.add(button(self._revoke))
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        outer.addWidget(named(QLabel(_("Set-up file of the province")), "heading"))
        outer.addLayout(self._setup_row())
        self.asked.setWordWrap(True)
        outer.addWidget(self.asked)
        row = FlowLayout()
        row.add(self.fingerprint)
        self._confirm = bind(self, "setup_confirm", self.confirm_setup)
        self.confirm_button = button(self._confirm, main=True)
        row.add(self.confirm_button)
        outer.addLayout(row)
        self.fingerprint.setAccessibleName(_("Fingerprint, as the province reads it out"))
        self.fingerprint.setPlaceholderText(_("Fingerprint, as the province reads it out"))
        self.fingerprint.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 44)
        self.fingerprint.returnPressed.connect(self.confirm_setup)
        self.table.moved.connect(self._moved)

    def _setup_row(self) -> FlowLayout:
        row = FlowLayout()
        make = bind(self, "setup_make", self.make_setup)
        identity = self._desk.identity
        make.setEnabled(identity.role == "province" and not identity.practice)
        if identity.role == "province":
            row.add(button(make, keys=True))
        row.add(button(bind(self, "setup_apply", self.choose_setup), keys=True))
        hint = named(QLabel(_("It brings reference data, settings, regulations and the cards the"
                              " province knows.")), "muted")  # fmt: skip
        hint.setWordWrap(True)
        row.add(hint, 1)
        return row

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the cards anew."""
        desk = self._desk

        def work() -> Found:
            cards = desk.exchange.cards
            return Found(cards.own(), cards.known(), desk_names(desk))

        # The first call makes the keys, so that it is a write.
        self.write(work, self._show)

    def _show(self, found: Found) -> None:
        self.own, self.known = found.own, found.known
        self.told.setText(_("{title} · fingerprint {fingerprint}").format(
            title=self._desk.title(), fingerprint=found.own.fingerprint))  # fmt: skip
        today = self._desk.today()
        self.table.show_rows([
            (
                self.name_of(one.card), _(ROLE_NAMES[one.card.role]),
                _("✓ accepted") if one.accepted else _("✗ revoked"), one.card.fingerprint,
                moment_text(one.noted, today), found.names.get(one.vouched, one.vouched),
            )
            for one in found.known
        ])  # fmt: skip
        self._moved(self.table.row())

    def name_of(self, card: Card) -> str:
        """The desk of a card in few words."""
        return unit_short(self._desk.book, card.role, card.unit) or card.unit

    def _chosen(self) -> CardEntry | None:
        row = self.table.row()
        return self.known[row] if 0 <= row < len(self.known) else None

    def _moved(self, _row: int) -> None:
        chosen = self._chosen()
        self._revoke.setEnabled(chosen is not None and chosen.accepted)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """accept: ask for a card, then go back to `back`; paths: cards or set-up files."""
        if intent.get("accept"):
            self._came_from = intent.get("back")
            self.choose_card()
        for path in intent.get("paths", ()):
            (self.read_setup if path.suffix == SUFFIX else self.read_card)(path)

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
        from borderdesk.exchange.verified_file import write_verified

        assert self.own is not None
        content = (self.own.text() + "\n").encode()
        self.write(lambda: write_verified(target, content), lambda _none: self._saved(target))

    def print_card(self) -> None:
        """Ask where to save the own card as a page to print."""
        if self.own is not None:
            ask_where(self, self._file_name(".pdf"), ".pdf", self.print_card_as)

    def print_card_as(self, target: Path) -> None:
        """Write the own card as a PDF with its QR code."""
        from borderdesk.reports.card_paper import write_card

        own, desk, lang = self.own, self._desk, language()
        assert own is not None
        self.write(lambda: write_card(desk, own, target, lang), lambda _none: self._saved(target))

    def _saved(self, target: Path) -> None:
        self.bar.notify(_("Saved as {file}").format(file=target.name))

    def ask_renew(self) -> None:
        """Ask whether new keys are to be made, and say what follows."""
        words = _("Make new keys, because the old ones were lost or copied? Every other desk then"
                  " has to accept the new card before it takes your files again; files locked for"
                  " the old card still open here.")  # fmt: skip
        self.bar.ask(words, (_("Make new keys"), self.renew), (_("Leave it"), _nothing))

    def renew(self) -> None:
        """Make new keys."""

        def done(_card: Card) -> None:
            self.bar.notify(_("This desk has a new card. Save it and hand it over."))
            self.changed.emit()
            self.refresh()

        self.write(self._desk.exchange.cards.renew_keys, done)

    # --------------------------------------------------------------- others' cards

    def choose_card(self) -> None:
        """Ask for the file of a card."""
        ask_files(self, _("Cards"), f"*{CARD_SUFFIX}", self._read_cards)

    def _read_cards(self, paths: Sequence[Path]) -> None:
        if paths:
            self.read_card(paths[0])

    def read_card(self, path: Path) -> None:
        """Read a card and ask whether it is to be trusted."""
        self.read(lambda: read_card(path), self.ask_accept)

    def ask_accept(self, card: Card) -> None:
        """Ask whether a card is to be trusted, with what it takes the place of."""
        same = next((k for k in self.known if k.card.desk == card.desk), None)
        of_unit = [k for k in self.known if k.card.unit == card.unit and k.accepted
                   and k.card.desk != card.desk]  # fmt: skip
        words = _("Accept the card of {desk} ({kind})? Its fingerprint is {fingerprint}. Have them"
                  " read theirs out on the telephone: it must be the same.")  # fmt: skip
        asked = words.format(
            desk=self.name_of(card), kind=_(ROLE_NAMES[card.role]), fingerprint=card.fingerprint
        )
        if same is not None and same.card != card:
            asked += " " + _("This desk was known by other keys; those count no more.")
        offers: list[Offer] = [(_("Accept"), lambda: self.accept(card))]
        if of_unit:
            old = of_unit[0].card.desk
            asked += " " + _("Another desk of {desk} is accepted already.").format(
                desk=self.name_of(card)
            )
            offers = [
                (_("Accept both"), lambda: self.accept(card)),
                (_("In place of the lost one"), lambda: self.accept(card, instead_of=old)),
            ]
        self.bar.ask(asked, *offers, (_("Leave it"), _nothing))

    def accept(self, card: Card, instead_of: str = "") -> None:
        """Trust a card, and take in what waited for it."""
        desk = self._desk

        def work() -> list[ImportOutcome]:
            desk.exchange.cards.accept_card(card, instead_of=instead_of)
            return desk.exchange.imports.take_waiting()

        def done(outcomes: list[ImportOutcome]) -> None:
            words = _("The card of {desk} is accepted.").format(desk=self.name_of(card))
            taken = sum(one.status in (IMPORTED, UNCHANGED) for one in outcomes)
            if outcomes:
                words += " " + _("{count} files that waited were taken in.").format(count=taken)
            back, self._came_from = self._came_from, None
            self.changed.emit()
            self.refresh()
            if back is not None:
                self.wanted.emit(back, {"again": True})
            self.bar.notify(words)

        self.write(work, done)

    def ask_revoke(self) -> None:
        """Ask whether the chosen card is to be trusted no longer, and say what follows."""
        chosen = self._chosen()
        if chosen is None:
            return
        card = chosen.card
        words = _("Trust the card of {desk} no longer? Its new files will wait; what came from it"
                  " stays. Accepting the card again undoes this.")  # fmt: skip
        self.bar.ask(
            words.format(desk=self.name_of(card)),
            (_("Revoke"), lambda: self.revoke(card)), (_("Leave it"), _nothing),
        )  # fmt: skip

    def revoke(self, card: Card) -> None:
        """Trust a card no longer."""
        desk = self._desk

        def done(_none: None) -> None:
            words = _("The card of {desk} is revoked.")
            self.bar.notify(words.format(desk=self.name_of(card)))
            self.changed.emit()
            self.refresh()

        self.write(lambda: desk.exchange.cards.revoke_card(card.desk), done)

    # ---------------------------------------------------------------- set-up files

    def make_setup(self) -> None:
        """Ask where to write the set-up file."""
        name = _("BorderDesk-set-up-{date}").format(date=self._desk.today().isoformat())
        ask_where(self, name + SUFFIX, SUFFIX, self.make_setup_as)

    def make_setup_as(self, target: Path) -> None:
        """Write the set-up file."""
        desk = self._desk

        def done(number: int) -> None:
            words = _("Set-up file no. {number} is written: {file}. Desks that do not know your"
                      " card will ask for your fingerprint: {fingerprint}")  # fmt: skip
            own = self.own
            self.bar.notify(
                words.format(number=number, file=target.name,
                             fingerprint=own.fingerprint if own else ""),
                (_("Close"), self.bar.clear),
            )  # fmt: skip

        self.write(lambda: desk.exchange.setups.make(target), done)

    def choose_setup(self) -> None:
        """Ask for a set-up file."""
        ask_files(self, _("Set-up files"), f"*{SUFFIX}", self._read_setups)

    def _read_setups(self, paths: Sequence[Path]) -> None:
        if paths:
            self.read_setup(paths[0])

    def read_setup(self, path: Path) -> None:
        """Read a set-up file and say what it would bring."""
        self.read(lambda: read_setup(path), self._ask_setup)

    def _ask_setup(self, setup: SetupFile | None) -> None:
        self._setup = setup
        for widget in (self.asked, self.confirm_button, self.fingerprint):
            widget.setVisible(setup is not None)
        self._confirm.setEnabled(setup is not None)
        if setup is None:
            return
        trusted = self._desk.exchange.setups.trusts(setup)
        self.fingerprint.clear()
        self.fingerprint.setVisible(not trusted)
        words = _("{file}, no. {number}, brings {counts}. What is here of the same kinds is brought"
                  " up to date.")  # fmt: skip
        told = words.format(file=setup.file, number=setup.number, counts=counts_words(setup))
        if not trusted:
            told += " " + _("The province's card is not accepted here yet: call and have the"
                            " fingerprint read out, then type it.")  # fmt: skip
        self.asked.setText(told)
        (self.confirm_button if trusted else self.fingerprint).setFocus()

    def confirm_setup(self) -> None:
        """Apply the set-up file that was read."""
        setup, typed, desk = self._setup, self.fingerprint.text(), self._desk
        if setup is None:
            return

        def work() -> tuple[SetupOutcome, list[ImportOutcome]]:
            applied = desk.exchange.setups.apply(setup, vouched=typed)
            return applied, desk.exchange.imports.take_waiting()

        def done(answer: tuple[SetupOutcome, list[ImportOutcome]]) -> None:
            applied, outcomes = answer
            self._ask_setup(None)
            self.changed.emit()
            self.refresh()
            self.bar.notify(_applied_words(applied, len(outcomes)))

        self.write(work, done)


def counts_words(setup: SetupFile) -> str:
    """What a set-up file brings, in words."""
    return ", ".join(
        f"{show_number(count, language())} {_(COUNTED[key])}"
        for key, count in setup.counts().items()
        if count and key in COUNTED
    )


def _applied_words(applied: SetupOutcome, taken: int) -> str:
    if applied.status == SAME:
        return _("This set-up file is applied already. Nothing was changed.")
    if applied.status == OLDER:
        words = _("Set-up file {number} is applied already, which is newer. Nothing was changed.")
        return words.format(number=applied.number)
    words = _("Set-up file no. {number} is applied.").format(number=applied.number)
    if taken:
        words += " " + _("{count} files that waited were taken in.").format(count=taken)
    return words


def _nothing() -> None:
    """Everything stays."""
