"""The one module that speaks to the person: a bar above the list, never a pop-up."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)
from shiboken6 import isValid

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel, plain_action, plain_tip
from ui.base.style import style_anew
from ui.base.tasks import BackgroundWork

SHORTLY = 6_000
LINES, MOST_LINES, MARGIN = 2, 4, 6
"""Lines of a message, of one that finds no room in them, and the pixels around them."""
LEAST_DIGITS, BUTTON_DIGITS = 28, 40
"""How wide a bar is at least, and the words of a button of it at most, in digits."""
STEP, EDGE = 8, 12
"""Pixels between two widths that are tried, and left of a bar that is as wide as it can be."""
TONES = {"bad": "✗ ", "ask": "? ", "good": "✓ ", "hint": "→ "}
"""What stands before a sentence, by its tone: a colour alone is not seen by everybody."""
Offer = tuple[str, Callable[[], None]]
"""A button of a message: its words and what it does."""


class MessageRelay(QObject):
    """Emits every message that a bar shows; tests listen to it."""

    shown = Signal(str, str)


message_relay = MessageRelay()


class MessageText(PlainLabel):
    """A sentence in so many lines at most, the rest of it left out."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self._lines = LINES
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show another sentence."""
        self._whole, self._lines = text, LINES
        self.setAccessibleName(text)
        self._fit()

    def take_lines(self, width: int) -> int:
        """Have as many lines as the sentence needs in a width; how many."""
        width = self._inside(width)
        fits = (
            n for n in range(LINES, MOST_LINES) if self._advance(self._broken(width, n)) <= width
        )
        self._lines = next(fits, MOST_LINES)
        self._fit()
        return self._lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines again."""
        super().resizeEvent(event)
        self._fit()

    def needed(self) -> int:
        """The least width in which nothing of the sentence is left out."""
        width = self.fontMetrics().horizontalAdvance(self._whole) // LINES
        while self._advance(self._broken(width, LINES)) > width:
            width += STEP
        return width + self.width() - self.contentsRect().width() + 1

    def _inside(self, width: int) -> int:
        # A pixel less: widths of words are rounded, each line's for itself.
        return max(width - self.width() + self.contentsRect().width() - 1, 1)

    def _advance(self, lines: Sequence[str]) -> int:
        return self.fontMetrics().horizontalAdvance(lines[-1])

    def _broken(self, width: int, lines: int) -> list[str]:
        """The lines but the last, and what is left for that."""
        words, broken = self._whole.split(" "), []
        for _line in range(lines - 1):
            line = ""
            while words and self._advance([f"{line} {words[0]}".strip()]) <= width:
                line = f"{line} {words.pop(0)}".strip()
            broken.append(line)
        return [*broken, " ".join(words)]

    def _fit(self) -> None:
        width = self._inside(self.width())
        *lines, rest = self._broken(width, self._lines)
        rest = self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, width)
        self.setText("\n".join(line for line in (*lines, rest) if line))


