"""Where a backup is restored into: a line that proposes a new folder beside the desk's own."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.paths import new_folder
from ui.widgets.file_choosers import ask_folder
from ui.widgets.flow import FlowLayout

DIGITS = 52
"""How wide the line is for a folder's path."""


class RestoreRow(QWidget):
    """Asks for the folder; `wanted` with the file and the folder, `left` when nothing is."""

    wanted = Signal(object, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.file = Path()
        self.asked = QLabel()
        self.asked.setWordWrap(True)
        self.into = QLineEdit()
        self.into.setAccessibleName(_("New folder of the restored desk"))
        self.into.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * DIGITS)
        self.into.returnPressed.connect(self.go_on)
        self.go = _button(_("Restore"), self.go_on)
        self.go.setProperty("main", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.asked)
        row = FlowLayout()
        row.add(self.into, 1)
        row.add(_button(_("Folder…"), self.choose))
        row.add(self.go)
        row.add(_button(_("Cancel"), self.leave))
        column.addLayout(row)

    def ask(self, file: Path, desk: Path) -> None:
        """Propose a folder beside the desk's for a file."""
        self.file = file
        words = _("Restore {file} into a new folder; the desk that is open stays as it is.")
        self.asked.setText(words.format(file=file.name))
        self.into.setText(str(new_folder(desk.parent, desk.name)))
        self.show()
        self.into.setFocus(Qt.FocusReason.OtherFocusReason)
        self.into.selectAll()

    def choose(self) -> None:
        """Ask for the folder in which the new one is made."""
        at = Path(self.into.text()).parent
        start = at if at.is_dir() else Path.home()
        ask_folder(self, _("Choose a folder"), start, self.take)

    def take(self, folder: Path) -> None:
        """Propose a new folder within this one."""
        self.into.setText(str(new_folder(folder, Path(self.into.text()).name)))
        self.into.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """Have it restored."""
        text = self.into.text().strip()
        if text:
            self.wanted.emit(self.file, Path(text))

    def leave(self) -> None:
        """Restore nothing."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)


def _button(words: str, act) -> QPushButton:  # type: ignore[no-untyped-def]
    made = QPushButton(words)
    made.setAccessibleName(words)
    made.clicked.connect(lambda _checked=False: act())
    return made
