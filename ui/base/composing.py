"""The word that an input method is composing."""

from PySide6.QtGui import QGuiApplication


def take_composed() -> None:
    """Commit the pending word of the input method to the focused field before that is read or left:
    some input methods pass Tab and Ctrl+S on first, and the word would go to the next field."""
    QGuiApplication.inputMethod().commit()
