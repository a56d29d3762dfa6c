"""Save of a form that may be a duplicate, or conflicts with a newer version."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module
from ui.records.form.form_contents import FormContents
from ui.records.form.form_review import FormReview
from ui.widgets.editors.draft import FormDraft
from ui.widgets.editors.editor import raw_of

if TYPE_CHECKING:
    from borderdesk.entry import deleted as deletions
    from borderdesk.entry.duplicate_lookup import PossibleDuplicate
else:
    deletions = lazy_module("borderdesk.entry.deleted")


class FormSaving:
    """Finds the possible duplicate; turns the form into a new record, or rebases it onto the
    current version."""

    def __init__(
        self, contents: FormContents, review: FormReview, show: Callable[[FormDraft], None]
    ) -> None:
        """show: loads a draft into the form."""
        self._contents = contents
        self._review = review
        self._show = show
        self._desk = contents.desk

    def gist(self) -> str:
        """The contents of the form in a few words."""
        contents = self._contents
        values = contents.check().values
        return deletions.gist(contents.model.type_name, values, self._desk.book)

    def repeated(self) -> "PossibleDuplicate | None":
        """The possible duplicate that stopped the save, None without one."""
        contents = self._contents
        if not self._review.doubts.repeated():
            return None
        raws = contents.filled()
        return self._desk.duplicate_lookup.find(contents.model.type_name, raws, contents.record)

    def begin_anew(self) -> None:
        """Turn the form into a new record."""
        contents = self._contents
        contents.record = contents.revision = ""
        contents.loaded = contents.initials()

    def rebase(self) -> None:
        """Turn the form into an edit of the current version. Raises UserError."""
        contents, desk = self._contents, self._desk
        values, revision, _doubts = desk.records.read(contents.model.type_name, contents.record)
        book, cells = desk.book, contents.cells.items()
        current = {key: raw_of(cell.field, values.get(key), book) for key, cell in cells}
        confirmed = self._review.doubts.accepted()
        self._show(FormDraft(contents.record, revision, {**current, **contents.edits()}, current))
        self._review.doubts.already(confirmed)
