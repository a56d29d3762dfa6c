"""The one module that speaks to the person: a bar above the list, never a pop-up."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.base.tasks import Work

SHORTLY = 6_000
Offer = tuple[str, Callable[[], None]]
"""A button of a message: its words and what it does."""


class MessageRelay(QObject):
    """Emits every message that a bar shows; tests listen to it."""

    shown = Signal(str, str)


message_relay = MessageRelay()


class MessageBar(QFrame):
    """What happened, in a sentence, with at most three buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._label = PlainLabel()
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 2, 4, 2)
        self._row.addWidget(self._label, 1)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(160)
        self._progress.hide()
        self._row.addWidget(self._progress)
        self._timer = QTimer(self, singleShot=True, interval=SHORTLY)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or ""."""
        return "" if self.isHidden() else self._label.text()

    def notify(self, text: str, *offers: Offer) -> None:
        """Show what was done; without buttons it goes by itself."""
        self._show("good", text, offers)
        if not offers:
            self._timer.start()

    def warn(self, error: UserError | str, *offers: Offer) -> None:
        """Show what went wrong; it stays until the next message."""
        self._show("bad", str(error), [*offers, (_("Close"), self.clear)])

    def caution(self, text: str, *offers: Offer) -> None:
        """Say what needs a look, in the colour of a warning; it stays until the next message."""
        self._show("ask", text, [*offers, (_("Close"), self.clear)])

    def ask(self, text: str, *offers: Offer) -> None:
        """Ask, with the keyboard on the first answer; Escape is the last one."""
        self._show("ask", text, offers)
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, work: Work, text: str) -> None:
        """Show how far a long work is, with a button that stops it."""
        self._show("good", text, [(_("Stop"), work.stop)])
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(text)
        self._progress.show()
        work.progress.connect(self._advance)
        work.ended.connect(self.clear)

    def _advance(self, done: int, whole: int) -> None:
        self._progress.setRange(0, whole)
        self._progress.setValue(done)

    def clear(self) -> None:
        """Hide the bar."""
        self._timer.stop()
        self._progress.hide()
        self.hide()

    def _show(self, tone: str, text: str, offers: Sequence[Offer]) -> None:
        self._timer.stop()
        self._progress.hide()
        self._label.setText({"bad": "✗ ", "ask": "? ", "good": "✓ "}[tone] + text)
        self.setProperty("tone", tone)
        self.setAccessibleName(text)
        self.style().unpolish(self)
        self.style().polish(self)
        self._replace_buttons(offers)
        self.show()
        message_relay.shown.emit(tone, text)

    def _replace_buttons(self, offers: Sequence[Offer]) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for words, act in offers:
            button = QPushButton(words)
            button.setAccessibleName(words)
            button.setAutoDefault(True)
            button.clicked.connect(lambda _checked=False, act=act: self._chosen(act))
            self._row.addWidget(button)
            self.buttons.append(button)

    def _chosen(self, act: Callable[[], None]) -> None:
        self.clear()
        act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the last, careful answer; Enter the one in focus."""
        if event.key() == Qt.Key.Key_Escape and self.buttons:
            self.buttons[-1].click()
            return
        focused = next((b for b in self.buttons if b.hasFocus()), None)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and focused:
            focused.click()
            return
        super().keyPressEvent(event)
