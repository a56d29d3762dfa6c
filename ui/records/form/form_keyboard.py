"""The way of the keyboard through a form: Enter goes on, Escape puts back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ui.records.form.form_contents import FormContents
from ui.widgets.editors.editor import Raw


class FormKeyboard:
    """Moves the keyboard from field to field, and remembers what a field held at first."""

    def __init__(self, form: QWidget, contents: FormContents) -> None:
        self._form = form
        self._contents = contents
        self._at_entry: tuple[str, Raw] = ("", "")
        self.put_back: dict[str, tuple[Raw, Raw]] = {}
        """{field: what Escape took out of it, and what it put back}, to be kept with a draft."""

    def note_entry(self, widget: QWidget) -> None:
        """Remember what a field held when the keyboard came, for Escape."""
        for key, cell in self._contents.cells.items():
            if cell.editor.holds(widget) and self._at_entry[0] != key:
                self._at_entry = (key, cell.editor.raw())

    def revert(self) -> bool:
        """Put back what the field held when the keyboard came; False when it holds that."""
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
        """Another record stands in the form, or it was saved as it stands."""
        self._at_entry = ("", "")
        self.put_back.clear()

    def taken_out(self) -> dict[str, Raw]:
        """What Escape took out of fields that nobody has typed into since."""
        cells = self._contents.cells
        return {
            key: taken
            for key, (taken, raw) in self.put_back.items()
            if cells[key].editor.raw() == raw
        }

    def advance(self) -> None:
        """Put the keyboard into the next field, and after the last on the saving."""
        before = self._form.focusWidget()
        if before is None:
            return
        place = before.nextInFocusChain()
        while place is not None and place is not before and not self._takes_keys(place):
            place = place.nextInFocusChain()
        if place is not None:
            self._past_rows(before, place).setFocus(Qt.FocusReason.TabFocusReason)

    def _past_rows(self, before: QWidget, place: QWidget) -> QWidget:
        """Where Enter comes to: not into rows that are filled in already, but to what is below."""
        for cell in self._contents.cells.values():
            if cell.editor.holds(place) and not cell.editor.holds(before):
                return cell.editor.entered_at(place)
        return place

    def _takes_keys(self, widget: QWidget) -> bool:
        tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        aside = bool(widget.property("flat")) or widget.focusProxy() is not None
        inside = self._form.isAncestorOf(widget) and widget.isVisibleTo(self._form)
        return tabbed and not aside and inside
