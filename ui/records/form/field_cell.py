"""A field in a form: label, editor and note."""

from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.field import labelled
from ui.base.plain_text import PlainLabel
from ui.base.style import named, style_anew
from ui.widgets.editors.editor import Editor

SIGNS = {"problem": "✗", "doubt": "⚠", "kept": "✓", "hint": "→"}
"""The signs before a note: its meaning never depends on colour alone."""


class FieldCell:
    """A field in the form: label, editor, and note below."""

    def __init__(self, key: str, field: Field, editor: Editor) -> None:
        self.key = key
        self.field = field
        self.editor = editor
        self.label = PlainLabel(labelled(field))
        self.label.setWordWrap(True)
        self.label.setContentsMargins(0, 4, 0, 0)
        self.label.setBuddy(editor.widget)
        self.note: QLabel | None = None
        editor.describe(_(field.label), labelled(field))

    @property
    def when(self) -> tuple[str, Any] | None:
        """The condition (field key, value) under which the field exists; None: always."""
        return getattr(self.field, "when", None)

    def is_owed(self) -> bool:
        """Whether it is required and empty."""
        return self.field.required and not self.editor.raw()

    def star(self, required: bool) -> None:
        """Show beside the label whether the field is required."""
        self.label.setText(labelled(self.field, required=required))

    def widgets(self) -> tuple[QWidget, QWidget]:
        """Its label and the widget of its editor."""
        return self.label, self.editor.widget

    def show_note(self, kind: str, text: str) -> QLabel:
        """Add a text to the note; a note of another kind is replaced. Returns the note's label."""
        if self.note is None:
            self.note = PlainLabel()
            self.note.setWordWrap(True)
        note = self.note
        before = f"{note.text()}\n" if note.text() and note.objectName() == kind else ""
        if note.objectName() != kind:
            style_anew(named(note, kind))
        note.setText(f"{before}{SIGNS[kind]} {_(self.field.label)}: {text}")
        self.editor.widget.setAccessibleDescription(note.text())
        return note

    def has_note(self) -> bool:
        """Whether a note is shown."""
        return self.note is not None and not self.note.isHidden()

    def clear_note(self) -> None:
        """Remove the note and the marks of a refused value."""
        if self.note is not None:
            self.note.hide()
            self.note.clear()
        self.editor.widget.setAccessibleDescription(labelled(self.field))
        self.editor.clear_inside()
        self.editor.mark(False)
