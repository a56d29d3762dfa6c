"""Actions on the records of a list: delete, undo, export."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.base.spreadsheets import COMMA, SEMICOLON
from borderdesk.base.stored_words import stored_words
from borderdesk.schema.records import ALL_TYPES
from ui.base.tasks import BackgroundWork
from ui.base.undo_steps import UndoRemarks, UndoStep, undo_steps_of
from ui.records.drafts.draft_shelf import DraftShelf
from ui.records.page_parts import PageParts
from ui.widgets.pages.final_steps import undo_offer, warn_if_final

if TYPE_CHECKING:
    from borderdesk.reports.workbooks import list_files
    from ui.widgets.choosers import file_choosers
else:
    list_files = lazy_module("borderdesk.reports.workbooks.list_files")
    file_choosers = lazy_module("ui.widgets.choosers.file_choosers")

T = TypeVar("T")

REASON, UNDONE = N_("Deleted in the window"), N_("Undone in the window")


def wait_words() -> str:
    """The message of a window whose work cannot start while another runs."""
    return _(
        "Something else is still being done with this list: nothing was done here yet. What stands"
        " here is kept; press the button again in a moment."
    )


class ListActions:
    """Runs work on the selected records, one at a time, each an undo step."""

    def __init__(self, parts: PageParts, drafts: DraftShelf) -> None:
        self._parts = parts
        self._drafts = drafts
        self._work: BackgroundWork | None = None
        self._text = ""
        """The text of the running work."""
        self.steps = undo_steps_of(parts.tasks)

    def idle(self) -> bool:
        """Whether no work is running."""
        return self._work is None

    def run(self, title: str, work: Callable[[Progress], T], done: Callable[[T], None]) -> bool:
        """Start a long work on records, with progress and Stop. Returns False while another work
        runs: it may change what is selected."""
        parts = self._parts
        if self._work is not None:
            self._say_busy(self._work)
            return False

        def ended(answer: T) -> None:
            self._work = None
            parts.refresh()
            done(answer)

        def failed(error: Exception) -> None:
            self._work = None
            parts.refresh()
            parts.fail(error)

        self._work, self._text = parts.tasks.long(work, ended, failed, parts.front), title
        parts.bar.follow(self._work, title)
        return True

    def _say_busy(self, work: BackgroundWork) -> None:
        words = _("{work} Nothing else was begun: do it again once this has ended.")
        self._parts.bar.follow(work, words.format(work=self._text))

    def note_step(
        self, words: str, work: Callable[[Progress], object], records: Sequence[str] = ()
    ) -> None:
        """Push an undo step for records of this page."""
        type_name, title = self._parts.type_name, ALL_TYPES[self._parts.type_name].title
        self.steps.push(UndoStep(type_name, title, stored_words(words), work, records))

    def notify_undoable(
        self,
        text: str,
        work: Callable[[Progress], object],
        records: Sequence[str] = (),
        more: str = "",
    ) -> None:
        """Show what was done, with an Undo button; more: text that is void once undone."""
        self.note_step(text, work, records)
        self._parts.bar.notify(f"{text} {more}".strip(), (_("Undo   Ctrl+Z"), self.undo))

    def undo(self) -> None:
        """Undo the newest step of the window, on its page."""
        if self._work is not None:
            # The running work is not the newest step yet, but is what the person means.
            self._say_busy(self._work)
            return
        if warn_if_final(self.steps, self._parts.bar, self.undo):
            return
        step = self.steps.newest()
        if step is None:
            self._parts.bar.hint(_("There is nothing to take back."))
        elif step.page != self._parts.type_name:
            self._parts.go_to(step.page, {**step.intent, "undo": True})
        else:
            self._take_back(self.steps.pop())

    def undo_by_key(self) -> None:
        """Ctrl+Z: while a field with unsaved text has the focus, only offer to undo the last save,
        as the person may mean the field."""
        form, focus, step = self._parts.form(), QApplication.focusWidget(), self.steps.newest()
        if step is None or not form.dirty or focus is None or not form.isAncestorOf(focus):
            self.undo()
            return
        if warn_if_final(self.steps, self._parts.bar, self.undo):
            return
        words = _("Nothing is left to take back in this field. Done last: {what}")
        self._parts.bar.notify(words.format(what=step.words), (_("Take it back"), self.undo))

    def _take_back(self, step: UndoStep) -> None:
        only = step.records[0] if len(step.records) == 1 else ""
        self._parts.expect(only)

        def done(answer: object) -> None:
            self._reload(step.records, only)
            remarks = answer.texts if isinstance(answer, UndoRemarks) else ()
            self._show_taken_back(step.words, remarks)

        self.run(_("Taking back…"), step.work, done)

    def _reload(self, records: Sequence[str], only: str) -> None:
        """Load the restored or changed record into the form, unless it has unsaved changes."""
        form = self._parts.form()
        record = form.record if form.record in records else only
        if form.dirty or not record:
            return
        try:
            form.load(record)
        except UserError:
            form.blank()
            self._parts.list.mark("")

    def _show_taken_back(self, words: str, remarks: Sequence[str]) -> None:
        """Report the undo, and offer to undo the step before."""
        text = _("Taken back: {what}").format(what=words)
        if remarks:
            text = f"{text}. {' '.join(remarks)}"
        offers = undo_offer(self.steps.newest(), self._parts.type_name, self.undo)
        self._parts.bar.notify(text, *offers)

    # --------------------------------------------------------------------- deleting

    def delete(self) -> None:
        """Delete the selected records, as an undo step."""
        if self._parts.list.how_many() or self._parts.form().record:
            self._drafts.guard(self._delete_chosen)

    def _delete_chosen(self) -> None:
        desk, type_name, reason = self._parts.desk, self._parts.type_name, _(REASON)
        list_filter, only = self._parts.list.chosen(), self._parts.form().record
        if self._parts.list.how_many() <= 1 and only:
            list_filter = list_filter._replace(ids=frozenset({only}))

        def work(report: Progress) -> list[str]:
            records = desk.lists.ids(type_name, list_filter)
            desk.bulk.delete_many(type_name, records, reason, report)
            return records

        self.run(_("Deleting…"), work, self._show_deleted)

    def out_again(self, records: Sequence[str]) -> Callable[[Progress], object]:
        """The work that deletes records that were saved."""
        desk, type_name, reason = self._parts.desk, self._parts.type_name, _(UNDONE)
        return lambda report: desk.bulk.delete_many(type_name, records, reason, report)

    def _show_deleted(self, records: list[str]) -> None:
        parts = self._parts
        if parts.form().record in records:
            parts.form().blank()
        parts.list.mark("")
        parts.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if not records:
            parts.bar.hint(_("Nothing was deleted: what was chosen is gone already."))
            return
        template = ngettext("Deleted.", "{count} records deleted.", len(records))
        words = template.format(count=format_number(len(records), language()))
        self.notify_undoable(words, self._undeletion(records), records)

    def _undeletion(self, records: Sequence[str]) -> Callable[[Progress], object]:
        desk, type_name = self._parts.desk, self._parts.type_name
        return lambda report: desk.bulk.undelete_many(type_name, records, report)

    def restore(self, records: list[str]) -> None:
        """Restore records selected in the window of deleted ones, as an undo step."""
        template = ngettext(
            "A deletion is taken back.", "{count} deletions taken back.", len(records)
        )
        words = template.format(count=format_number(len(records), language()))
        self._parts.expect(records[0] if len(records) == 1 else "")
        self.run(
            _("Taking back…"),
            self._undeletion(records),
            lambda _none: self.notify_undoable(words, self.out_again(records), records),
        )

    # -------------------------------------------------------------------- exporting

    def ask_file(self, suffix: str) -> None:
        """Ask for a file and export the list, or its selection."""
        if suffix == ".csv":
            self._ask_csv(words=False)
        else:
            file_choosers.ask_where(self._parts.front, self._file_name(), suffix, self.export)

    def ask_words(self) -> None:
        """Ask for a file and export the list as CSV in words."""
        self._ask_csv(words=True)

    def _ask_csv(self, *, words: bool) -> None:
        """Ask for the file and the separator; for CSV in words that of the spreadsheet program
        comes first."""
        kinds = {
            _("CSV with semicolons, as Excel in Vietnamese opens it (*.csv)"): SEMICOLON,
            _("CSV with commas (*.csv)"): COMMA,
        }
        if not words:
            kinds = dict(reversed(kinds.items()))

        def then(target: Path, separator: str) -> None:
            self.export(target, words=words, separator=separator)

        name = self._file_name()
        file_choosers.ask_where_as(self._parts.front, name, ".csv", kinds, then)

    def _file_name(self) -> str:
        title = _(ALL_TYPES[self._parts.type_name].title)
        return f"{title} {self._parts.desk.today().isoformat()}"

    def copy(self) -> None:
        """Copy the selected rows as a table."""
        text = self._parts.list.copied()
        if text:
            QApplication.clipboard().setText(text)
            rows = text.count("\n")
            words = ngettext("{count} row copied.", "{count} rows copied.", rows)
            self._parts.bar.notify(words.format(count=format_number(rows, language())))

    def export(
        self,
        target: Path,
        *,
        words: bool = False,
        separator: str = COMMA,
        everything: bool = False,
    ) -> None:
        """Export the selected rows, or the whole list without a selection.

        words: CSV in words instead of codes; separator: of CSV cells; everything: ignore the
        selection.
        """
        records = self._parts.list
        list_filter = records.table.chosen if everything else records.wanted()
        whole = partial(self.export, target, words=words, separator=separator, everything=True)
        desk, type_name = self._parts.desk, self._parts.type_name

        def done(rows: int) -> None:
            self._parts.notify_written(target, rows, whole)

        self.run(
            _("Writing {file}…").format(file=target.name),
            lambda report: list_files.write_list(
                desk, type_name, list_filter, target, report, words=words, separator=separator
            ),
            done,
        )
