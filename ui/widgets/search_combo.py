"""A list to choose from that also takes typing, with or without accents."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMetaMethod, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox

from borderdesk.base.text import nfc
from ui.widgets.chooser import Chooser
from ui.widgets.completion import Completion
from ui.widgets.offers import ComboOption, meant, only, ranked
from ui.widgets.option_model import OptionModel
from ui.widgets.text_line import OWED, TextLine, take_composed

More = Callable[[str], Sequence[ComboOption]]
"""What a list offers below what fits a text."""


def nothing_more(_text: str) -> Sequence[ComboOption]:
    """Offer nothing else."""
    return ()


class SearchCombo(Chooser):
    """Shows labels, returns codes; text that is no label stays as it was typed.

    picked: an entry was chosen from the list, and the keyboard may move on, which it does by itself
    where nobody listens; more_taken: the code of
    one of what `more` gives.
    """

    picked = Signal()
    more_taken = Signal(str)

    def __init__(self, options: Sequence[ComboOption], blank: str = "") -> None:
        super().__init__()
        self._blank = blank
        self._past: dict[str, str] = {}
        self._completion: Completion | None = None
        self.more: More = nothing_more
        # Not setEditable before it: that makes a line to be thrown away, and the popup beforehand.
        self.setLineEdit(TextLine())
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(15)
        self.line().setPlaceholderText(blank)
        self.line().entered.connect(self.completion)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._set_options(options)

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
        found = ranked(text, self._options.options[1:])
        return [*found, *self.more(text)]

    def _take(self, option: ComboOption) -> None:
        if option.code in {one.code for one in self._options.options}:
            self.put(option.code, option.label)
        else:
            self.more_taken.emit(option.code)

    def _set_options(self, options: Sequence[ComboOption]) -> None:
        self._options = OptionModel(options)
        self._options.setParent(self)
        self.setModel(self._options)
        self.setCompleter(None)  # type: ignore[arg-type]
        self.setCurrentIndex(-1)

    def offer(self, options: Sequence[ComboOption]) -> None:
        """Other entries; the value stays."""
        if self._options.options[1:] == list(options):
            return
        blocker = QSignalBlocker(self)
        kept, label = self.code(), self.currentText()
        self._set_options(options)
        self.put(kept, label)
        blocker.unblock()

    def known(self) -> list[ComboOption]:
        """The entries offered."""
        return self._options.options[1:]

    def code(self) -> str:
        """The code of the entry that the text is, or the text itself."""
        text = nfc(self.currentText()).strip()
        if not text:
            return ""
        row, options = self.currentIndex(), self._options.options
        if row > 0 and options[row].label == text:
            # The one that was chosen, of several that are called so.
            return options[row].code
        return self._past.get(text) or meant(text, options[1:]) or text

    def known_code(self) -> str:
        """The code of the entry shown, "" for none or for text that is none."""
        code = self.code()
        return code if any(option.code == code for option in self._options.options) else ""

    def label_of(self, code: str) -> str:
        """The label of an entry, "" where there is none."""
        return next((o.label for o in self._options.options if o.code == code), "")

    def only_match(self) -> str:
        """The code of the only entry that contains the text, else ""."""
        return only(self.currentText(), self._options.options[1:])

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
        for row, option in enumerate(self._options.options):
            if option.code == code and code:
                self.setCurrentIndex(row)
                self.line().setCursorPosition(0)
                return
        if code and label != code:
            self._past[label] = code
        self.setCurrentIndex(-1)
        self.setEditText(label)
        self.line().setCursorPosition(0)

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
