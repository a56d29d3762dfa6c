"""Keyboard of a form: Enter moves on, Escape reverts the field."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ui.base.neighbours import focus_proxy, following
from ui.records.form.form_contents import FormContents
from ui.widgets.editors.editor import Raw


class FormKeyboard:
    """Moves the focus from field to field, and reverts the focused one."""

    def __init__(self, form: QWidget, contents: FormContents) -> None:
        self._form = form
        self._contents = contents
        self._at_entry: tuple[str, Raw] = ("", "")
        self.put_back: dict[str, tuple[Raw, Raw]] = {}
        """{field: (raw value that Escape removed, value it restored)}, saved with the draft."""

    def note_entry(self, widget: QWidget) -> None:
        """Remember the value of a field that gets the focus, for Escape."""
        for key, cell in self._contents.cells.items():
            if cell.editor.holds(widget) and self._at_entry[0] != key:
                self._at_entry = (key, cell.editor.raw())

    def revert(self) -> bool:
        """Restore the value the focused field had on entry; False if unchanged."""
        key, raw = self._at_entry
        cell = self._contents.cells.get(key)
        if cell is None or not cell.editor.holds(QApplication.focusWidget()):
            return False
        if cell.editor.raw() == raw:
            return False
        self.put_back[key] = (cell.editor.raw(), raw)
        cell.editor.put(raw)
        return True

    def forget(self) -> None:
        """Reset for another record or after a save."""
        self._at_entry = ("", "")
        self.put_back.clear()

    def taken_out(self) -> dict[str, Raw]:
        """The values removed by Escape from fields not edited since."""
        cells = self._contents.cells
        return {
            key: removed
            for key, (removed, raw) in self.put_back.items()
            if cells[key].editor.raw() == raw
        }

    def advance(self) -> None:
        """Focus the next field, after the last one the save button."""
        focused = self._form.focusWidget()
        if focused is None:
            return
        candidate = following(focused)
        while (
            candidate is not None and candidate is not focused and not self._takes_keys(candidate)
        ):
            candidate = following(candidate)
        if candidate is not None:
            self._past_rows(focused, candidate).setFocus(Qt.FocusReason.TabFocusReason)

    def _past_rows(self, before: QWidget, place: QWidget) -> QWidget:
        """The target of Enter: rows that are filled in are skipped."""
        for cell in self._contents.cells.values():
            if cell.editor.holds(place) and not cell.editor.holds(before):
                return cell.editor.entered_at(place)
        return place

    def _takes_keys(self, widget: QWidget) -> bool:
        tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        aside = bool(widget.property("flat")) or focus_proxy(widget) is not None
        inside = self._form.isAncestorOf(widget) and widget.isVisibleTo(self._form)
        return tabbed and not aside and inside
