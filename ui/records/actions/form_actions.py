"""Actions of a page's form: save, duplicate, fill in computed values."""

from typing import TYPE_CHECKING

from borderdesk.base.errors import ForeignRecord, RecordChanged, RecordGone, UserError
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.session.drafts import ErasedMeanwhile
from ui.records.drafts.draft_conflict import DraftConflict
from ui.records.drafts.draft_shelf import DraftShelf
from ui.records.list_actions import ListActions
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from borderdesk.entry import deleted as deletions
    from borderdesk.entry.duplicate_lookup import PossibleDuplicate
    from borderdesk.entry.editing import SavedRecord
    from ui.records.form import form_proposals
else:
    deletions = lazy_module("borderdesk.entry.deleted")
    form_proposals = lazy_module("ui.records.form.form_proposals")


class FormActions:
    """Saves the form and shows the outcome in the fields or the message bar."""

    def __init__(self, parts: PageParts, drafts: DraftShelf, actions: ListActions) -> None:
        self._parts = parts
        self._drafts = drafts
        self._actions = actions
        self.conflict = DraftConflict(parts, drafts, self.save)
        drafts.look = self.conflict.look

    def save(self) -> bool:
        """Save the form; False if it has problems."""
        saved = self._save()
        if saved:
            self._parts.expect(saved)
            self._parts.form().load(saved)
        return saved is not None

    def save_and_next(self) -> None:
        """Save the form and begin the next record with the sticky values."""
        form = self._parts.form()
        if not form.contents.changes() and not form.record:
            form.begin()
            return
        if self._save() is not None:
            form.blank()
            self._parts.list.mark("")
            form.begin()

    def _save(self) -> str | None:
        """Save the form: the record id, "" if nothing was changed, None if it was refused."""
        parts, form = self._parts, self._parts.form()
        form.finish()
        if not form.contents.changes():
            parts.bar.hint(_("Nothing was changed."))
            return ""
        day, before = form.contents.event_day(), form.record
        saved = self._write()
        if saved is None:
            self._drafts.keeper.go_on()
            return None
        self._drafts.keeper.saved()
        parts.tasks.later(form.memory.write, lambda _none: None, parts.fail, parts.front)
        parts.refresh()
        inside = day is None or parts.filter().covers(day)
        outside = _("Saved. It lies outside the period the list shows.")
        self._note_step(before, saved)
        parts.bar.notify(_("Saved.") if inside else outside)
        return saved.id

    def _write(self) -> "SavedRecord | None":
        """Write the form to the desk; None if it was refused, with the reason shown."""
        parts, form = self._parts, self._parts.form()
        if self.conflict.is_erased():
            return None
        self._drafts.keeper.hold()
        try:
            saved = form.save(self._drafts.write)
        except ForeignRecord as error:
            parts.bar.warn(error, (_("Write a note…"), self.write_note))
            return None
        except (RecordChanged, RecordGone) as error:
            self.conflict.warn(error)
            return None
        except UserError as error:
            if isinstance(error, ErasedMeanwhile):
                self._drafts.keeper.look_erased()
            parts.bar.warn(error)
            return None
        if saved is None:
            self._warn_refused()
        return saved

    def _note_step(self, before: str, saved: "SavedRecord") -> None:
        """Push the undo step of a save: delete the new record, or restore the version before the
        edit."""
        desk, type_name = self._parts.desk, self._parts.type_name
        gist_text = self._parts.form().saving.gist()
        words = (_("edited: {what}") if before else _("added: {what}")).format(what=gist_text)

        def edited_back(_report: Progress) -> None:
            desk.records.take_back(type_name, saved.id, saved.revision)

        work = edited_back if before else self._actions.out_again([saved.id])
        self._actions.note_step(words, work, [saved.id])

    def _warn_refused(self) -> None:
        """Show why the save was refused; names a possible duplicate."""
        parts, form = self._parts, self._parts.form()
        duplicate = form.saving.repeated()
        if duplicate is None:
            parts.bar.warn(_("Not saved yet: see what is said beside the fields."))
            return
        gist_text = deletions.gist(duplicate.model.type_name, duplicate.values, parts.desk.book)
        words = _("Not saved yet: {what} may be the same. F8 keeps both.").format(what=gist_text)
        go_on = (_("Open that one"), lambda: self._open_same(duplicate))
        parts.bar.warn(words, go_on)

    def _open_same(self, duplicate: "PossibleDuplicate") -> None:
        if duplicate.model.type_name == self._parts.type_name:
            self._drafts.guard(lambda: self._show(duplicate.record))
        else:
            intent = {"record": duplicate.record, "period": ""}
            self._parts.go_to(duplicate.model.type_name, intent)

    def _show(self, record: str) -> None:
        self._parts.form().load(record)
        self._parts.list.mark(record)

    def duplicate(self) -> None:
        """Begin a new record with the values of the current one."""
        form = self._parts.form()
        if not form.record:
            self._parts.bar.hint(_("Choose a record in the list first."))
            return
        copied = form.draft()

        def begin() -> None:
            form.restore(copied)
            form.duplicate()
            self._parts.list.mark("")
            form.begin()

        self._drafts.guard(begin)

    def write_note(self) -> None:
        """Start a note on the current record to the desk that owns it."""
        parts = self._parts
        if not parts.form().record:
            parts.bar.hint(_("Choose a record in the list first."))
            return
        note = {"tab": "notes", "type": parts.type_name, "record": parts.form().record}
        parts.go_to("exchange", note)

    def keep_doubts(self) -> None:
        """Confirm the doubts in the form."""
        form = self._parts.form()
        if form.review.keep_doubts():
            # The draft contains the confirmed doubts.
            form.changed.emit()
        else:
            self._parts.bar.hint(_("Nothing that was typed here looks doubtful."))

    def fill_stretch(self) -> None:
        """Add rows for the markers of the stretch as intact; reports the number, as they may be out
        of sight."""
        count = self._parts.form().fill_stretch()
        message = ngettext(
            "{count} marker of the stretch is filled in as intact.",
            "{count} markers of the stretch are filled in as intact.",
            count,
        )
        if count:
            self._parts.bar.notify(message.format(count=count))
        else:
            message_none = _("No markers to fill in: type the first and the last of a stretch.")
            self._parts.bar.hint(message_none)

    def as_before(self) -> None:
        """Copy the current field from the record saved before."""
        if not self._parts.form().as_before():
            self._parts.bar.hint(_("Nothing stood in this field last time."))

    def times_days(self) -> None:
        """Multiply people by days."""
        form = self._parts.form()
        if form.times_days():
            return
        if form_proposals.has_turns(form.contents):
            words = _("These are turns already: nothing is multiplied a second time.")
        else:
            words = _("Nothing to multiply: type the people, and both days of the work.")
        self._parts.bar.hint(words)
