"""A list to choose from that also takes typing, with or without accents."""

from collections.abc import Callable, Sequence
from math import ceil

from PySide6.QtCore import QEvent, QMetaMethod, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from borderdesk.base.text import nfc
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.completion import Completion
from ui.widgets.editors.offers import ComboOption, meant, only, ranked
from ui.widgets.editors.text_line import OWED, TextLine, take_composed

EDGES = 20
"""Pixels that a chooser has beyond its letters and what the style sheet adds."""
More = Callable[[str], Sequence[ComboOption]]
"""What a list offers below what fits a text."""


def nothing_more(_text: str) -> Sequence[ComboOption]:
    """Offer nothing else."""
    return ()


class SearchCombo(Chooser):
    """Shows labels, returns codes; text that is no label stays as it was typed.

    Its entries are its own, not Qt's: the list below the text is a `Completion`, and Qt would make
    and style another one, with its bars, for every chooser of a page.

    entry_changed: another entry is shown, or none any more; picked: an entry was chosen from the
    list, and the keyboard may move on, which it does by itself where nobody listens; more_taken:
    the code of one of what `more` gives.
    """

    entry_changed = Signal()
    picked = Signal()
    more_taken = Signal(str)

    def __init__(self, options: Sequence[ComboOption], blank: str = "") -> None:
        super().__init__()
        self._blank = blank
        self._options: list[ComboOption] = []
        self._row = -1
        """The entry that was chosen last."""
        self._size = QSize()
        self._past: dict[str, str] = {}
        self._completion: Completion | None = None
        self.more: More = nothing_more
        # Not setEditable before it: that makes a line to be thrown away, and the popup beforehand.
        self.setLineEdit(TextLine())
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.setMinimumContentsLength(6)
        self.line().setPlaceholderText(blank)
        self.line().entered.connect(self.completion)
        self.line().editingFinished.connect(self._follow_text)
        self.line().textChanged.connect(self._follow_emptied)
        self._options = list(options)

    def line(self) -> TextLine:
        """The part that takes typing."""
        line = self.lineEdit()
        assert isinstance(line, TextLine)
        return line

    def completion(self) -> Completion:
        """The list below the text, made when it can first be needed, not with every form."""
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
        found = ranked(text, self._options)
        return [*found, *self.more(text)]

    def _take(self, option: ComboOption) -> None:
        if option.code in {one.code for one in self._options}:
            self.put(option.code, option.label)
        else:
            self.more_taken.emit(option.code)

    def _follow_text(self) -> None:
        """What was typed as an entry is called is that entry; other text is none."""
        text, entry = self.currentText(), self._entry()
        if entry is None or entry.label != text:
            named = (row for row, option in enumerate(self._options) if option.label == text)
            self._choose(next(named, self._row_of(self.known_code())))

    def _follow_emptied(self, text: str) -> None:
        """Without text there is no entry; the button that clears a line leaves the keyboard in it.
        A word that is being composed is text to come."""
        if not text and not self.line().is_composing():
            self._choose(-1)

    def _entry(self) -> ComboOption | None:
        return self._options[self._row] if self._row >= 0 else None

    def _row_of(self, code: str) -> int:
        """The place of an entry, -1 for none."""
        codes = [option.code for option in self._options]
        return codes.index(code) if code and code in codes else -1

    def _choose(self, row: int, text: str | None = None) -> None:
        before, self._row = self._row, row
        if text is not None:
            # Whoever hears of it asks at once which entry it is.
            self.setEditText(text)
        if row != before:
            self.entry_changed.emit()

    def offer(self, options: Sequence[ComboOption]) -> None:
        """Other entries; the value stays."""
        if self._options == list(options):
            return
        blocker = QSignalBlocker(self)
        kept, label = self.code(), self.currentText()
        self._options, self._row = list(options), -1
        self.put(kept, label)
        blocker.unblock()

    def known(self) -> list[ComboOption]:
        """The entries offered."""
        return list(self._options)

    def code(self) -> str:
        """The code of the entry that the text is, or the text itself."""
        text = nfc(self.currentText()).strip()
        if not text:
            return ""
        entry = self._entry()
        if entry is not None and entry.label == text:
            # The one that was chosen, of several that are called so.
            return entry.code
        return self._past.get(text) or meant(text, self._options) or text

    def known_code(self) -> str:
        """The code of the entry shown, "" for none or for text that is none."""
        code = self.code()
        return code if any(option.code == code for option in self._options) else ""

    def label_of(self, code: str) -> str:
        """The label of an entry, "" where there is none."""
        return next((o.label for o in self._options if o.code == code), "")

    def only_match(self) -> str:
        """The code of the only entry that contains the text, else ""."""
        return only(self.currentText(), self._options)

    def settle(self) -> None:
        """Write the label out where the text is its code, or a part of this label alone."""
        if self._completion is not None and self._completion.take_marked():
            return
        code = self.known_code() or self.only_match()
        label = self.label_of(code) if code else ""
        if label and label != self.currentText():
            self.put(code, label)

    def put(self, code: str, label: str) -> None:
        """Show an entry, also one that is offered no longer."""
        row = self._row_of(code)
        if row >= 0:
            label = self._options[row].label
        elif code and label != code:
            self._past[label] = code
        self._choose(row, label)
        self.line().setCursorPosition(0)

    # --------------------------------------------------------------- what Qt asks for

    def sizeHint(self) -> QSize:
        """As wide as the letters it was given; what it offers may be longer."""
        # Kept, as Qt keeps its own: a layout asks again and again until the window is settled.
        if not self._size.isValid():
            self._size = self._sized()
        return self._size

    def _sized(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        wide = self.minimumContentsLength() * metrics.horizontalAdvance("X") + EDGES
        text = QSize(ceil(wide), ceil(metrics.height()) + 2)
        kind = QStyle.ContentsType.CT_ComboBox
        return self.style().sizeFromContents(kind, self._option(), text, self)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it likes to be."""
        return self.sizeHint()

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame; the line in it paints the text."""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, self._option())
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Take another look or font, which Qt would give the list it never shows, too."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._size = QSize()
            QWidget.changeEvent(self, event)
        else:
            super().changeEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go on by Tab, after a word that an input method owes the text."""
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
        """Open the list that typing opens, in the place of Qt's own."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.completion().open()

    def hidePopup(self) -> None:
        """Close it."""
        if self._completion is not None:
            self._completion.close()
