"""Forms that stand below each other: their fields begin at one edge."""

from PySide6.QtWidgets import QFormLayout, QWidget

LABEL = QFormLayout.ItemRole.LabelRole


def align_labels(*forms: QFormLayout) -> None:
    """Give the labels of all these forms the width of the widest."""
    labels = [label for form in forms for label in _labels(form)]
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)


def _labels(form: QFormLayout) -> list[QWidget]:
    items = [form.itemAt(row, LABEL) for row in range(form.rowCount())]
    widgets = [item.widget() for item in items if item is not None]
    return [widget for widget in widgets if widget is not None]
