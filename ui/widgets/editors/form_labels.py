"""Alignment of form labels: same width across forms, same height as their fields."""

from PySide6.QtWidgets import QFormLayout, QWidget

LABEL, FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole


def align_labels(*forms: QFormLayout) -> None:
    """Set the labels of all these forms to the width of the widest."""
    labels = [label for form in forms for label in _labels(form)]
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)


def level_labels(form: QFormLayout) -> None:
    """Make the labels of a filled form as high as their fields; beside a higher field Qt would
    align the text nearer to its top."""
    for row in range(form.rowCount()):
        label, field = form.itemAt(row, LABEL), form.itemAt(row, FIELD)
        widget = label.widget() if label is not None else None
        if widget is not None and field is not None:
            widget.setMinimumHeight(field.sizeHint().height())


def _labels(form: QFormLayout) -> list[QWidget]:
    items = [form.itemAt(row, LABEL) for row in range(form.rowCount())]
    widgets = [item.widget() for item in items if item is not None]
    return [widget for widget in widgets if widget is not None]
