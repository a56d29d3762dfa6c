"""What a bug looks like to the person: a calm dialog with details to copy."""

import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from borderdesk import __version__
from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.shell.main_window import MainWindow

log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """Says that the program made a mistake, what was kept, and what to send whom."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("BorderDesk")
        self.resize(560, 320)
        words = PlainLabel(
            _(
                "The program made a mistake. What was saved is safe, and the text in the form is"
                " still there. Copy the details below and send them to whoever looks after the"
                " program; then go on, or close and start again."
            )
        )
        words.setWordWrap(True)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setAccessibleName(_("Details"))
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(_("Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(details))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self.details, 1)
        column.addWidget(buttons)


def _window() -> MainWindow | None:
    windows = QApplication.topLevelWidgets()
    return next((w for w in windows if isinstance(w, MainWindow) and w.isVisible()), None)


def catch(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Handle an uncaught exception: a message for what can be mended, the dialog for a bug."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    window = _window()
    if isinstance(error, UserError) and window is not None:
        window.warn(error)
        return
    details = "".join(traceback.format_exception(kind, error, trace))
    log.error("uncaught: %s", details)
    if window is not None:
        window.keep_now()
    sys.__excepthook__(kind, error, trace)
    dialog = CrashDialog(f"BorderDesk {__version__}\n\n{details}", window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
