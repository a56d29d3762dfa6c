"""Why the window does not open, for a person who started it without a terminal."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from ui.base.style import dress


def show_refusal(text: str) -> None:
    """Show the reason until it is closed."""
    box = QMessageBox(QMessageBox.Icon.Warning, "BorderDesk", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    dress(box)
    box.exec()


def show_notice(text: str) -> None:
    """Show what was done until it is closed."""
    box = QMessageBox(QMessageBox.Icon.Information, "BorderDesk", text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    dress(box)
    box.exec()
