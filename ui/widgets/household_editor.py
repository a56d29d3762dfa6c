"""The editor of a household: found by words, or described in place when it is new."""

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QLabel, QLineEdit, QWidget

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.records.household import Household
from ui.base.style import named
from ui.widgets.editor import Editor, EditorContext, EditorFactory, Raw, labelled, paint_wrong
from ui.widgets.search_combo import Completer

PAUSE = 250
STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
NEW_KEYS = ("hamlet", "commune", "citizen_id")


class HouseholdEditor(Editor):
    """A line with the head's name; the rest of a new household opens under it."""

    def __init__(self, _field: ColumnField, ground: EditorContext, make: EditorFactory) -> None:
        """make: the editor of a part of a new household."""
        box = QWidget()
        super().__init__(box)
        self._ground = ground
        self._chosen = ""
        self._found: dict[str, str] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Type the head's name, then choose"))
        self._panel = QWidget()
        self.parts = {key: make(Household.columns()[key], ground) for key in NEW_KEYS}
        self._notes: dict[str, QLabel] = {}
        self._lay_out(box)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look_up)
        self._names = QStringListModel(self)
        self._completer = Completer(self._names, self)
        self._completer.setCompletionMode(Completer.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self.line)
        self._completer.activated.connect(self._take)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        for part in self.parts.values():
            part.edited.connect(self.edited)

    def _lay_out(self, box: QWidget) -> None:
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.line, 0, 0)
        grid.addWidget(self._panel, 1, 0)
        inner = QGridLayout(self._panel)
        inner.setContentsMargins(12, 0, 0, 0)
        hint = named(QLabel(_("New household: fill in where it lives.")), "muted")
        hint.setWordWrap(True)
        inner.addWidget(hint, 0, 0, 1, 2)
        for place, (key, part) in enumerate(self.parts.items()):
            field = Household.columns()[key]
            label, note = QLabel(labelled(field)), named(QLabel(), "problem")
            label.setBuddy(part.widget)
            part.describe(_(field.label), _("New household"))
            note.setWordWrap(True)
            note.hide()
            self._notes[key] = note
            row, column = (1 + 3 * (place // 2), place % 2)
            for down, widget in enumerate((label, part.widget, note)):
                inner.addWidget(widget, row + down, column)
        inner.setColumnStretch(0, 1)
        inner.setColumnStretch(1, 1)
        self.widget.setFocusProxy(self.line)
        self._panel.hide()

    def describe(self, label: str, hint: str) -> None:
        super().describe(label, hint)
        self.line.setAccessibleName(label)
        self.line.setAccessibleDescription(hint)

    # --------------------------------------------------------------------- value

    def raw(self) -> Raw:
        text = self.line.text().strip()
        if self._chosen or not text:
            return self._chosen
        parts = {key: part.raw() for key, part in self.parts.items()}
        return {"head": text, **{key: raw for key, raw in parts.items() if raw}}

    def put(self, raw: Raw) -> None:
        described = raw if isinstance(raw, dict) else {}
        self._chosen = raw if isinstance(raw, str) else ""
        name = self._ground.desk.household_name(self._chosen) if self._chosen else ""
        self.line.setText(described.get("head", name))
        self.line.setCursorPosition(0)
        for key, part in self.parts.items():
            part.put(described.get(key, ""))
        self._panel.setVisible(bool(described))

    def popup(self) -> QAbstractItemView:
        """The list of households found."""
        popup = self._completer.popup()
        assert popup is not None
        return popup

    def refresh(self) -> None:
        for part in self.parts.values():
            part.refresh()

    # ------------------------------------------------------------------- finding

    def _typed(self, text: str) -> None:
        self._chosen = ""
        self.edited.emit()
        if text.strip():
            self._pause.start()
        else:
            self._pause.stop()
            self._panel.hide()

    def _look_up(self) -> None:
        text = self.line.text().strip()
        if not text or self._chosen or not self.line.hasFocus():
            return
        desk = self._ground.desk
        self._ground.ask(
            lambda: desk.households.find(text), lambda found: self._offer(text, found), self
        )

    def _offer(self, text: str, found: list[tuple[str, str, str, str]]) -> None:
        """Show what was found, unless the person has typed on meanwhile."""
        if text != self.line.text().strip() or self._chosen or not self.line.hasFocus():
            return
        self._found = {
            ", ".join(part for part in (head, hamlet, commune) if part): record
            for record, head, hamlet, commune in found
        }
        if not self._found:
            self._open()
            return
        new = _("New household: {name}").format(name=text)
        self._names.setStringList([*self._found, new])
        self._completer.complete()

    def _take(self, label: str) -> None:
        record = self._found.get(label)
        if record is None:
            self._open()
            return
        self._chosen = record
        self.line.setText(self._ground.desk.household_name(self._chosen))
        self._panel.hide()
        self.edited.emit()
        self.done.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab and Enter lead on into what a new household needs."""
        if watched is self.line and event.type() in (QEvent.Type.KeyPress, QEvent.Type.FocusOut):
            onward = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            forward = not isinstance(event, QKeyEvent) or event.key() in onward
            leaving = not isinstance(event, QFocusEvent) or event.reason() not in STAYING
            if forward and leaving and self.line.text().strip() and not self._chosen:
                self._open()
        return super().eventFilter(watched, event)

    def _open(self) -> None:
        """Show what a new household needs; Tab leads into it."""
        self._pause.stop()
        self._panel.show()

    # ------------------------------------------------------------------ problems

    def show_inside(self, path: str, text: str) -> bool:
        """Show a problem of a part of the new household; False where it has no such part."""
        note = self._notes.get(path)
        if note is None:
            return False
        self._panel.setVisible(True)
        note.setText(f"✗ {text}")
        note.show()
        self.parts[path].mark(True)
        return True

    def clear_inside(self) -> None:
        """Take the problems of the parts away."""
        for key, note in self._notes.items():
            note.hide()
            self.parts[key].mark(False)

    def mark(self, wrong: bool) -> None:
        paint_wrong(self.line, wrong)

    def focus(self, path: str = "") -> None:
        target = self.parts[path].widget if path in self.parts else self.line
        target.setFocus(Qt.FocusReason.TabFocusReason)
