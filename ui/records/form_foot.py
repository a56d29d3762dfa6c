"""What stands below the fields of a form: its state, its drafts and its buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.records.fields_area import EDGE


class FormFoot(QHBoxLayout):
    """The words on the record at the left, the buttons at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.state = named(PlainLabel(), "muted")
        self.state.setWordWrap(True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.setContentsMargins(0, 8, EDGE, 0)
        # One above the other: side by side neither would have the room for a line.
        self._aside = QVBoxLayout()
        self._aside.setSpacing(0)
        self._aside.addWidget(self.state)
        self.addLayout(self._aside, 1)
        self.addLayout(self.buttons)

    def set_buttons(self, *buttons: QPushButton, aside: QPushButton) -> None:
        """Put the buttons in; `aside` stands below the words."""
        self._aside.addWidget(aside, 0, Qt.AlignmentFlag.AlignLeft)
        for button in buttons:
            self.buttons.addWidget(button)
