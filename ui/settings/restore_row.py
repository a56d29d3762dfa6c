"""Form row that asks for the folder to restore a backup into."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from borderdesk.backups.erasure_list import effect_text
from borderdesk.base.i18n import _
from borderdesk.base.paths import is_folder_there, new_folder
from ui.base.plain_text import PlainLabel
from ui.widgets.choosers.file_choosers import ask_folder
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout

DIGITS = 52
"""Width of the path field in digits."""


class RestoreRow(QWidget):
    """Asks for a new folder and proposes one beside the desk's.

    wanted(file, folder): restore, both Path; left: cancelled.
    """

    wanted = Signal(object, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.file = Path()
        self.question = PlainLabel()
        self.question.setWordWrap(True)
        self.into = TextLine()
        self.into.setAccessibleName(_("New folder of the restored desk"))
        self.into.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * DIGITS)
        self.into.returnPressed.connect(self.confirm)
        self.go = _button(_("Restore"), self.confirm)
        self.go.setProperty("main", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.question)
        row = FlowLayout()
        row.add(self.into, 1)
        row.add(_button(_("Folder…"), self.choose))
        row.add(self.go)
        row.add(_button(_("Cancel"), self.leave))
        column.addLayout(row)

    def ask(self, file: Path, desk: Path) -> None:
        """Show the row for a file; proposes a new folder beside the desk's."""
        self.file = file
        words = _("Restore {file} into a new folder; the desk that is open stays as it is.")
        lines = (words.format(file=file.name), effect_text(file.parent))
        self.question.setText("\n".join(filter(None, lines)))
        self.into.setText(str(new_folder(desk.parent, desk.name)))
        self.show()
        self.into.setFocus(Qt.FocusReason.OtherFocusReason)
        self.into.selectAll()

    def choose(self) -> None:
        """Ask for the parent of the new folder."""
        parent = Path(self.into.text()).parent
        start = parent if is_folder_there(parent) else Path.home()
        ask_folder(self, _("Choose a folder"), start, self.propose)

    def propose(self, folder: Path) -> None:
        """Propose a new folder inside this one."""
        self.into.setText(str(new_folder(folder, Path(self.into.text()).name)))
        self.into.setFocus(Qt.FocusReason.OtherFocusReason)

    def confirm(self) -> None:
        """Emit `wanted`."""
        text = self.into.text().strip()
        if text:
            self.wanted.emit(self.file, Path(text))

    def leave(self) -> None:
        """Hide and emit `left`."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape cancels."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)


def _button(words: str, act: Callable[[], None]) -> QPushButton:
    push = QPushButton(words)
    push.setAccessibleName(words)
    push.clicked.connect(lambda _checked=False: act())
    return push
