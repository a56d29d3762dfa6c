"""Editable combo box with search that ignores accents."""

from collections.abc import Callable, Sequence
from math import ceil

from PySide6.QtCore import QEvent, QMetaMethod, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from borderdesk.base.text import nfc
from ui.base.composing import take_composed
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.completion import Completion
from ui.widgets.editors.offers import ComboOption, meant, only, ranked
from ui.widgets.editors.text_line import OWED, TextLine

MARGIN = 2
"""Pixels that a line edit leaves beside its text."""
EDGES = 20
"""Pixels beyond the text and what the style sheet adds."""
More = Callable[[str], Sequence[ComboOption]]
"""Entries offered below the matches for a text."""


def nothing_more(_text: str) -> Sequence[ComboOption]:
    """The default of `more`: no further entries."""
    return ()


class ComboLine(TextLine):
    """The line edit of a combo box: without the focus, a text that is too wide ends in “…”."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shortened text in place of one that would be cut."""
        area = self.contentsRect().adjusted(MARGIN, 0, -MARGIN, 0)
        shown = (b for b in self.findChildren(QToolButton) if b.isVisible())
        area.setRight(min([area.right(), *(button.x() for button in shown)]))
        text, right = self.text(), Qt.TextElideMode.ElideRight
        elided = self.fontMetrics().elidedText(text, right, area.width())
        if self.hasFocus() or elided == text:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, elided)
        painter.end()


