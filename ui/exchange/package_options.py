"""Options of a package: encryption, and whether private fields are included."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.exchange.desks.cards import Card
from borderdesk.exchange.sending.exports import ExportOptions
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.text_line import TextLine
from ui.widgets.password_fields import PasswordLine

CARD = Qt.ItemDataRole.UserRole
ROWS = 3
"""Number of cards visible at once."""


class LockKind(Enum):
    """Who can open a package."""

    OPEN = "open"
    CARDS = "cards"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind


class PackageOptions(QWidget):
    """Form of the options; by default a package is not encrypted and has no private fields."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Chooser()
        self.lock.addItem(_("Anybody (the usual way)"), LockKind.OPEN)
        self.lock.addItem(_("Only the desks of chosen cards"), LockKind.CARDS)
        self.lock.addItem(_("Whoever knows a passphrase"), LockKind.PASSPHRASE)
        self.cards = QListWidget()
        self._gone: list[str] = []
        """Names of ticked cards that are no longer accepted."""
        self._wanted: dict[str, str] = {}
        """{desk id: name} of cards to tick once they are offered."""
        self.first, self.again = PasswordLine(), PasswordLine()
        self.show_words = QCheckBox(_("Show the passphrase"))
        self.private = QCheckBox(_("Personal and internal fields go too"))
        self.reason = TextLine()
        self._lay_out()
        self.lock.currentIndexChanged.connect(lambda _index: self._show_applicable())
        self.private.toggled.connect(lambda _on: self._show_applicable())
        self.show_words.toggled.connect(lambda _on: self._show_applicable())
        self._show_applicable()

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows: tuple[tuple[str, QWidget], ...] = (
            (_("Who may open it"), self.lock),
            (_("Cards"), self.cards),
            (_("Passphrase"), self.first),
            (_("The passphrase again"), self.again),
        )
        for words, field in rows:
            form.addRow(self._labelled(words, field), field)
        form.addRow(self.show_words)
        self.slow = PlainLabel(_("At least 8 characters. Locking takes about 1.7 seconds."))
        self.slow.setWordWrap(True)
        form.addRow(named(self.slow, "muted"))
        form.addRow(self.private)
        form.addRow(self._labelled(_("Why they go too"), self.reason), self.reason)
        level_labels(form)
        self.cards.setMaximumHeight(self.fontMetrics().height() * 2 * ROWS)

    def _labelled(self, words: str, field: QWidget) -> QLabel:
        label = PlainLabel(words)
        label.setBuddy(field)
        field.setAccessibleName(words)
        return label

    def _show_applicable(self) -> None:
        """Show only the fields that the choices need."""
        lock_kind = self.lock.currentData()
        self._form.setRowVisible(self.cards, lock_kind is LockKind.CARDS)
        for field in (self.first, self.again, self.show_words, self.slow):
            self._form.setRowVisible(field, lock_kind is LockKind.PASSPHRASE)
        self._form.setRowVisible(self.reason, self.private.isChecked())
        for field in (self.first, self.again):
            field.show_typed(self.show_words.isChecked())

    def offer(self, cards: Sequence[tuple[str, Card]]) -> None:
        """Offer cards as (name of the desk, card); ticks are kept."""
        ticked_cards = self._ticked()
        ticked = {**self._wanted, **{card.desk: name for name, card in ticked_cards}}
        self._wanted = {}
        offered = {card.desk for _name, card in cards}
        self._gone += [name for desk, name in ticked.items() if desk not in offered]
        self.cards.clear()
        for name, card in cards:
            item = QListWidgetItem(name, self.cards)
            item.setData(CARD, card)
            state = Qt.CheckState
            item.setCheckState(state.Checked if card.desk in ticked else state.Unchecked)
        if cards:
            self.cards.setCurrentRow(0)

    def choices(self) -> dict[str, Any]:
        """The choices as `choose_again` takes them, without the passphrase."""
        if self.isHidden() and self.lock.currentIndex() == 0 and not self.private.isChecked():
            return {}
        return {
            "lock": self.lock.currentData(),
            "cards": {card.desk: name for name, card in self._ticked()} or self._wanted,
            "private": self.private.isChecked(),
            "reason": self.reason.text(),
        }

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned."""
        if choices:
            self.show()
            self.lock.take(choices["lock"])
            self._wanted = dict(choices["cards"])
            self.private.setChecked(choices["private"])
            self.reason.setText(choices["reason"])

    def chosen(self) -> list[Card]:
        """The ticked cards."""
        return [card for _name, card in self._ticked()]

    def _ticked(self) -> list[tuple[str, Card]]:
        items = [self.cards.item(row) for row in range(self.cards.count())]
        ticked = [item for item in items if item.checkState() == Qt.CheckState.Checked]
        # Qt converts a named tuple to a plain one.
        return [(item.text(), Card(*item.data(CARD))) for item in ticked]

    def _require_ticked(self) -> None:
        """Raises UserError once if a ticked card is no longer accepted."""
        missing, self._gone = self._gone, []
        if missing:
            words = _("{names}: accepted here no longer. Look again who may open the file.")
            raise UserError(words.format(names=", ".join(missing)))

    def export_options(self) -> ExportOptions:
        """The options of the package. Raises UserError if the choices are incomplete."""
        lock = self.lock.currentData()
        if lock is LockKind.CARDS:
            self._require_ticked()
        cards = self.chosen() if lock is LockKind.CARDS else []
        if lock is LockKind.CARDS and not cards:
            raise UserError(_("Tick at least one card that may open the file."))
        if lock is LockKind.PASSPHRASE and self.first.text() != self.again.text():
            raise UserError(_("The two passphrases differ. Type them again."))
        return ExportOptions(
            cards,
            self.first.text() if lock is LockKind.PASSPHRASE else None,
            self.reason.text() if self.private.isChecked() else None,
        )

    def reset(self) -> None:
        """Reset all fields, so that passphrase and reason are not reused for the next file."""
        for field in (self.first, self.again, self.reason):
            field.clear()
        self.show_words.setChecked(False)
        self.private.setChecked(False)
        self._gone = []
        self.lock.setCurrentIndex(0)
