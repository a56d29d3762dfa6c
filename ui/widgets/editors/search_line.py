"""The search field above a list."""

from PySide6.QtCore import QSize

from borderdesk.base.i18n import _
from ui.widgets.editors.text_line import TextLine
from ui.widgets.icons import name_buttons

ROOM = 40
"""Pixels of frame, padding and cursor beside the words of an empty field."""


class SearchLine(TextLine):
    """A text line with a clear button, as wide as its words while it is empty.

    Qt's hint grows by the clear button with the first letter typed: a full row of filters would
    wrap, and the list below it would move under the eyes.
    """

    def __init__(self, words: str, name: str) -> None:
        """words: shown in the empty field; name: its accessible name."""
        super().__init__()
        self.setPlaceholderText(words)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        name_buttons(self, _("Clear"))

    def sizeHint(self) -> QSize:
        """The same with and without a text."""
        words = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return QSize(words + ROOM, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`, since a layout goes by the larger of the two."""
        return self.sizeHint()