class MessageBar(QFrame):
    """What happened, in a sentence, with at most three buttons.

    Its place is kept while it says nothing, and is as high for every message: the page under it
    never moves. A longer one stands over what is at its left until it goes, and over what is
    below where that is too little; what finds no room even then is said by its hint.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._label = MessageText()
        self._text = ""
        self._followed: QObject | None = None
        """The work whose progress it shows."""
        self._place: QRect | None = None
        """Where it stands, while it is larger than that."""
        self._grown: QRect | None = None
        """Where it is then."""
        self._before: QWidget | None = None
        """What had the keyboard when the message came."""
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 4, 0)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._row.addWidget(self._label, 1)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(160)
        self._progress.hide()
        self._row.addWidget(self._progress)
        self._timer = QTimer(self, singleShot=True, interval=SHORTLY)
        self._timer.timeout.connect(self.clear)
        keeps = self.sizePolicy()
        keeps.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        keeps.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        keeps.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeps)
        self.hide()

    def sizeHint(self) -> QSize:
        """The same for every message."""
        digits = self.fontMetrics().horizontalAdvance("0") * LEAST_DIGITS
        return QSize(digits, self._height(LINES))

    def minimumSizeHint(self) -> QSize:
        """The same for every message."""
        return QSize(self.sizeHint().width() // 2, self._height(LINES))

    def _height(self, lines: int) -> int:
        return self._label.fontMetrics().lineSpacing() * lines + MARGIN

    @property
    def text(self) -> str:
        """The sentence shown, or ""."""
        return "" if self.isHidden() else self._text

    def notify(self, text: str, *offers: Offer) -> None:
        """Show what was done; without buttons it goes by itself."""
        self._show("good", text, offers)
        if not offers:
            self._timer.start()

    def hint(self, text: str) -> None:
        """Say why nothing was done or what is to be done first; it goes by itself."""
        self._show("hint", text, ())
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

    def follow(self, work: BackgroundWork, text: str) -> None:
        """Show how far a long work is, with a button that stops it."""
        self._show("good", text, [(_("Stop"), work.stop)])
        self._followed = work
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(text)
        self._progress.show()
        work.progress.connect(self._advance)
        work.ended.connect(self._work_ended)

    def _advance(self, done: int, whole: int) -> None:
        if self.sender() is self._followed:
            self._progress.setRange(0, whole)
            self._progress.setValue(done)

    def _work_ended(self) -> None:
        """The outcome of another work, shown since, stays."""
        if self.sender() is self._followed:
            self.clear()

    def withdraw(self, error: UserError | str) -> None:
        """Hide a warning that no longer holds; whatever is shown in its place stays."""
        if self._text == TONES["bad"] + str(error):
            self.clear()

    def clear(self) -> None:
        """Hide the bar."""
        self._followed = None
        self._timer.stop()
        self._progress.hide()
        self._give_keyboard_back()
        self.hide()
        self._shrink()

    def _shrink(self) -> None:
        """Stand in its place again."""
        if self._place is not None:
            self.setGeometry(self._place)
            self._place = self._grown = None

    def _give_keyboard_back(self) -> None:
        """A button goes with the keyboard: Qt would give that to whatever stands before it."""
        before, self._before = self._before, None
        held = any(button.hasFocus() for button in self.buttons)
        if held and before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, tone: str, text: str, offers: Sequence[Offer]) -> None:
        self._timer.stop()
        self._followed = None
        self._progress.hide()
        self._give_keyboard_back()
        self._before = self.window().focusWidget()
        self._text = TONES[tone] + text
        self._label.say(self._text)
        self._shrink()
        self.setToolTip(plain_tip(text))
        self.setProperty("tone", tone)
        self.setAccessibleName(text)
        style_anew(self)
        self._replace_buttons(offers)
        self.show()
        QTimer.singleShot(0, self, self._grow)
        message_relay.shown.emit(tone, text)

    def _beside(self) -> int:
        """The width of what stands beside the sentence."""
        return self._row.totalSizeHint().width() + self.width() - self.contentsRect().width()

    def _grow(self) -> None:
        """Stand over what is at its left for as long as a message needs more than its place."""
        above, place = self.parentWidget(), self.geometry()
        if place != self._grown:
            # A layout has put it into its place, which may be another than before.
            self._place = self._grown = None
        needed = self._label.needed() + self._beside()
        if self.isHidden() or above is None or needed <= place.width():
            return
        left = self._whole_buttons(above, max(place.right() + 1 - needed, EDGE))
        left = min(left, place.left())
        width = place.right() - left + 1
        height = self._height(self._label.take_lines(width - self._beside()))
        if (width, height) != (place.width(), place.height()):
            self._place = self._place or place
            # At the lower edge of a window it stands over what is above.
            top = max(min(place.top(), above.height() - height), 0)
            self._grown = QRect(left, top, width, height)
            self.setGeometry(self._grown)
            self.raise_()

    def _whole_buttons(self, above: QWidget, left: int) -> int:
        """Where it begins if it would cover a part of a button: half a button looks broken."""
        for one in above.children():
            if one is self or not isinstance(one, QWidget) or one.isHidden():
                continue
            room = one.geometry()
            beside = room.top() <= self.geometry().bottom() and room.bottom() >= self.y()
            if not beside or not room.left() < left <= room.right():
                continue
            if isinstance(one, QAbstractButton) or one.findChild(QAbstractButton):
                return room.left()
        return left

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A layout has put it into its place again."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._grow)

    def _replace_buttons(self, offers: Sequence[Offer]) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for words, act in offers:
            button = QPushButton(plain_action(self._shortened(words)))
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setAutoDefault(True)
            button.clicked.connect(lambda _checked=False, act=act: self._chosen(act))
            self._row.addWidget(button)
            self.buttons.append(button)

    def _shortened(self, words: str) -> str:
        most = self.fontMetrics().horizontalAdvance("0") * BUTTON_DIGITS
        return self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, most)

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
