"""Alignment of form labels: same width across forms, same height as their fields."""

from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

LABEL = QFormLayout.ItemRole.LabelRole
EDGE = 8
"""Pixels of padding and frame above and below the text of a line edit, as in the style sheet."""


def align_labels(*forms: QFormLayout) -> None:
    """Set the labels of all these forms to the width of the widest."""
    labels = [label for form in forms for label in _labels(form)]
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)


def level_labels(form: QFormLayout) -> None:
    """Make the labels of a filled form as high as line edits; beside a higher field Qt would align
    the text nearer to its top. By margins, as fields are higher once the style sheet applies."""
    for label in _labels(form):
        if isinstance(label, QLabel) and label.text():
            label.setContentsMargins(0, EDGE, 0, EDGE)


def _labels(form: QFormLayout) -> list[QWidget]:
    items = [form.itemAt(row, LABEL) for row in range(form.rowCount())]
    widgets = [item.widget() for item in items if item is not None]
    return [widget for widget in widgets if widget is not None]
