"""Contents that can be scrolled to where the window is low or the text is large."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.base.style import named


def scrolled(owner: QWidget, inside: QWidget) -> QScrollArea:
    """Give `owner` the contents `inside`, which scroll where they do not fit."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(named(inside, "page"))
    whole = QVBoxLayout(owner)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(area)
    return area


def scrolled_column(owner: QWidget) -> QVBoxLayout:
    """Give `owner` contents that scroll, one below the other; the layout they are put into."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(8)
    scrolled(owner, inside)
    return column
