"""Plain-text display: Qt would interpret text that looks like markup, and load what it refers
to."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import html
else:
    # It carries a table of two thousand entity names.
    html = lazy_module("html")


class PlainLabel(QLabel):
    """A label in plain-text format; a test refuses QLabels without a format."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # With a style-sheet box QLabel indents text by half a character.
        self.setIndent(0)

    def setBuddy(self, buddy: QWidget) -> None:
        """Be the label of a field. Qt takes "&" for the mark of a key then: the name of a file or a
        clause would lose it."""
        self.setText(plain_action(self.text()))
        super().setBuddy(buddy)


def plain_action(text: str) -> str:
    """Escape a text for menus and buttons, where "&" marks a mnemonic."""
    return text.replace("&", "&&")


def plain_tip(text: str) -> str:
    """Escape a text for tooltips, which have no plain-text format."""
    if "<" not in text and "&lt;" not in text:
        return text
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>"
