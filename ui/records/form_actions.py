"""What a key does in the form of a page: saving, copying, filling in what can be worked out."""

from borderdesk.base.errors import ForeignRecord, UserError
from borderdesk.base.i18n import _
from ui.records.draft_shelf import DraftShelf
from ui.records.page_parts import PageParts


class FormActions:
    """Writes the form to the desk, and shows beside or above the fields how that ended."""

    def __init__(self, parts: PageParts, drafts: DraftShelf) -> None:
        self._parts = parts
        self._drafts = drafts

    def save(self) -> bool:
        """Save the form; False when something is wrong with it."""
        saved = self._save()
        if saved:
            self._parts.expect(saved)
            self._parts.form().load(saved)
        return saved is not None

    def save_and_next(self) -> None:
        """Save the form and begin the next record with the values that stay."""
        form = self._parts.form()
        if not form.dirty and not form.record:
            form.begin()
            return
        if self._save() is not None:
            form.blank()
            self._parts.list.mark("")
            form.begin()

    def _save(self) -> str | None:
        """Write the form; None when something is wrong, "" when there was nothing to."""
        parts, form = self._parts, self._parts.form()
        form.finish()
        if not form.dirty:
            parts.bar.notify(_("Nothing was changed."))
            return ""
        day = form.contents.event_day()
        try:
            saved = form.save(self._drafts.write)
        except ForeignRecord as error:
            parts.bar.warn(error, (_("Write a note…"), self.write_note))
            return None
        except UserError as error:
            parts.bar.warn(error)
            return None
        if saved is None:
            parts.bar.warn(_("Not saved yet: see what is said beside the fields."))
            return None
        self._drafts.keeper.saved()
        parts.tasks.later(form.memory.write, lambda _none: None, parts.fail, parts.front)
        parts.refresh()
        inside = day is None or parts.filter().covers(day)
        outside = _("Saved. It lies outside the period the list shows.")
        parts.bar.notify(_("Saved.") if inside else outside)
        return saved.id

    def duplicate(self) -> None:
        """Begin a new record with the values of the one in the form."""
        form = self._parts.form()
        if not form.record:
            self._parts.bar.notify(_("Choose a record in the list first."))
            return
        copied = form.draft()

        def begin() -> None:
            form.restore(copied)
            form.duplicate()
            self._parts.list.mark("")
            form.begin()

        self._drafts.guard(begin)

    def write_note(self) -> None:
        """Write a note on the record that is open to the desk that keeps it."""
        parts = self._parts
        note = {"tab": "notes", "type": parts.type_name, "record": parts.form().record}
        parts.go_to("exchange", note)

    def keep_doubts(self) -> None:
        """Keep what looks doubtful in the form."""
        if not self._parts.form().keep_doubts():
            self._parts.bar.notify(_("Nothing that was typed here looks doubtful."))

    def fill_stretch(self) -> None:
        """Fill in the markers of the stretch as intact; their rows may be out of sight."""
        count = self._parts.form().fill_stretch()
        filled = _("{count} markers of the stretch are filled in as intact.")
        none = _("No markers to fill in: type the first and the last of a stretch.")
        self._parts.bar.notify(filled.format(count=count) if count else none)

    def times_days(self) -> None:
        """Turn people into turns."""
        if not self._parts.form().times_days():
            words = _("Nothing to multiply: type the people, and both days of the work.")
            self._parts.bar.notify(words)
