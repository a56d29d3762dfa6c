"""Foot of a form: its state, drafts and buttons."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.records.form.fields_area import EDGE

LEAST = 12
"""Width in digits that the texts need beside the buttons; with less they stand above."""
WAYS = QBoxLayout.Direction


class FormFoot(QBoxLayout):
    """State and drafts at the left, buttons at the right; stacked in a narrow form."""

    def __init__(self) -> None:
        super().__init__(WAYS.LeftToRight)
        self.state = named(PlainLabel(), "muted")
        self.state.setWordWrap(True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch()
        self.setContentsMargins(0, 8, EDGE, 0)
        # Stacked: side by side neither would fit on one line.
        self._aside = QVBoxLayout()
        self._aside.setSpacing(0)
        self._aside.addWidget(self.state)
        self.addLayout(self._aside, 1)
        self.addLayout(self.buttons)

    def minimumSize(self) -> QSize:
        """The same width in both directions, since the direction depends on the width."""
        text, buttons = self.state.minimumSizeHint(), self.buttons.minimumSize()
        total = text.width() + self.spacing() + buttons.width() + EDGE
        return super().minimumSize().expandedTo(QSize(total, 0))

    def setGeometry(self, room: QRect) -> None:
        """Choose the direction by the width."""
        text_width = room.width() - EDGE - self.spacing() - self.buttons.sizeHint().width()
        narrow = text_width < LEAST * self.state.fontMetrics().horizontalAdvance("0")
        direction = WAYS.TopToBottom if narrow else WAYS.LeftToRight
        if direction != self.direction():
            self.setDirection(direction)
        super().setGeometry(room)

    def set_buttons(self, *buttons: QPushButton, aside: QPushButton) -> None:
        """Add the buttons; `aside` stands below the state."""
        self._aside.addWidget(aside, 0, Qt.AlignmentFlag.AlignLeft)
        for button in buttons:
            self.buttons.addWidget(button)