class SearchCombo(Chooser):
    """Shows labels and returns codes; text that matches no label is kept as typed.

    The entries are its own list shown by a `Completion`: Qt would create and style a popup view
    with scroll bars for every combo box of a page.

    entry_changed: another entry or none is shown; picked: an entry was chosen and the focus may
    move on, which happens automatically if nothing is connected; more_taken(code): an entry of
    `more` was chosen.
    """

    entry_changed = Signal()
    picked = Signal()
    more_taken = Signal(str)

    def __init__(self, options: Sequence[ComboOption], blank: str = "") -> None:
        super().__init__()
        self._blank = blank
        self._known: list[ComboOption] = list(options)
        self._unread: Callable[[], Sequence[ComboOption]] | None = None
        self._row = -1
        """The row of the entry chosen last, -1 for none."""
        self._size = QSize()
        self._past: dict[str, str] = {}
        self._completion: Completion | None = None
        self.more: More = nothing_more
        # Not setEditable: it creates a line edit that would be thrown away, and the popup too
        # early.
        self.setLineEdit(ComboLine())
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.setMinimumContentsLength(6)
        self.line().setPlaceholderText(blank)
        self.line().entered.connect(self.completion)
        self.line().editingFinished.connect(self._follow_text)
        self.line().textChanged.connect(self._follow_emptied)

    def line(self) -> TextLine:
        """The line edit."""
        line = self.lineEdit()
        assert isinstance(line, TextLine)
        return line

    def completion(self) -> Completion:
        """The completion list, created when the line first gets the focus."""
        if self._completion is None:
            self._completion = Completion(self.line(), self._find, opens=True)
            self._completion.taken.connect(self._take)
            self._completion.done.connect(self._picked)
        return self._completion

    def _picked(self) -> None:
        if self.isSignalConnected(QMetaMethod.fromSignal(self.picked)):
            self.picked.emit()
        else:
            super().focusNextPrevChild(True)

    def _find(self, text: str) -> list[ComboOption]:
        matches = ranked(text, self._options)
        return [*matches, *self.more(text)]

    def _take(self, option: ComboOption) -> None:
        if option.code in {offered_option.code for offered_option in self._options}:
            self.put(option.code, option.label)
        else:
            self.more_taken.emit(option.code)

    def _follow_text(self) -> None:
        """Select the entry that has the typed text as its label; other text selects none."""
        text, entry = self.currentText(), self._entry()
        if entry is None or entry.label != text:
            matching_rows = (
                row for row, option in enumerate(self._options) if option.label == text
            )
            self._choose(next(matching_rows, self._row_of(self.known_code())))

    def _follow_emptied(self, text: str) -> None:
        """Deselect when the text is cleared; the clear button leaves the focus in the line, so that
        no other signal tells. A word being composed counts as text."""
        if not text and not self.line().is_composing():
            self._choose(-1)

    def _entry(self) -> ComboOption | None:
        return self._options[self._row] if self._row >= 0 else None

    def _row_of(self, code: str) -> int:
        """The row of an entry, -1 for none."""
        codes = [option.code for option in self._options] if code else []
        return codes.index(code) if code in codes else -1

    def _choose(self, row: int, text: str | None = None) -> None:
        before, self._row = self._row, row
        if text is not None:
            # Before the signal: its receivers ask for the entry at once.
            self.setEditText(text)
        if row != before:
            self.entry_changed.emit()

    def offer(self, options: Sequence[ComboOption]) -> None:
        """Replace the entries; the value is kept."""
        if self._options == list(options):
            return
        blocker = QSignalBlocker(self)
        code, label = self.code(), self.currentText()
        self._known, self._row = list(options), -1
        self.put(code, label)
        blocker.unblock()

    def offer_later(self, read: Callable[[], Sequence[ComboOption]]) -> None:
        """Replace the entries when they are next needed; at once if one of them may be shown.

        Most combo boxes of a new form are empty: it read nine lists of entries before it was
        painted, for 0.5 ms of processor time.
        """
        if self.currentText() or self._row >= 0:
            self.offer(read())
        else:
            self._unread = read

    @property
    def _options(self) -> list[ComboOption]:
        if self._unread is not None:
            # Forgotten once they are read: a fault may pass.
            self._known, self._unread = list(self._unread()), None
        return self._known

    def known(self) -> list[ComboOption]:
        """The entries offered."""
        return list(self._options)

    def code(self) -> str:
        """The code of the entry whose label is the text, else the text itself."""
        text = nfc(self.currentText()).strip()
        if not text:
            return ""
        entry = self._entry()
        if entry is not None and entry.label == text:
            # Several entries may have this label: keep the chosen one.
            return entry.code
        return self._past.get(text) or meant(text, self._options) or text

    def known_code(self) -> str:
        """The code of the entry shown, "" for none or for free text."""
        code = self.code()
        return code if any(option.code == code for option in self._options) else ""

    def label_of(self, code: str) -> str:
        """The label of an entry, "" if there is none."""
        return next((o.label for o in self._options if o.code == code), "")

    def only_match(self) -> str:
        """The code of the only entry that contains the text, else ""."""
        return only(self.currentText(), self._options)

    def settle(self) -> None:
        """Replace the text by the label if it is a code or matches one label only."""
        if self._completion is not None and self._completion.take_marked():
            return
        code = self.known_code() or self.only_match()
        label = self.label_of(code) if code else ""
        if label and label != self.currentText():
            self.put(code, label)

    def put(self, code: str, label: str) -> None:
        """Show an entry, even if it is not offered any more."""
        row = self._row_of(code)
        if row >= 0:
            label = self._options[row].label
        elif code and label != code:
            self._past[label] = code
        self._choose(row, label)
        self.line().setCursorPosition(0)

    # --------------------------------------------------------------- what Qt asks for

    def sizeHint(self) -> QSize:
        """As wide as minimumContentsLength; labels may be longer."""
        # Cached, as QComboBox does: Qt asks again and again until the window has its final size.
        if self._size.isValid():
            return self._size
        metrics = QFontMetricsF(self.font())
        width = self.minimumContentsLength() * metrics.horizontalAdvance("X") + EDGES
        text = QSize(ceil(width), ceil(metrics.height()) + 2)
        kind = QStyle.ContentsType.CT_ComboBox
        self._size = self.style().sizeFromContents(kind, self._option(), text, self)
        return self._size

    def minimumSizeHint(self) -> QSize:
        """The same as the size hint."""
        return self.sizeHint()

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame; the line edit paints the text."""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, self._option())
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Skip QComboBox for style and font changes: it would restyle its own popup, which is never
        shown."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._size = QSize()
            QWidget.changeEvent(self, event)
        else:
            super().changeEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus by Tab; first wait for a word that an input method still has to commit."""
        line = self.line()
        if not (line.owed or line.is_composing()):
            return super().focusNextPrevChild(forward)
        line.owed = False
        QTimer.singleShot(OWED, self, lambda: self._go_on(forward))
        return True

    def _go_on(self, forward: bool) -> None:
        take_composed()
        super().focusNextPrevChild(forward)

    def showPopup(self) -> None:
        """Open the completion list instead of Qt's popup."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.completion().open()

    def hidePopup(self) -> None:
        """Close the completion list."""
        if self._completion is not None:
            self._completion.close()
