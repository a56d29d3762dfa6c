"""Text that a person typed is shown as it is: Qt takes what looks like markup for markup, and would
load what it names."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import html
else:
    # It carries the names of two thousand letters.
    html = lazy_module("html")


class PlainLabel(QLabel):
    """A label that shows its text as it stands; a test refuses any other without a format."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Where the style sheet gives it a box Qt would begin it half a letter further right.
        self.setIndent(0)


def plain_action(text: str) -> str:
    """A text as a menu or a button shows it as it stands: both take "&" for the mark of a key."""
    return text.replace("&", "&&")


def plain_tip(text: str) -> str:
    """A text as a tooltip shows it as it stands: tooltips have no format of their own."""
    if "<" not in text and "&lt;" not in text:
        return text
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>"
