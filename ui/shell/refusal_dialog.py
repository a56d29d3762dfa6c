"""Message boxes shown while there is no window, for a start without a terminal."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from ui.base.style import dress


def show_refusal(text: str) -> None:
    """Show why the window does not open; returns when closed."""
    _show(QMessageBox.Icon.Warning, text)


def show_notice(text: str) -> None:
    """Show what was done; returns when closed."""
    _show(QMessageBox.Icon.Information, text)


def _show(icon: QMessageBox.Icon, text: str) -> None:
    box = QMessageBox(icon, "BorderDesk", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    dress(box)
    box.exec()
