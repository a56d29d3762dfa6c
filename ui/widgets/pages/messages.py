"""The message bar, through which all messages are shown instead of pop-ups."""

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
"""Lines of a message; of a message that does not fit into them; pixels of margin."""
USUAL_DIGITS, LEAST_DIGITS, BUTTON_DIGITS = 16, 14, 40
"""In digits: width of the bar at which it stays on the line of buttons before it, its minimum
width, maximum width of a button's text."""
STEP, EDGE = 8, 12
"""In pixels: step of the width search in `needed`; margin left of a bar of maximum width."""
TONES = {"bad": "✗ ", "ask": "? ", "good": "✓ ", "hint": "→ "}
"""The sign before a message, by tone, as colour alone is not visible to everybody."""
Offer = tuple[str, Callable[[], None]]
"""A button of a message: its text and its handler."""


class MessageRelay(QObject):
    """Emits every message shown by any bar; tests listen to it."""

    shown = Signal(str, str)


message_relay = MessageRelay()


class MessageText(PlainLabel):
    """A label with a maximum number of lines; the rest of the text is elided."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self._lines = LINES
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Set the text."""
        self._whole, self._lines = text, LINES
        self.setAccessibleName(text)
        self._fit()

    def take_lines(self, width: int) -> int:
        """Use as many lines as the text needs at a width (at most MOST_LINES); returns how many."""
        width = self._inside(width)
        fits = (
            n for n in range(LINES, MOST_LINES) if self._advance(self._broken(width, n)) <= width
        )
        self._lines = next(fits, MOST_LINES)
        self._fit()
        return self._lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the text again."""
        super().resizeEvent(event)
        self._fit()

    def needed(self) -> int:
        """The minimum width at which nothing is elided."""
        width = self.fontMetrics().horizontalAdvance(self._whole) // LINES
        while self._advance(self._broken(width, LINES)) > width:
            width += STEP
        return width + self.width() - self.contentsRect().width() + 1

    def _inside(self, width: int) -> int:
        # One pixel less: widths are rounded for each line.
        return max(width - self.width() + self.contentsRect().width() - 1, 1)

    def _advance(self, lines: Sequence[str]) -> int:
        return self.fontMetrics().horizontalAdvance(lines[-1])

    def _broken(self, width: int, lines: int) -> list[str]:
        """The text broken into `lines` lines; the last one may be too long."""
        words, broken = self._whole.split(" "), []
        for _line in range(lines - 1):
            line = ""
            while words and self._advance([f"{line} {words[0]}".strip()]) <= width:
                line = f"{line} {words.pop(0)}".strip()
            broken.append(line)
        return [*broken, " ".join(words)]

    def _fit(self) -> None:
        width = self._inside(self.width())
        *lines, last_line = self._broken(width, self._lines)
        last_line = self.fontMetrics().elidedText(last_line, Qt.TextElideMode.ElideRight, width)
        self.setText("\n".join(line for line in (*lines, last_line) if line))


class MessageBar(QFrame):
    """Shows a message with at most three buttons.

    It keeps its size and place while empty, so that the page below never moves. A longer message
    covers what is left of the bar, then below it; what still does not fit is in the tooltip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._label = MessageText()
        self._text = ""
        self._followed: QObject | None = None
        """The operation whose progress is shown."""
        self._place: QRect | None = None
        """Its geometry in the layout while it is enlarged, else None."""
        self._grown: QRect | None = None
        """Its enlarged geometry, else None."""
        self._before: QWidget | None = None
        """The widget that had the focus when the message was shown."""
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
        return self._size(USUAL_DIGITS)

    def minimumSizeHint(self) -> QSize:
        """The same for every message."""
        return self._size(LEAST_DIGITS)

    def _size(self, digits: int) -> QSize:
        width = self.fontMetrics().horizontalAdvance("0") * digits
        return QSize(width, self._height(LINES))

    def _height(self, lines: int) -> int:
        return self._label.fontMetrics().lineSpacing() * lines + MARGIN

    @property
    def text(self) -> str:
        """The message shown, "" for none."""
        return "" if self.isHidden() else self._text

    def notify(self, text: str, *offers: Offer) -> None:
        """Report success; without buttons the message disappears after a while."""
        self._show("good", text, offers)
        if not offers:
            self._timer.start()

    def hint(self, text: str) -> None:
        """Say why nothing was done or what to do first; disappears after a while."""
        self._show("hint", text, ())
        self._timer.start()

    def warn(self, error: UserError | str, *offers: Offer) -> None:
        """Show an error; stays until the next message."""
        self._show("bad", str(error), [*offers, (_("Close"), self.clear)])

    def caution(self, text: str, *offers: Offer) -> None:
        """Show a warning; stays until the next message."""
        self._show("ask", text, [*offers, (_("Close"), self.clear)])

    def ask(self, text: str, *offers: Offer) -> None:
        """Ask a question; the first button gets the focus, Escape presses the last."""
        self._show("ask", text, offers)
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, work: BackgroundWork, text: str) -> None:
        """Show the progress of a long operation with a Stop button."""
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
        """Hide the progress, unless another message replaced it."""
        if self.sender() is self._followed:
            self.clear()

    def withdraw(self, error: UserError | str) -> None:
        """Hide a warning that no longer applies; another message stays."""
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
        """Restore the geometry of the layout."""
        if self._place is not None:
            self.setGeometry(self._place)
            self._place = self._grown = None

    def _give_keyboard_back(self) -> None:
        """Return the focus from a button to the widget that had it; Qt would move it to the widget
        before."""
        before, self._before = self._before, None
        focused = any(button.hasFocus() for button in self.buttons)
        if focused and before is not None and isValid(before):
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
        """The width of everything but the text."""
        return self._row.totalSizeHint().width() + self.width() - self.contentsRect().width()

    def _grow(self) -> None:
        """Enlarge the bar over its neighbours while the message needs more room."""
        parent, place = self.parentWidget(), self.geometry()
        if place != self._grown:
            # A layout has set the geometry since, possibly a new one.
            self._place = self._grown = None
        needed = self._label.needed() + self._beside()
        if self.isHidden() or parent is None or needed <= place.width():
            return
        left = self._whole_buttons(parent, max(place.right() + 1 - needed, EDGE))
        left = min(left, place.left())
        width = place.right() - left + 1
        height = self._height(self._label.take_lines(width - self._beside()))
        if (width, height) != (place.width(), place.height()):
            self._place = self._place or place
            # At the lower edge of the window the bar extends upwards.
            top = max(min(place.top(), parent.height() - height), 0)
            self._grown = QRect(left, top, width, height)
            self.setGeometry(self._grown)
            self.raise_()

    def _whole_buttons(self, parent: QWidget, left: int) -> int:
        """The left edge, moved so that no button is covered partly, which looks broken."""
        for neighbour in parent.children():
            if neighbour is self or not isinstance(neighbour, QWidget) or neighbour.isHidden():
                continue
            area = neighbour.geometry()
            same_height = area.top() <= self.geometry().bottom() and area.bottom() >= self.y()
            if not same_height or not area.left() < left <= area.right():
                continue
            if isinstance(neighbour, QAbstractButton) or neighbour.findChild(QAbstractButton):
                return area.left()
        return left

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A layout has set the geometry: enlarge again if needed."""
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
        """Escape presses the last, cautious button; Enter the focused one."""
        if event.key() == Qt.Key.Key_Escape and self.buttons:
            self.buttons[-1].click()
            return
        focused = next((b for b in self.buttons if b.hasFocus()), None)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and focused:
            focused.click()
            return
        super().keyPressEvent(event)
