"""Conflict of a draft whose record was deleted or changed elsewhere meanwhile."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from borderdesk.base.errors import RecordGone, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.schema.record import Values
from ui.records.page_parts import PageParts

if TYPE_CHECKING:
    from ui.records.drafts import comparison_window
    from ui.records.drafts.draft_shelf import DraftShelf
else:
    comparison_window = lazy_module("ui.records.drafts.comparison_window")


class DraftConflict:
    """Offers to save the draft as a new record, to compare it, or to discard it."""

    window: "comparison_window.ComparisonWindow"
    """The window opened last."""

    def __init__(self, parts: PageParts, drafts: "DraftShelf", save: Callable[[], bool]) -> None:
        self._parts = parts
        self._drafts = drafts
        self._save = save

    def look(self) -> bool:
        """Check whether the record of a reopened draft has changed, and warn of it before more is
        typed; returns whether it has."""
        form = self._parts.form()
        if not form.record:
            return False
        try:
            values, revision, _doubts = self._read()
        except UserError as error:
            self.warn(error)
            return True
        if revision != form.contents.revision:
            self.warn(_("Somebody changed this record meanwhile. Your text is kept."))
            return True
        return self._look_erased(values)

    def _read(self) -> tuple[Values, str, object]:
        parts = self._parts
        return parts.desk.records.read(parts.type_name, parts.form().record)

    def is_erased(self) -> bool:
        """Check before a save whether personal fields of the record were erased since it was
        opened: an erasure creates no version, so the save would not detect it."""
        if not self._parts.form().record:
            return False
        try:
            return self._look_erased(self._read()[0])
        except UserError:
            # The save reports the error.
            return False

    def _look_erased(self, values: Values) -> bool:
        form = self._parts.form()
        personal = {
            key: raw for key, raw in form.contents.loaded.items() if form.model.keeps_apart(key)
        }
        erased = any(raw and values.get(key) is None for key, raw in personal.items())
        if erased:
            words = _("What is personal in this record was erased meanwhile. Your text is kept.")
            self._offer(words, self._drafts.erase)
        return erased

    def warn(self, error: UserError | str) -> None:
        """Show what happened and what can be done with the draft."""
        if isinstance(error, RecordGone):
            error = _("This record was deleted meanwhile. What you typed is kept.")
        self._offer(error, self._drafts.throw_away)

    def _offer(self, error: UserError | str, throw_away: Callable[[], None]) -> None:
        self._parts.bar.warn(
            error,
            (_("Save as a new record"), self.save_as_new),
            (_("Compare…"), self.compare),
            (_("Throw away"), throw_away),
        )

    def save_as_new(self) -> None:
        """Save the form as a new record."""
        self._parts.form().saving.begin_anew()
        self._parts.list.mark("")
        self._save()

    def save_over(self) -> None:
        """Save the form onto the current version of the record."""
        form = self._parts.form()
        try:
            form.saving.rebase()
        except UserError as error:
            self.warn(error)
            return
        self._save()

    def compare(self) -> None:
        """Open the comparison with the current version."""
        parts, form = self._parts, self._parts.form()
        desk, type_name = parts.desk, parts.type_name
        versions = desk.records.history(type_name, form.record)
        current = next((v.values() for v in reversed(versions) if not v.deleted), None) or {}
        is_deleted = versions[-1].deleted
        self.window = comparison_window.ComparisonWindow(
            parts.front,
            type_name,
            current,
            form.contents.typed(current),
            desk.book,
            deleted=is_deleted,
        )
        self.window.as_new.connect(self.save_as_new)
        self.window.over.connect(self.save_over)
        self.window.finished.connect(parts.front.activateWindow)
        self.window.show()
        self.window.activateWindow()
