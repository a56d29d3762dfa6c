"""What stands below the fields of a form: its state, its drafts and its buttons."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.records.form.fields_area import EDGE

LEAST = 12
"""Digits of room that the words have beside the buttons; with less they stand above them."""
WAYS = QBoxLayout.Direction


class FormFoot(QBoxLayout):
    """The words on the record at the left, the buttons at the right; where the form is narrow, one
    above the other."""

    def __init__(self) -> None:
        super().__init__(WAYS.LeftToRight)
        self.state = named(PlainLabel(), "muted")
        self.state.setWordWrap(True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch()
        self.setContentsMargins(0, 8, EDGE, 0)
        # One above the other: side by side neither would have the room for a line.
        self._aside = QVBoxLayout()
        self._aside.setSpacing(0)
        self._aside.addWidget(self.state)
        self.addLayout(self._aside, 1)
        self.addLayout(self.buttons)

    def minimumSize(self) -> QSize:
        """As wide whichever way they stand, which follows from the width."""
        words, buttons = self.state.minimumSizeHint(), self.buttons.minimumSize()
        beside = words.width() + self.spacing() + buttons.width() + EDGE
        return super().minimumSize().expandedTo(QSize(beside, 0))

    def setGeometry(self, room: QRect) -> None:
        """Stand side by side where there is room for both."""
        beside = room.width() - EDGE - self.spacing() - self.buttons.sizeHint().width()
        narrow = beside < LEAST * self.state.fontMetrics().horizontalAdvance("0")
        way = WAYS.TopToBottom if narrow else WAYS.LeftToRight
        if way != self.direction():
            self.setDirection(way)
        super().setGeometry(room)

    def set_buttons(self, *buttons: QPushButton, aside: QPushButton) -> None:
        """Put the buttons in; `aside` stands below the words."""
        self._aside.addWidget(aside, 0, Qt.AlignmentFlag.AlignLeft)
        for button in buttons:
            self.buttons.addWidget(button)
