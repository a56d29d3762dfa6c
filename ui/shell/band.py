"""Base class of the notices above the pages: a text, and buttons for remedies."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.push_button import push_button


class Band(QWidget):
    """A notice in `text` that concerns every page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = named(PlainLabel(), "notice")
        self.text.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.addWidget(self.text, 1)

    def add_button(self, words: str, act: Callable[[], object], hint: str = "") -> QPushButton:
        """Append a button at the right."""
        added = push_button(words, hint, act)
        self._row.addWidget(added)
        return added
