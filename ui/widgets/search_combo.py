"""A list to choose from that also takes typing, with or without accents."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QCompleter, QLineEdit, QWidget

from borderdesk.base.text import fold, nfc

FOLDED = Qt.ItemDataRole.UserRole + 1
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class ComboOption(NamedTuple):
    """An entry: its code and its label."""

    code: str
    label: str


def only(text: str, options: Sequence[ComboOption]) -> str:
    """The code of the only option whose label contains the text, accents aside, else ""."""
    typed = fold(text)
    found = [o.code for o in options if typed and typed in fold(o.label)]
    return found[0] if len(found) == 1 else ""


class OptionModel(QAbstractListModel):
    """The entries of a list, with `blank` a blank one before them."""

    def __init__(self, options: Sequence[ComboOption], *, blank: bool = True) -> None:
        super().__init__()
        self.options = [*([ComboOption("", "")] if blank else []), *options]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.options)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        option = self.options[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return option.label
        return fold(option.label) if role == FOLDED else None


class Completer(QCompleter):
    """A list below a line: Enter takes the only entry, or marks the first for a second Enter.

    free: the text may be something else than an entry, so Enter leaves it as it was typed.
    done: Enter, and nothing was taken.
    """

    done = Signal()

    def __init__(self, model: QAbstractItemModel, owner: QObject, *, free: bool = False) -> None:
        super().__init__(model, owner)
        self._free = free

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt closes the list at Enter and does no more when nothing is marked in it."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in ENTER
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(watched, QAbstractItemView)
            and watched.isVisible()
            and not watched.currentIndex().isValid()
        ):
            if self._free:
                watched.hide()
                self.done.emit()
                return True
            watched.setCurrentIndex(self.completionModel().index(0, self.completionColumn()))
            if self.completionCount() > 1:
                return True
        return super().eventFilter(watched, event)


class FoldedCompleter(Completer):
    """Completes by any part of the label, accents aside."""

    def __init__(self, model: OptionModel, owner: QWidget, *, free: bool = False) -> None:
        super().__init__(model, owner, free=free)
        self.setCompletionRole(FOLDED)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(12)

    def splitPath(self, path: str) -> list[str]:
        return [fold(path)]

    def pathFromIndex(self, index: Index) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class PartCompleter(FoldedCompleter):
    """Completes the last of several values divided by semicolons."""

    def splitPath(self, path: str) -> list[str]:
        return super().splitPath(path.rpartition(";")[2].strip())

    def pathFromIndex(self, index: Index) -> str:
        line = self.widget()
        before = line.text().rpartition(";")[0] if isinstance(line, QLineEdit) else ""
        label = super().pathFromIndex(index)
        return f"{before}; {label}" if before else label


class SearchCombo(QComboBox):
    """Shows labels, returns codes; text that is no label stays as it was typed.

    picked: an entry was chosen from what completes the typing.
    """

    picked = Signal()

    def __init__(self, options: Sequence[ComboOption], blank: str = "") -> None:
        super().__init__()
        self._blank = blank
        self._past: dict[str, str] = {}
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(15)
        self.line().setPlaceholderText(blank)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._set_options(options)

    def line(self) -> QLineEdit:
        """The part that takes typing."""
        line = self.lineEdit()
        assert line is not None
        return line

    def _set_options(self, options: Sequence[ComboOption]) -> None:
        self._options = OptionModel(options)
        self._options.setParent(self)
        self.setModel(self._options)
        self._completed = False
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

    def code(self) -> str:
        """The code of the entry that the text is, or the text itself."""
        text = nfc(self.currentText()).strip()
        if not text:
            return ""
        for option in self._options.options:
            if option.label == text:
                return option.code
        return self._past.get(text) or self._by_fold(text) or text

    def _by_fold(self, text: str) -> str:
        typed = fold(text)
        found = [o.code for o in self._options.options[1:] if fold(o.label) == typed]
        return found[0] if len(found) == 1 else ""

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

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Make the completer when it can first be needed, not with every form."""
        if not self._completed:
            self._completed = True
            completer = FoldedCompleter(self._options, self)
            self.setCompleter(completer)
            completer.activated.connect(lambda _text: self.picked.emit())
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form, so that scrolling never changes a value."""
        event.ignore()
