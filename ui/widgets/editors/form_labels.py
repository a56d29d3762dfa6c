"""Labels of forms: level with their fields, which begin at one edge."""

from PySide6.QtWidgets import QFormLayout, QWidget

LABEL, FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole


def align_labels(*forms: QFormLayout) -> None:
    """Give the labels of all these forms the width of the widest."""
    labels = [label for form in forms for label in _labels(form)]
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)


def level_labels(form: QFormLayout) -> None:
    """Have the labels of a form that is filled stand level with fields of one line; Qt leaves one
    beside a higher field nearer to its top."""
    for row in range(form.rowCount()):
        label, field = form.itemAt(row, LABEL), form.itemAt(row, FIELD)
        widget = label.widget() if label is not None else None
        if widget is not None and field is not None:
            widget.setMinimumHeight(field.sizeHint().height())


def _labels(form: QFormLayout) -> list[QWidget]:
    items = [form.itemAt(row, LABEL) for row in range(form.rowCount())]
    widgets = [item.widget() for item in items if item is not None]
    return [widget for widget in widgets if widget is not None]
