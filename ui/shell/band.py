"""What every line above the pages is made of: a text, and buttons for what can be done about it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.push_button import push_button


class Band(QWidget):
    """Tells in `text` what a person has to know on whatever page they are."""

    def __init__(self) -> None:
        super().__init__()
        self.text = named(PlainLabel(), "notice")
        self.text.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.addWidget(self.text, 1)

    def add_button(self, words: str, act: Callable[[], object], hint: str = "") -> QPushButton:
        """Add a button right of those before."""
        made = push_button(words, hint, act)
        self._row.addWidget(made)
        return made
